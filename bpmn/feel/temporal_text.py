"""Reading and writing dates, times and durations."""

from __future__ import annotations

import re
from decimal import Decimal

from bpmn.feel.temporal import (
    DAY_NANOS,
    MAX_YEAR,
    MIDNIGHT,
    NANOS,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    find_zone,
)

Temporal = Date | Time | DateTime | DaysTimeDuration | YearsMonthsDuration

_MAX_TEXT = 200
_MAX_OFFSET = 18 * 3600
_MAX_NANOS = MAX_YEAR * 366 * DAY_NANOS
_DATE = re.compile(r"(-?)(\d{4,9})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]+))?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(-?)P(?:(\d{1,18})D)?(T(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{0,30}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,11})Y)?(?:(\d{1,11})M)?", re.ASCII)


def parse_date(text: str) -> Date | None:
    """Read `2024-03-04`."""
    match = _DATE.fullmatch(text) if len(text) <= _MAX_TEXT else None
    if match is None:
        return None
    sign, digits, month, day = match.groups()
    year = int(digits)
    if year == 0 or (len(digits) > 4 and digits.startswith("0")):
        return None
    return Date.checked(-year if sign else year, int(month), int(day))


def _fraction(digits: str | None) -> int:
    return int((digits or "0").ljust(9, "0")[:9])


def _parse_clock(text: str) -> Time | None:
    """Read a time in which the hour may be 24."""
    match = _TIME.fullmatch(text) if len(text) <= _MAX_TEXT else None
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    nanos = _fraction(match[4])
    offset: int | None = 0 if match[5] else None
    if match[6]:
        seconds = int(match[7]) * 3600 + int(match[8]) * 60 + int(match[9] or 0)
        offset = -seconds if match[6] == "-" else seconds
    if match[10] and find_zone(match[10]) is None:
        return None
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second + nanos > 0):
        return None
    return (
        None if offset and abs(offset) > _MAX_OFFSET else Time(hour, minute, second, nanos, offset, match[10])
    )


def parse_time(text: str) -> Time | None:
    """Read `10:30:00`, with an optional offset or `@zone`."""
    clock = _parse_clock(text)
    if clock is not None and clock.hour == 24:
        return Time(0, 0, 0, 0, clock.offset, clock.zone)
    return clock


def parse_date_time(text: str) -> DateTime | None:
    """Read `2024-03-04T10:30:00`; a date alone stands for its midnight."""
    day_text, separator, clock_text = text.partition("T")
    date = parse_date(day_text)
    clock = _parse_clock(clock_text) if separator else MIDNIGHT
    if date is None or clock is None:
        return None
    return DateTime(date, clock.with_nanos(0)).with_wall(date.ordinal * DAY_NANOS + clock.nanos_of_day)


def parse_duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    """Read `P1DT2H` or `P1Y2M`."""
    if len(text) > _MAX_TEXT:
        return None
    if (match := _MONTHS.fullmatch(text)) and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonthsDuration(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or match[3] == "T" or not (match[2] or match[3]):
        return None
    hours = int(match[2] or 0) * 24 + int(match[4] or 0)
    seconds = (hours * 60 + int(match[5] or 0)) * 60 + int(match[6] or 0)
    nanos = seconds * NANOS + _fraction(match[7])
    if nanos > _MAX_NANOS:
        return None
    return DaysTimeDuration(-nanos if match[1] else nanos)


def parse_temporal(text: str) -> Temporal | None:
    """Read the text of an at-literal, whichever kind it is."""
    if "P" in text[:2]:
        return parse_duration(text)
    if "T" in text and text[:1] != "T" and (moment := parse_date_time(text)):
        return moment
    return parse_date(text) or parse_time(text)


def render_date(date: Date) -> str:
    """Write a date."""
    sign = "-" if date.year < 0 else ""
    return f"{sign}{abs(date.year):04d}-{date.month:02d}-{date.day:02d}"


def _render_seconds(second: int, nanos: int) -> str:
    if not nanos:
        return f"{second}"
    return f"{Decimal(second * NANOS + nanos).scaleb(-9).normalize():f}"


def render_time(time: Time) -> str:
    """Write a time with its offset or zone."""
    seconds = _render_seconds(time.second, time.nanosecond)
    if time.second < 10:
        seconds = "0" + seconds
    text = f"{time.hour:02d}:{time.minute:02d}:{seconds}"
    if time.zone is not None:
        return f"{text}@{time.zone}"
    if time.offset is None:
        return text
    return text + render_offset(time.offset)


def render_offset(offset: int) -> str:
    """Write an offset, `Z` for Greenwich."""
    if offset == 0:
        return "Z"
    minutes, second = divmod(abs(offset), 60)
    sign = "-" if offset < 0 else "+"
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text


def render_days_time(duration: DaysTimeDuration) -> str:
    """Write a days and time duration."""
    days, hours, minutes, seconds, nanos = duration.parts
    date_part = f"{days}D" if days else ""
    time_part = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or nanos:
        time_part += _render_seconds(seconds, nanos) + "S"
    if not (date_part or time_part):
        return "PT0S"
    sign = "-" if duration.nanos < 0 else ""
    return f"{sign}P{date_part}" + (f"T{time_part}" if time_part else "")


def render_years_months(duration: YearsMonthsDuration) -> str:
    """Write a years and months duration."""
    years, months = divmod(abs(duration.months), 12)
    if not (years or months):
        return "P0M"
    sign = "-" if duration.months < 0 else ""
    return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


def render_temporal(value: Temporal) -> str:
    """Write any date, time or duration the way FEEL reads it."""
    if isinstance(value, Date):
        return render_date(value)
    if isinstance(value, Time):
        return render_time(value)
    if isinstance(value, DateTime):
        return f"{render_date(value.date)}T{render_time(value.time)}"
    if isinstance(value, DaysTimeDuration):
        return render_days_time(value)
    return render_years_months(value)
