"""Months, written `2024-05`: they sort as text."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def of(day: date) -> str:
    """The month a day lies in."""
    return f"{day:%Y-%m}"


def is_month(text: str) -> bool:
    """Whether the text is a month."""
    return MONTH.fullmatch(text) is not None


def add(month: str, count: int) -> str:
    """So many months later, or earlier."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def after(month: str) -> str:
    """The next month."""
    return add(month, 1)


def before(month: str) -> str:
    """The month before."""
    return add(month, -1)


def span(first: str, last: str) -> Iterator[str]:
    """From the first month to the last, both included."""
    month = first
    while month <= last:
        yield month
        month = after(month)


def count(first: str, last: str) -> int:
    """How many months from first to last, both included; 0 when there is none."""
    return max(0, (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1)


def day_of(month: str, number: int) -> date:
    """That day of the month, or its last day where it has no such day (glossary 3.4)."""
    year, in_year = int(month[:4]), int(month[5:])
    return date(year, in_year, min(number, monthrange(year, in_year)[1]))
