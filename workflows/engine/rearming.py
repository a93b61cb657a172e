"""Timers that wait for a moment told by the outside: set anew when the outside tells another one."""

from collections.abc import Collection, Mapping
from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from .drawing import Drawing
from .nodes.timers import Timer, due_of
from .running import codec
from .running.environment import Facts, FeelEngine


def rearm(
    drawing: Drawing, state: bytes, names: Collection[str], facts: Mapping[str, object], now: datetime
) -> tuple[bytes, dict[str, datetime]]:
    """What these names tell has changed: the state with its waiting timers set anew, and the moments that moved, by token."""
    run, moved = codec.thaw(drawing, state, FeelEngine(Facts(facts, now), drawing.decisions)), dict[str, datetime]()
    for task in run.all_tasks():
        timer = getattr(task.task_spec, "event_definition", None)
        if task.state == TaskState.WAITING and isinstance(timer, Timer) and timer.waits_for(names):
            before = due_of(task)
            timer.arm(task)
            if due_of(task) != before:
                moved[str(task.internal_data["token"])] = due_of(task)
    return codec.freeze(run) if moved else state, moved
