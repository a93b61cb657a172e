"""The properties of dates, times, durations and ranges, as in `date.year`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bpmn.feel.temporal import NANOS, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from bpmn.feel.values import Range


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _offset(seconds: int | None) -> DaysTimeDuration | None:
    return None if seconds is None else DaysTimeDuration(seconds * NANOS)


def _date_property(value: Date, name: str) -> object:
    if name == "weekday":
        return Decimal(value.weekday)
    return _number({"year": value.year, "month": value.month, "day": value.day}.get(name))


def _clock_property(value: Time, name: str) -> object:
    if name == "timezone":
        return value.zone
    return _number({"hour": value.hour, "minute": value.minute, "second": value.second}.get(name))


def _time_property(value: Time, name: str) -> object:
    if name == "time offset":
        return _offset(value.offset_on(Date(1970, 1, 1)))
    return _clock_property(value, name)


def _moment_property(value: DateTime, name: str) -> object:
    if name == "time offset":
        return _offset(value.offset)
    if name in ("year", "month", "day", "weekday"):
        return _date_property(value.date, name)
    return _clock_property(value.time, name)


def _span_property(value: DaysTimeDuration, name: str) -> object:
    days, hours, minutes, seconds, _ = value.parts
    part = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}.get(name)
    return None if part is None else Decimal(-part if value.nanos < 0 else part)


def _months_property(value: YearsMonthsDuration, name: str) -> object:
    years, months = divmod(abs(value.months), 12)
    part = {"years": years, "months": months}.get(name)
    return None if part is None else Decimal(-part if value.months < 0 else part)


def _range_property(value: Range, name: str) -> object:
    return {
        "start": value.start,
        "end": value.end,
        "start included": value.start_included,
        "end included": value.end_included,
    }.get(name)


def property_of(value: object, name: str) -> object:
    """A property of a value that is neither a list nor a context; null if there is none."""
    finder = _FINDERS.get(type(value))
    return None if finder is None else finder(value, name)


_FINDERS: dict[type, Callable[..., object]] = {
    Date: _date_property,
    Time: _time_property,
    DateTime: _moment_property,
    DaysTimeDuration: _span_property,
    YearsMonthsDuration: _months_property,
    Range: _range_property,
}
