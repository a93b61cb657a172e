"""Arithmetic of dates, times and durations."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from bpmn.feel import decimals
from bpmn.feel.temporal import (
    DAY_NANOS,
    NANOS,
    UTC_MIDNIGHT,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    month_length,
    time_instant,
)

Duration = DaysTimeDuration | YearsMonthsDuration
_MAX_MAGNITUDE = 10**30


def shift_months(date: Date, months: int) -> Date | None:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return Date.checked(year, month + 1, min(date.day, month_length(year, month + 1)))


def _shift_moment(moment: DateTime, nanos: int) -> DateTime | None:
    shifted = moment.with_wall(moment.wall_nanos + nanos)
    if shifted is None or moment.time.zone is None or nanos % DAY_NANOS == 0:
        return shifted
    drift = (shifted.offset or 0) - (moment.offset or 0)
    return shifted.with_wall(shifted.wall_nanos + drift * NANOS)


def shift(point: Date | Time | DateTime, duration: Duration, sign: int) -> Date | Time | DateTime | None:
    """A point in time plus (sign 1) or minus (sign -1) a duration."""
    if isinstance(duration, YearsMonthsDuration):
        months = sign * duration.months
        if isinstance(point, DateTime):
            date = shift_months(point.date, months)
            return None if date is None else DateTime(date, point.time)
        return shift_months(point, months) if isinstance(point, Date) else None
    nanos = sign * duration.nanos
    if isinstance(point, DateTime):
        return _shift_moment(point, nanos)
    if isinstance(point, Date):
        return Date.from_ordinal((point.ordinal * DAY_NANOS + nanos) // DAY_NANOS)
    return point.with_nanos((point.nanos_of_day + nanos) % DAY_NANOS)


def as_moment(value: object) -> DateTime | None:
    """A date and time; a date stands for its midnight in Greenwich."""
    if isinstance(value, DateTime):
        return value
    return DateTime(value, UTC_MIDNIGHT) if isinstance(value, Date) else None


def difference(left: object, right: object) -> DaysTimeDuration | None:
    """The span between two points in time of the same kind."""
    if isinstance(left, Time) and isinstance(right, Time):
        if left.is_local != right.is_local:
            return None
        return DaysTimeDuration(time_instant(left) - time_instant(right))
    start, end = as_moment(right), as_moment(left)
    if start is None or end is None or start.time.is_local != end.time.is_local:
        return None
    return DaysTimeDuration(end.instant - start.instant)


def add_durations(left: Duration, right: Duration, sign: int) -> Duration | None:
    """The sum or the difference of two durations of the same kind."""
    if isinstance(left, DaysTimeDuration) and isinstance(right, DaysTimeDuration):
        return _days_time(left.nanos + sign * right.nanos)
    if isinstance(left, YearsMonthsDuration) and isinstance(right, YearsMonthsDuration):
        return _years_months(left.months + sign * right.months)
    return None


def _days_time(nanos: int) -> DaysTimeDuration | None:
    return DaysTimeDuration(nanos) if abs(nanos) < _MAX_MAGNITUDE else None


def _years_months(months: int) -> YearsMonthsDuration | None:
    return YearsMonthsDuration(months) if abs(months) < _MAX_MAGNITUDE else None


def scale(duration: Duration, factor: Decimal | None) -> Duration | None:
    """A duration taken a number of times."""
    days_time = isinstance(duration, DaysTimeDuration)
    size = duration.nanos if isinstance(duration, DaysTimeDuration) else duration.months
    product = None if factor is None else decimals.multiply(Decimal(size), factor)
    if product is None or product.adjusted() > 30:
        return None
    whole = int(product.to_integral_value(rounding=ROUND_DOWN))
    return _days_time(whole) if days_time else _years_months(whole)


def ratio(left: Duration, right: Duration) -> Decimal | None:
    """How many times one duration fits into another one of the same kind."""
    if isinstance(left, DaysTimeDuration) and isinstance(right, DaysTimeDuration):
        return decimals.divide(Decimal(left.nanos), Decimal(right.nanos))
    if isinstance(left, YearsMonthsDuration) and isinstance(right, YearsMonthsDuration):
        return decimals.divide(Decimal(left.months), Decimal(right.months))
    return None


def divide_duration(duration: Duration, divisor: Decimal) -> Duration | None:
    """A duration cut into a number of parts."""
    if divisor == 0:
        return None
    size = duration.nanos if isinstance(duration, DaysTimeDuration) else duration.months
    quotient = decimals.divide(Decimal(size), divisor)
    if quotient is None or quotient.adjusted() > 30:
        return None
    whole = int(quotient.to_integral_value(rounding=ROUND_DOWN))
    return _days_time(whole) if isinstance(duration, DaysTimeDuration) else _years_months(whole)
