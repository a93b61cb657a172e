"""Exchange of values with the surrounding Python program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from bpmn.feel import decimals
from bpmn.feel.errors import FeelInputError
from bpmn.feel.limits import check_list_size, check_string_size
from bpmn.feel.reads import Reads
from bpmn.feel.rendering import render
from bpmn.feel.run import Run
from bpmn.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration, find_zone
from bpmn.feel.temporal_text import render_temporal
from bpmn.feel.values import Function, Range, Unequal

_MAX_DEPTH = 100
_MICRO = 1000
_INT_DIGITS = 34
_FEEL_TYPES = (Date, Time, DateTime, DaysTimeDuration, YearsMonthsDuration, Range, Unequal, Function)


def from_python(value: object, depth: int = 0) -> object:
    """The FEEL value of a plain Python value."""
    if value is None or isinstance(value, (bool, *_FEEL_TYPES)):
        return value
    if isinstance(value, str):
        check_string_size(len(value))
        return str.__str__(value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, (date, time, timedelta)):
        return _temporal(value)
    if depth >= _MAX_DEPTH:
        raise FeelInputError("the input is nested too deeply")
    if isinstance(value, (list, tuple)):
        check_list_size(len(value))
        return [from_python(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(name): from_python(item, depth + 1) for name, item in value.items()}
    raise FeelInputError(f"a value of type {type(value).__name__} has no counterpart in FEEL")


def read(value: object, wanted: Reads | None) -> object:
    """The FEEL value of as much of a context as is wanted; the rest of it is not even looked at."""
    if wanted is None or not isinstance(value, Mapping):
        return from_python(value)
    return {name: read(value[name], inner) for name, inner in wanted.items() if name in value}


def _number(value: float | Decimal) -> Decimal | None:
    if isinstance(value, float):
        return decimals.to_decimal(repr(float(value)))
    if isinstance(value, int):
        if value.bit_length() > 20_000:
            return None
        return decimals.to_decimal(int(value))
    return decimals.to_decimal(str(value))


def _temporal(value: date | time | timedelta) -> object:
    if isinstance(value, datetime):
        return DateTime(Date(value.year, value.month, value.day), _clock(value.timetz(), value.utcoffset()))
    if isinstance(value, date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, time):
        return _clock(value, value.utcoffset())
    return DaysTimeDuration(value // timedelta(microseconds=1) * _MICRO)


def _clock(value: time, offset: timedelta | None) -> Time:
    zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    seconds = None if zone or offset is None else int(offset.total_seconds())
    return Time(value.hour, value.minute, value.second, value.microsecond * _MICRO, seconds, zone)


def to_python(value: object) -> object:  # noqa: PLR0911
    """The plain Python value of a FEEL value: int where exact, datetime types, lists and dicts."""
    if isinstance(value, Decimal):
        return _plain_number(value)
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {name: to_python(item) for name, item in value.items()}
    if isinstance(value, Date):
        return date(value.year, value.month, value.day) if _has_python_date(value) else render_temporal(value)
    if isinstance(value, Time):
        return _plain_time(value)
    if isinstance(value, DateTime):
        if not _has_python_date(value.date):
            return render_temporal(value)
        return datetime.combine(
            date(value.date.year, value.date.month, value.date.day), _plain_time(value.time)
        )
    if isinstance(value, DaysTimeDuration):
        return _plain_duration(value)
    if isinstance(value, (YearsMonthsDuration, Range, Unequal, Function)):
        return render(value, Run())
    return value


def _plain_number(value: Decimal) -> int | Decimal:
    if value.adjusted() < _INT_DIGITS and decimals.is_integral(value):
        return int(value)
    return value


def _has_python_date(value: Date) -> bool:
    return 1 <= value.year <= 9999


def _plain_time(value: Time) -> time:
    return time(value.hour, value.minute, value.second, value.nanosecond // _MICRO, _plain_zone(value))


def _plain_zone(value: Time) -> tzinfo | None:
    if value.zone is not None:
        return find_zone(value.zone)
    if value.offset is None:
        return None
    return UTC if value.offset == 0 else timezone(timedelta(seconds=value.offset))


def _plain_duration(value: DaysTimeDuration) -> timedelta | str:
    try:
        return timedelta(microseconds=value.nanos // _MICRO)
    except OverflowError:
        return render_temporal(value)
