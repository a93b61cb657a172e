"""Dates, times and durations as FEEL knows them: any year, nanoseconds, named zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

NANOS = 1_000_000_000
DAY_SECONDS = 86_400
DAY_NANOS = DAY_SECONDS * NANOS
MAX_YEAR = 999_999_999
_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era, year_of_era = divmod(year, _CYCLE_YEARS)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _CYCLE_DAYS + day_of_era - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    era, day_of_era = divmod(days + 719_468, _CYCLE_DAYS)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * _CYCLE_YEARS + (month <= 2), month, day


def month_length(year: int, month: int) -> int:
    """Number of days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@lru_cache(maxsize=256)
def find_zone(name: str) -> ZoneInfo | None:
    """The time zone of that name, or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar."""

    year: int
    month: int
    day: int

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return days_from_civil(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 for Monday up to 7 for Sunday."""
        return (self.ordinal + 3) % 7 + 1

    @classmethod
    def checked(cls, year: int, month: int, day: int) -> Date | None:
        """A date, or None when the calendar has no such day."""
        if not (-MAX_YEAR <= year <= MAX_YEAR and 1 <= month <= 12):
            return None
        return cls(year, month, day) if 1 <= day <= month_length(year, month) else None

    @classmethod
    def from_ordinal(cls, days: int) -> Date | None:
        """The date of a number of days since 1970-01-01, or None when out of range."""
        return cls.checked(*civil_from_days(days))


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day, with an offset (in seconds), a named zone or neither."""

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    offset: int | None = None
    zone: str | None = None

    @property
    def nanos_of_day(self) -> int:
        """Nanoseconds since midnight."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * NANOS + self.nanosecond

    @property
    def is_local(self) -> bool:
        """Whether the time has neither an offset nor a zone."""
        return self.offset is None and self.zone is None

    def with_nanos(self, nanos: int) -> Time:
        """The same zone at another moment of the day."""
        seconds, nanosecond = divmod(nanos, NANOS)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return Time(hour, minute, second, nanosecond, self.offset, self.zone)

    def offset_on(self, day: Date) -> int | None:
        """Seconds east of Greenwich on a day; None for a local time."""
        if self.zone is None:
            return self.offset
        zone = find_zone(self.zone)
        if zone is None:
            return None
        year = day.year if 1 < day.year < 9999 else day.year % _CYCLE_YEARS + 2000
        moment = datetime(year, day.month, day.day, self.hour, self.minute, self.second, tzinfo=zone)
        difference = moment.utcoffset()
        return None if difference is None else int(difference.total_seconds())


MIDNIGHT = Time(0, 0, 0)
UTC_MIDNIGHT = Time(0, 0, 0, 0, 0)
_REFERENCE_DAY = Date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day with a time of the day."""

    date: Date
    time: Time

    @property
    def wall_nanos(self) -> int:
        """Nanoseconds since 1970 as the clock on the wall shows them."""
        return self.date.ordinal * DAY_NANOS + self.time.nanos_of_day

    @property
    def offset(self) -> int | None:
        """Seconds east of Greenwich, or None for a local date and time."""
        return self.time.offset_on(self.date)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970 in Greenwich; a local time is taken as it stands."""
        return self.wall_nanos - (self.offset or 0) * NANOS

    def with_wall(self, nanos: int) -> DateTime | None:
        """The same zone at another wall time, or None when out of range."""
        days, rest = divmod(nanos, DAY_NANOS)
        date = Date.from_ordinal(days)
        return None if date is None else DateTime(date, self.time.with_nanos(rest))


@dataclass(frozen=True, slots=True)
class DaysTimeDuration:
    """A span of days, hours, minutes and seconds, in nanoseconds."""

    nanos: int

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds and nanoseconds of the span without its sign."""
        seconds, nanos = divmod(abs(self.nanos), NANOS)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        return (*divmod(hours, 24), minute, second, nanos)


@dataclass(frozen=True, slots=True)
class YearsMonthsDuration:
    """A span of years and months, in months."""

    months: int


def time_instant(time: Time) -> int:
    """Nanoseconds of the day in Greenwich, to compare times with different offsets."""
    return time.nanos_of_day - (time.offset_on(_REFERENCE_DAY) or 0) * NANOS
