"""The operators + - * / ** on all kinds of values that have them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bpmn.feel import decimals, temporal_math
from bpmn.feel.limits import check_string_size
from bpmn.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration

_POINTS = (Date, Time, DateTime)
_DURATIONS = (DaysTimeDuration, YearsMonthsDuration)


def add(left: object, right: object) -> object:
    """Numbers and durations are added, strings joined, points in time moved."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return decimals.add(left, right)
    if isinstance(left, str) and isinstance(right, str):
        check_string_size(len(left) + len(right))
        return left + right
    if isinstance(left, _DURATIONS) and isinstance(right, _DURATIONS):
        return temporal_math.add_durations(left, right, 1)
    if isinstance(left, _POINTS) and isinstance(right, _DURATIONS):
        return temporal_math.shift(left, right, 1)
    if isinstance(left, _DURATIONS) and isinstance(right, _POINTS):
        return temporal_math.shift(right, left, 1)
    return None


def subtract(left: object, right: object) -> object:
    """Numbers, durations and points in time are subtracted."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return decimals.subtract(left, right)
    if isinstance(left, _DURATIONS) and isinstance(right, _DURATIONS):
        return temporal_math.add_durations(left, right, -1)
    if isinstance(left, _POINTS) and isinstance(right, _DURATIONS):
        return temporal_math.shift(left, right, -1)
    return temporal_math.difference(left, right)


def multiply(left: object, right: object) -> object:
    """Numbers are multiplied, durations scaled."""
    if isinstance(right, Decimal):
        if isinstance(left, Decimal):
            return decimals.multiply(left, right)
        return temporal_math.scale(left, right) if isinstance(left, _DURATIONS) else None
    if isinstance(left, Decimal) and isinstance(right, _DURATIONS):
        return temporal_math.scale(right, left)
    return None


def divide(left: object, right: object) -> object:
    """Numbers are divided; durations by numbers or by durations."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return decimals.divide(left, right)
    if not isinstance(left, _DURATIONS):
        return None
    if isinstance(right, Decimal):
        return temporal_math.divide_duration(left, right)
    return temporal_math.ratio(left, right) if isinstance(right, _DURATIONS) else None


def power(left: object, right: object) -> object:
    """Numbers are raised to a power."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return decimals.power(left, right)
    return None


def negate(value: object) -> object:
    """The opposite of a number or a duration."""
    if isinstance(value, Decimal):
        return decimals.subtract(decimals.ZERO, value)
    if isinstance(value, DaysTimeDuration):
        return DaysTimeDuration(-value.nanos)
    return YearsMonthsDuration(-value.months) if isinstance(value, YearsMonthsDuration) else None


BINARY: dict[str, Callable[[object, object], object]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
