"""Timers: a moment computed once from the facts, then kept; upstream reads the machine's clock at each look."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from workflows.engine.errors import ExpressionFailed
from workflows.engine.written.cron import Cron
from workflows.engine.written.rhythms import HOME, Manner, Schedule, Span, read_schedule

CATCH_UP = ("each", "once", "skip")
APART_MIN = timedelta(minutes=1)
LOOKED_AT = 100  # rounds of a cycle whose distance is measured
EACH_MAX = 1_000  # missed rounds that are made up for one by one
SOME_DAY = datetime(2000, 1, 1, tzinfo=HOME)


class Timer(TimerEventDefinition):
    """A timer's definition: what it says, in which of the three manners, and what becomes of missed rounds."""

    def __init__(self, name: str, expression: Any, manner: Manner, catch_up: str = "each") -> None:
        super().__init__(name, expression)
        self.manner = manner
        self.catch_up = catch_up

    def arm(self, my_task: Any) -> None:
        """Compute the moment from the facts of now and write it down in the task."""
        engine, value = my_task.workflow.script_engine, self.expression
        if not isinstance(value, str):
            value = engine.evaluate(my_task, value)
        schedule = read_schedule(value, self.manner, engine.facts.now)
        if schedule is None:
            raise ExpressionFailed(my_task.task_spec.bpmn_id, str(value), "not a date, a duration or a cycle")
        _note(my_task, schedule)

    def waits_for(self, names: Collection[str]) -> bool:
        """Whether it waits for a moment that its expression reads from one of these names."""
        return self.manner == "date" and not isinstance(self.expression, str) and bool(self.expression.names & set(names))

    def has_fired(self, my_task: Any) -> bool:
        """Whether the timer was let go off; upstream decides by the machine's clock."""
        if "due" not in my_task.internal_data:
            self.arm(my_task)
        return bool(my_task.internal_data.get("event_fired"))

    def drops(self, my_task: Any) -> bool:
        """Whether this round was missed, the one after it being due as well, and missed rounds are dropped."""
        return is_dropped(self.catch_up, _noted(my_task), my_task.workflow.script_engine.facts.now)

    def next_round(self, my_task: Any) -> Schedule | None:
        """The round to arm after this one: the next, or the next that is not missed already."""
        return coming(self.catch_up, _noted(my_task), my_task.workflow.script_engine.facts.now)

    def renew(self, following: Any, schedule: Schedule) -> None:
        """Write a round down in a fresh task."""
        _note(following, schedule)


@dataclass(frozen=True)
class StartTimer:
    """A start event by which a process begins without anybody: the domain keeps the time and starts the case."""

    node: str
    text: str
    manner: Manner
    catch_up: str = "each"

    def schedule(self, now: datetime) -> Schedule:
        """Its first round, armed at a moment."""
        found = read_schedule(self.text, self.manner, now)
        if found is None:
            raise ExpressionFailed(self.node, self.text, "not a date, a duration or a cycle")
        return found

    def drops(self, this: Schedule, now: datetime) -> bool:
        """Whether a round that is due begins nothing, being missed."""
        return is_dropped(self.catch_up, this, now)

    def coming(self, this: Schedule, now: datetime) -> Schedule | None:
        """The round to arm after this one."""
        return coming(self.catch_up, this, now)


def is_dropped(catch_up: str, this: Schedule, now: datetime) -> bool:
    """Whether missed rounds are dropped and this one was: the one after it is due as well."""
    beat = this.beat() if catch_up == "skip" else None
    return beat is not None and beat <= now


def coming(catch_up: str, this: Schedule, now: datetime) -> Schedule | None:
    """The round after this one: the next, or the next that is not missed already; so also after a thousand missed."""
    if catch_up == "each" and not _are_too_many(this, now):
        return this.following()
    return this.ahead(max(now, this.due))


def _are_too_many(this: Schedule, now: datetime) -> bool:
    if now - this.due < EACH_MAX * APART_MIN:
        return False
    last = next(islice(_rounds(this), EACH_MAX, None), None)
    return last is not None and last.due <= now


def is_hasty(text: str, manner: Manner) -> bool:
    """Whether two rounds of a cycle come sooner after one another than a case should be moved."""
    schedule = read_schedule(text, manner, SOME_DAY)
    rounds = islice(_rounds(schedule), LOOKED_AT) if schedule else ()
    return any(later.due - earlier.due < APART_MIN for earlier, later in pairwise(rounds))


def _rounds(schedule: Schedule | None) -> Iterator[Schedule]:
    while schedule is not None:
        yield schedule
        schedule = schedule.following()


def due_of(my_task: Any) -> datetime:
    """The moment written down in a waiting timer's task."""
    return datetime.fromisoformat(my_task.internal_data["due"])


def makes_sense(text: str, manner: Manner) -> bool:
    """Whether a plain text can be read as a timeDate, timeDuration or timeCycle."""
    return read_schedule(text, manner, SOME_DAY) is not None


def _note(my_task: Any, schedule: Schedule) -> None:
    my_task.internal_data["due"] = schedule.due.isoformat()
    if cycle := pack(schedule):
        my_task.internal_data["cycle"] = cycle


def pack(schedule: Schedule) -> list[Any] | None:
    """What must be kept of a round besides its moment, as JSON; None where no other follows it."""
    if schedule.rhythm is None or schedule.left == 1:
        return None
    rhythm, first, until = schedule.rhythm, schedule.first, schedule.until
    beat = rhythm.text if isinstance(rhythm, Cron) else [rhythm.months, rhythm.seconds] if rhythm else None
    return [beat, schedule.left, schedule.number, first and first.isoformat(), until and until.isoformat()]


def _noted(my_task: Any) -> Schedule:
    return unpack(due_of(my_task), my_task.internal_data.get("cycle"))


def unpack(due: datetime, cycle: list[Any] | None) -> Schedule:
    """The round again that `pack` made small."""
    if cycle is None:
        return Schedule(due)
    beat, left, number, first, until = cycle
    rhythm = Cron(beat) if isinstance(beat, str) else Span(*beat)
    first, until = (datetime.fromisoformat(text) if text else None for text in (first, until))
    return Schedule(due, rhythm, left, first, number, until)
