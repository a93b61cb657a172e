"""Order of priority and aggregation of the results of several rules."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from bpmn.feel.builtins import BUILTINS
from bpmn.feel.run import Run
from bpmn.feel.values import equal

_Item = TypeVar("_Item")
_FUNCTIONS = {"SUM": "sum", "MIN": "min", "MAX": "max"}


def order_by_priority(
    items: list[_Item],
    values_of: Callable[[_Item], tuple[object, ...]],
    priorities: list[object],
    run: Run,
) -> list[_Item]:
    """Items in the order in which the output values list their results."""

    def rank(item: _Item) -> list[int]:
        pairs = zip(values_of(item), priorities, strict=True)
        return [_place(value, allowed, run) for value, allowed in pairs if isinstance(allowed, list)]

    return sorted(items, key=rank)


def _place(value: object, allowed: list[object], run: Run) -> int:
    places = (place for place, each in enumerate(allowed) if equal(value, each, run) is True)
    return next(places, len(allowed))


def aggregate(kind: str, values: list[object], run: Run) -> object:
    """All results as a list, or their sum, least, greatest or number."""
    if not kind:
        return values
    if kind == "COUNT":
        return Decimal(len(values))
    return BUILTINS[_FUNCTIONS[kind]].call(run, [values])
