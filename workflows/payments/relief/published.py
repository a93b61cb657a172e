"""The monthly list of expenditure relief: name, amount and class of cause, a minor as 张某, never a diagnosis (TR-15)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from workflows.office import rates, working_days
from workflows.payments import months, published
from workflows.registers import found
from workflows.registers.found import Wanted
from workflows.registers.tables import RegisterEntry

CLASSES = {"illness": "医疗", "education": "教育", "fire": "意外", "traffic": "意外", "accident": "意外", "disaster": "灾害"}
OTHER = "其他"
REGISTER, EXPENDITURE = "granted_relief", "expenditure"
PUBLICATION = "temporary_relief.limit.publication"


@dataclass(frozen=True)
class Entry:
    """One line: nothing else of it is ever published."""

    name: str
    amount_fen: int
    reason: str


def of(session: Session, month: str, today: date) -> list[Entry]:
    """The list of a month that is over: what was decided in it, of the expenditure type alone."""
    rows = found.entries(session, Wanted(REGISTER, where=f'entry.kind = "{EXPENDITURE}"'), today)
    return [Entry(published.masked(str(row["name"]), str(row.get("id_number") or ""), month), int(row["fen"]),
                  CLASSES.get(str(row["reason"]), OTHER)) for row in rows if f"{row['decided_on']:%Y-%m}" == month]


def on_display(session: Session, now: datetime) -> list[str]:
    """The months that have a list, the newest first; a month's list appears when the month is over."""
    this = months.of(now.date())
    entries = session.exec(select(RegisterEntry).where(RegisterEntry.register_name == REGISTER))
    rows = found.entries(session, Wanted(REGISTER, where=f'entry.kind = "{EXPENDITURE}"'), now.date()) if entries.first() else []
    return sorted({f"{row['decided_on']:%Y-%m}" for row in rows if f"{row['decided_on']:%Y-%m}" < this}, reverse=True)


def due_on(session: Session, month: str, division: str = "") -> date | None:
    """Till when a month's list must be public: so many working days after the month; None while the calendar is not known."""
    last = months.day_of(month, 31)
    days = rates.value(session, PUBLICATION, last, division)
    return working_days.calendar(session).due(last, int(str(days)), "WD").on
