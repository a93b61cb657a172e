"""Where a running drawing stands still, and for what."""

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, SignalEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import NotWaiting, Stuck
from workflows.engine.nodes.catching import Armed, Boundary
from workflows.engine.nodes.conditions import Condition
from workflows.engine.nodes.instances import item_of, numbers_of
from workflows.engine.nodes.specs import External
from workflows.engine.nodes.timers import Timer, due_of
from workflows.engine.outcome import Waiting

from .workflow import Run

HOLDING = (TaskState.STARTED, TaskState.COMPLETED)
SINCE = "b"


def number_tokens(run: Run) -> None:
    """Give each newly waiting task its token: small numbers, so that the same steps give the same tokens."""
    last = run.tokens
    for task in run.all_tasks():
        if "token" not in task.internal_data and _kind(task) is not None:
            run.tokens += 1
            task.internal_data["token"] = str(run.tokens)
        elif task.state in HOLDING:
            task.internal_data.setdefault(SINCE, last)  # what holds others: its rounds can be told apart


def waiting_in(run: Run) -> tuple[Waiting, ...]:
    """Everything that waits, the oldest first."""
    found = [w for w in (_waiting(task) for task in run.all_tasks()) if w is not None]
    return tuple(sorted(found, key=lambda waiting: int(waiting.token)))


def drawn_in(run: Run) -> Counter[tuple[str, tuple[str, ...], str]]:
    """The drawn nodes at which work is open, with what encloses them and their tokens."""
    open_here = (t for t in run.all_tasks() if t.task_spec.bpmn_id is not None and not t.task_spec.silent)
    return Counter(
        (str(t.task_spec.bpmn_id), t.workflow.path, str(t.internal_data.get("token", "")))
        for t in open_here
        if not {"races", "via"} & t.internal_data.keys()
    )


def find(run: Run, token: str) -> Any:
    """The task that waits under a token."""
    for task in run.all_tasks():
        if task.internal_data.get("token") == token:
            return task
    raise NotWaiting(token)


def check_alive(run: Run) -> None:
    """Refuse a move after which nothing waits although nothing has ended: a join that can never be filled."""
    if run.completed or any(_kind(task) is not None for task in run.all_tasks()):
        return
    raise Stuck(sorted({str(t.task_spec.bpmn_id) for t in run.all_tasks() if t.task_spec.bpmn_id}))


def _waiting(task: Any) -> Waiting | None:
    kind = _kind(task)
    if kind is None:
        return None
    spec = task.task_spec
    item, turn = item_of(task)
    return Waiting(
        token=task.internal_data["token"],
        node=spec.node,
        kind=kind,
        due_at=due_of(task) if kind == "timer" else None,
        message=spec.event_definition.name if kind in ("message", "signal") else None,
        path=task.workflow.path,
        attached_to=spec.host if isinstance(spec, Boundary | Armed) else None,
        item=item,
        turn=turn,
        numbers=numbers_of(task),
    )


def _kind(task: Any) -> str | None:
    spec = task.task_spec
    if task.state == TaskState.READY and spec.manual:
        return "service" if isinstance(spec, External) else "user"
    if task.state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        return _kind_of_event(spec.event_definition)
    return None


def _kind_of_event(definition: Any) -> str:
    if isinstance(definition, Timer):
        return "timer"
    if isinstance(definition, MessageEventDefinition):
        return "message"
    if isinstance(definition, SignalEventDefinition):
        return "signal"
    return "condition" if isinstance(definition, Condition) else "event"
