"""The moves: (drawing, state, event, facts, now) -> Move. No database, no person, no clock."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition, MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from .across import carrying, likeness
from .back import places, returns, undoing
from .drawing import Drawing
from .errors import NotDue, NotExpected, NotMigratable, NotReturnable, NotSkippable, NotWaiting, Stuck
from .nodes import trimming
from .nodes.rising import hear, nearest, rise
from .nodes.timers import Timer, due_of
from .outcome import Closed, Move, Place, Visit, Waiting
from .running import codec, standing
from .running.environment import Facts, FeelEngine
from .running.workflow import Run


def start(
    drawing: Drawing, facts: Mapping[str, object], now: datetime, message: str | None = None, timer: str | None = None
) -> Move:
    """Begin a process at its plain start event, at the start event of a message, or at a start timer."""
    engine = FeelEngine(Facts(facts, _aware(now)), drawing.decisions)
    run = Run(drawing, engine, chosen_start=drawing.start_for(message, timer))
    return _finish(run)


def complete(drawing: Drawing, state: bytes, token: str, facts: Mapping[str, object], now: datetime) -> Move:
    """A person's task, or a machine's job, is done."""

    def act(run: Run) -> None:
        task = standing.find(run, token)
        if task.state != TaskState.READY:
            raise NotWaiting(token)
        task.run()

    return _move(drawing, state, facts, now, act)


def fire(drawing: Drawing, state: bytes, token: str, facts: Mapping[str, object], now: datetime) -> Move:
    """A timer's moment has come."""

    def act(run: Run) -> None:
        task = standing.find(run, token)
        if not isinstance(getattr(task.task_spec, "event_definition", None), Timer):
            raise NotWaiting(token)
        if now < due_of(task):
            raise NotDue(token, due_of(task))
        task.task_spec.ring(task)

    return _move(drawing, state, facts, now, act)


def tell(drawing: Drawing, state: bytes, message: str, facts: Mapping[str, object], now: datetime) -> Move:
    """A message has come for this case; all that wait for its name hear it."""

    def act(run: Run) -> None:
        event = BpmnEvent(MessageEventDefinition(message), payload={})
        if not hear(run, event):
            raise NotExpected(message)

    return _move(drawing, state, facts, now, act)


def fail(drawing: Drawing, state: bytes, token: str, error: str, facts: Mapping[str, object], now: datetime) -> Move:
    """A task or a job has failed with a code the drawing may know: the nearest error event takes over."""

    def act(run: Run) -> None:
        if not rise(standing.find(run, token), ErrorEventDefinition("", error)):
            raise NotExpected(error)

    return _move(drawing, state, facts, now, act)


def catches(drawing: Drawing, state: bytes, token: str, error: str) -> bool:
    """Whether an error event of the drawing would take over if that task or job failed with the code."""
    run = codec.thaw(drawing, state, FeelEngine(Facts({}, None)))
    return nearest(standing.find(run, token), ErrorEventDefinition("", error)) is not None


def refresh(drawing: Drawing, state: bytes, facts: Mapping[str, object], now: datetime) -> Move:
    """The facts have changed: let conditional events that wait for it happen."""
    return _move(drawing, state, facts, now, lambda run: run.recheck_all())


def skip(drawing: Drawing, state: bytes, token: str, facts: Mapping[str, object], now: datetime) -> Move:
    """Go on as if the work had been done, or the event had come; the visit says that it was skipped."""

    def act(run: Run) -> None:
        task = standing.find(run, token)
        if task.task_spec.hears_inside:
            raise NotSkippable(str(task.task_spec.node.id))
        task.internal_data["skipped"] = True
        if task.state == TaskState.READY:
            task.run()
        else:
            task._ready()

    return _move(drawing, state, facts, now, act)


def terminate(drawing: Drawing, state: bytes) -> Move:
    """Cancel everything that is open; nothing waits any more, and no end event was reached."""
    run = codec.thaw(drawing, state, FeelEngine(Facts({}, None)))
    for unit in run.task_tree.children:
        trimming.cancel(unit)
    run.completed, run.scribe.ends = True, []
    run.trim()
    return _result(run, run.tokens)


