"""Which places lie before a waiting token: the drawing walked backwards, out of and into the processes it is made of."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from workflows.engine.nodes import ways
from workflows.engine.outcome import Place


class Spot(NamedTuple):
    """A name in one process, the activities that enclose it, and the specs of all these processes."""

    path: tuple[str, ...]
    frames: tuple[Any, ...]
    name: str

    @property
    def spec(self) -> Any:
        """The spec of the node itself."""
        return self.frames[-1].task_specs[self.name]


def earlier(run: Any, task: Any) -> tuple[Place, ...]:
    """The activities from which a token's node can be reached, the nearest first."""
    line = line_of(task)
    beside = lru_cache(None)(ways.side_by_side)
    found: dict[Place, None] = {}
    for spot in _backwards(run.subprocess_specs, line):
        top, at = branching(spot.path, spot.name, line)
        again = at.name == top
        if is_activity(spot.spec) and not (at is line[-1] if again else beside(at.frames[-1], top, at.name)):
            found[Place(spot.name, spot.path)] = None
    return tuple(found)


def line_of(task: Any) -> list[Spot]:
    """Where a task stands in each process around it, the outermost first."""
    line: list[tuple[Any, str]] = []
    while task is not None:
        line.insert(0, (task.workflow, ways.place_of(ways.unit_of(task))))
        task = task.workflow.owner
    frames = tuple(workflow.spec for workflow, _ in line)
    return [Spot(workflow.path, frames[: n + 1], name) for n, (workflow, name) in enumerate(line)]


def is_activity(spec: Any) -> bool:
    """Whether a spec is work that a token can be sent back to."""
    kind = spec.node.kind if spec.node is not None and spec.name == spec.node.id else ""
    return bool(kind) and not kind.endswith(("Event", "Gateway"))


def branching(path: tuple[str, ...], node: str, line: list[Spot]) -> tuple[str, Spot]:
    """The innermost process that holds a node and a token: what holds the node there, and where the token stands."""
    depth = 0
    while depth < len(path) and depth < len(line) - 1 and path[depth] == line[depth].name:
        depth += 1
    return (*path, node)[depth], line[depth]


def _backwards(specs: Any, line: list[Spot]) -> Iterator[Spot]:
    own = {spot.path for spot in line}
    seen: set[tuple[tuple[str, ...], str]] = set()
    todo = deque([line[-1]])
    while todo:
        for spot in _preceding(specs, todo.popleft(), own):
            if (spot.path, spot.name) not in seen:
                seen.add((spot.path, spot.name))
                yield spot
                todo.append(spot)


def _preceding(specs: Any, spot: Spot, own: set[tuple[str, ...]]) -> Iterator[Spot]:
    frame = spot.frames[-1]
    if spot.name == frame.start.name and spot.path:
        yield Spot(spot.path[:-1], spot.frames[:-1], spot.path[-1])
    entrance = frame.task_specs[ways.entrance(frame, spot.name)]
    for name in dict.fromkeys([*spot.spec._inputs, *entrance._inputs, *_host_of(spot.spec)]):
        before = spot._replace(name=name)
        if before.spec.by_event:    # begun by its own event, not by what came before
            continue
        yield before
        inner = inside(specs, before.spec)
        if inner is not None and (*spot.path, name) not in own and inner not in spot.frames:
            yield Spot((*spot.path, name), (*spot.frames, inner), inner.end.name)


def inside(specs: Any, spec: Any) -> Any:
    """The process an activity runs inside, if it runs one and only once at a time."""
    return None if spec.opens is None else specs[spec.opens]


def _host_of(spec: Any) -> tuple[str, ...]:
    host = getattr(spec, "host", "")
    return (host,) if host and not spec.holds_children and not spec.idle else ()
