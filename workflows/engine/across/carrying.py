"""Carry a running case to another drawing, or say every reason why it cannot be carried."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import NotMigratable, Reason
from workflows.engine.nodes import ways
from workflows.engine.running import codec
from workflows.engine.running.environment import FeelEngine
from workflows.engine.running.workflow import Run

from . import likeness
from .crossing import Crossing


def suggest(old: Any, new: Any) -> dict[str, str | None]:
    """For each node of a drawing the one of the same id and a like kind in another; None where there is none."""
    pairs = {
        (p, name): (spec, new.specs.get(p)) for p, frame in old.specs.items() for name, spec in frame.task_specs.items()
    }
    found: dict[str, str | None] = dict.fromkeys(old.nodes)
    for (_, name), (spec, frame) in pairs.items():
        other = None if frame is None else frame.task_specs.get(name)
        if name in found and other is not None and likeness.difference(spec, other) is None:
            found[name] = name
    return found


def carry(old: Any, state: bytes, new: Any, mapping: Mapping[str, str | None], engine: FeelEngine) -> Run:
    """The case as it stands, on the other drawing: tokens keep their numbers, unchanged timers their moments."""
    packed = codec.opened(old, state)
    if packed["c"]:
        raise NotMigratable([likeness.reason("ended", None, "")])
    crossing = Crossing(packed, old, new, mapping)
    _refuse([*_faults(old, new, mapping), *crossing.reasons])
    run = Run(new, engine, thaw=True)
    tasks = codec.build(run, crossing.packed)
    _refuse(_misfits(codec.thaw(old, state, engine), run, crossing))
    run.scribe.ends = [mapping.get(end) or end for end in run.scribe.ends]
    run.scribe.closed += crossing.closed
    _arm(run, tasks, crossing)
    run.recheck_all()
    return run


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise NotMigratable(reasons)


def _faults(old: Any, new: Any, mapping: Mapping[str, str | None]) -> list[Reason]:
    unknown = [likeness.reason("unknown_source", None, node) for node in mapping if node not in old.nodes]
    targets = [node for node, to in mapping.items() if to and node in old.nodes and to not in new.nodes]
    return [*unknown, *(likeness.reason("unknown_target", old.nodes[node], node, to=mapping[node]) for node in targets)]


def _arm(run: Run, tasks: list[Any], crossing: Crossing) -> None:
    owners = crossing.packed["w"]
    for place in crossing.retimed:
        tasks[place].task_spec.event_definition.arm(tasks[place])
    for place, number, name in crossing.armings:
        workflow = run if number == 0 else run.subprocesses[tasks[owners[number - 1][1]].id]
        spec = workflow.spec.task_specs[name]
        if not (spec.idle and _is_interrupted(workflow)):
            parent = workflow.task_tree if place == codec.ROOT else tasks[place]
            event = parent._add_child(spec, TaskState.FUTURE)
            spec._update(event)


def _is_interrupted(workflow: Any) -> bool:
    standing = {ways.place_of(unit) for unit in ways.units(workflow)}
    armed = (workflow.spec.task_specs[name] for name in workflow.spec.start.armed)
    return any(spec.interrupting and spec.host in standing for spec in armed)


# ---- what each task alone does not show ----------------------------------------------------------------------------


def _misfits(before: Run, after: Run, crossing: Crossing) -> list[Reason]:
    reasons: list[Reason] = []
    for old, new in zip(before.workflows(), after.workflows(), strict=True):
        reasons += _joins_left_waiting(old, new, crossing)
        reasons += _no_longer_parallel(old, new.spec, crossing)
    return reasons


def _joins_left_waiting(old: Any, new: Any, crossing: Crossing) -> Iterator[Reason]:
    known = {crossing.to(name) for name in ways.unfilled(old)}
    for name in ways.unfilled(new):
        if name not in known:
            yield likeness.reason("join_unfilled", new.spec.task_specs[name].node, name)


def _no_longer_parallel(old: Any, new: Any, crossing: Crossing) -> Iterator[Reason]:
    standing = sorted({ways.place_of(unit) for unit in ways.units(old)})
    for one, other in combinations(standing, 2):
        if ways.side_by_side(old.spec, one, other) and not ways.side_by_side(new, crossing.to(one), crossing.to(other)):
            yield likeness.reason("not_parallel", old.spec.task_specs[other].node, other, old=likeness.called(crossing.old, one))
