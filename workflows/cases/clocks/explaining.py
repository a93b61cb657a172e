"""Why a limit ends on its day: each day from the first to the last, counted or not, with the name and document that say so."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session, select

from bpmn.clock_rules import ClockRule
from bpmn.message import Term
from workflows.cases.clocks import counting
from workflows.cases.clocks.counting import Late
from workflows.cases.tables import Case, Clock, Document
from workflows.office import rates, working_days
from workflows.office.day_names import DayNames, Named, day_names
from workflows.office.rate_files import Rate
from workflows.office.working_days import ONE_DAY, Calendar, Pause

Why = Literal["start", "counted", "makeup", "weekend", "holiday", "paused", "moved"]
LONGEST_SHOWN = 800     # days laid out one by one


@dataclass(frozen=True)
class Day:
    """One day on the way: why it counts or does not, its number if it counts, what it is called."""

    day: date
    why: Why
    n: int | None = None
    named: Named | None = None
    last: bool = False


@dataclass(frozen=True)
class Stop:
    """Days on which the limit stood still, and what says so."""

    first: date
    last: date | None
    reason: Term
    source: str
    switch: str
    paper: Document | None


@dataclass(frozen=True)
class Explained:
    """A limit that can be counted again by hand."""

    clock: Clock
    rule: ClockRule | None
    days: tuple[Day, ...]       # empty for hours and for what has no length
    stops: tuple[Stop, ...]
    rate: Rate | None           # the length's value, and the document it comes from
    used: int
    left: int | None
    late: Late | None
    nominal: date | None        # the last day before it was moved past days off
    earliest: date | None       # of a minimum: the first working day after it

    @property
    def state(self) -> str:
        """`unset`, `paused`, `met`, `late`, `overdue`, `passed` or `running`."""
        clock = self.clock
        if clock.length is None and clock.until is None:
            return "ended" if clock.ended_on else "unset"
        if clock.minimum and clock.due_on:
            return "passed" if (clock.ended_on or date.max) > clock.due_on and self.left == 0 else "short" if clock.ended_on else "running"
        if self.late:
            return "late" if clock.ended_on else "overdue"
        return "met" if clock.ended_on else "paused" if clock.due_on is None else "running"

    @property
    def named(self) -> tuple[tuple[Named, tuple[date, ...]], ...]:
        """The holidays and make-up days met, each with its days; those of one name and document that follow each other together."""
        return runs((day.day, day.named) for day in self.days if day.named and day.named.source)


def runs(days: Iterable[tuple[date, Named | None]]) -> tuple[tuple[Named, tuple[date, ...]], ...]:
    """Days that follow each other under one name."""
    found: list[tuple[Named, tuple[date, ...]]] = []
    for day, named in days:
        if named and found and found[-1][0] == named and found[-1][1][-1] + ONE_DAY == day:
            found[-1] = (named, (*found[-1][1], day))
        elif named:
            found.append((named, (day,)))
    return tuple(found)


def explain(session: Session, case: Case, clock: Clock, rule: ClockRule | None, now: datetime) -> Explained:
    """Everything a reader needs to count the limit again."""
    calendar = working_days.calendar(session)
    used, days = counting.used(calendar, clock, now), tuple(_days(calendar, day_names(session), clock, now.date()))
    nominal = next((day.day for day in reversed(days) if day.last and day.why != "moved"), None)
    earliest = calendar.next_working(clock.due_on + ONE_DAY) if clock.minimum and clock.due_on else None
    return Explained(clock, rule, days, tuple(_stops(session, case, clock)), _rate(session, case, clock, rule), used,
                     None if clock.length is None else max(0, clock.length - used), counting.late(calendar, clock, now),
                     nominal if nominal != clock.due_on else None, earliest)


def _days(calendar: Calendar, names: DayNames, clock: Clock, today: date) -> Iterator[Day]:
    """From the starting day to the last; while it stands still, to today."""
    if clock.unit == "H" or (clock.length is None and clock.until is None):
        return
    end = clock.due_on or (clock.ended_on or today)
    if (end - clock.started_on).days > LONGEST_SHOWN:
        return
    last, n, stops, day = _last(calendar, clock), 0, [Pause.of(row) for row in clock.pauses], clock.started_on
    yield Day(day, "start", named=_named(calendar, names, day))
    while day < end:
        day += ONE_DAY
        why = _why(calendar, clock, day, stops)
        counts = why in {"counted", "makeup"} and (last is None or day <= last)
        n += counts
        if last is not None and day > last:
            why = "moved"
        yield Day(day, why, n if counts else None, _named(calendar, names, day), last=day in (last, clock.due_on))


def _why(calendar: Calendar, clock: Clock, day: date, stops: Sequence[Pause]) -> Why:
    if any(stop.holds(day) for stop in stops):
        return "paused"
    if clock.unit != "WD":
        return "counted"
    if calendar.is_working(day):
        return "makeup" if day.weekday() >= 5 else "counted"
    return "holiday" if day.weekday() < 5 else "weekend"


def _named(calendar: Calendar, names: DayNames, day: date) -> Named | None:
    """The holiday or make-up day that it is; plain weekends and working days have no name."""
    weekend = day.weekday() >= 5
    if calendar.is_working(day):
        return names.makeup(day) if weekend else None
    found = names.off(day)
    return found if found.source or not weekend else None


def _last(calendar: Calendar, clock: Clock) -> date | None:
    """The last day as counted, before it is moved past days off."""
    if clock.due_on is None:
        return None
    if clock.until is not None:
        return clock.until
    return calendar.due(clock.started_on, clock.length or 0, clock.unit, clock.pauses, rolls=False).on


def _stops(session: Session, case: Case, clock: Clock) -> Iterator[Stop]:
    for row in sorted(clock.pauses, key=lambda row: str(row["from"])):
        first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"]) if row["to"] else None
        yield Stop(first, last, Term(row["reason"], row["en"]), row["source"], row["switch"], _paper(session, case, row["paper"], first))


def _paper(session: Session, case: Case, kind: str, first: date) -> Document | None:
    """The paper that told of it: the last of its kind before the limit stood still, else the first after."""
    if not kind:
        return None
    found = session.exec(select(Document).where(Document.case_id == case.id, Document.kind == kind)).all()
    before = [paper for paper in found if paper.issued_on <= first]
    return max(before, key=lambda paper: paper.issued_on, default=min(found, key=lambda paper: paper.issued_on, default=None))


def _rate(session: Session, case: Case, clock: Clock, rule: ClockRule | None) -> Rate | None:
    if rule is None:
        return None
    try:
        return rates.explain(session, rule.limit, counting.rules_day(case, clock.recorded_on), case.division_code)
    except rates.NotInForce:
        return None
