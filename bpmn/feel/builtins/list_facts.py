"""Functions that tell something about a list."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import reduce

from bpmn.feel import arithmetic, decimals
from bpmn.feel.builtins.registry import builtin
from bpmn.feel.run import Run
from bpmn.feel.values import compare, equal, identity_key

_Numbers = list[Decimal]


@builtin("list contains(list: list, element: any)")
def list_contains(run: Run, items: list[object], element: object) -> bool:
    """Whether a list has an item."""
    return any(equal(item, element, run) is True for item in items)


@builtin("index of(list: list, match: any)")
def index_of(run: Run, items: list[object], match: object) -> list[object]:
    """The positions at which a list has an item."""
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match, run) is True]


@builtin("count(list: list)")
@builtin("count(c*: any)")
def count(run: Run, items: list[object]) -> Decimal | None:
    """The number of items."""
    return None if items == [None] else Decimal(len(items))


def _extreme(items: list[object], sign: int) -> object:
    if not items or any(compare(items[0], item) is None for item in items):
        return None

    def better(best: object, item: object) -> object:
        return item if (compare(item, best) or 0) * sign > 0 else best

    return reduce(better, items)


@builtin("min(list: list)")
@builtin("min(c*: any)")
def minimum(run: Run, items: list[object]) -> object:
    """The least item."""
    return _extreme(items, -1)


@builtin("max(list: list)")
@builtin("max(c*: any)")
def maximum(run: Run, items: list[object]) -> object:
    """The greatest item."""
    return _extreme(items, 1)


def _numbers(items: list[object]) -> _Numbers | None:
    """The items if there are any and all are numbers."""
    numbers = [item for item in items if isinstance(item, Decimal)]
    return numbers if numbers and len(numbers) == len(items) else None


def _fold(operation: Callable[[object, object], object], items: list[object]) -> object:
    return reduce(operation, items) if items else None


@builtin("sum(list: list)")
@builtin("sum(n*: any)")
def total(run: Run, items: list[object]) -> object:
    """The sum of numbers or of durations."""
    if any(isinstance(item, str) for item in items) or (
        len(items) == 1 and compare(items[0], items[0]) is None
    ):
        return None
    return _fold(arithmetic.add, items)


@builtin("product(list: list)")
@builtin("product(n*: any)")
def product(run: Run, items: list[object]) -> object:
    """The product of numbers."""
    return None if _numbers(items) is None else _fold(arithmetic.multiply, items)


def _mean(numbers: _Numbers) -> Decimal | None:
    result = arithmetic.divide(_fold(arithmetic.add, list(numbers)), Decimal(len(numbers)))
    return result if isinstance(result, Decimal) else None


@builtin("mean(list: list)")
@builtin("mean(n*: any)")
def mean(run: Run, items: list[object]) -> object:
    """The arithmetic mean of numbers."""
    numbers = _numbers(items)
    return None if numbers is None else _mean(numbers)


@builtin("median(list: list)")
@builtin("median(n*: any)")
def median(run: Run, items: list[object]) -> object:
    """The number in the middle, or the mean of the two in the middle."""
    numbers = _numbers(items)
    if numbers is None:
        return None
    numbers.sort()
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else _mean(numbers[middle - 1 : middle + 1])


@builtin("stddev(list: list)")
@builtin("stddev(n*: any)")
def standard_deviation(run: Run, items: list[object]) -> object:
    """The sample standard deviation of at least two numbers."""
    numbers = _numbers(items)
    center = None if numbers is None else _mean(numbers)
    if numbers is None or center is None or len(numbers) < 2:
        return None
    deviations = [decimals.subtract(number, center) for number in numbers]
    squares = [arithmetic.multiply(deviation, deviation) for deviation in deviations]
    variance = arithmetic.divide(_fold(arithmetic.add, squares), Decimal(len(numbers) - 1))
    return decimals.ARITHMETIC.sqrt(variance) if isinstance(variance, Decimal) else None


@builtin("mode(list: list)")
@builtin("mode(n*: any)")
def mode(run: Run, items: list[object]) -> object:
    """The most frequent numbers in ascending order."""
    if not items:
        return []
    numbers = _numbers(items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return sorted(number for number, times in counts.items() if times == most)


@builtin("duplicate values(list: list)")
def duplicate_values(run: Run, items: list[object]) -> list[object]:
    """The items that occur more than once, each of them once."""
    times: dict[object, int] = {}
    first: dict[object, object] = {}
    for item in items:
        key = identity_key(item, run)
        times[key] = times.get(key, 0) + 1
        first.setdefault(key, item)
    return [item for key, item in first.items() if times[key] > 1]
