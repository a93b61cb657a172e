"""A drawn process as a graph: nodes, the ways between them, and what stands still where."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN, Element, kind_of


class Way(NamedTuple):
    """One way from node to node: a sequence flow, a link, or an event on the border."""

    source: str
    target: str
    kind: str
    flow: Element | None = None


@dataclass(frozen=True)
class Graph:
    """One process or sub-process by itself."""

    scope: Element
    nodes: Mapping[str, Element]
    ways: Sequence[Way]

    @cached_property
    def leaving(self) -> dict[str, list[Way]]:
        """The ways out of each node."""
        found: dict[str, list[Way]] = {name: [] for name in self.nodes}
        for way in self.ways:
            found[way.source].append(way)
        return found

    @cached_property
    def coming(self) -> dict[str, list[Way]]:
        """The ways into each node."""
        found: dict[str, list[Way]] = {name: [] for name in self.nodes}
        for way in self.ways:
            found[way.target].append(way)
        return found

    @cached_property
    def starts(self) -> list[str]:
        """Where tokens begin."""
        begun = {id(event): event for event, _ in reading.starts_of(self.scope)}
        gates = [n for n in self.nodes.values() if n.get("instantiate") == "true" and kind_of(n) == "eventBasedGateway"]
        return [node.get("id") or "" for node in (*begun.values(), *gates)]

    @cached_property
    def begun(self) -> set[str]:
        """The nodes that tokens can come to."""
        return self.after([*self.starts, *(name for name, n in self.nodes.items() if reading.is_event_sub_process(n))])

    def after(self, names: Iterable[str], barred: AbstractSet[str] = frozenset()) -> set[str]:
        """Every node that can be come to from some nodes, these included, without entering what is barred."""
        return _spread(names, lambda name: (way.target for way in self.leaving[name]), barred)

    def before(self, names: Iterable[str], barred: AbstractSet[str] = frozenset()) -> set[str]:
        """Every node from which some nodes can be come to, these included."""
        return _spread(names, lambda name: (way.source for way in self.coming[name]), barred)

    def label(self, name: str) -> str:
        """What people call a node."""
        return reading.name_of(self.nodes[name]) or name


def graphs_of(process: Element) -> Iterator[Graph]:
    """A process and the sub-processes embedded in it, each as its own graph."""
    return (graph_of(scope) for scope in reading.scopes(process) if kind_of(scope) != "adHocSubProcess")


def graph_of(scope: Element) -> Graph:
    """One process or sub-process as a graph; ways that lead nowhere are left out."""
    nodes = {child.get("id") or "": child for child in scope if reading.is_flow_node(child)}
    ways = [
        Way(f.get("sourceRef") or "", f.get("targetRef") or "", "flow", f)
        for f in scope.findall(f"{BPMN}sequenceFlow")
    ]
    borders = scope.findall(f"{BPMN}boundaryEvent")
    ways += [Way(event.get("attachedToRef") or "", event.get("id") or "", "border") for event in borders]
    ways += _links(scope)
    return Graph(scope, nodes, [way for way in ways if way.source in nodes and way.target in nodes])


def _links(scope: Element) -> Iterator[Way]:
    targets = {
        reading.link_of(event): event.get("id") or "" for event in scope.findall(f"{BPMN}intermediateCatchEvent")
    }
    for event in scope.findall(f"{BPMN}intermediateThrowEvent"):
        if (link := reading.link_of(event)) is not None and link in targets:
            yield Way(event.get("id") or "", targets[link], "link")


def _spread(names: Iterable[str], near: Callable[[str], Iterable[str]], barred: AbstractSet[str]) -> set[str]:
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found and name not in barred:
            found.add(name)
            todo.extend(near(name))
    return found


def circles(names: Iterable[str], leaving: Mapping[str, Iterable[str]]) -> Iterator[set[str]]:
    """The groups of names that can all be come to from one another; alone only what leads to itself (Tarjan)."""
    seen, number, low, stack = 0, dict[str, int](), dict[str, int](), list[str]()
    on_stack: set[str] = set()
    for root in names:
        todo: list[tuple[str, Iterator[str]]] = [] if root in number else [(root, iter(leaving[root]))]
        while todo:
            name, rest = todo[-1]
            if name not in number:
                number[name] = low[name] = seen = seen + 1
                stack.append(name)
                on_stack.add(name)
            following = next(rest, None)
            if following is None:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[name])
                if low[name] == number[name]:
                    yield from _pop_circle(stack, on_stack, name, leaving)
            elif following not in number:
                todo.append((following, iter(leaving[following])))
            elif following in on_stack:
                low[name] = min(low[name], number[following])


def _pop_circle(
    stack: list[str], on_stack: set[str], name: str, leaving: Mapping[str, Iterable[str]]
) -> Iterator[set[str]]:
    group = {stack.pop()}
    while name not in group:
        group.add(stack.pop())
    on_stack -= group
    if len(group) > 1 or name in leaving[name]:
        yield group
