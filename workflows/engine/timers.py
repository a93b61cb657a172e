"""Timers: a moment computed once from the facts, then kept; upstream reads the machine's clock at each look."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from .errors import ExpressionFailed

HOME = ZoneInfo("Asia/Shanghai")
FOREVER = -1
DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
Manner = Literal["date", "duration", "cycle"]


@dataclass(frozen=True)
class Span:
    """A length of time as the calendar counts it."""

    months: int = 0
    seconds: float = 0.0

    def after(self, start: datetime) -> datetime:
        """The moment that lies this long after another."""
        months = start.month - 1 + self.months
        year, month = start.year + months // 12, months % 12 + 1
        moved = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
        return moved + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Schedule:
    """When a timer goes off first, how often in all (-1: for ever), and how far apart."""

    due: datetime
    times: int = 1
    span: Span | None = None


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
    """Turn what a timer says, or what its expression gave, into moments; None when it makes no sense."""
    if manner == "cycle" and isinstance(value, str):
        return _read_cycle(value, now)
    span = _span_of(value)
    if span is not None:
        return Schedule(span.after(now), FOREVER if manner == "cycle" else 1, span)
    moment = aware(value) if isinstance(value, date) else read_moment(value) if isinstance(value, str) else None
    return None if moment is None else Schedule(moment)


def _span_of(value: object) -> Span | None:
    if isinstance(value, timedelta):
        return Span(0, value.total_seconds())
    return read_span(value) if isinstance(value, str) else None


def _read_cycle(text: str, now: datetime) -> Schedule | None:
    head, *rest = text.strip().upper().split("/")
    match = re.fullmatch(r"R(\d*)", head)
    if match is None or not 1 <= len(rest) <= 2:
        return None
    times = int(match[1]) if match[1] else FOREVER
    span, first = read_span(rest[-1]), read_moment(rest[0]) if len(rest) == 2 else None
    if span is None or times == 0 or (len(rest) == 2 and first is None):
        return None
    return Schedule(first or span.after(now), times, span)


class Timer(TimerEventDefinition):
    """A timer's definition: what it says, and in which of the three manners."""

    def __init__(self, name: str, expression: Any, manner: Manner) -> None:
        super().__init__(name, expression)
        self.manner = manner

    def arm(self, my_task: Any) -> None:
        """Compute the moment from the facts of now and write it down in the task."""
        engine, value = my_task.workflow.script_engine, self.expression
        if not isinstance(value, str):
            value = engine.evaluate(my_task, value)
        schedule = read_schedule(value, self.manner, engine.facts.now)
        if schedule is None:
            raise ExpressionFailed(my_task.task_spec.bpmn_id, str(value), "not a date, a duration or a cycle")
        _note(my_task, schedule)

    def has_fired(self, my_task: Any) -> bool:
        """Whether the timer was let go off; upstream decides by the machine's clock."""
        if "due" not in my_task.internal_data:
            self.arm(my_task)
        return bool(my_task.internal_data.get("event_fired"))

    def renew(self, my_task: Any, following: Any) -> None:
        """Arm the next round of a cycle in a fresh task."""
        data = my_task.internal_data
        span = Span(*data["every"])
        times = data["left"] if data["left"] == FOREVER else data["left"] - 1
        _note(following, Schedule(span.after(due_of(my_task)), times, span))

    def goes_on(self, my_task: Any) -> bool:
        """Whether the cycle has rounds left after this one."""
        return my_task.internal_data.get("left", 1) not in (0, 1)


def due_of(my_task: Any) -> datetime:
    """The moment written down in a waiting timer's task."""
    return datetime.fromisoformat(my_task.internal_data["due"])


def _note(my_task: Any, schedule: Schedule) -> None:
    my_task.internal_data["due"] = schedule.due.isoformat()
    if schedule.span is not None and schedule.times != 1:
        my_task.internal_data["left"] = schedule.times
        my_task.internal_data["every"] = [schedule.span.months, schedule.span.seconds]


def read_schedule_text(text: str, kind: str) -> bool:
    """Whether a plain text makes sense for a timeDate, timeDuration or timeCycle."""
    if kind == "timeCycle":
        return _read_cycle(text, datetime(2000, 1, 1, tzinfo=HOME)) is not None
    return (read_span(text) if kind == "timeDuration" else read_moment(text)) is not None