def send_back(
    drawing: Drawing,
    state: bytes,
    token: str,
    target: Place,
    others: returns.Others,
    facts: Mapping[str, object],
    now: datetime,
) -> Move:
    """Let a token begin again at an earlier place; what runs beside it in the re-run is cancelled or kept."""
    try:
        return _move(
            drawing, state, facts, now, lambda run: returns.send_back(run, standing.find(run, token), target, others)
        )
    except Stuck as error:
        raise NotReturnable("stuck") from error


def earlier(drawing: Drawing, state: bytes, token: str) -> tuple[Place, ...]:
    """The activities from which the token's node can be reached, the nearest first."""
    run = codec.thaw(drawing, state, FeelEngine(Facts({}, None)))
    return places.earlier(run, standing.find(run, token))


def undo(drawing: Drawing, state: bytes, before: bytes, after: bytes, now: datetime) -> Move:
    """Take back the step that led from one state to another, as long as what it made stands untouched."""
    was, became, here = (codec.opened(drawing, frozen) for frozen in (before, after, state))
    back = codec.pack(undoing.undone(drawing, here, was, became))
    engine = FeelEngine(Facts({}, _aware(now)))
    left, right = (codec.thaw(drawing, frozen, engine) for frozen in (state, back))
    standing.check_alive(right)
    return _difference(left, right)


def migrate(
    old: Drawing,
    state: bytes,
    new: Drawing,
    mapping: Mapping[str, str | None],
    facts: Mapping[str, object],
    now: datetime,
) -> Move:
    """Carry a case to another drawing, nodes to themselves or as told (None: nowhere); `NotMigratable` tells every reason."""
    engine = FeelEngine(Facts(facts, _aware(now)), new.decisions)
    try:
        return _finish(carrying.carry(old, state, new, mapping, engine))
    except Stuck as error:
        raise NotMigratable([likeness.reason("stuck", None, error.nodes[0] if error.nodes else "")]) from error


def waiting(drawing: Drawing, state: bytes) -> tuple[Waiting, ...]:
    """All that a frozen case waits for."""
    return standing.waiting_in(codec.thaw(drawing, state, FeelEngine(Facts({}, None))))


def _difference(left: Run, right: Run) -> Move:
    old, new = ({place.token: place for place in standing.waiting_in(run)} for run in (left, right))
    gone, back = standing.drawn_in(left), standing.drawn_in(right)
    return Move(
        state=codec.freeze(right),
        opened=tuple(place for token, place in new.items() if token not in old),
        closed=tuple(Closed(token, place.node, "cancelled") for token, place in old.items() if token not in new),
        visits=(
            *(Visit(node, path, "cancelled") for node, path, _ in gone - back),
            *(Visit(node, path, "entered") for node, path, _ in back - gone),
        ),
        facts=MappingProxyType({}),
        decisions=(),
        ended=None,
        waiting=tuple(new.values()),
    )


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("the moment of a move needs a time zone")
    return now


def _move(
    drawing: Drawing, state: bytes, facts: Mapping[str, object], now: datetime, act: Callable[[Run], Any]
) -> Move:
    run = codec.thaw(drawing, state, FeelEngine(Facts(facts, _aware(now)), drawing.decisions))
    act(run)
    return _finish(run)


def _finish(run: Run) -> Move:
    known = run.tokens
    run.go_on()
    standing.check_alive(run)
    standing.number_tokens(run)
    return _result(run, known)


def _result(run: Run, known: int) -> Move:
    after, scribe = standing.waiting_in(run), run.scribe
    return Move(
        state=codec.freeze(run),
        opened=tuple(waiting for waiting in after if int(waiting.token) > known),
        closed=tuple(scribe.closed),
        visits=tuple(scribe.visits),
        facts=MappingProxyType(run.script_engine.facts.written),
        decisions=tuple(scribe.decisions),
        ended=scribe.ends[-1] if run.completed and scribe.ends else None,
        ends=tuple(scribe.ends),
        waiting=after,
        sent=tuple(scribe.sent),
        begun=tuple(scribe.begun),
    )
