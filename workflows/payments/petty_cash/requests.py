"""A township asks for money: to replace releases whose papers are in, or urgently; the county decides."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from workflows.cases import clocks
from workflows.cases.tables import Case
from bpmn.message import Message
from forms.answers import FieldError
from workflows.errors import Conflict, Invalid, NotFound
from workflows.office.people import Officer
from workflows.payments import duties
from workflows.payments.petty_cash import books, papers
from workflows.payments.petty_cash.books import CASH, COUNTY, Move
from workflows.payments.petty_cash.tables import APPROVED, ASKED, REFUSED, CashBook, CashRelease, CashRequest
from workflows.records import audit
from workflows.records.types import stored

PAPERS = "papers"     # the limit
REPLENISH, URGENT = "replenish", "urgent"


def papers_due_on(session: Session, release: CashRelease) -> date | None:
    """Till when the papers of a release must be in, by its case's limit; None where none are owed."""
    limit = clocks.latest(session, session.get_one(Case, release.case_id)).get(PAPERS)
    return limit.due_on if limit else None


def overdue(session: Session, release: CashRelease, today: date) -> bool:
    """Whether the papers of a release should have been in."""
    due = papers_due_on(session, release)
    return due is not None and release.papers_on is None and due < today


def releases(session: Session, book_id: int) -> list[CashRelease]:
    """Everything released from a book, oldest first."""
    return list(session.exec(select(CashRelease).where(CashRelease.book_id == book_id).order_by(col(CashRelease.id))))


def unreimbursed(session: Session, book_id: int, today: date) -> list[CashRelease]:
    """What the next request lists: not yet asked for, something still out, papers not overdue."""
    return [one for one in releases(session, book_id)
            if one.request_id is None and one.fen > one.returned_fen and not overdue(session, one, today)]


def of_book(session: Session, book_id: int) -> list[CashRequest]:
    """The requests, newest first."""
    return list(session.exec(select(CashRequest).where(CashRequest.book_id == book_id).order_by(col(CashRequest.id).desc())))


def replenish(session: Session, book_id: int, who: Officer, now: datetime) -> CashRequest:
    """Ask the county to replace every unreimbursed release."""
    book = books.get(session, book_id)
    duties.need(who, book.division_code, "ask_petty_cash")
    listed = unreimbursed(session, book_id, now.date())
    if not listed:
        raise Conflict("There is nothing to replenish: every release is reimbursed, asked for, or its papers are overdue.")
    return _ask(session, book, CashRequest(
        book_id=book_id, kind=REPLENISH, fen=sum(one.fen - one.returned_fen for one in listed), asked_by=stored(who.id), asked_at=now), who, listed)


def urgent(session: Session, book_id: int, fen: int, reason: str, who: Officer, now: datetime) -> CashRequest:
    """Ask for money at once, beyond what was released."""
    book = books.get(session, book_id)
    duties.need(who, book.division_code, "ask_petty_cash")
    if fen <= 0:
        raise Conflict("An amount must be more than zero.")
    if not reason.strip():
        raise Conflict("Please say what the money is needed for.")
    return _ask(session, book, CashRequest(book_id=book_id, kind=URGENT, fen=fen, reason=reason.strip(), asked_by=stored(who.id), asked_at=now), who)


def decide(session: Session, request_id: int, *, approve: bool, opinion: str, who: Officer, now: datetime) -> CashRequest:
    """The county approves, and the money is booked, or refuses, and the releases can be asked for again."""
    asked = session.get(CashRequest, request_id)
    if asked is None:
        raise NotFound("This request was not found.")
    book = books.get(session, asked.book_id)
    duties.need(who, book.division_code, "decide_petty_cash")
    duties.apart(who, [asked.asked_by])
    if asked.state != ASKED:
        raise Conflict("This request was decided already.")
    if not approve and not opinion.strip():
        raise Invalid([FieldError("opinion", Message("A refusal needs its reasons."))])
    asked.state, asked.opinion = APPROVED if approve else REFUSED, opinion.strip()
    asked.decided_by, asked.decided_at = who.id, now
    session.add(asked)
    if approve:
        kind = REPLENISH if asked.kind == REPLENISH else "top_up"
        books.shift(session, book, COUNTY, CASH, asked.fen, Move(kind, now, who, f"补充申请 {asked.id} 号"))
    else:
        _free(session, stored(asked.id))
    _say(session, book.division_code, asked, who, now)
    return asked


def listed_in(session: Session, request_id: int) -> list[CashRelease]:
    """The releases that a request replaces, oldest first."""
    return list(session.exec(select(CashRelease).where(CashRelease.request_id == request_id).order_by(col(CashRelease.id))))


def _ask(session: Session, book: CashBook, asked: CashRequest, who: Officer, listed: Sequence[CashRelease] = ()) -> CashRequest:
    """Keep the request with its paper, and what it is to replace."""
    if book.closed_at is not None:
        raise Conflict("This petty cash is closed.")
    session.add(asked)
    session.flush()
    for one in listed:
        one.request_id = asked.id
        session.add(one)
    asked.document_id = papers.request(session, book, asked, listed, who, asked.asked_at).id
    session.add(asked)
    session.flush()
    _say(session, book.division_code, asked, who, asked.asked_at)
    return asked


def _free(session: Session, request_id: int) -> None:
    for one in listed_in(session, request_id):
        one.request_id = None
        session.add(one)
    session.flush()


def _say(session: Session, division: str, asked: CashRequest, who: Officer, now: datetime) -> None:
    audit.append(session, f"cash:{division}", who.actor(), f"cash.request.{asked.state}", now,
                 summary=f"备用金补充申请:{asked.reason or asked.kind}", after={"request": asked.id, "fen": asked.fen})
