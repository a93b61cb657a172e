"""Column types shared by all tables."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

CHINA = ZoneInfo("Asia/Shanghai")

Json = JSON(none_as_null=True).with_variant(JSON(none_as_null=True), "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware moment: stored in UTC, read in China's time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse a naive moment rather than guess its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Give the moment in China's time."""
        return None if value is None else value.replace(tzinfo=UTC).astimezone(CHINA)


def stored(key: int | None) -> int:
    """The key of a row that has been written; a row without one is a mistake of ours."""
    if key is None:
        raise ValueError("this row has not been written yet")
    return key
