"""What the pages show of petty cash: each township's book, its ledger with running balance, what is still out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from workflows.cases.tables import Case
from workflows.office.people import Officer
from workflows.office.permissions import MAY
from workflows.office.tables import Division, Person
from workflows.payments.petty_cash import books, counts, requests
from workflows.payments.petty_cash.tables import CashBook, CashCount, CashRelease, CashRequest
from workflows.records.types import stored


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    at: datetime
    kind: str
    memo: str
    fen: int
    balance_fen: int
    case_number: str


@dataclass(frozen=True)
class Out:
    """One release: its case, its papers, whether it was replaced."""

    release: CashRelease
    case_number: str
    subject: str
    due_on: date | None
    overdue: bool
    request: CashRequest | None


@dataclass(frozen=True)
class Whole:
    """One book as its page shows it."""

    book: CashBook
    place: str
    ledger: Sequence[Entry]
    out: Sequence[Out]
    requests: Sequence[CashRequest]
    counts: Sequence[CashCount]
    people: dict[int, str]
    to_replenish_fen: int


def visible(session: Session, who: Officer) -> list[tuple[CashBook, str, int]]:
    """Every book on the person's ground: its township's name, and how much of it is out and not replaced."""
    grounds = [held.division_code for held in who.duties if held.role in MAY["read_petty_cash"]]
    found = {stored(book.id): book for ground in grounds for book in books.under(session, ground)}
    names = {one.code: one.name for one in session.exec(select(Division).where(col(Division.code).in_(
        [book.division_code for book in found.values()])))}
    return [(book, names.get(book.division_code, book.division_code), _out_fen(session, number)) for number, book in found.items()]


def whole(session: Session, book: CashBook, today: date) -> Whole:
    """A book with everything in it."""
    number, place = stored(book.id), session.get(Division, book.division_code)
    released = requests.releases(session, number)
    cases = {case.id: case for case in session.exec(select(Case).where(col(Case.id).in_([one.case_id for one in released])))}
    asked = {one.id: one for one in requests.of_book(session, number)}
    out = [Out(one, cases[one.case_id].number, cases[one.case_id].subject, requests.papers_due_on(session, one),
               requests.overdue(session, one, today), asked.get(one.request_id)) for one in reversed(released)]
    counted = counts.of_book(session, number)
    named = {one for row in (*asked.values(), *counted) for one in (
        getattr(row, "asked_by", None), getattr(row, "decided_by", None), getattr(row, "counted_by", None), getattr(row, "signed_by", None)) if one}
    people = {stored(one.id): one.name for one in session.exec(select(Person).where(col(Person.id).in_(named)))}
    listed = requests.unreimbursed(session, number, today)
    return Whole(book, place.name if place else book.division_code, _ledger(session, number, {n: c.number for n, c in cases.items() if n}),
                 out, list(asked.values()), counted, people, sum(one.fen - one.returned_fen for one in listed))


def _ledger(session: Session, book_id: int, numbers: dict[int, str]) -> list[Entry]:
    balance, lines = 0, []
    for one in books.postings(session, book_id):
        balance += one.amount_fen
        lines.append(Entry(one.at, one.kind, one.memo, one.amount_fen, balance, numbers.get(one.case_id or 0, "")))
    return lines[::-1]


def _out_fen(session: Session, book_id: int) -> int:
    approved = {one.id for one in requests.of_book(session, book_id) if one.state == requests.APPROVED}
    return sum(one.fen - one.returned_fen for one in requests.releases(session, book_id) if one.request_id not in approved)
