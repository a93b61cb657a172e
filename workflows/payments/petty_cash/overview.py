"""What the pages show of petty cash: each township's book, its ledger with running balance, what is still out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from workflows.cases.tables import Case
from workflows.office.people import Officer
from workflows.office.permissions import MAY
from workflows.office.tables import Division, Person
from workflows.payments.petty_cash import books, counts, requests
from workflows.payments.petty_cash.tables import CashBook, CashCount, CashPosting, CashRelease, CashRequest
from workflows.records.types import CHINA, stored


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    at: datetime
    kind: str
    memo: str
    fen: int
    balance_fen: int
    case_number: str
    by: str


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
class Asked:
    """One request with the releases that it is to replace."""

    request: CashRequest
    listed: Sequence[Out]


@dataclass(frozen=True)
class Whole:
    """One book as its page shows it."""

    book: CashBook
    place: str
    ledger: Sequence[Entry]
    out: Sequence[Out]
    requests: Sequence[Asked]
    counts: Sequence[CashCount]
    people: dict[int, str]
    to_replenish: Sequence[Out]
    outstanding_fen: int

    @property
    def to_replenish_fen(self) -> int:
        """What the next request would ask for."""
        return sum(one.release.fen - one.release.returned_fen for one in self.to_replenish)

    @property
    def overdue(self) -> int:
        """How many releases' papers should have been in."""
        return sum(one.overdue for one in self.out)

    @property
    def months(self) -> Sequence[str]:
        """The months in which anything moved, the newest first."""
        return list(dict.fromkeys(f"{one.at.astimezone(CHINA):%Y-%m}" for one in self.ledger))


def visible(session: Session, who: Officer) -> list[tuple[CashBook, str, int]]:
    """Every book on the person's ground: its township's name, and how much of it is out and not replaced."""
    grounds = [held.division_code for held in who.duties if held.role in MAY["read_petty_cash"]]
    found = {stored(book.id): book for ground in grounds for book in books.under(session, ground)}
    names = {one.code: one.name for one in session.exec(select(Division).where(col(Division.code).in_(
        [book.division_code for book in found.values()])))}
    return [(book, names.get(book.division_code, book.division_code), books.outstanding(session, number)) for number, book in found.items()]


def whole(session: Session, book: CashBook, today: date) -> Whole:
    """A book with everything in it."""
    number, moved = stored(book.id), books.postings(session, stored(book.id))
    released, asked, counted = requests.releases(session, number), requests.of_book(session, number), counts.of_book(session, number)
    people = _people(session, {*(one.by_id for one in moved), *(who for one in asked for who in (one.asked_by, one.decided_by)),
                               *(who for one in counted for who in (one.counted_by, one.signed_by))})
    cases = {stored(case.id): case for case in session.exec(select(Case).where(col(Case.id).in_({one.case_id for one in moved})))}
    by_number = {one.id: one for one in asked}
    out = [Out(one, cases[one.case_id].number, cases[one.case_id].subject, requests.papers_due_on(session, one),
               requests.overdue(session, one, today), by_number.get(one.request_id)) for one in reversed(released)]
    place = session.get(Division, book.division_code)
    return Whole(book, place.name if place else book.division_code, _ledger(moved, cases, people), out,
                 [Asked(one, [row for row in out if row.request is one]) for one in asked], counted, people,
                 [row for row in out if row.request is None and row.release.fen > row.release.returned_fen and not row.overdue],
                 books.outstanding(session, number))


def _ledger(moved: Sequence[CashPosting], cases: Mapping[int, Case], people: Mapping[int, str]) -> list[Entry]:
    balance, lines = 0, []
    for one in moved:
        balance += one.amount_fen
        case = cases.get(one.case_id or 0)
        lines.append(Entry(one.at, one.kind, one.memo, one.amount_fen, balance, case.number if case else "", people.get(one.by_id or 0, "")))
    return lines[::-1]


def _people(session: Session, numbers: set[int | None]) -> dict[int, str]:
    return {stored(one.id): one.name for one in session.exec(select(Person).where(col(Person.id).in_(numbers - {None})))}
