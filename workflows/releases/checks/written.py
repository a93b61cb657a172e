"""Facts along the ways: read before anything can have written them, or written twice at the same time."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

from bpmn.feel.static import ListOf
from bpmn.message import Message
from workflows.engine.written import reading
from workflows.releases import formulas, live, together, ways
from workflows.releases.draft import Draft
from workflows.releases.facts import LOOPS, Facts, Writing
from workflows.releases.house import house
from workflows.releases.live import Flow
from workflows.releases.report import Finding
from workflows.releases.ways import Point

Key = tuple[str, str]


def check(draft: Draft) -> Iterator[Finding]:
    """Reads without a writer before them, writers side by side, and instances that overwrite each other."""
    flow = live.of(draft)
    beside = list(together.pairs(flow.ways))
    if flow.facts.whole:
        yield from _too_early(draft, flow, beside)
        yield from _effects_too_early(flow, beside)
    yield from _side_by_side(flow, beside)
    yield from _instances(flow.facts)


def _too_early(draft: Draft, flow: Flow, beside: Iterable[tuple[frozenset[Point], frozenset[Point]]]) -> Iterator[Finding]:
    before = _maybe_written(flow, beside)
    for part, drawn in draft.elements():
        key = part.id, drawn.node.id
        if key not in before:
            continue    # nothing comes here, which the engine says
        own = flow.writes[key]
        early = {**dict.fromkeys(flow.asked[key] - before[key], "warning"),
                 **dict.fromkeys(flow.after[key] - before[key] - own, "error"),
                 **dict.fromkeys(flow.reads[key] - before[key], "error")}
        for fact, severity in sorted(early.items()):
            yield part.find("fact_too_early", "error" if severity == "error" else "warning", drawn.node.id, Message(
                "“{fact}” is read here, but on no way here has anything written it.", {"fact": fact}))


def _effects_too_early(flow: Flow, beside: Iterable[tuple[frozenset[Point], frozenset[Point]]]) -> Iterator[Finding]:
    """An effect that needs another one's work, where on no way here and nowhere beside anything has asked for that."""
    asks = {point: formulas.effect_of(flow.ways.drawn(point)) for point in ways.reach(flow.ways.onward, flow.ways.starts)
            if not point.after}
    late = {point: effect.after for point, name in asks.items() if (effect := house().effects.get(name)) and effect.after}
    for first in sorted(set(late.values())):
        at = {point for point, name in asks.items() if name == first}
        behind = ways.reach(flow.ways.onward, [step.to for point in at for step in flow.ways.onward[point]])
        behind |= {one for here, there in beside for mine, other in ((here, there), (there, here)) if other & at for one in mine}
        for part, element in sorted({(_key(flow, point)) for point, needed in late.items() if needed == first}
                                    - {_key(flow, point) for point in behind}):
            yield flow.draft.parts[part].find("effect_too_early", "error", element, Message(
                "It needs what “{effect}” makes, but on no way here has anything done that.", {"effect": first}))


def _maybe_written(flow: Flow, beside: Iterable[tuple[frozenset[Point], frozenset[Point]]]) -> dict[Key, set[str]]:
    """For every element that is come to: what may have been written before it or beside it."""
    found: dict[Key, set[str]] = defaultdict(set)
    reached, behind = ways.reach(flow.ways.onward, flow.ways.starts), flow.behind()
    for point in reached:
        if not point.after:
            found[_key(flow, point)] |= behind[point] | flow.facts.given.keys()
    for one, other in beside:
        for here, there in ((one, other), (other, one)):
            written = set[str]().union(*(flow.writes[_key(flow, point)] for point in there))
            for point in here & reached:
                found[_key(flow, point)] |= written
    return found


def _side_by_side(flow: Flow, beside: Iterable[tuple[frozenset[Point], frozenset[Point]]]) -> Iterator[Finding]:
    said = set[tuple[frozenset[Key], str]]()
    for one, other in beside:
        left, right = _writers(flow, one), _writers(flow, other)
        for fact in sorted(left.keys() & right.keys()):
            for here, there in product(sorted(left[fact]), sorted(right[fact])):
                pair = frozenset((here, there)), fact
                if pair not in said:
                    said.add(pair)
                    yield _twice(flow, here, there, fact)


def _writers(flow: Flow, points: Iterable[Point]) -> dict[str, set[Key]]:
    found: dict[str, set[Key]] = defaultdict(set)
    for point in points:
        if not point.after:
            for fact in flow.writes[_key(flow, point)]:
                found[fact].add(_key(flow, point))
    return found


def _twice(flow: Flow, here: Key, there: Key, fact: str) -> Finding:
    parts = flow.draft.parts
    return parts[there[0]].find("parallel_writers", "error", there[1], Message(
        "It and “{other}” can be under way at the same time, and both write “{fact}”: one would overwrite the other.",
        {"other": parts[here[0]].name_of(here[1]), "fact": fact}))


def _instances(facts: Facts) -> Iterator[Finding]:
    """Answers of instances are gathered by their item; anything else they write is one fact for all of them."""
    for writing in facts.writings:
        loop = facts.loop_at(writing.part, writing.element)
        if loop is None or loop[1].tag != LOOPS[0]:
            continue
        drawn = writing.part.nodes[writing.element]
        gathered = drawn.node.kind == "userTask" and writing.fact == drawn.node.fact
        at_once = loop[1].get("isSequential") != "true"
        if gathered and (inner := _within_another(facts, writing)):
            yield inner
        if at_once and not gathered and not isinstance(writing.kind(), ListOf):
            yield writing.part.find("instances_overwrite", "error", writing.element, Message(
                "All its instances write “{fact}” at the same time: the last one would overwrite the others.",
                {"fact": writing.fact}))


def _within_another(facts: Facts, writing: Writing) -> Finding | None:
    """Answers are told apart by the item of the innermost repetition; of equal ones for two outer items one would be lost."""
    inner, *outer = facts.repetitions(writing.part, writing.element)
    if not outer:
        return None
    told_apart = any((name := reading.element_variable_of(loop)) and re.search(rf"\b{re.escape(name)}\b", reading.collection_of(inner))
                     for loop in outer)
    return writing.part.find("items_collide", "warning" if told_apart else "error", writing.element, Message(
        "It is repeated within a repetition, and its answers are kept by the inner item: for equal ones the last would overwrite the others."))


def _key(flow: Flow, point: Point) -> Key:
    return flow.ways.parts[point].id, point.id
