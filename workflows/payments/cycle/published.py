"""The monthly list of a village: who was paid, masked to what the law lets the public see (A1 24, glossary 4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from workflows.cases.tables import Member
from workflows.payments import months
from workflows.payments.tables import Cycle, CycleState, Line, LineState

ADULT = 18
SHOWN = ("village_code", "name", "people", "amount_fen")


@dataclass(frozen=True)
class Entry:
    """One household on the list: nothing else of it is ever published."""

    village_code: str
    name: str
    people: int
    amount_fen: int


def of(session: Session, cycle: Cycle, ground: str = "") -> list[Entry]:
    """The list of a month on a ground: its paid lines, once the month is reconciled."""
    if cycle.state not in (CycleState.RECONCILED, CycleState.CLOSED):
        return []
    lines = list(session.exec(select(Line).where(
        Line.cycle_id == cycle.id, Line.state == LineState.PAID, col(Line.village_code).startswith(ground))
        .order_by(col(Line.village_code), col(Line.household_id))))
    return entries(lines, _heads(session, cycle))


def entries(lines: Iterable[Line], heads: Mapping[int, Member]) -> list[Entry]:
    """One entry a paid line."""
    return [Entry(line.village_code, _name(line, heads.get(line.household_id)), line.people, line.total_fen)
            for line in lines]


def current(session: Session) -> list[Cycle]:
    """The cycles whose lists are public now, the newest first: of each scheme and county the last that was reconciled."""
    newest: dict[tuple[str, str], Cycle] = {}
    settled = select(Cycle).where(col(Cycle.state).in_([CycleState.RECONCILED, CycleState.CLOSED]))
    for cycle in session.exec(settled.order_by(col(Cycle.month).desc(), col(Cycle.scheme), col(Cycle.division_code))):
        newest.setdefault((cycle.scheme, cycle.division_code), cycle)
    return list(newest.values())


def masked(name: str, id_number: str, month: str) -> str:
    """An adult's name as it is, a minor's family name only."""
    return f"{name[:1]}某" if _is_minor(id_number, months.day_of(month, 1)) else name


def _heads(session: Session, cycle: Cycle) -> dict[int, Member]:
    paid = select(col(Line.household_id)).where(Line.cycle_id == cycle.id)
    return {head.household_id: head for head in session.exec(select(Member).where(
        col(Member.household_id).in_(paid), Member.relation == "self", col(Member.died_on).is_(None)))}


def _name(line: Line, head: Member | None) -> str:
    name, id_number = (head.name, head.id_number) if head else (line.payee_name, line.payee_id_number)
    return masked(name, id_number, line.month)


def _is_minor(id_number: str, day: date) -> bool:
    """By the birth date in the ID number; who can't be read is treated as a minor."""
    try:
        born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return True
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < ADULT
