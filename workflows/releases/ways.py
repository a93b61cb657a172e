"""The ways a case can go: every element at every place it is called from, and what can come after it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN
from workflows.releases import rounds
from workflows.releases.draft import Draft, Drawn, Part

COMPOSITE = ("callActivity", *reading.INNER)
DEPTH_MAX, POINTS_MAX = 8, 5000


class Point(NamedTuple):
    """An element at one place; `after` is where something with elements inside is left again."""

    path: tuple[str, ...]
    id: str
    after: bool = False


class Step(NamedTuple):
    """One way on, by a sequence flow or without one."""

    to: Point
    flow: str = ""


@dataclass
class Ways:
    """All points of a draft and the steps between them."""

    draft: Draft
    parts: dict[Point, Part] = field(default_factory=dict)
    onward: dict[Point, list[Step]] = field(default_factory=lambda: defaultdict(list))
    starts: list[Point] = field(default_factory=list)
    by_event: set[tuple[Point, Point]] = field(default_factory=set)
    missing: bool = False       # a called process is not there to be laid out
    cut: bool = False           # so many or so deep that the rest was not laid out

    def drawn(self, point: Point) -> Drawn:
        """The element that stands there."""
        return self.parts[point].nodes[point.id]

    def points(self, part: Part, element: str) -> Iterator[Point]:
        """Every place of an element."""
        return (point for point, at in self.parts.items() if at is part and point.id == element)

    @property
    def back(self) -> Mapping[Point, list[Point]]:
        """From where each point can be come to."""
        found: dict[Point, list[Point]] = defaultdict(list)
        for point, steps in self.onward.items():
            for step in steps:
                found[step.to].append(point)
        return found


@lru_cache(maxsize=4)
def of(draft: Draft) -> Ways:
    """Lay out the whole draft, each called process at each place it is called from."""
    ways = Ways(draft)
    ways.starts = _Surveyor(ways).process(draft.main, ())
    return ways


def reach(onward: Mapping[Point, Iterable[Step]], begin: Iterable[Point]) -> set[Point]:
    """Everything that can come after, the beginning included."""
    seen, waiting = set(begin), list(begin)
    while waiting:
        for step in onward.get(waiting.pop(), ()):
            if step.to not in seen:
                seen.add(step.to)
                waiting.append(step.to)
    return seen


class _Surveyor:
    """Lays out one scope after the other."""

    def __init__(self, ways: Ways) -> None:
        self.ways = ways

    def process(self, part: Part, path: tuple[str, ...], outer: Point | None = None) -> list[Point]:
        """A process, or what is embedded in it; gives the points at which it begins."""
        return self.scope(part, part.xml, path, outer)

    def scope(self, part: Part, xml: etree._Element, path: tuple[str, ...], outer: Point | None) -> list[Point]:
        here = [drawn for drawn in part.nodes.values() if drawn.xml.getparent() is xml]
        for drawn in here:
            self._lay(part, drawn, path)
        for flow, element in part.flows:
            if element.getparent() is xml and flow.source in part.nodes and flow.target in part.nodes:
                self._join(self._leaving(part, path, flow.source), Point(path, flow.target), flow.id)
        self._links(here, path)
        for drawn in here:
            if drawn.node.kind == "boundaryEvent":
                self._boundary(drawn, path)
        starts = [Point(path, drawn.node.id) for drawn in here if drawn.node.kind == "startEvent"]
        self._interrupting(here, path)
        if outer is not None:
            for drawn in here:
                if not self.ways.onward[self._leaving(part, path, drawn.node.id)] and not _apart(drawn):
                    self._join(self._leaving(part, path, drawn.node.id), outer)
        return starts or [Point(path, drawn.node.id) for drawn in here if _first(part, drawn)]

    def _lay(self, part: Part, drawn: Drawn, path: tuple[str, ...]) -> None:
        point = Point(path, drawn.node.id)
        self.ways.parts[point] = part
        if drawn.node.kind not in COMPOSITE:
            return
        after = point._replace(after=True)
        self.ways.parts[after] = part
        inner = (*path, drawn.node.id)
        called = self.ways.draft.parts.get(reading.called(drawn.xml) or "") if drawn.node.kind == "callActivity" else None
        lost, cut = drawn.node.kind == "callActivity" and not called, len(inner) > DEPTH_MAX or len(self.ways.parts) > POINTS_MAX
        self.ways.missing, self.ways.cut = self.ways.missing or lost, self.ways.cut or cut
        if lost or cut:
            begins: list[Point] = []
        elif called:
            begins = self.process(called, inner, after)
        else:
            begins = self.scope(part, drawn.xml, inner, after)
        for begin in (begins or [after]) + ([after] if begins and rounds.may_be_none(drawn) else []):
            self._join(point, begin)

    def _leaving(self, part: Part, path: tuple[str, ...], element: str) -> Point:
        return Point(path, element, after=part.nodes[element].node.kind in COMPOSITE)

    def _join(self, one: Point, other: Point, flow: str = "") -> None:
        self.ways.onward[one].append(Step(other, flow))

    def _links(self, here: list[Drawn], path: tuple[str, ...]) -> None:
        caught = {reading.link_of(drawn.xml): drawn.node.id for drawn in here if drawn.node.kind == "intermediateCatchEvent"}
        for drawn in here:
            name = reading.link_of(drawn.xml)
            if drawn.node.kind == "intermediateThrowEvent" and name and name in caught:
                self._join(Point(path, drawn.node.id), Point(path, caught[name]))

    def _boundary(self, drawn: Drawn, path: tuple[str, ...]) -> None:
        """A boundary event happens while its host, or anything inside it, is not done yet."""
        host = drawn.xml.get("attachedToRef") or ""
        inside = (*path, host)
        for point in [point for point in self.ways.parts if point == Point(path, host)
                      or point.path[:len(inside)] == inside]:
            self._event(point, Point(path, drawn.node.id))

    def _interrupting(self, here: list[Drawn], path: tuple[str, ...]) -> None:
        """An event sub-process begins anywhere in its scope."""
        for drawn in here:
            if reading.is_event_sub_process(drawn.xml):
                own = (*path, drawn.node.id)
                for point in list(self.ways.parts):
                    if point.path[:len(path)] == path and point.path[:len(own)] != own and point.id != drawn.node.id:
                        self._event(point, Point(path, drawn.node.id))

    def _event(self, one: Point, other: Point) -> None:
        self._join(one, other)
        self.ways.by_event.add((one, other))


def _apart(drawn: Drawn) -> bool:
    """What does not lead out of its scope by coming to its end."""
    return drawn.node.kind == "boundaryEvent" or (
        reading.is_event_sub_process(drawn.xml) and not interrupts(drawn)) or (
        drawn.node.kind == "endEvent" and any(drawn.xml.find(f"{BPMN}{kind}EventDefinition") is not None
                                              for kind in ("error", "cancel")))


def interrupts(drawn: Drawn) -> bool:
    """Whether a boundary event, or the start of an event sub-process, ends what it happens to."""
    if drawn.node.kind == "boundaryEvent":
        return drawn.xml.get("cancelActivity") != "false"
    start = drawn.xml.find(f"{BPMN}startEvent")
    return start is None or start.get("isInterrupting") != "false"


def _first(part: Part, drawn: Drawn) -> bool:
    targets = {flow.target for flow, _ in part.flows}
    return drawn.node.id not in targets and drawn.node.kind != "boundaryEvent" \
        and not reading.is_event_sub_process(drawn.xml)
