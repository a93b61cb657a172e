"""What can be under way at the same time: the branches of a split, and what a non-interrupting event adds."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.engine.written import reading
from workflows.releases import ways
from workflows.releases.ways import COMPOSITE, Point, Ways

GATEWAYS = ("exclusiveGateway", "eventBasedGateway")


@dataclass(frozen=True)
class Split:
    """Several ways are gone at once from here; `join` is where all of them have come together again."""

    at: Point
    branches: tuple[frozenset[Point], ...]
    join: Point | None
    all_taken: bool


def splits(laid: Ways) -> list[Split]:
    """Every split, the smallest first, so that what lies in another comes before it."""
    plain = _without_events(laid)
    found = [_split(laid, point, plain) for point, steps in plain.items() if len(steps) > 1 and _splits(laid, point)]
    return sorted(found, key=lambda split: sum(map(len, split.branches)))


def pairs(laid: Ways) -> Iterator[tuple[frozenset[Point], frozenset[Point]]]:
    """Two sets whose every two points can be under way at the same time, for certain by what is drawn."""
    for split in splits(laid):
        for place, one in enumerate(split.branches):
            for other in split.branches[place + 1:]:
                yield one - other, other - one
    for point in laid.parts:
        drawn = laid.drawn(point)
        if not point.after and _adds(laid, point):
            host = Point(point.path, drawn.xml.get("attachedToRef") or "")
            beside = ways.reach(_beside(laid, point), [point])
            going = ways.reach(_without_events(laid), [host] if host in laid.parts else []) if host.id else _scope(laid, point)
            yield frozenset(beside - going), frozenset(going - beside)


def _split(laid: Ways, point: Point, plain: dict[Point, list[ways.Step]]) -> Split:
    join = _join_of(point, plain)
    onward = {one: [step for step in steps if step.to != join] for one, steps in _beside(laid, point).items()}
    branches = tuple(frozenset(ways.reach(onward, [step.to])) - {join} if step.to != join else frozenset[Point]()
                     for step in plain[point])
    conditional = laid.drawn(point).node.kind == "inclusiveGateway" or any(
        xml.find(f"{reading.BPMN}conditionExpression") is not None for flow, xml in laid.parts[point].flows
        if flow.source == point.id)
    return Split(point, branches, join, not conditional)


def _splits(laid: Ways, point: Point) -> bool:
    """Whether all fitting ways out are taken instead of one."""
    drawn = laid.drawn(point)
    inside = drawn.node.kind in COMPOSITE and not point.after
    return drawn.node.kind not in GATEWAYS and not inside


def _join_of(point: Point, plain: dict[Point, list[ways.Step]]) -> Point | None:
    """The first point that no way from here to an end avoids."""
    ends = {one for one in ways.reach(plain, [point]) if not plain.get(one)}
    for candidate in _in_order(point, plain):
        onward = {one: [step for step in steps if step.to != candidate] for one, steps in plain.items()}
        if not ends & ways.reach(onward, [point]) - {candidate}:
            return candidate
    return None


def _in_order(point: Point, plain: dict[Point, list[ways.Step]]) -> Iterator[Point]:
    seen, waiting = {point}, [point]
    while waiting:
        for step in plain.get(waiting.pop(0), ()):
            if step.to not in seen:
                seen.add(step.to)
                waiting.append(step.to)
                yield step.to


def _without_events(laid: Ways) -> dict[Point, list[ways.Step]]:
    return {point: [step for step in steps if (point, step.to) not in laid.by_event]
            for point, steps in laid.onward.items()}


def _adds(laid: Ways, point: Point) -> bool:
    """Whether what begins here goes on beside what it happened to."""
    drawn = laid.drawn(point)
    happens = drawn.node.kind == "boundaryEvent" or reading.is_event_sub_process(drawn.xml)
    return happens and not ways.interrupts(drawn)


def _beside(laid: Ways, point: Point) -> dict[Point, list[ways.Step]]:
    """The steps on from all points, without the events that end what is under way at this one."""
    return {one: [step for step in steps if (one, step.to) not in laid.by_event or not _stops(laid, step.to, point)]
            for one, steps in laid.onward.items()}


def _stops(laid: Ways, event: Point, point: Point) -> bool:
    """Whether an event, when it happens, ends everything around a point."""
    drawn = laid.drawn(event)
    host = drawn.xml.get("attachedToRef")
    ended = (*event.path, host) if host else event.path
    return ways.interrupts(drawn) and point.path[:len(ended)] == ended


def _scope(laid: Ways, point: Point) -> set[Point]:
    """Everything in the scope of an event sub-process but itself, and but what ends it."""
    own = (*point.path, point.id)
    ends = {(*one.path, one.id) for one in laid.parts if one.path == point.path
            and reading.is_event_sub_process(laid.drawn(one).xml) and ways.interrupts(laid.drawn(one))}
    return {one for one in laid.parts if one.path[:len(point.path)] == point.path and one.path[:len(own)] != own
            and one.id != point.id and not any((*one.path, one.id)[:len(end)] == end for end in ends)}
