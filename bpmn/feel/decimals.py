"""Numbers: decimals of 34 digits that turn to null instead of failing."""

from __future__ import annotations

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

ARITHMETIC = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
ZERO = Decimal(0)
ONE = Decimal(1)
_PLAIN_DIGITS = 40


def to_decimal(text: str | int) -> Decimal | None:
    """Read a number, rounded to 34 digits; None when it is out of range."""
    try:
        number = ARITHMETIC.create_decimal(text)
    except (DecimalException, ValueError):
        return None
    return number if number.is_finite() else None


def add(left: Decimal, right: Decimal) -> Decimal | None:
    """Add two numbers."""
    try:
        return ARITHMETIC.add(left, right)
    except DecimalException:
        return None


def subtract(left: Decimal, right: Decimal) -> Decimal | None:
    """Subtract the right number from the left one."""
    try:
        return ARITHMETIC.subtract(left, right)
    except DecimalException:
        return None


def multiply(left: Decimal, right: Decimal) -> Decimal | None:
    """Multiply two numbers."""
    try:
        return ARITHMETIC.multiply(left, right)
    except DecimalException:
        return None


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """Divide the left number by the right one."""
    try:
        return ARITHMETIC.divide(left, right)
    except DecimalException:
        return None


def power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """Raise a number to a power."""
    if base == 0 and exponent == 0:
        return ONE
    try:
        result = ARITHMETIC.power(base, exponent)
    except DecimalException:
        return None
    return result if result.is_finite() else None


def is_integral(number: Decimal) -> bool:
    """Tell whether a number has no fraction."""
    return number == number.to_integral_value()


def as_int(number: Decimal) -> int | None:
    """The number as an int of reasonable size, or None when it has a fraction or is huge."""
    if number.adjusted() > 34 or not is_integral(number):
        return None
    return int(number)


def render(number: Decimal) -> str:
    """Write a number without trailing zeros, and without an exponent while that stays readable."""
    if number == 0:
        return "0"
    plain = number.normalize(ARITHMETIC)
    if -_PLAIN_DIGITS <= plain.adjusted() <= _PLAIN_DIGITS:
        return format(plain, "f")
    return str(plain)
