"""Functions that convert values from one kind to another."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

import re
from decimal import Decimal

from bpmn.feel import decimals
from bpmn.feel.builtins.registry import builtin
from bpmn.feel.range_text import parse_range
from bpmn.feel.rendering import render
from bpmn.feel.run import Run
from bpmn.feel.temporal import (
    NANOS,
    UTC_MIDNIGHT,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
)
from bpmn.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from bpmn.feel.values import Range

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
_GROUPINGS = (" ", ",", ".")
_DECIMALS = (".", ",")
_MAX_NUMBER_TEXT = 1000
_MAX_OFFSET = 18 * 3600 * NANOS


@builtin("string(from: any)")
def to_string(run: Run, value: object) -> str | None:
    """The text of a value."""
    return None if value is None else render(value, run)


@builtin("number(from: string)")
def to_number(run: Run, text: str) -> Decimal | None:
    """The number that a text spells."""
    if len(text) > _MAX_NUMBER_TEXT or not _NUMBER.fullmatch(text):
        return None
    return decimals.to_decimal(text)


@builtin("number(from: number)")
def same_number(run: Run, number: Decimal) -> Decimal:
    """A number stays a number."""
    return number


@builtin("number(from: string, grouping separator: string|null, decimal separator: string|null)")
def to_number_with_separators(run: Run, text: str, grouping: str | None, point: str | None) -> Decimal | None:
    """The number that a text with separators spells."""
    if grouping is not None and (grouping not in _GROUPINGS or grouping == point):
        return None
    if point is not None and point not in _DECIMALS:
        return None
    plain = text.replace(grouping, "") if grouping else text
    return to_number(run, plain.replace(point, ".") if point else plain)


@builtin("date(from: string)")
def read_date(run: Run, text: str) -> Date | None:
    """The date that a text spells."""
    return parse_date(text)


@builtin("date(from: date|date and time)")
def date_of(run: Run, value: Date | DateTime) -> Date:
    """The day of a date and time."""
    return value.date if isinstance(value, DateTime) else value


@builtin("date(year: number, month: number, day: number)")
def make_date(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Date | None:
    """The date of a year, a month and a day."""
    parts = [decimals.as_int(part) for part in (year, month, day)]
    whole = [part for part in parts if part is not None]
    return Date.checked(*whole) if len(whole) == len(parts) else None


@builtin("time(from: string)")
def read_time(run: Run, text: str) -> Time | None:
    """The time that a text spells."""
    return parse_time(text)


@builtin("time(from: time|date and time|date)")
def time_of(run: Run, value: Time | DateTime | Date) -> Time:
    """The time of the day; of a date, its midnight."""
    if isinstance(value, Date):
        return UTC_MIDNIGHT
    return value.time if isinstance(value, DateTime) else value


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration|null)")
def make_time(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTimeDuration | None
) -> Time | None:
    """The time of an hour, a minute and a second."""
    hours, minutes = decimals.as_int(hour), decimals.as_int(minute)
    if hours is None or minutes is None or not 0 <= second < 60:
        return None
    if not (0 <= hours < 24 and 0 <= minutes < 60) or (offset and abs(offset.nanos) > _MAX_OFFSET):
        return None
    nanos = int(second * NANOS) % NANOS
    return Time(hours, minutes, int(second), nanos, None if offset is None else offset.nanos // NANOS)


@builtin("date and time(from: string)")
def read_date_time(run: Run, text: str) -> DateTime | None:
    """The date and time that a text spells."""
    return parse_date_time(text)


@builtin("date and time(from: date and time)")
def same_date_time(run: Run, value: DateTime) -> DateTime:
    """A date and time stays what it is."""
    return value


@builtin("date and time(date: date|date and time, time: time)")
def make_date_time(run: Run, date: Date | DateTime, time: Time) -> DateTime:
    """A day with a time of the day."""
    return DateTime(date.date if isinstance(date, DateTime) else date, time)


@builtin("duration(from: string)")
def read_duration(run: Run, text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    """The duration that a text spells."""
    return parse_duration(text)


@builtin("duration(from: days and time duration|years and months duration)")
def same_duration(run: Run, value: object) -> object:
    """A duration stays what it is."""
    return value


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def months_between(run: Run, start: Date | DateTime, end: Date | DateTime) -> YearsMonthsDuration | None:
    """The whole months between two points in time."""
    first, last = date_of(run, start), date_of(run, end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonthsDuration(months)


@builtin("range(from: string)")
def read_range(run: Run, text: str) -> Range | None:
    """The range that a text of literals spells."""
    return parse_range(text, run)
