"""Which facts are read where, and which may have been written before: the flow of facts along the ways."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bpmn.feel.static import read
from workflows.engine.written import reading
from workflows.releases import facts, form_formulas, formulas, shapes, together, ways
from workflows.releases.draft import Draft, Part
from workflows.releases.house import house
from workflows.releases.ways import Point

Names = frozenset[str]
SAID = re.compile(r"\bsaid\.(\w+)")      # a paper's way to a fact in words


@lru_cache(maxsize=4)
def of(draft: Draft) -> "Flow":
    """The flow of a draft's facts, worked out once."""
    return Flow(draft)


class Flow:
    """Reads and writes of every point of a draft."""

    def __init__(self, draft: Draft) -> None:
        """Gather what every element reads and writes."""
        self.draft, self.facts, self.ways = draft, facts.of(draft), ways.of(draft)
        self.writes: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.reads: dict[tuple[str, str], set[str]] = defaultdict(set)      # on entering
        self.after: dict[tuple[str, str], set[str]] = defaultdict(set)      # on leaving, whichever way
        self.asked: dict[tuple[str, str], set[str]] = defaultdict(set)      # by its table or its form, on entering
        self.within: dict[Point, list[Names]] = {}      # of a split's branches, as far as their join
        for writing in self.facts.writings:
            self.writes[writing.part.id, writing.element].add(writing.fact)
        for formula in formulas.of(draft):
            self._note(formula)
        for part, drawn in draft.elements():
            key = part.id, drawn.node.id
            self.asked[key] |= self._table(reading.camunda(drawn.xml, "decisionRef") or "") | self._form(part, drawn.node.id)
            asked = house().effects.get(formulas.effect_of(drawn))
            needed = set(asked.reads) if asked else set()
            (self.after if drawn.node.kind == "userTask" else self.reads)[key] |= needed

    def _note(self, formula: formulas.Formula) -> None:
        names = read(formula.source, self.facts.seen_by(formula)).names
        names -= self.facts.local(formula.part, formula.at).keys() | {name for name, _, _ in formula.about}
        names |= set(SAID.findall(formula.source)) if formula.paper else set()
        if formula.asked:
            self.asked[formula.part.id, formula.at] |= names & self.facts.names
            return
        (self.after if formula.leaving else self.reads)[formula.part.id, formula.at] |= names & self.facts.names
        host = formula.part.nodes[formula.at].xml.get("attachedToRef")
        if host:    # a boundary timer is set when its host is entered
            self.reads[formula.part.id, host] |= names & self.facts.names

    def _table(self, decision: str) -> set[str]:
        found = self.draft.model_of(decision)
        return self.facts.decisions[found[0]].facts[decision] & self.facts.names if found else set()

    def _form(self, part: Part, element: str) -> set[str]:
        key = part.nodes[element].node.form_key or ""
        form = self.draft.forms.get(key)
        if form is None:
            return set()
        own = shapes.of_form(form).entries.keys()
        return {name for formula in form_formulas.of(form, self.facts.seen_in(key))
                for name in read(formula.source, formula.names).names if name in self.facts.names} - own

    # ---- along the ways ------------------------------------------------------------------------------------------

    def ahead(self) -> Mapping[Point, Names]:
        """For each point, the facts read from there on before anything there has written them."""
        for split in together.splits(self.ways):
            if split.join and split.all_taken:
                settled = self._settled(split.join)
                self.within[split.at] = [settled[step.to] for step in self._plain(split.at)]
        return self._settled(None)

    def _settled(self, without: Point | None) -> dict[Point, Names]:
        """What is read ahead of each point, as far as that other one."""
        found: dict[Point, Names] = dict.fromkeys(self.ways.parts, frozenset())
        back, waiting = self.ways.back, [point for point in self.ways.parts if point != without]
        while waiting:
            point = waiting.pop()
            now = self._before(point, found)
            if now != found[point]:
                found[point] = now
                waiting += [one for one in back.get(point, ()) if one != without]
        return found

    def _before(self, point: Point, found: Mapping[Point, Names]) -> Names:
        key = self.ways.parts[point].id, point.id
        inner = self.after[key] if not self._is_outside(point) else set()
        later = self._later(point, found) | inner
        by_event = frozenset().union(*(found[step.to] for step in self.ways.onward[point]
                                       if (point, step.to) in self.ways.by_event))
        written = self.writes[key] if not point.after else frozenset()
        entered = self.reads[key] | self.asked[key] if not point.after else frozenset()
        return frozenset((later - written) | by_event | entered)

    def _later(self, point: Point, found: Mapping[Point, Names]) -> Names:
        """Read on the ways from here; what comes after a join is written if it is on any of the branches."""
        branches = [found[step.to] for step in self._plain(point)]
        if point in self.within:
            return frozenset().union(*self.within[point]) | frozenset.intersection(*branches)
        return frozenset().union(*branches)

    def _plain(self, point: Point) -> list[ways.Step]:
        return [step for step in self.ways.onward[point] if (point, step.to) not in self.ways.by_event]

    def _is_outside(self, point: Point) -> bool:
        """Whether leaving is read elsewhere: what has elements inside is left at its own point."""
        return not point.after and point._replace(after=True) in self.ways.parts

    def behind(self) -> Mapping[Point, Names]:
        """For each point, the facts that something may have written on some way there."""
        found: dict[Point, Names] = {point: frozenset() for point in self.ways.parts}
        waiting = list(self.ways.starts)
        seen = set(waiting)
        while waiting:
            point = waiting.pop()
            done = found[point] | (frozenset() if point.after else self.writes[self.ways.parts[point].id, point.id])
            for step in self.ways.onward[point]:
                given = found[point] if (point, step.to) in self.ways.by_event else done
                if step.to not in seen or not given <= found[step.to]:
                    seen.add(step.to)
                    found[step.to] |= given
                    waiting.append(step.to)
        return found


def used_from(ahead: Mapping[Point, Names], nodes: Iterable[str]) -> Names:
    """The facts read from these elements on; the house's own excepted, which are there in any case."""
    wanted = set(nodes)
    found: Names = frozenset().union(*(names for point, names in ahead.items() if point.id in wanted and not point.after))
    return found - house().facts.keys()
