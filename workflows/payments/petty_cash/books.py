"""The books: opened with a quota, topped up, drawn on by cases, closed at the year's end; every move is one entry of two sides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from workflows.cases.tables import Case
from bpmn.message import Message
from forms.answers import FieldError
from workflows.errors import Conflict, Invalid, NotFound
from workflows.office.people import Officer
from workflows.payments import duties
from workflows.payments.money import yuan
from workflows.payments.petty_cash.tables import APPROVED, ASKED, CashBook, CashPosting, CashRelease, CashRequest
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored

TOWNSHIP = 9
CASH, COUNTY, RELIEF = "cash", "county", "relief"
YEAR_ENDS = ("returned", "carried")


class ShortOfCash(Conflict):
    """TR-6: nothing is written, and two ways on are named."""

    says = ("The petty cash has {balance} yuan, {needed} are needed. Nothing was released: let the county pay directly, "
            "or ask for an urgent top-up.")


@dataclass(frozen=True)
class Move:
    """Why money moves, by whom and for which case."""

    kind: str
    now: datetime
    who: Officer | None = None
    memo: str = ""
    case_id: int | None = None


def of(session: Session, division: str, year: int) -> CashBook | None:
    """The book of the township in which that ground lies."""
    return session.exec(select(CashBook).where(CashBook.division_code == division[:TOWNSHIP], CashBook.year == year)).first()


def get(session: Session, book_id: int) -> CashBook:
    """One book."""
    book = session.get(CashBook, book_id)
    if book is None:
        raise NotFound("This petty cash was not found.")
    return book


def under(session: Session, ground: str) -> list[CashBook]:
    """The books on a ground, the newest year first."""
    return list(session.exec(select(CashBook).where(col(CashBook.division_code).startswith(ground))
                             .order_by(col(CashBook.year).desc(), col(CashBook.division_code))))


def open_book(session: Session, division: str, year: int, quota_fen: int, now: datetime, who: Officer | None = None) -> CashBook:
    """A township's book of a year, filled with its quota."""
    duties.need(who, division, "open_petty_cash")
    alone(session, f"cash:{division}:{year}")
    if of(session, division, year) is not None:
        raise Invalid([FieldError("year", Message("The petty cash of {year} is open already.", {"year": year}))])
    if quota_fen <= 0:
        raise Invalid([FieldError("quota_fen", Message("An amount must be more than zero."))])
    book = CashBook(division_code=division[:TOWNSHIP], year=year, quota_fen=quota_fen, opened_at=now)
    session.add(book)
    session.flush()
    shift(session, book, COUNTY, CASH, quota_fen, Move("quota", now, who, "年初核定额度"))
    return book


def top_up(session: Session, book_id: int, fen: int, memo: str, who: Officer, now: datetime) -> None:
    """The county's finance section adds money."""
    book = get(session, book_id)
    duties.need(who, book.division_code, "top_up_petty_cash")
    _positive(fen)
    if not memo.strip():
        raise Conflict("Please say what the top-up is for.")
    shift(session, book, COUNTY, CASH, fen, Move("top_up", now, who, memo.strip()))


def demand(session: Session, division: str, year: int, fen: int) -> None:
    """`ShortOfCash` where the township's book does not hold that much."""
    book = of(session, division, year)
    held = book.balance_fen if book else 0
    if fen > held:
        raise ShortOfCash(balance=yuan(held), needed=yuan(fen))


def release(session: Session, case: Case, fen: int, mode: str, now: datetime, who: Officer | None) -> CashRelease:
    """Pay a case from its township's book of the year; `ShortOfCash` before anything is written."""
    _positive(fen)
    book = of(session, case.division_code, now.year)
    if book is None:
        raise Conflict("The township has no petty cash open for {year}.", year=now.year)
    shift(session, book, CASH, RELIEF, fen, Move("release", now, who, case.number, stored(case.id)))
    paid = CashRelease(book_id=stored(book.id), case_id=stored(case.id), fen=fen, mode=mode, released_at=now,
                       released_by=who.id if who else None)
    session.add(paid)
    session.flush()
    return paid


def of_case(session: Session, case_id: int) -> CashRelease | None:
    """What a case was paid from petty cash."""
    return session.exec(select(CashRelease).where(CashRelease.case_id == case_id)).first()


def outstanding(session: Session, book_id: int) -> int:
    """What is out and not replaced by an approved request, in fen."""
    approved = select(CashRequest.id).where(CashRequest.book_id == book_id, CashRequest.state == APPROVED)
    out = select(func.coalesce(func.sum(CashRelease.fen - CashRelease.returned_fen), 0)).where(
        CashRelease.book_id == book_id, or_(col(CashRelease.request_id).is_(None), col(CashRelease.request_id).not_in(approved)))
    return int(session.exec(out).one())


