"""Nodes that nothing leads to, and nodes that lead to no end."""

from collections.abc import Iterator, Mapping

from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN, Element, kind_of

from .events import kind_of_event
from .graph import Graph, circles

BREAKS_OFF = {"terminate", "error", "cancel"}
Said = tuple[Element, str, str, str]


def check_beginnings(graph: Graph) -> Iterator[Said]:
    """Say which nodes no token can ever come to."""
    for name, node in graph.nodes.items():
        if name not in graph.begun and graph.starts and kind_of(node) != "boundaryEvent":
            yield (
                node,
                "unreachable",
                f"no way leads from a start event to {graph.label(name)!r}: it would never be done",
                f"从开始事件到不了“{graph.label(name)}”，它永远不会执行",
            )


def check_endings(graph: Graph, calls: Mapping[str, list[Element]]) -> Iterator[Said]:
    """Say from which nodes a token can neither come to an end nor be taken away."""
    ends = [name for name, ways in graph.leaving.items() if not any(_carries_on(graph, name, w.target) for w in ways)]
    ended = _spread_back(graph, ends)
    lost = [name for name in graph.nodes if name in graph.begun and name not in ended]
    if not lost or _is_broken_off(graph.scope, calls, set()):
        return
    leaving = {name: [way.target for way in graph.leaving[name] if way.target in lost] for name in lost}
    for circle in circles(lost, leaving):
        if all(target in circle for name in circle for target in leaving[name]):
            name = next(name for name in lost if name in circle)
            yield (
                graph.nodes[name],
                "no_end",
                f"from {graph.label(name)!r} no end event can be reached: the case would never end",
                f"从“{graph.label(name)}”出发到不了任何结束事件，办件将无法办结",
            )


def _spread_back(graph: Graph, ends: list[str]) -> set[str]:
    found: set[str] = set()
    todo = list(ends)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(way.source for way in graph.coming[name] if _carries_on(graph, way.source, name))
    return found


def _carries_on(graph: Graph, source: str, target: str) -> bool:
    """Whether a token goes on that way; beside a non-interrupting event it stays where it is."""
    node = graph.nodes[target]
    beside = kind_of(node) == "boundaryEvent" and node.get("attachedToRef") == source
    return not beside or node.get("cancelActivity") != "false"


def _is_broken_off(scope: Element, calls: Mapping[str, list[Element]], seen: set[str]) -> bool:
    """Whether something else can take a process's tokens away: inside of it, on its border, or around it."""
    inside = scope.iterfind(f"{BPMN}endEvent")
    if any(kind_of_event(end) in BREAKS_OFF for end in inside) or any(map(_interrupts, scope)):
        return True
    parent = scope.getparent()
    if kind_of(scope) != "process":
        return parent is not None and (_has_interrupting_border(scope) or _is_broken_off(parent, calls, seen))
    name = scope.get("id") or ""
    if name in seen:
        return False
    callers = calls.get(name, [])
    return any(
        _has_interrupting_border(call) or _is_broken_off(around, calls, seen | {name})
        for call in callers
        if (around := call.getparent()) is not None
    )


def _interrupts(child: Element) -> bool:
    start = child.find(f"{BPMN}startEvent") if reading.is_event_sub_process(child) else None
    return start is not None and start.get("isInterrupting") != "false"


def _has_interrupting_border(activity: Element) -> bool:
    parent = activity.getparent()
    events = [] if parent is None else parent.findall(f"{BPMN}boundaryEvent")
    return any(e.get("attachedToRef") == activity.get("id") and e.get("cancelActivity") != "false" for e in events)
