"""Freeze and thaw: live tasks only, by name, in packed JSON; upstream stores the whole drawing and the past as well."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import UnreadableState
from workflows.engine.nodes.tokens import Token

from .environment import FeelEngine
from .workflow import Inner, Run

VERSION = 1
ROOT = -1
STATE_BYTES_MAX = 64 * 1024 * 1024


def freeze(run: Run) -> bytes:
    """Pack a running drawing into bytes."""
    tasks = run.all_tasks()
    places = {task.id: place for place, task in enumerate(tasks)}
    workflows = run.workflows()
    numbers = {id(workflow): number for number, workflow in enumerate(workflows)}
    packed = {
        "v": VERSION,
        "p": run.drawing.process_id,
        "n": run.tokens,
        "e": run.scribe.ends,
        "c": run.completed,
        "w": [[w.spec.name, places[w.parent_task_id]] for w in workflows[1:]],
        "t": [_pack(task, numbers, places) for task in tasks],
    }
    return pack(packed)


def thaw(drawing: Any, state: bytes, engine: FeelEngine) -> Run:
    """Unpack what freeze packed, for the same drawing."""
    with _reading(drawing):
        packed = unpack(state)
        run = Run(drawing, engine, thaw=True)
        build(run, packed)
    return run


def opened(drawing: Any, state: bytes) -> dict[str, Any]:
    """The parts of a frozen state of a drawing, for those who change them without running it."""
    with _reading(drawing):
        packed = unpack(state)
        _belongs(drawing, packed)
    return packed


@contextmanager
def _reading(drawing: Any) -> Iterator[None]:
    try:
        yield
    except (zlib.error, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableState(f"not a state of {drawing.process_id}: {error!r}") from error


def pack(packed: dict[str, Any]) -> bytes:
    """The bytes of a state's parts."""
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"), default=_tag)
    return zlib.compress(text.encode(), 6)


def unpack(state: bytes) -> dict[str, Any]:
    """The parts of a frozen state."""
    packed: dict[str, Any] = json.loads(zlib.decompressobj().decompress(state, STATE_BYTES_MAX), object_hook=_untag)
    if packed["v"] != VERSION:
        raise ValueError(f"version {packed['v']}")
    if not isinstance(packed["e"], list):  # as states were written while only the last end was remembered
        packed["e"] = [packed["e"]] if packed["e"] else []
    return packed


def _pack(task: Any, numbers: dict[int, int], places: dict[Any, int]) -> list[Any]:
    parent = places.get(task._parent, ROOT)
    return [numbers[id(task.workflow)], task.task_spec.name, task.state, parent, task.internal_data]


def _belongs(drawing: Any, packed: dict[str, Any]) -> None:
    if packed["p"] != drawing.process_id:
        raise ValueError(f"the state belongs to {packed['p']}")


def build(run: Run, packed: dict[str, Any]) -> list[Any]:
    """Hang the tasks of a state into a fresh run, and list them in the state's order."""
    _belongs(run.drawing, packed)
    run.tokens, run.completed, run.scribe.ends = packed["n"], packed["c"], list(packed["e"])
    _root(run)
    workflows: list[Any] = [run]
    tasks: list[Any] = []
    opening = {owner: name for name, owner in packed["w"]}
    numbered = {owner: number for number, (_, owner) in enumerate(packed["w"], start=1)}
    workflows.extend([None] * len(opening))
    for place, (number, name, state, parent, notes) in enumerate(packed["t"]):
        workflow = workflows[number]
        above = workflow.task_tree if parent == ROOT else tasks[parent]
        task = Token(workflow, workflow.spec.task_specs[name], above, state=state)
        task.internal_data = notes
        tasks.append(task)
        _remember(run, task)
        if place in opening:
            workflows[numbered[place]] = _reopen(run, task, opening[place])
    return tasks


def _root(workflow: Any) -> None:
    workflow.task_tree = Token(workflow, workflow.spec.start, state=TaskState.COMPLETED)


def _reopen(run: Run, owner: Any, name: str) -> Inner:
    inner = Inner(run.subprocess_specs[name], owner, run, deserializing=True)
    _root(inner)
    run.subprocesses[owner.id] = inner
    inner.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    return inner


def _remember(run: Run, task: Any) -> None:
    if task.state != TaskState.WAITING:
        return
    if isinstance(task.task_spec, CatchingEvent):
        run.event_manager.add_task(task)
    elif task.task_spec.rechecks:
        task.workflow.undecided[task.id] = task


def _tag(value: object) -> object:
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$number": str(value)}
    if isinstance(value, timedelta):
        return {"$seconds": value.total_seconds()}
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be kept in a state")


def _untag(value: dict[str, Any]) -> object:
    if len(value) != 1:
        return value
    ((tag, text),) = value.items()
    readers: dict[str, Any] = {
        "$moment": datetime.fromisoformat,
        "$date": date.fromisoformat,
        "$number": Decimal,
        "$seconds": lambda seconds: timedelta(seconds=seconds),
    }
    return readers[tag](text) if tag in readers else value