def give_back(session: Session, paid: CashRelease, fen: int, now: datetime, who: Officer | None, memo: str) -> None:
    """Released money comes back, never more than went out; where its year is closed, into the book of this year."""
    if not 0 < fen <= paid.fen - paid.returned_fen:
        raise Conflict("At most {fen} yuan can come back.", fen=yuan(paid.fen - paid.returned_fen))
    book: CashBook | None = get(session, paid.book_id)
    if book and book.closed_at is not None:
        book = of(session, book.division_code, now.year)
    if book is None or book.closed_at is not None:
        raise Conflict("Open the petty cash of {year} first.", year=now.year)
    shift(session, book, RELIEF, CASH, fen, Move("return", now, who, memo, paid.case_id))
    paid.returned_fen += fen
    session.add(paid)
    session.flush()


def close_year(session: Session, book_id: int, how: str, who: Officer, now: datetime) -> None:
    """At the year's end what is left goes back to the county, or into the next year's book; the place decides which."""
    book = get(session, book_id)
    duties.need(who, book.division_code, "open_petty_cash")
    if how not in YEAR_ENDS:
        raise Conflict("Say whether the balance is returned or carried over.")
    if now.year <= book.year:
        raise Conflict("The year {year} is not over.", year=book.year)
    if session.exec(select(CashRequest.id).where(CashRequest.book_id == book_id, CashRequest.state == ASKED)).first() is not None:
        raise Conflict("A request for money is still open; decide it first.")
    left = _held(session, book).balance_fen
    if left:
        shift(session, book, CASH, COUNTY, left, Move("year_end", now, who, "年终结清"))
    following = of(session, book.division_code, book.year + 1)
    if how == "carried" and left:
        if following is None:
            raise Conflict("Open the petty cash of {year} first.", year=book.year + 1)
        shift(session, following, COUNTY, CASH, left, Move("carried", now, who, f"{book.year} 年结转"))
    book.closed_at, book.year_end = now, how
    session.add(book)
    session.flush()


def shift(session: Session, book: CashBook, giver: str, taker: str, fen: int, move: Move) -> None:
    """One entry from an account to another, with the book's balance; the row is locked, so that two can't spend the same yuan."""
    held = _held(session, book)
    if held.closed_at is not None:
        raise Conflict("This petty cash is closed.")
    change = fen if taker == CASH else -fen
    if held.balance_fen + change < 0:
        raise ShortOfCash(balance=yuan(held.balance_fen), needed=yuan(fen))
    entry = f"{move.kind}:{book.id}:{_next(session, stored(book.id))}"
    session.add_all(CashPosting(book_id=stored(book.id), entry=entry, account=account, kind=move.kind, amount_fen=amount,
                                case_id=move.case_id, memo=move.memo, at=move.now, by_id=move.who.id if move.who else None)
                    for account, amount in ((giver, -fen), (taker, fen)))
    session.execute(update(CashBook).where(col(CashBook.id) == book.id).values(balance_fen=CashBook.balance_fen + change))
    session.flush()
    session.refresh(book)
    audit.append(session, f"cash:{book.division_code}", duties.actor(move.who), f"cash.{move.kind}", move.now,
                 summary=f"备用金{book.year}:{move.memo}", after={"book": book.id, "fen": change, "balance_fen": book.balance_fen})


def postings(session: Session, book_id: int) -> list[CashPosting]:
    """The ledger: the cash side of every entry, oldest first."""
    return list(session.exec(select(CashPosting).where(CashPosting.book_id == book_id, CashPosting.account == CASH)
                             .order_by(col(CashPosting.id))))


def unbalanced(session: Session) -> list[str]:
    """Entries whose sides don't add up to zero, and books whose balance is not that of their postings."""
    entries = session.exec(select(CashPosting.entry).group_by(CashPosting.entry)
                           .having(func.sum(CashPosting.amount_fen) != 0)).all()
    sums = {book: int(fen) for book, fen in session.exec(
        select(CashPosting.book_id, func.sum(CashPosting.amount_fen)).where(CashPosting.account == CASH)
        .group_by(col(CashPosting.book_id)))}
    return [*entries, *(f"book:{book.id}" for book in session.exec(select(CashBook))
                        if sums.get(stored(book.id), 0) != book.balance_fen)]


def _held(session: Session, book: CashBook) -> CashBook:
    alone(session, f"cash:{book.id}")
    return session.exec(select(CashBook).where(CashBook.id == book.id).with_for_update()
                        .execution_options(populate_existing=True)).one()


def _next(session: Session, book_id: int) -> int:
    return int(session.exec(select(func.count()).where(CashPosting.book_id == book_id)).one()) // 2 + 1


def _positive(fen: int) -> None:
    if fen <= 0:
        raise Conflict("An amount must be more than zero.")
