"""A drawing played through with tokens alone: at which joins one play or another leaves them waiting for ever."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from workflows.engine.written.reading import BPMN, Element, kind_of

from .events import kind_of_event
from .graph import Graph, Way

MARKINGS_MAX = 2_000  # beyond it the play is broken off: the structural checks have looked by then
LOOKS_MAX = 200_000  # tokens looked at in all: a wide drawing has many in each marking
SIDE_BY_SIDE_MAX = 4  # conditional flows of one node whose every combination is tried
TOKENS_MAX = 3  # on one way: more is a loop that breeds
BREAKS_OFF = {"terminate", "error", "cancel"}
Marking = frozenset[tuple[Way, int]]


class Game:
    """One process or sub-process; activities are done or broken off, choices fall in every way they can."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.coming = {name: [w for w in graph.coming[name] if w.source in graph.begun] for name in graph.nodes}

    def starving(self) -> set[str]:
        """The parallel joins that are left with tokens when nothing can move any more."""
        found: set[str] = set()
        seen: set[Marking] = set()
        todo = [_marking(out) for start in self.graph.starts for out in self._outcomes(start)]
        looks = 0
        while todo and len(seen) < MARKINGS_MAX and looks < LOOKS_MAX:
            marking = todo.pop()
            looks += len(marking)
            if marking in seen or any(count > TOKENS_MAX for _, count in marking):
                continue
            seen.add(marking)
            following = self._following(Counter(dict(marking)))
            if following is None:
                found.update(way.target for way, _ in marking if self._joins(way.target))
            else:
                todo.extend(_marking(after) for after in following)
        return found

    def _following(self, tokens: Counter[Way]) -> list[Counter[Way]] | None:
        """What comes of moving one token; which one is all the same, as none but a join minds the others."""
        for way in tokens:
            if not self._joins(way.target) and not self._gathers(way.target):
                return self._moved(tokens, way.target, [way])
        for name in {way.target for way in tokens if self._joins(way.target)}:
            if all(tokens[way] for way in self.coming[name]):
                return self._moved(tokens, name, self.coming[name])
        gates = {way.target for way in tokens if self._gathers(way.target)}
        gate = next((name for name in sorted(gates) if not self._expects(tokens, name)), min(gates, default=None))
        if gate is not None:
            return self._moved(tokens, gate, [way for way in tokens if way.target == gate])
        return None

    def _moved(self, tokens: Counter[Way], name: str, taken: Iterable[Way]) -> list[Counter[Way]]:
        node = self.graph.nodes[name]
        if kind_of(node) == "endEvent" and kind_of_event(node) in BREAKS_OFF:
            return []
        rest = tokens - Counter(taken)
        return [rest + Counter(out) for out in self._outcomes(name)]

    def _joins(self, name: str) -> bool:
        return kind_of(self.graph.nodes[name]) == "parallelGateway" and len(self.coming[name]) > 1

    def _gathers(self, name: str) -> bool:
        return kind_of(self.graph.nodes[name]) == "inclusiveGateway" and len(self.coming[name]) > 1

    def _expects(self, tokens: Counter[Way], name: str) -> bool:
        """Whether a token elsewhere may still come to an inclusive join."""
        empty = [way.source for way in self.coming[name] if not tokens[way]]
        back = self.graph.before(empty, {name})
        return any(way.target in back for way in tokens if way.target != name)

    def _outcomes(self, name: str) -> Iterator[list[Way]]:
        """The ways that are gone out of a node: for each manner in which it may end."""
        borders = [w for w in self.graph.leaving[name] if w.kind == "border" and self._breaks_in(w)]
        beside = [w for w in borders if self.graph.nodes[w.target].get("cancelActivity") == "false"]
        yield from ([way] for way in borders if way not in beside)
        for out in self._chosen(name):
            yield out
            yield from ([*out, way] for way in beside)

    def _breaks_in(self, way: Way) -> bool:
        return kind_of_event(self.graph.nodes[way.target]) != "compensate"

    def _chosen(self, name: str) -> Iterator[list[Way]]:
        kind = kind_of(self.graph.nodes[name])
        always, maybe, default = choices(self.graph, name)
        if kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([way] for way in [*always, *maybe, *([default] if default else [])])
            return
        yield from ([*always, *some] for some in _some_of(maybe))
        if default is not None:
            yield [*always, default]
        elif always or not maybe:
            yield always


def choices(graph: Graph, name: str) -> tuple[list[Way], list[Way], Way | None]:
    """The ways on from a node that are gone always, those gone on a condition, and the one gone if none of these is."""
    node = graph.nodes[name]
    ways = [way for way in graph.leaving[name] if way.kind != "border"]
    asks = kind_of(node) != "parallelGateway"
    default = next((way for way in ways if asks and way.flow is not None and way.flow.get("id") == node.get("default")), None)
    maybe = [way for way in ways if asks and way != default and way.flow is not None and _has_condition(way.flow)]
    return [way for way in ways if way != default and way not in maybe], maybe, default


def _has_condition(flow: Element) -> bool:
    return flow.find(f"{BPMN}conditionExpression") is not None


def _some_of(ways: list[Way]) -> Iterable[tuple[Way, ...]]:
    sizes = range(1, len(ways) + 1) if len(ways) <= SIDE_BY_SIDE_MAX else (1, len(ways) - 1, len(ways))
    return chain.from_iterable(combinations(ways, size) for size in sizes)


def _marking(tokens: Iterable[Way] | Counter[Way]) -> Marking:
    return frozenset(Counter(tokens).items())
