"""The State Council's yearly arrangements of days off, from the `holidays` package, from `calendar.toml` and from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from holidays.countries.china import China

from bpmn import toml

SHIPPED = Path(__file__).with_name("calendar.toml")
FIRST, LAST = 1990, 2060  # years held ready; outside them only weekends are off
SUNDAY = 6
OFF, MAKEUP_WORK = "OFF", "MAKEUP_WORK"


@dataclass(frozen=True)
class Arranged:
    """Days off besides weekends, working weekend days, and the years that are certain."""

    off: frozenset[date]
    makeup: frozenset[date]
    published: frozenset[int]


@dataclass(frozen=True)
class Year:
    """One year's arrangement as the State Council publishes it."""

    year: int
    source: str
    off: frozenset[date]
    makeup: frozenset[date]


def arranged(overrides: Iterable[tuple[date, str]]) -> Arranged:
    """Everything known, with a bureau's own days on top.

    A bureau that enters 1 January of a year has entered that year's arrangement: estimates for it are dropped.
    """
    own = dict(overrides)
    known = _shipped()
    entered = {day.year for day, kind in own.items() if (day.month, day.day) == (1, 1) and kind == OFF} - known.published
    off = {day for day in known.off if day.year not in entered} - own.keys()
    makeup = {day for day in known.makeup if day.year not in entered} - own.keys()
    return Arranged(frozenset(off | {day for day, kind in own.items() if kind == OFF}),
                    frozenset(makeup | {day for day, kind in own.items() if kind != OFF}),
                    known.published | entered)


def parse(text: str) -> tuple[Year, ...]:
    """Read `calendar.toml`: `[[arrangement]]` with year, source, off ranges and make-up days."""
    return tuple(_year(row) for row in toml.read(text).get("arrangement", []))


def _year(row: dict[str, object]) -> Year:
    year, source, off, makeup = row.get("year"), row.get("source"), row.get("off"), row.get("makeup")
    if not isinstance(year, int) or not source or not isinstance(off, list) or not isinstance(makeup, list):
        raise ValueError(f"an arrangement needs year, source, off and makeup: {row}")
    days = frozenset(day for first, last in off for day in _days(first, last))
    if date(year, 1, 1) not in days or any(day.year not in {year, year - 1} for day in days):
        raise ValueError(f"the arrangement of {year} doesn't begin with its New Year's Day")
    return Year(year, str(source), days, frozenset(makeup))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@lru_cache(maxsize=1)
def shipped_years() -> dict[int, str]:
    """The years whose arrangement is shipped here rather than in the package: year -> document."""
    return {year.year: year.source for year in parse(SHIPPED.read_text(encoding="utf-8"))}


@lru_cache(maxsize=1)
def _shipped() -> Arranged:
    package = China(years=range(FIRST, LAST + 1))  # type: ignore[no-untyped-call]
    published = set(package.special_public_holidays)
    off, makeup = set(package), set(package.weekend_workdays)
    for year in parse(SHIPPED.read_text(encoding="utf-8")):
        off = {day for day in off if day.year != year.year} | year.off
        makeup = {day for day in makeup if day.year != year.year} | year.makeup
        published.add(year.year)
    return Arranged(frozenset(off), frozenset(makeup), frozenset(published))
