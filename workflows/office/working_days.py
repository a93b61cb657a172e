"""The one calculator of days: working days, calendar days, months, years, holidays and pauses (glossary 3)."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from sqlmodel import Session, col, select

from workflows.office.arrangements import SUNDAY, Arranged, arranged
from workflows.office.tables import CalendarDay
from workflows.records import ledger
from workflows.records.types import CHINA

ONE_DAY = timedelta(days=1)
LONGEST = 36_600  # days: no limit of any law is longer than a century
MONTHS = {"M": 1, "Y": 12}


@dataclass(frozen=True)
class Pause:
    """Days on which a limit stands still, both ends included; no end: it still stands."""

    start: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the limit stands still on that day."""
        return self.start <= day <= (self.end or day)

    @classmethod
    def of(cls, row: "Pause | Mapping[str, object]") -> "Pause":
        """From a clock's stored pause: `from`, `to` in ISO."""
        if isinstance(row, Pause):
            return row
        ends = row.get("to")
        return cls(date.fromisoformat(str(row["from"])), date.fromisoformat(str(ends)) if ends else None)


Pauses = Iterable[Pause | Mapping[str, object]]


@dataclass(frozen=True)
class Due:
    """The last day of a period; none as long as it stands still."""

    on: date | None
    provisional: bool = False  # runs into a year whose arrangement isn't published

    @property
    def day(self) -> date:
        """The last day of a period that nothing holds."""
        if self.on is None:
            raise ValueError("the period stands still")
        return self.on


class Calendar:
    """China's working days: the published arrangements and this place's own days."""

    def __init__(self, known: Arranged) -> None:
        """Answer from `known`, which never changes."""
        self._known = known

    def is_working(self, day: date) -> bool:
        """Neither weekend nor holiday, or a make-up day (rule 3)."""
        if day in self._known.makeup:
            return True
        return day.weekday() < SUNDAY - 1 and day not in self._known.off

    def is_published(self, year: int) -> bool:
        """Whether the State Council's arrangement of that year is known (rule 7)."""
        return year in self._known.published

    def next_working(self, day: date) -> date:
        """That day, or the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """That day, or the last working day before it."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def due(self, start: date, length: int, unit: str, pauses: Pauses = (), *, rolls: bool | None = None) -> Due:
        """The last day of a period; the starting day is not counted (rule 1).

        One of CD, M or Y that ends on a day off ends on the next working day (Civil Code 203, rule 2), unless `rolls` says no.
        """
        if not 0 <= length <= LONGEST:
            raise ValueError(f"a period of {length} days")
        stops = tuple(Pause.of(pause) for pause in pauses)
        if any(stop.end is None for stop in stops):
            return Due(None)
        match unit:
            case "WD":
                on = self._count(start, length, stops, working=True)
            case "CD":
                on = self._count(start, length, stops, working=False)
            case "M" | "Y":
                on = _stretched(start, add_months(start, length * MONTHS[unit]), stops)
            case _:
                raise ValueError(f"unknown unit {unit!r}")
        return self.rolled(on, start, unit, rolls=unit != "WD" if rolls is None else rolls)

    def rolled(self, on: date, start: date, unit: str, *, rolls: bool) -> Due:
        """A last day, moved past days off where the rule says so; whether that is certain."""
        last = self.next_working(on) if rolls else on
        if unit == "WD":
            return Due(last, self._unpublished(start, last))
        return Due(last, rolls and self._unpublished(on, last))

    def used(self, start: date, end: date, unit: str, pauses: Pauses = ()) -> int:
        """How much of a period has gone by at the end of that day; never negative."""
        stops = tuple(Pause.of(pause) for pause in pauses)
        if unit in MONTHS:
            stood = sum(not _counts(start + ONE_DAY * n, stops) for n in range(1, (end - start).days + 1))
            return _months_between(start, end - ONE_DAY * stood) // MONTHS[unit]
        if unit not in {"WD", "CD"}:
            raise ValueError(f"unknown unit {unit!r}")
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(_counts(day, stops) and (unit == "CD" or self.is_working(day)) for day in days)

    def _count(self, day: date, length: int, stops: tuple[Pause, ...], *, working: bool) -> date:
        while length:
            day += ONE_DAY
            length -= _counts(day, stops) and (not working or self.is_working(day))
        return day

    def _unpublished(self, first: date, last: date) -> bool:
        return not all(self.is_published(year) for year in range(first.year, last.year + 1))


def calendar(session: Session) -> Calendar:
    """The calendar with this bureau's own days; built anew only when they change."""
    rows = ledger.once(session, CalendarDay, lambda: session.exec(select(CalendarDay).order_by(col(CalendarDay.day))).all())
    return _calendar(tuple((row.day, row.kind) for row in rows))


def national() -> Calendar:
    """The calendar without a bureau's own days."""
    return _calendar(())


def end_of(day: date) -> datetime:
    """24:00 of a day, which is 0:00 of the next (rule 5)."""
    return datetime.combine(day + ONE_DAY, time.min, CHINA)


def add_months(day: date, months: int) -> date:
    """The same number day, or the month's last where it has none (rule 4)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8)
def _calendar(overrides: tuple[tuple[date, str], ...]) -> Calendar:
    return Calendar(arranged(overrides))


def _counts(day: date, stops: tuple[Pause, ...]) -> bool:
    return not any(pause.holds(day) for pause in stops)


def _stretched(start: date, on: date, stops: tuple[Pause, ...]) -> date:
    """A month period's end, put off by each paused day within it."""
    day = start
    while day < on:
        day += ONE_DAY
        on += ONE_DAY * (not _counts(day, stops))
    return on


def _months_between(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months - (months > 0 and add_months(start, months) > end))
