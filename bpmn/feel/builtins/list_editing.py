"""Functions that make a new list out of others."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from functools import cmp_to_key

from bpmn.feel import decimals
from bpmn.feel.builtins.registry import builtin
from bpmn.feel.limits import check_list_size
from bpmn.feel.run import Run
from bpmn.feel.values import Function, compare, identity_key

_Items = list[object]


def _index(items: _Items, position: Decimal) -> int | None:
    """The index of a position counted from 1, or from the end if negative."""
    place = decimals.as_int(position.to_integral_value(rounding=ROUND_DOWN))
    if place is None or place == 0 or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(run: Run, items: _Items, start: Decimal, length: Decimal | None) -> _Items | None:
    """The part of a list from a position."""
    first = _index(items, start)
    size = None if length is None else decimals.as_int(length)
    if first is None or (length is not None and (size is None or size < 0 or first + size > len(items))):
        return None
    return items[first:] if size is None else items[first : first + size]


@builtin("append(list: list, item*: any)")
def append(run: Run, items: _Items, added: _Items) -> _Items:
    """A list with items at its end."""
    return items + added


@builtin("concatenate(list*: list)")
def concatenate(run: Run, lists: list[_Items]) -> _Items:
    """Lists one after the other."""
    check_list_size(sum(map(len, lists)))
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(run: Run, items: _Items, position: Decimal, item: object) -> _Items | None:
    """A list with an item inserted."""
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index:]]


@builtin("remove(list: list, position: number)")
def remove(run: Run, items: _Items, position: Decimal) -> _Items | None:
    """A list without the item at a position."""
    index = _index(items, position)
    return None if index is None else items[:index] + items[index + 1 :]


@builtin("list replace(list: list, position: number, newItem: any)")
def replace_at(run: Run, items: _Items, position: Decimal, item: object) -> _Items | None:
    """A list with another item at a position."""
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def replace_matching(run: Run, items: _Items, match: Function, item: object) -> _Items | None:
    """A list in which the items that a function selects are replaced."""
    if len(match.parameters) != 2:
        return None
    selected = [match.call(run, [old, item]) for old in items]
    if any(not isinstance(choice, bool) for choice in selected):
        return None
    return [item if choice else old for old, choice in zip(items, selected, strict=True)]


@builtin("reverse(list: list)")
def reverse(run: Run, items: _Items) -> _Items:
    """A list from its end to its start."""
    return items[::-1]


@builtin("distinct values(list: list)")
def distinct_values(run: Run, items: _Items) -> _Items:
    """A list without repetitions."""
    seen: dict[object, object] = {}
    for item in items:
        seen.setdefault(identity_key(item, run), item)
    return list(seen.values())


@builtin("union(list*: list)")
def union(run: Run, lists: list[_Items]) -> _Items:
    """Lists one after the other, without repetitions."""
    return distinct_values(run, concatenate(run, lists))


@builtin("flatten(list: list)")
def flatten(run: Run, items: _Items) -> _Items:
    """A list in which nested lists are replaced by their items."""
    flat: _Items = []
    pending: list[object] = [items]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            run.spend(len(item))
            pending.extend(reversed(item))
        else:
            flat.append(item)
    return flat


@builtin("sort(list: list, precedes: function)")
def sort_by(run: Run, items: _Items, precedes: Function) -> _Items | None:
    """A list in the order that a function of two items defines."""
    if len(precedes.parameters) != 2:
        return None

    def order(left: object, right: object) -> int:
        if precedes.call(run, [left, right]) is True:
            return -1
        return 1 if precedes.call(run, [right, left]) is True else 0

    return sorted(items, key=cmp_to_key(order))


@builtin("sort(list: list)")
def sort_naturally(run: Run, items: _Items) -> _Items | None:
    """A list in ascending order."""
    if items and any(compare(items[0], item) is None for item in items):
        return None
    return sorted(items, key=cmp_to_key(lambda left, right: compare(left, right) or 0))
