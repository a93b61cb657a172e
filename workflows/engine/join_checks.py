"""Parallel joins that can never be filled, or that one choice leaves waiting for ever."""

from collections.abc import Iterator
from itertools import combinations, permutations

from . import reading
from .event_checks import kind_of_event
from .graph import Graph, Way
from .reading import Element, kind_of

BREAKS_OFF = {"terminate", "error", "cancel"}
CHOICES = {"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"}
WORK_MAX = 3_000_000  # steps, a few seconds: a drawing beyond it is none that a person drew
Said = tuple[Element, str, str, str]


def check_joins(graph: Graph) -> Iterator[Said]:
    """Say which parallel joins wait for tokens that never come, or may not come."""
    joins = [
        name for name in graph.begun if kind_of(graph.nodes[name]) == "parallelGateway" and len(graph.coming[name]) > 1
    ]
    forks = {name: branches for name in graph.begun if len(branches := _branches(graph, name)) > 1}
    if sum(_work(graph, join, len(forks)) for join in joins) > WORK_MAX:
        said = "the parallel joins are too many and too tangled to be examined"
        yield graph.scope, "too_tangled", said, "并行汇合过多过密，无法逐一检查"
        return
    for join in sorted(joins):
        sources = [way for way in graph.coming[join] if way.source in graph.begun]
        back = [graph.before([way.source], {join}) for way in sources]
        starved = _starved(join, sources, back, forks)
        if starved is not None:
            yield _never(graph, join, starved)
        else:
            yield from _check_choices(graph, join, set().union(*back) if back else set(), forks)


def _work(graph: Graph, join: str, forks: int) -> int:
    width = len(graph.coming[join])
    return width * len(graph.ways) + width * width * forks


def _branches(graph: Graph, name: str) -> list[list[Way]]:
    """The ways out of a node that are gone side by side; each is a list of alternatives."""
    node, ways = graph.nodes[name], graph.leaving[name]
    flows = [way for way in ways if way.kind != "border"]
    beside = [
        [way] for way in ways if way.kind == "border" and graph.nodes[way.target].get("cancelActivity") == "false"
    ]
    if kind_of(node) in ("exclusiveGateway", "eventBasedGateway"):
        return [flows]
    return [*([way] for way in flows), *beside]


def _starved(
    join: str, sources: list[Way], back: list[set[str]], forks: dict[str, list[list[Way]]]
) -> tuple[Way, Way] | None:
    """Two ways into a join that no fork can fill both."""
    for (one, its), (other, others) in combinations(zip(sources, back, strict=True), 2):
        fillable = any(
            name != join and _leads(mine, one, its) and _leads(theirs, other, others)
            for name in its & others & forks.keys()
            for mine, theirs in permutations(forks[name], 2)
        )
        if not fillable:
            return one, other
    return None


def _leads(branch: list[Way], goal: Way, back: set[str]) -> bool:
    return any(way is goal or way.target in back for way in branch)


def _never(graph: Graph, join: str, ways: tuple[Way, Way]) -> Said:
    one, other = (graph.label(way.source) for way in ways)
    return (
        graph.nodes[join],
        "join_starves",
        f"the parallel join waits for {one!r} and {other!r}, yet only one of the two is ever done",
        f"并行汇合在等待“{one}”和“{other}”都完成，但两者只会走其一，办件会卡住",
    )


def _check_choices(graph: Graph, join: str, back: set[str], forks: dict[str, list[list[Way]]]) -> Iterator[Said]:
    """Between a fork and its join, a choice that leads to an end leaves the join waiting."""
    splitting = {
        name for name in back & forks.keys() if sum(bool(_targets(b) & (back | {join})) for b in forks[name]) > 1
    }
    inner = graph.after((way.target for name in splitting for way in graph.leaving[name]), {join}) & back
    near = graph.before([way.source for way in graph.coming[join]], {join, *splitting})
    for name in sorted(inner & near - splitting):
        for way in _alternatives(graph, name):
            if way.target not in back and way.target != join and _ends_quietly(graph, way.target):
                yield _maybe(graph, join, name, way.target)


def _targets(branch: list[Way]) -> set[str]:
    return {way.target for way in branch}


def _alternatives(graph: Graph, name: str) -> list[Way]:
    ways = graph.leaving[name]
    if kind_of(graph.nodes[name]) in CHOICES:
        return ways if len(ways) > 1 else []
    borders = [way for way in ways if way.kind == "border"]
    return [way for way in borders if graph.nodes[way.target].get("cancelActivity") != "false"]


def _ends_quietly(graph: Graph, name: str) -> bool:
    ends = [end for end in graph.after([name]) if not graph.leaving[end]]
    return any(kind_of(graph.nodes[e]) != "endEvent" or kind_of_event(graph.nodes[e]) not in BREAKS_OFF for e in ends)


def _maybe(graph: Graph, join: str, name: str, target: str) -> Said:
    one, other, goal = graph.label(name), graph.label(target), reading.name_of(graph.nodes[join]) or join
    return (
        graph.nodes[join],
        "join_may_starve",
        f"when {one!r} goes to {other!r}, the parallel join {goal!r} waits for ever",
        f"当“{one}”走向“{other}”时，并行汇合“{goal}”会一直等不齐",
    )
