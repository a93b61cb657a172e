"""Errors, escalations and cancellations rise to the nearest event that catches them.

Upstream lets every catching event of the outer process hear them, even one on another sub-process.
"""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState


def rise(task: Any, definition: Any) -> bool:
    """Let the nearest catching event happen; False when there is none."""
    found = nearest(task, definition)
    if found is not None:
        found.internal_data["event_fired"] = True
        found.task_spec._update(found)
    return found is not None


def nearest(task: Any, definition: Any) -> Any:
    """The event that would catch what rises from a task; None when there is none."""
    place = task
    while place is not None:
        catchers = sorted(_catchers(place, definition), key=_is_general)
        if catchers:
            return catchers[0]
        place = _above(place)
    return None


def hear(run: Any, event: Any) -> bool:
    """Let all that wait for an event hear it: first what ends nothing, then the inner before the outer."""
    listeners = [task for task in run.event_manager.tasks.values() if task.task_spec.catches(task, event)]
    for task in sorted(listeners, key=_turn):
        if task.state == TaskState.WAITING:
            task.internal_data["event_fired"] = True
            task.task_spec._update(task)
    return bool(listeners)


def _turn(task: Any) -> tuple[bool, int, str]:
    spec = task.task_spec
    return ends_others(spec), -len(task.workflow.path), str(spec.bpmn_id)


def ends_others(spec: Any) -> bool:
    """Whether an event takes away what it is attached to, or all that runs beside it."""
    return bool(spec.hears_inside and getattr(spec, "cancel_activity", getattr(spec, "interrupting", True)))


def _catchers(place: Any, definition: Any) -> Iterator[Any]:
    parent = place.parent
    if parent is None:
        return
    for task in parent.children:
        spec = task.task_spec
        if task.state == TaskState.WAITING and spec.hears_inside and spec.event_definition == definition:
            yield task


def _is_general(task: Any) -> bool:
    return getattr(task.task_spec.event_definition, "code", None) is None


def _above(place: Any) -> Any:
    parent = place.parent
    if parent is not None and parent is not place.workflow.task_tree:
        return parent
    return place.workflow.owner
