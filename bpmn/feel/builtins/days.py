"""Functions of dates, and the clock."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from datetime import date as calendar_date
from decimal import Decimal

from bpmn.feel.builtins.registry import builtin
from bpmn.feel.run import Run
from bpmn.feel.temporal import Date, DateTime, days_from_civil

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("now()")
def now(run: Run) -> DateTime | None:
    """The moment that the caller gave as the present."""
    return run.now


@builtin("today()")
def today(run: Run) -> Date | None:
    """The day that the caller gave as the present."""
    return None if run.now is None else run.now.date


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("day of year(date: date|date and time)")
def day_of_year(run: Run, value: Date | DateTime) -> Decimal:
    """The number of the day in its year."""
    day = _day(value)
    return Decimal(day.ordinal - days_from_civil(day.year, 1, 1) + 1)


@builtin("day of week(date: date|date and time)")
def day_of_week(run: Run, value: Date | DateTime) -> str:
    """The English name of the day of the week."""
    return _WEEKDAYS[_day(value).weekday - 1]


@builtin("month of year(date: date|date and time)")
def month_of_year(run: Run, value: Date | DateTime) -> str:
    """The English name of the month."""
    return _MONTHS[_day(value).month - 1]


@builtin("week of year(date: date|date and time)")
def week_of_year(run: Run, value: Date | DateTime) -> Decimal:
    """The number of the week according to ISO 8601."""
    day = _day(value)
    alike = calendar_date(day.year % 400 + 2000, day.month, day.day)
    return Decimal(alike.isocalendar().week)
