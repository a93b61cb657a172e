"""Functions of numbers."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from bpmn.feel import decimals
from bpmn.feel.builtins.registry import builtin
from bpmn.feel.run import Run
from bpmn.feel.temporal import DaysTimeDuration, YearsMonthsDuration

_MIN_SCALE, _MAX_SCALE = -6111, 6176


def round_to(number: Decimal, scale: Decimal | None, rounding: str) -> Decimal | None:
    """A number rounded to some digits after the point."""
    digits = 0 if scale is None else decimals.as_int(scale.to_integral_value(rounding=ROUND_DOWN))
    if digits is None or not _MIN_SCALE <= digits <= _MAX_SCALE:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return number
    try:
        return number.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=decimals.ARITHMETIC)
    except DecimalException:
        return None


@builtin("decimal(n: number, scale: number)")
def round_half_even(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    """Round halves to the even neighbour."""
    return round_to(number, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number)")
def floor(run: Run, number: Decimal, scale: Decimal | None) -> Decimal | None:
    """Round towards minus infinity."""
    return round_to(number, scale, ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number)")
def ceiling(run: Run, number: Decimal, scale: Decimal | None) -> Decimal | None:
    """Round towards infinity."""
    return round_to(number, scale, ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def round_up(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    """Round away from zero."""
    return round_to(number, scale, ROUND_UP)


@builtin("round down(n: number, scale: number)")
def round_down(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    """Round towards zero."""
    return round_to(number, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def round_half_up(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    """Round halves away from zero."""
    return round_to(number, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def round_half_down(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    """Round halves towards zero."""
    return round_to(number, scale, ROUND_HALF_DOWN)


@builtin("abs(n: number)")
@builtin("abs(n: days and time duration)")
@builtin("abs(n: years and months duration)")
def absolute(run: Run, number: object) -> object:
    """A number or a duration without its sign."""
    if isinstance(number, Decimal):
        return number.copy_abs()
    if isinstance(number, DaysTimeDuration):
        return DaysTimeDuration(abs(number.nanos))
    return YearsMonthsDuration(abs(number.months)) if isinstance(number, YearsMonthsDuration) else None


@builtin("modulo(dividend: number, divisor: number)")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The rest of a division, with the sign of the divisor."""
    try:
        rest = decimals.ARITHMETIC.remainder(dividend, divisor)
    except DecimalException:
        return None
    return decimals.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt(number: number)")
def square_root(run: Run, number: Decimal) -> Decimal | None:
    """The square root."""
    try:
        return decimals.ARITHMETIC.sqrt(number)
    except DecimalException:
        return None


@builtin("log(number: number)")
def logarithm(run: Run, number: Decimal) -> Decimal | None:
    """The natural logarithm."""
    if number <= 0:
        return None
    try:
        return decimals.ARITHMETIC.ln(number)
    except DecimalException:
        return None


@builtin("exp(number: number)")
def exponential(run: Run, number: Decimal) -> Decimal | None:
    """The number e raised to a power."""
    try:
        return decimals.ARITHMETIC.exp(number)
    except DecimalException:
        return None


@builtin("odd(number: number)")
def is_odd(run: Run, number: Decimal) -> bool | None:
    """Whether a whole number is odd."""
    return _has_rest(number, 1)


@builtin("even(number: number)")
def is_even(run: Run, number: Decimal) -> bool | None:
    """Whether a whole number is even."""
    return _has_rest(number, 0)


def _has_rest(number: Decimal, rest: int) -> bool | None:
    if number.adjusted() > 34:
        return rest == 0
    return abs(int(number)) % 2 == rest if decimals.is_integral(number) else False
