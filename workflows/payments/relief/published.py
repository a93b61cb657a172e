"""The monthly list of expenditure relief: township, name, amount and class of cause, a minor as 张某, never a diagnosis (TR-15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from workflows.office import rates, working_days
from workflows.payments import months
from workflows.payments.cycle import published
from workflows.payments.relief import granted

CLASSES = {"illness": "医疗", "education": "教育", "fire": "意外", "traffic": "意外", "accident": "意外", "disaster": "灾害"}
OTHER = "其他"
PUBLICATION = "temporary_relief.limit.publication"


@dataclass(frozen=True)
class Entry:
    """One line: nothing else of it is ever published."""

    township: str
    name: str
    amount_fen: int
    reason: str


def of(session: Session, month: str, ground: str = "") -> list[Entry]:
    """The list of a month that is over, township by township: what was decided in it, of the expenditure type alone."""
    rows = granted.of_month(session, month, ground, granted.EXPENDITURE)
    return [Entry(row.township, published.masked(row.name, row.id_number, month), row.fen, CLASSES.get(row.reason, OTHER)) for row in rows]


def on_display(session: Session, now: datetime, ground: str = "") -> Sequence[str]:
    """The months that have a list, the newest first; a month's list appears when the month is over."""
    this = months.of(now.date())
    return [month for month in granted.months_of(session, ground, granted.EXPENDITURE) if month < this]


def due_on(session: Session, month: str, division: str = "") -> date | None:
    """Till when a month's list must be public: so many working days after the month; None while the calendar is not known."""
    last = months.day_of(month, 31)
    days = rates.value(session, PUBLICATION, last, division)
    return working_days.calendar(session).due(last, int(str(days)), "WD").on
