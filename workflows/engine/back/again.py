"""What a return makes undone: of the places passed those that are done again before the token is where it was."""

from collections.abc import Iterable
from typing import Any

from workflows.engine.drawing import Drawing
from workflows.engine.nodes import ways
from workflows.engine.outcome import Place


def done_again(drawing: Drawing, passed: Iterable[Place], left: Place, target: Place, *, kept: bool) -> set[Place]:
    """All that lies ahead of the target; where other branches are kept only what lies before the place left as well."""
    return {place for place in passed if _comes_again(drawing, place, left, target, kept)}


def repetitions(drawing: Drawing, place: Place) -> list[tuple[str, ...]]:
    """The activities repeated for items at or around a place, each with those that enclose it; the outermost first."""
    line = (*place.path, place.node)
    return [line[:depth] for depth in range(1, len(line) + 1) if _is_repeated(drawing, line[:depth])]


def inside(drawing: Drawing, place: Place) -> set[str]:
    """The elements at a place and in whatever it opens."""
    found, seen, todo = {place.node}, list[Any](), [_frame(drawing, (*place.path, place.node))]
    while todo:
        spec = todo.pop()
        if spec is None or spec in seen:
            continue
        seen.append(spec)
        found |= {each.bpmn_id for each in spec.task_specs.values() if getattr(each, "bpmn_id", None)}
        todo += [drawing.specs[each.opens] for each in spec.task_specs.values() if getattr(each, "opens", None)]
    return found


def _is_repeated(drawing: Drawing, line: tuple[str, ...]) -> bool:
    spec = _frame(drawing, line[:-1])
    return spec is not None and getattr(spec.task_specs.get(line[-1]), "counts", False)


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
