"""What a return makes undone: of the places passed those that are done again before the token is where it was."""

from collections.abc import Iterable
from typing import Any

from . import ways
from .drawing import Drawing
from .outcome import Place


def done_again(drawing: Drawing, passed: Iterable[Place], left: Place, target: Place, *, kept: bool) -> set[Place]:
    """All that lies ahead of the target; where other branches are kept only what lies before the place left as well."""
    return {place for place in passed if _comes_again(drawing, place, left, target, kept)}


def repeated(drawing: Drawing, place: Place) -> tuple[str, ...]:
    """The innermost repeated activity at or around a place, with those that enclose it; empty where all is done once."""
    line = (*place.path, place.node)
    around = (depth for depth in range(len(line), 0, -1) if _is_repeated(drawing, line[:depth]))
    return line[:next(around, 0)]


def _is_repeated(drawing: Drawing, line: tuple[str, ...]) -> bool:
    spec = _frame(drawing, line[:-1])
    return spec is not None and getattr(spec.task_specs.get(line[-1]), "task_spec", None) is not None


def _comes_again(drawing: Drawing, place: Place, left: Place, target: Place, kept: bool) -> bool:
    depth = _parting(target.path, place.path)
    spec = _frame(drawing, target.path[:depth])
    mine, its = (*target.path, target.node)[depth], (*place.path, place.node)[depth]
    if mine == its or spec is None or its not in spec.task_specs:
        return mine == its
    end = (*left.path, left.node)[depth] if kept and left.path[:depth] == target.path[:depth] else mine
    ahead = ways.after(spec, ways.entrance(spec, mine), closed={end} - {mine})
    return its in ahead and (end == mine or its in ways.before(spec, end, ways.entrance(spec, mine)))


def _parting(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return depth


def _frame(drawing: Drawing, path: tuple[str, ...]) -> Any:
    """The spec of the process inside these activities, the outermost first."""
    spec: Any = drawing.specs[drawing.process_id]
    for activity in path:
        holder = spec.task_specs.get(activity)
        inner = getattr(holder, "task_spec", None)      # a repeated activity holds its instance
        opens = holder.opens if holder is None or inner is None else spec.task_specs[inner].opens
        if opens is None:
            return None
        spec = drawing.specs[opens]
    return spec
