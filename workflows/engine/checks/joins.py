"""Parallel joins that can never be filled, or that one choice leaves waiting for ever."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from workflows.engine.written import reading
from workflows.engine.written.reading import Element, kind_of

from .events import kind_of_event
from .graph import Graph, Way
from .token_game import Game, choices

BREAKS_OFF = {"terminate", "error", "cancel"}
CHOICES = {"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"}
SYNCHRONISING = {"parallelGateway", "inclusiveGateway"}
WORK_MAX = 20_000_000  # steps in the worst case: a drawing beyond it is none that a person drew
Said = tuple[Element, str, str, str]
Branch = list[Way]


@dataclass(frozen=True)
class Fork:
    """What is gone side by side out of a node: each branch is a list of alternatives; `apart`: two ways never gone both."""

    branches: list[Branch]
    apart: list[set[Way]]

    @property
    def splits(self) -> bool:
        """Whether any two of the branches are gone side by side."""
        return len(self.branches) * (len(self.branches) - 1) > 2 * len(self.apart)

    @cached_property
    def by_target(self) -> dict[str, list[Branch]]:
        """The branches that lead to a node directly."""
        found: dict[str, list[Branch]] = {}
        for branch in self.branches:
            for target in _targets(branch):
                found.setdefault(target, []).append(branch)
        return found


class Meeting:
    """A node where several ways meet: which two of them can hold tokens that are there at the same time."""

    def __init__(self, graph: Graph, name: str, forks: dict[str, Fork], joins: list[str]) -> None:
        self.graph, self.name, self.forks = graph, name, forks
        self.joins = [join for join in joins if join != name]
        self.ways = [way for way in graph.coming[name] if way.source in graph.begun]
        self._back: dict[tuple[str, str], set[str]] = {}
        self._leading: dict[tuple[str, Way], list[Branch]] = {}

    def back(self, way: Way, barred: str = "") -> set[str]:
        """The nodes from which a way can be come to without passing the meeting, or what else is barred."""
        key = (way.source, barred)
        if key not in self._back:
            self._back[key] = self.graph.before([way.source], {self.name, barred})
        return self._back[key]

    def apart(self) -> tuple[Way, Way] | None:
        """Two ways that never hold tokens at the same time."""
        if self._are_side_by_side():
            return None
        return next((pair for pair in combinations(self.ways, 2) if not self._together(*pair)), None)

    def together(self) -> tuple[Way, Way] | None:
        """Two ways from different nodes that can both hold a token of the same fork."""
        shared = Counter(fork for way in self.ways for fork in self.back(way) & self.forks.keys())
        if max(shared.values(), default=0) < 2:
            return None
        pairs = ((one, other) for one, other in combinations(self.ways, 2) if one.source != other.source)
        return next((pair for pair in pairs if self._together(*pair)), None)

    def _together(self, one: Way, other: Way) -> bool:
        return any(
            mine is not theirs and {*mine, *theirs} not in self.forks[fork].apart and not self._are_joined(mine, one, theirs, other)
            for fork in self.back(one) & self.back(other) & self.forks.keys()
            for mine in self._branches_to(fork, one)
            for theirs in self._branches_to(fork, other)
        )

    def _are_side_by_side(self) -> bool:
        """Whether each way has a branch of one fork for itself and nothing joins them before: they need not be compared."""
        if any(join in self.back(way) for way in self.ways for join in self.joins):
            return False
        for name, fork in self.forks.items():
            own = [self._branches_to(name, way) for way in self.ways if not fork.apart]
            if own and all(len(branches) == 1 for branches in own) and len({id(branches[0]) for branches in own}) == len(own):
                return True
        return False

    def _branches_to(self, fork: str, way: Way) -> list[Branch]:
        """The branches of a fork that lead to a way."""
        if (fork, way) not in self._leading:
            known = self.forks[fork].by_target
            near = [branch for target in self.back(way) & known.keys() for branch in known[target]]
            direct = [branch for branch in known.get(self.name, ()) if way in branch]
            self._leading[fork, way] = list({id(branch): branch for branch in (*near, *direct)}.values())
        return self._leading[fork, way]

    def _leads(self, branch: Branch, goal: Way, barred: str = "") -> bool:
        back = self.back(goal, barred)
        return any(way is goal or way.target in back for way in branch)

    def _are_joined(self, mine: Branch, one: Way, theirs: Branch, other: Way) -> bool:
        """Whether both must pass the same join before, and come out of it as one."""
        near = self.back(one) & self.back(other)
        return any(
            not self._leads(mine, one, join) and not self._leads(theirs, other, join)
            for join in self.joins
            if join in near
        )


def check_joins(graph: Graph) -> Iterator[Said]:
    """Say where tokens never meet that are waited for, may not meet, or meet unawares."""
    meeting = [name for name in graph.nodes if name in graph.begun and len(graph.coming[name]) > 1]
    forks = {name: fork for name in graph.begun if (fork := _fork(graph, name)).splits}
    joins = [name for name in meeting if kind_of(graph.nodes[name]) in SYNCHRONISING]
    if sum(len(graph.coming[name]) for name in meeting) * len(graph.ways) * (len(joins) + 1) > WORK_MAX:
        said = "the ways are too many and too tangled to be examined"
        yield graph.scope, "too_tangled", said, "连线过多过密，无法逐一检查汇合"
        return
    found = [said for name in meeting for said in _check_meeting(graph, Meeting(graph, name, forks, joins))]
    yield from found
    if not any(code == "join_starves" for _, code, _, _ in found):
        known = {element.get("id") for element, _, _, _ in found}
        yield from (_left(graph, name) for name in sorted(Game(graph).starving() - known))


def _check_meeting(graph: Graph, meeting: Meeting) -> Iterator[Said]:
    kind = kind_of(graph.nodes[meeting.name])
    if kind == "parallelGateway":
        apart = meeting.apart()
        if apart is not None:
            yield _never(graph, meeting.name, apart)
        else:
            back = set[str]().union(*(meeting.back(way) for way in meeting.ways))
            yield from _check_choices(graph, meeting.name, back, meeting.forks)
    elif kind != "inclusiveGateway" and _matters(graph, meeting.name):
        together = meeting.together()
        if together is not None:
            yield _twice(graph, meeting.name, together)


def _matters(graph: Graph, name: str) -> bool:
    """Whether it makes a difference that a token comes twice: work lies ahead, or a join that one will wait at."""
    ahead = graph.after([name])
    return any(not kind_of(graph.nodes[n]).endswith(("Event", "Gateway")) or _is_join(graph, n) for n in ahead)


def _is_join(graph: Graph, name: str) -> bool:
    return kind_of(graph.nodes[name]) == "parallelGateway" and len(graph.coming[name]) > 1


def _fork(graph: Graph, name: str) -> Fork:
    """The ways out of a node; a default flow is gone beside those that are gone always, never beside a chosen one."""
    node, ways = graph.nodes[name], graph.leaving[name]
    flows = [way for way in ways if way.kind != "border"]
    beside = [
        [way] for way in ways if way.kind == "border" and graph.nodes[way.target].get("cancelActivity") == "false"
    ]
    if kind_of(node) in ("exclusiveGateway", "eventBasedGateway"):
        return Fork([flows], [])
    _, maybe, default = choices(graph, name)
    branches = [*([way] for way in flows), *beside]
    return Fork(branches, [{default, way} for way in maybe] if default else [])


def _never(graph: Graph, join: str, ways: tuple[Way, Way]) -> Said:
    one, other = (graph.label(way.source) for way in ways)
    return (
        graph.nodes[join],
        "join_starves",
        f"the parallel join waits for {one!r} and {other!r}, yet only one of the two is ever done",
        f"并行汇合在等待“{one}”和“{other}”都完成，但两者只会走其一，办件会卡住",
    )


def _twice(graph: Graph, name: str, ways: tuple[Way, Way]) -> Said:
    one, other = (graph.label(way.source) for way in ways)
    label = graph.label(name)
    return (
        graph.nodes[name],
        "done_twice",
        f"{one!r} and {other!r} go on side by side and meet at {label!r} unjoined: what follows is done for each",
        f"“{one}”和“{other}”并行进行，到“{label}”时没有汇合，后续环节会重复执行",
    )


def _check_choices(graph: Graph, join: str, back: set[str], forks: dict[str, Fork]) -> Iterator[Said]:
    """Between a fork and its join, a choice that leads to an end leaves the join waiting."""
    within = back | {join}
    splitting = {
        name for name in back & forks.keys() if sum(not within.isdisjoint(_targets(b)) for b in forks[name].branches) > 1
    }
    inner = graph.after((way.target for name in splitting for way in graph.leaving[name]), {join}) & back
    near = graph.before([way.source for way in graph.coming[join]], {join, *splitting})
    for name in sorted(inner & near - splitting):
        for way in _alternatives(graph, name):
            if way.target not in back and way.target != join and _ends_quietly(graph, way.target):
                yield _maybe(graph, join, name, way.target)


def _targets(branch: Branch) -> set[str]:
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


def _left(graph: Graph, join: str) -> Said:
    goal = graph.label(join)
    return (
        graph.nodes[join],
        "join_may_starve",
        f"not all that the parallel join {goal!r} waits for need be done: as the choices before it fall, it waits for ever",
        f"并行汇合“{goal}”等待的分支不一定都会走到：按前面的选择结果，可能一直等不齐",
    )
