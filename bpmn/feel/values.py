"""The kinds of FEEL values, their equality and their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bpmn.feel.run import Run
from bpmn.feel.temporal import (
    NANOS,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    time_instant,
)


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end is None if the range was written with an operator or with null."""

    start: object
    end: object
    start_included: bool
    end_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Unequal:
    """The unary test `!= value`, kept as a value."""

    value: object


class Function:
    """Anything that can be called in an expression."""

    name: str = "function"
    parameters: tuple[str, ...] = ()

    def call(self, run: Run, arguments: list[object]) -> object:
        """Call with arguments in order."""
        raise NotImplementedError

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Call with arguments by name."""
        raise NotImplementedError


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysTimeDuration: "days and time duration",
    YearsMonthsDuration: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Unequal: "range",
}


def kind_of(value: object) -> str:
    """The FEEL name of the kind of a value."""
    return _KINDS.get(type(value), "function")


def equal(left: object, right: object, run: Run) -> bool | None:  # noqa: PLR0911
    """Compare two values for equality; None when they are of different kinds."""
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right, run)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_contexts(left, right, run)
    if isinstance(left, Range) and isinstance(right, Range):
        return _equal_ranges(left, right, run)
    if isinstance(left, (Time, DateTime)):
        return _same_second(left, right)
    return bool(left is right if kind == "function" else left == right)


def _same_second(left: Time | DateTime, right: object) -> bool:
    """Times are equal if they agree up to the second, as the standard has it."""
    order = compare(left, right)
    if order is None:
        return False
    return order == 0 or _second(left) == _second(right)


def _second(value: object) -> int:
    return (_ordinal(value) or 0) // NANOS


def _equal_lists(left: list[object], right: list[object], run: Run) -> bool:
    if len(left) != len(right):
        return False
    run.spend(len(left))
    return all(equal(one, other, run) is True for one, other in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, object], right: dict[str, object], run: Run) -> bool:
    if left.keys() != right.keys():
        return False
    run.spend(len(left))
    return all(equal(value, right[name], run) is True for name, value in left.items())


def _equal_ranges(left: Range, right: Range, run: Run) -> bool:
    if (left.start_included, left.end_included) != (right.start_included, right.end_included):
        return False
    if left.operator != right.operator:
        return False
    return equal(left.start, right.start, run) is True and equal(left.end, right.end, run) is True


def compare(left: object, right: object) -> int | None:
    """Order two values: negative, zero or positive; None when they have no order."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    one, other = _ordinal(left), _ordinal(right)
    if one is None or other is None or kind_of(left) != kind_of(right):
        return None
    if isinstance(left, Time) and isinstance(right, Time) and left.is_local != right.is_local:
        return None
    if (
        isinstance(left, DateTime)
        and isinstance(right, DateTime)
        and left.time.is_local != right.time.is_local
    ):
        return None
    return (one > other) - (one < other)


def _ordinal(value: object) -> int | None:
    """A number that orders dates, times and durations among their own kind."""
    if isinstance(value, Date):
        return value.ordinal
    if isinstance(value, DateTime):
        return value.instant
    if isinstance(value, Time):
        return time_instant(value)
    if isinstance(value, DaysTimeDuration):
        return value.nanos
    return value.months if isinstance(value, YearsMonthsDuration) else None


def includes(span: Range, value: object) -> bool | None:
    """Whether a value lies in a range; None when they cannot be compared."""
    if (span.start is None or span.end is None) and not span.operator:
        return None
    inside = True
    if span.start is not None:
        order = compare(span.start, value)
        if order is None:
            return None
        inside = order < 0 or (order == 0 and span.start_included)
    if span.end is not None:
        order = compare(value, span.end)
        if order is None:
            return None
        inside = inside and (order < 0 or (order == 0 and span.end_included))
    return inside


def matches_test(value: object, test: object, run: Run) -> bool | None:
    """Whether a value passes a test that is itself a value: a range, a list or an equal."""
    if isinstance(test, Range):
        return None if value is None else includes(test, value)
    if isinstance(test, Unequal):
        same = equal(value, test.value, run)
        return None if same is None else not same
    if isinstance(test, list):
        run.spend(len(test))
        if isinstance(value, list) and equal(value, test, run):
            return True
        return any(equal(value, item, run) is True or _in_range(value, item) for item in test)
    return equal(value, test, run)


def _in_range(value: object, item: object) -> bool:
    return isinstance(item, Range) and includes(item, value) is True


def identity_key(value: object, run: Run) -> object:
    """A hashable key: values that are equal have the same key."""
    run.spend(1)
    if isinstance(value, list):
        return ("list", tuple(identity_key(item, run) for item in value))
    if isinstance(value, dict):
        return ("context", frozenset((name, identity_key(item, run)) for name, item in value.items()))
    if isinstance(value, Range):
        ends = identity_key(value.start, run), identity_key(value.end, run)
        return ("range", ends, value.start_included, value.end_included, value.operator)
    if isinstance(value, Unequal):
        return ("unequal", identity_key(value.value, run))
    if isinstance(value, (Time, DateTime)):
        local = value.is_local if isinstance(value, Time) else value.time.is_local
        return (kind_of(value), local, _second(value))
    return (kind_of(value), id(value) if isinstance(value, Function) else value)


def measure(value: object, run: Run) -> None:
    """Charge for the size of a nested value, shared parts included each time they appear."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            run.spend(len(item))
            pending.extend(part for part in item if isinstance(part, (list, dict)))
        elif isinstance(item, dict):
            run.spend(len(item))
            pending.extend(part for part in item.values() if isinstance(part, (list, dict)))
