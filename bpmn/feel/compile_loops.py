"""Compiles filters, for, some and every."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from bpmn.feel import decimals, nodes
from bpmn.feel.compile_operators import mentions
from bpmn.feel.limits import check_list_size
from bpmn.feel.scope import Evaluator, Scope, compile_node, compiles
from bpmn.feel.temporal import Date
from bpmn.feel.values import Range

Source = tuple[str, Evaluator, Evaluator | None]


@compiles(nodes.Filter)
def compile_filter(node: nodes.Filter) -> Evaluator:
    """Compile a filter: a number picks one item, a condition picks all that meet it."""
    operand, condition, weight = compile_node(node.operand), compile_node(node.condition), node.condition.size

    return lambda scope: pick_or_keep(operand(scope), condition, weight, scope)


def pick_or_keep(value: object, condition: Evaluator, weight: int, scope: Scope) -> object:
    """One item of a list if the condition is a number, else all that meet the condition."""
    if value is None:
        return None
    items = value if isinstance(value, list) else [value]
    probe = condition(_item_scope(items[0] if items else None, scope))
    if isinstance(probe, Decimal):
        return pick(items, probe)
    if probe is not None and not isinstance(probe, bool):
        return None
    kept: list[object] = []
    for item in items:
        scope.run.spend(weight)
        if condition(_item_scope(item, scope)) is True:
            kept.append(item)
    return kept


def _item_scope(item: object, scope: Scope) -> Scope:
    """The scope in which a filter looks at one item: its entries come first, then `item`."""
    with_item = Scope(scope.run, {"item": item}, scope)
    return Scope(scope.run, item, with_item) if isinstance(item, dict) else with_item


def pick(items: list[object], position: Decimal) -> object:
    """The item at a position counted from 1, or from the end if negative."""
    index = decimals.as_int(position)
    if index is None or index == 0 or abs(index) > len(items):
        return None
    return items[index - 1 if index > 0 else index]


def _compile_sources(iterations: tuple[nodes.Iteration, ...]) -> list[Source]:
    return [
        (each.name, compile_node(each.source), compile_node(each.end) if each.end else None)
        for each in iterations
    ]


def _elements(source: Evaluator, end: Evaluator | None, scope: Scope) -> Iterable[object] | None:
    """What an iteration runs over; None if it cannot run."""
    value = source(scope)
    if end is not None:
        return _span(value, end(scope), True, True)
    if isinstance(value, Range):
        return _span(value.start, value.end, value.start_included, value.end_included, upwards=True)
    if value is None or isinstance(value, list):
        return value
    return [value]


def _span(
    start: object, end: object, start_included: bool, end_included: bool, upwards: bool = False
) -> Iterable[object] | None:
    """The whole numbers or the days from start to end, upwards or downwards."""
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        first, last = decimals.as_int(start), decimals.as_int(end)
    elif isinstance(start, Date) and isinstance(end, Date):
        first, last = start.ordinal, end.ordinal
    else:
        return None
    if first is None or last is None or (upwards and first > last):
        return None
    step = 1 if first <= last else -1
    numbers = range(first + (0 if start_included else step), last + (step if end_included else 0), step)
    return map(Date.from_ordinal if isinstance(start, Date) else Decimal, numbers)


def _combinations(sources: list[Source], scope: Scope, weight: int) -> Iterator[Scope | None]:
    """The scopes of all combinations of elements; a None if there is no list to run over."""
    if not sources:
        yield scope
        return
    (name, source, end), *others = sources
    elements = _elements(source, end, scope)
    if elements is None:
        yield None
        return
    for element in elements:
        scope.run.spend(weight)
        yield from _combinations(others, Scope(scope.run, {name: element}, scope), weight)


@compiles(nodes.For)
def compile_for(node: nodes.For) -> Evaluator:
    """Compile `for`; the results so far are known as `partial`."""
    sources, body, weight = _compile_sources(node.iterations), compile_node(node.body), node.body.size
    needs_partial = mentions(node.body, "partial")
    return lambda scope: _collect(sources, body, weight, scope, needs_partial)


@compiles(nodes.Quantified)
def compile_quantified(node: nodes.Quantified) -> Evaluator:
    """Compile `some` and `every`."""
    sources, condition = _compile_sources(node.iterations), compile_node(node.condition)
    return lambda scope: _quantify(node.quantifier == "some", sources, condition, node.condition.size, scope)


def conclude(kind: str, sources: list[Source], body: Evaluator, weight: int, scope: Scope) -> object:
    """Run a loop of the kind for, some or every."""
    if kind == "for":
        return _collect(sources, body, weight, scope, needs_partial=True)
    return _quantify(kind == "some", sources, body, weight, scope)


def _collect(
    sources: list[Source], body: Evaluator, weight: int, scope: Scope, needs_partial: bool
) -> list[object] | None:
    """The values of a body for all combinations."""
    results: list[object] = []
    for inner in _combinations(sources, scope, weight):
        if inner is None:
            return None
        if needs_partial:
            scope.run.spend(len(results) // 8)
            results.append(body(Scope(scope.run, {"partial": list(results)}, inner)))
        else:
            results.append(body(inner))
        check_list_size(len(results))
    return results


def _quantify(
    decisive: bool, sources: list[Source], condition: Evaluator, weight: int, scope: Scope
) -> bool | None:
    """Three-valued `some` (decisive True) or `every` (decisive False)."""
    result: bool | None = not decisive
    for inner in _combinations(sources, scope, weight):
        if inner is None:
            return None
        value = condition(inner)
        if value is decisive:
            return decisive
        if not isinstance(value, bool):
            result = None
    return result
