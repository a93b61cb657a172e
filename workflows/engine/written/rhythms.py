"""When a timer goes off: dates, lengths of time and cycles as modelers write them, read into moments."""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from .cron import Cron

HOME = ZoneInfo("Asia/Shanghai")
FOREVER = -1
ROUNDS_MAX = 2**40
DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
SHAPES = {"S", "MS", "SM", "MSM", "MM"}  # what may follow R3/: a span, a moment before it, a last moment, or both
Manner = Literal["date", "duration", "cycle"]
MANNERS: Mapping[str, Manner] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


@dataclass(frozen=True)
class Span:
    """A length of time as the calendar counts it."""

    months: int = 0
    seconds: float = 0.0

    def after(self, start: datetime, times: int = 1) -> datetime:
        """The moment that lies so many times this long after another; 31 January and a month is 28 February."""
        months = start.month - 1 + self.months * times
        year, month = start.year + months // 12, months % 12 + 1
        moved = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
        return moved + timedelta(seconds=self.seconds * times)


@dataclass(frozen=True)
class Schedule:
    """One round of a timer: when it is due, and what comes after it."""

    due: datetime
    rhythm: Span | Cron | None = None
    left: int = 1
    first: datetime | None = None
    number: int = 0
    until: datetime | None = None

    def following(self) -> "Schedule | None":
        """The next round, counted from the first so that month ends do not drift; None after the last."""
        return self._later(1, self.beat())

    def ahead(self, now: datetime) -> "Schedule | None":
        """The next round that lies ahead of a moment; None when all that are left lie behind it."""
        if isinstance(self.rhythm, Cron):
            return self._later(1, self.rhythm.after(max(now, self.due)))
        if self.rhythm is None:
            return None
        steps = max(1, bisect_right(_Rounds(self.first or self.due, self.rhythm), now) - self.number)
        return self._later(steps, _moment(self.first or self.due, self.rhythm, self.number + steps))

    def beat(self) -> datetime | None:
        """The moment one round later, whether or not the timer still goes off then."""
        if isinstance(self.rhythm, Cron):
            return self.rhythm.after(self.due)
        return None if self.rhythm is None else _moment(self.first or self.due, self.rhythm, self.number + 1)

    def _later(self, steps: int, due: datetime | None) -> "Schedule | None":
        over = self.left != FOREVER and self.left <= steps
        if due is None or over or (self.until is not None and due > self.until):
            return None
        left = FOREVER if self.left == FOREVER else self.left - steps
        return replace(self, due=due, left=left, first=self.first or self.due, number=self.number + steps)


class _Rounds(Sequence[datetime]):
    """The moments of all rounds, made only where a search looks."""

    def __init__(self, first: datetime, span: Span) -> None:
        self.first, self.span = first, span

    def __len__(self) -> int:
        return ROUNDS_MAX

    def __getitem__(self, number: int) -> datetime:  # type: ignore[override]
        return _moment(self.first, self.span, number) or datetime.max.replace(tzinfo=self.first.tzinfo)


def _moment(first: datetime, span: Span, number: int) -> datetime | None:
    try:
        return span.after(first, number)
    except (OverflowError, ValueError):
        return None


def read_span(text: str) -> Span | None:
    """Read an ISO 8601 duration; None when the text is not one."""
    match = DURATION.fullmatch(text.strip().upper())
    if match is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (float(g or 0) for g in match.groups())
    day = 86_400
    return Span(int(years * 12 + months), (weeks * 7 + days) * day + hours * 3600 + minutes * 60 + seconds)


def read_moment(text: str) -> datetime | None:
    """Read an ISO 8601 date or date and time; a date means its first moment."""
    try:
        return aware(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None


def aware(moment: date) -> datetime:
    """A moment with a time zone; what has none is meant at home."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=HOME)


def read_schedule(value: object, manner: Manner, now: datetime) -> Schedule | None:
    """Turn what a timer says, or what its expression gave, into its first round; None when it makes no sense."""
    span = Span(0, value.total_seconds()) if isinstance(value, timedelta) else None
    span = read_span(value) if isinstance(value, str) else span
    if span is not None:
        return _every(span, now) if manner == "cycle" else _once(_moment(now, span, 1))
    if manner == "cycle" and isinstance(value, str):
        return _read_repeating(value, now) if value.strip().upper().startswith("R") else _read_cron(value, now)
    return _once(aware(value) if isinstance(value, date) else read_moment(value) if isinstance(value, str) else None)


def _once(due: datetime | None) -> Schedule | None:
    return None if due is None else Schedule(due)


def _every(span: Span, now: datetime, left: int = FOREVER, until: datetime | None = None) -> Schedule | None:
    first = _moment(now, span, 1)
    return None if first is None or not _is_forward(span) else Schedule(first, span, left, first, until=until)


def _is_forward(span: Span) -> bool:
    return span.months > 0 or span.seconds > 0


def _read_cron(text: str, now: datetime) -> Schedule | None:
    cron = Cron(text)
    first = cron.after(now.astimezone(HOME))
    return None if first is None else Schedule(first, cron, FOREVER)


def _read_repeating(text: str, now: datetime) -> Schedule | None:
    head, *parts = text.strip().upper().split("/")
    match = re.fullmatch(r"R(\d{0,9})", head)
    shape = "".join("S" if read_span(part) else "M" if read_moment(part) else "?" for part in parts)
    if match is None or match[1].strip("0") == "" != match[1] or shape not in SHAPES:
        return None
    left = int(match[1]) if match[1] else FOREVER
    start = read_moment(parts[0]) if shape[0] == "M" else None
    until = _last_moment(parts[-1]) if shape in ("SM", "MSM") else None
    if start is None:
        schedule = _every(read_span(parts[0]) or Span(), now, left, until)
    else:
        schedule = _from(start, read_span(parts[1]) or _between(start, parts[1]), left, until)
    return _not_before(schedule, now)


def _between(start: datetime, end: str) -> Span:
    return Span(0, ((read_moment(end) or start) - start).total_seconds())


def _from(start: datetime, span: Span, left: int, until: datetime | None) -> Schedule | None:
    ends_first = until is not None and until < start
    return None if ends_first or not _is_forward(span) else Schedule(start, span, left, start, until=until)


def _last_moment(text: str) -> datetime | None:
    """A bound that is a date holds for the whole of that day."""
    moment = read_moment(text)
    whole_day = moment is not None and len(text.strip()) <= len("2026-12-31")
    return moment + timedelta(days=1, microseconds=-1) if moment is not None and whole_day else moment


def _not_before(schedule: Schedule | None, now: datetime) -> Schedule | None:
    """Rounds that lay before the timer was armed were never its own; a cycle that is over goes off once, at once."""
    if schedule is None:
        return None
    if schedule.until is not None and schedule.until < max(now, schedule.due):
        return Schedule(now)
    return schedule if schedule.due >= now else schedule.ahead(now) or Schedule(now)
