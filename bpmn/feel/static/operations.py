"""Which kinds can be compared, computed with and taken apart, as the evaluator does it."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.feel.static.kinds import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NUMBER,
    TEXT,
    TIME,
    Kind,
    ListOf,
    Record,
)

_POINTS = ("date", "time", "date and time")
_SPANS = ("days and time duration", "years and months duration")
_ORDERED = ("number", "string", *_POINTS, *_SPANS)
_YEAR = dict.fromkeys(("year", "month", "day", "weekday"), NUMBER)
_CLOCK = {**dict.fromkeys(("hour", "minute", "second"), NUMBER), "time offset": DAYS, "timezone": TEXT}
PROPERTIES: Mapping[str, Mapping[str, Kind]] = {
    "date": _YEAR, "time": _CLOCK, "date and time": {**_YEAR, **_CLOCK},
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    "years and months duration": dict.fromkeys(("years", "months"), NUMBER),
    "range": {"start": ANY, "end": ANY, "start included": BOOLEAN, "end included": BOOLEAN},
}
_SIMPLE = {kind.kind: kind for kind in (NUMBER, TEXT, DATE, TIME, DATE_TIME, DAYS, MONTHS)}


def comparable(operator: str, left: Kind, right: Kind) -> bool:
    """Whether the comparison can ever be true or false instead of null."""
    if not (left.known and right.known):
        return True
    same = left.kind == right.kind
    return same if operator in ("=", "!=") else same and left.kind in _ORDERED


def compute(operator: str, left: Kind, right: Kind) -> Kind | None:
    """The kind of a computed value; None where there never is one."""
    if not (left.known and right.known):
        return ANY
    found = _computed(operator, left.kind, right.kind)
    return _SIMPLE[found] if found else None


def _computed(operator: str, left: str, right: str) -> str:  # noqa: PLR0911  # one return a rule of the table
    if left == right == "number":
        return "number"
    if operator == "+" and left == right and left in ("string", *_SPANS):
        return left
    if operator in "+-" and left in _POINTS and right in _SPANS:
        return left
    if operator == "+" and left in _SPANS and right in _POINTS:
        return right
    if operator == "-" and left == right and left in _SPANS:
        return left
    if operator == "-" and left in _POINTS and right in _POINTS and (left == "time") == (right == "time"):
        return "days and time duration"
    if operator in "*/" and left in _SPANS and right == "number":
        return left
    if operator == "*" and left == "number" and right in _SPANS:
        return right
    return "number" if operator == "/" and left == right and left in _SPANS else ""


def part_of(kind: Kind, name: str) -> Kind | None:
    """The kind of a named part; None where there never is one. A list gives the part of each of its items."""
    if not kind.known:
        return ANY
    if isinstance(kind, ListOf):
        inner = part_of(kind.item, name)
        return None if inner is None else ListOf(inner)
    if isinstance(kind, Record):
        return kind.entries.get(name, ANY if kind.open else None)
    return PROPERTIES.get(kind.kind, {}).get(name)


def names_in(kind: Kind) -> tuple[str, ...]:
    """The parts that can be asked for."""
    if isinstance(kind, ListOf):
        return names_in(kind.item)
    return tuple(kind.entries) if isinstance(kind, Record) else tuple(PROPERTIES.get(kind.kind, {}))
