"""Every way a case can really go: the ways drawn, with what people chose on them and the guards that refuse it."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from bpmn.feel.static import Text
from forms.schema import Input
from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN
from workflows.releases import formulas, remembered, shapes, together
from workflows.releases.draft import Draft, Drawn, Part
from workflows.releases.facts import Facts
from workflows.releases.showing import Showing
from workflows.releases.truth import Known, Truth, paths, truth
from workflows.releases.ways import Point, Step, Ways

STATES_MAX = 30_000
Chosen = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Stop:
    """A case at a point: what was chosen last at each task, and whether time has run out since anybody did anything."""

    point: Point
    chosen: Chosen = ()
    lapsed: bool = False
    ran: frozenset[str] = frozenset()   # of the effects that show the public what a rule demands


def done(task: str) -> str:
    """The mark of a task that has been done."""
    return f"{task} done"


class TooMany(Exception):
    """More ways than can be looked at."""


class Journeys:
    """The ways of one draft, followed by what people choose."""

    def __init__(self, draft: Draft, facts: Facts, laid: Ways, also: frozenset[str] = frozenset(),
                 marked: frozenset[str] = frozenset()) -> None:
        """`also` are answers to be followed besides those that conditions read; `marked` tasks are told once done."""
        self.marked = marked
        self.draft, self.facts, self.ways = draft, facts, laid
        conditions = {path for formula in formulas.of(draft)
                      if formula.gives == formulas.BOOLEAN and not formula.guard for path in paths(formula.source)}
        self.followed = conditions | also
        self.came: dict[Stop, Stop | None] = {}
        self.held: dict[Point, dict[str, dict[Stop, Stop]]] = {}
        self._offered: dict[tuple[str, str], Sequence[Mapping[str, object]]] = {}

    def go(self, showing: Showing | None = None) -> Iterator[Stop]:
        """Every stop that can be come to; with `showing`, as long as the public has not been shown what it demands."""
        self.came, self.held = {Stop(point): None for point in self.ways.starts}, {}
        waiting = deque(self.came)
        while waiting:
            stop = waiting.popleft()
            yield stop
            for flow, onward in self._next(stop, showing):
                for here, before in self._passed(flow, self._remembering(onward), stop).items():
                    if here not in self.came:
                        self.came[here] = before
                        waiting.append(here)
            if len(self.came) > STATES_MAX:
                raise TooMany

    def _remembering(self, stop: Stop) -> Stop:
        """The stop without the choices that nothing ahead of it reads: two ways that differ in them are one."""
        ahead = self._ahead[stop.point]
        return Stop(stop.point, tuple(choice for choice in stop.chosen if choice[0] in ahead), stop.lapsed, stop.ran)

    @cached_property
    def _ahead(self) -> Mapping[Point, frozenset[str]]:
        known = self.followed | {done(task) for task in self.marked}
        return {point: frozenset(path for path in known if remembered.matters(path, names))
                for point, names in remembered.ahead(self.draft, self.ways, self._writes, self._joins).items()}

    @cached_property
    def _joins(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """The answers by which an inclusive join tells which branches were begun."""
        return {(self.ways.parts[join].id, join.id): frozenset().union(*(
            paths(self._conditions(self.ways.parts[join]).get(step.flow, "")) for step in self._forked(split)))
            for join, split in self._splits.items() if self._gathers(join)}

    def _passed(self, flow: str, onward: Stop, before: Stop) -> Mapping[Stop, Stop]:
        """What goes on with this step; a parallel join holds what comes until something has come by every flow."""
        if self._gathers(onward.point):
            return self._gathered(flow, onward, before)
        wanted = self._incoming(onward.point)
        if flow not in wanted:
            return {onward: before}
        held = self.held.setdefault(onward.point, {})
        held.setdefault(flow, {})[onward] = before
        return {here: came for flow in reversed(held.values()) for here, came in flow.items()} if held.keys() >= wanted else {}

    def _gathers(self, point: Point) -> bool:
        """Whether an inclusive join brings the branches of a split together here."""
        return point in self._splits and self.ways.drawn(point).node.kind == "inclusiveGateway"

    def _gathered(self, flow: str, onward: Stop, before: Stop) -> Mapping[Stop, Stop]:
        """What goes on from an inclusive join: each stop for which one has come of every branch that was surely begun with it."""
        held = self.held.setdefault(onward.point, {})
        held.setdefault(flow, {})[onward] = before
        return {here: came for stops in held.values() for here, came in stops.items() if self._is_complete(here, held)}

    def _is_complete(self, stop: Stop, held: Mapping[str, Mapping[Stop, Stop]]) -> bool:
        split, part, known = self._splits[stop.point], self.ways.parts[stop.point], dict(stop.chosen)
        coming = {flow.id: stop.point._replace(id=flow.source) for flow, _ in part.flows if flow.target == stop.point.id}
        for step, branch in zip(self._forked(split), split.branches, strict=True):
            condition = self._conditions(part).get(step.flow)
            begun = split.all_taken or (truth(condition, known) is Truth.TRUE if condition else False)
            if begun and not any(_agree(known, other) for flow, source in coming.items() for other in held.get(flow, ())
                                 if source in branch or source._replace(after=True) in branch or flow == step.flow):
                return False
        return True

    def _forked(self, split: together.Split) -> list[Step]:
        return [step for step in self.ways.onward[split.at] if (split.at, step.to) not in self.ways.by_event]

    @cached_property
    def _splits(self) -> Mapping[Point, together.Split]:
        """The splits by the points where all their branches have come together."""
        return {split.join: split for split in together.splits(self.ways) if split.join}

    def _incoming(self, point: Point) -> frozenset[str]:
        """The flows that a parallel join waits for; none at anything else."""
        if self.ways.drawn(point).node.kind != "parallelGateway":
            return frozenset()
        flows = frozenset(flow.id for flow, _ in self.ways.parts[point].flows if flow.target == point.id)
        return flows if len(flows) > 1 else frozenset()

    def way_to(self, stop: Stop) -> list[Point]:
        """The points of one way there."""
        found: list[Point] = []
        here: Stop | None = stop
        while here is not None:
            found.append(here.point)
            here = self.came[here]
        return found[::-1]

    def _next(self, stop: Stop, showing: Showing | None) -> Iterator[tuple[str, Stop]]:
        part, drawn = self.ways.parts[stop.point], self.ways.drawn(stop.point)
        for step in self.ways.onward[stop.point]:
            if (stop.point, step.to) in self.ways.by_event:
                yield "", Stop(step.to, stop.chosen, _is_timer(self.ways.drawn(step.to)), stop.ran)
        ran = showing.left(stop.point, stop.ran) if showing else stop.ran
        if ran is None:
            return
        given = showing.world(ran) if showing else {}
        lapsed = drawn.node.kind != "userTask" and (stop.lapsed or _is_timer(drawn))
        onward = [step for step in self.ways.onward[stop.point] if (stop.point, step.to) not in self.ways.by_event]
        for chosen in self._left_with(part, drawn, stop, given):
            known = {**given, **dict(chosen)}
            for step in onward:
                if self._open(part, drawn, step.flow, known):
                    yield step.flow, Stop(step.to, chosen, lapsed, ran)

    def _left_with(self, part: Part, drawn: Drawn, stop: Stop, given: Known) -> Iterator[Chosen]:
        """What is known of people's choices when an element is left; nothing where a guard refuses every choice."""
        if stop.point.after:
            yield stop.chosen
            return
        mark = {done(drawn.node.id): True} if drawn.node.id in self.marked else {}
        written = self._writes.get((part.id, drawn.node.id), frozenset())
        kept = {path: value for path, value in stop.chosen if not written or path.partition(".")[0] not in written}
        guards = [guard.refuse_when for guard in part.rules.guards if guard.task == drawn.node.id]
        for answers in self._choices(part, drawn):
            known = {**given, **kept, **answers} if guards else {}
            if not any(truth(refused, known) is Truth.TRUE for refused in guards):
                yield tuple(sorted({**kept, **answers, **mark}.items(), key=_path)) if written or answers or mark else stop.chosen

    @cached_property
    def _writes(self) -> Mapping[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], frozenset[str]] = {}
        for writing in self.facts.writings:
            key = writing.part.id, writing.element
            found[key] = found.get(key, frozenset()) | {writing.fact}
        return found

    def _choices(self, part: Part, drawn: Drawn) -> Sequence[Mapping[str, object]]:
        """Every combination of the followed answers a person may give there, worked out once."""
        key = part.id, drawn.node.id
        if key not in self._offered:
            self._offered[key] = list(self._combined(part, drawn))
        return self._offered[key]

    def _combined(self, part: Part, drawn: Drawn) -> Iterator[Mapping[str, object]]:
        form = self.draft.forms.get(drawn.node.form_key or "") if drawn.node.kind == "userTask" else None
        if form is None or self.facts.loop_at(part, drawn.node.id):
            yield {}
            return
        fact, shape = drawn.node.fact, shapes.of_form(form)
        required = {component.key for component in form.components
                    if isinstance(component, Input) and component.required and component.conditional.hide is None}
        offered = {f"{fact}.{key}": [*sorted(kind.options), *([] if key in required else [None])]
                   for key, kind in shape.entries.items()
                   if isinstance(kind, Text) and kind.options and f"{fact}.{key}" in self.followed}
        for values in product(*offered.values()):
            yield dict(zip(offered, values, strict=True))

    def _open(self, part: Part, drawn: Drawn, flow: str, known: Known) -> bool:
        """Whether a flow may be taken: its own condition, and for a default that no other one surely is."""
        conditions = self._conditions(part)
        if flow in conditions:
            return truth(conditions[flow], known) in (Truth.TRUE, Truth.OPEN)
        if flow and drawn.xml.get("default") == flow:
            return not any(truth(conditions[other.id], known) is Truth.TRUE for other, _ in part.flows
                           if other.source == drawn.node.id and other.id in conditions)
        return True

    def _conditions(self, part: Part) -> Mapping[str, str]:
        if part.id not in self._written_conditions:
            self._written_conditions[part.id] = {
                flow.id: formulas.bare(written) for flow, xml in part.flows
                if (written := reading.text_of(xml.find(f"{BPMN}conditionExpression")))}
        return self._written_conditions[part.id]

    @cached_property
    def _written_conditions(self) -> dict[str, Mapping[str, str]]:
        return {}


def _path(chosen: tuple[str, object]) -> str:
    return chosen[0]


def _agree(known: Known, other: Stop) -> bool:
    """Whether two stops can be of one case: nobody chose otherwise."""
    return all(known.get(path, value) == value for path, value in other.chosen)


def _is_timer(drawn: Drawn) -> bool:
    return drawn.xml.find(f"{BPMN}timerEventDefinition") is not None


