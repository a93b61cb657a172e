"""Relations between points and intervals."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from collections.abc import Callable

from bpmn.feel.builtins.registry import builtin
from bpmn.feel.run import Run
from bpmn.feel.values import Range, compare

_Relation = Callable[[Range, Range], bool]


class _NoOrderError(Exception):
    """Two ends cannot be compared."""


def _order(left: object, right: object) -> int:
    order = compare(left, right)
    if order is None:
        raise _NoOrderError
    return order


def _starts_at(span: Range, other: Range) -> int:
    """Order of two starts; an included end lies before an excluded one."""
    return _order(span.start, other.start) or other.start_included - span.start_included


def _ends_at(span: Range, other: Range) -> int:
    """Order of two ends; an excluded end lies before an included one."""
    return _order(span.end, other.end) or span.end_included - other.end_included


def _touch(first: Range, second: Range) -> bool:
    return first.end_included and second.start_included and _order(first.end, second.start) == 0


def _before(first: Range, second: Range) -> bool:
    order = _order(first.end, second.start)
    return order < 0 or (order == 0 and not (first.end_included and second.start_included))


def _starts(first: Range, second: Range) -> bool:
    return _starts_at(first, second) == 0 and _ends_at(first, second) <= 0


def _finishes(first: Range, second: Range) -> bool:
    return _ends_at(first, second) == 0 and _starts_at(first, second) >= 0


def _during(first: Range, second: Range) -> bool:
    return _starts_at(first, second) >= 0 and _ends_at(first, second) <= 0


def _overlaps_before(first: Range, second: Range) -> bool:
    return _starts_at(first, second) < 0 and _ends_at(first, second) <= 0 and not _before(first, second)


def _overlaps_after(first: Range, second: Range) -> bool:
    return _starts_at(first, second) > 0 and _ends_at(first, second) >= 0 and not _before(second, first)


def _overlaps(first: Range, second: Range) -> bool:
    return not _before(first, second) and not _before(second, first)


def _coincides(first: Range, second: Range) -> bool:
    return _starts_at(first, second) == 0 and _ends_at(first, second) == 0


def _swap(relation: _Relation) -> _Relation:
    return lambda first, second: relation(second, first)


def _span(value: object) -> Range:
    """A point is the interval from itself to itself."""
    return value if isinstance(value, Range) else Range(value, value, True, True)


_POINTS = "number|string|date|time|date and time|days and time duration|years and months duration"
_SPANS = "range"
_ANY = f"{_POINTS}|range"

_RELATIONS: tuple[tuple[str, str, str, _Relation], ...] = (
    ("before", _ANY, _ANY, _before),
    ("after", _ANY, _ANY, _swap(_before)),
    ("meets", _SPANS, _SPANS, _touch),
    ("met by", _SPANS, _SPANS, _swap(_touch)),
    ("overlaps", _SPANS, _SPANS, _overlaps),
    ("overlaps before", _SPANS, _SPANS, _overlaps_before),
    ("overlaps after", _SPANS, _SPANS, _overlaps_after),
    ("finishes", _ANY, _SPANS, _finishes),
    ("finished by", _SPANS, _ANY, _swap(_finishes)),
    ("includes", _SPANS, _ANY, _swap(_during)),
    ("during", _ANY, _SPANS, _during),
    ("starts", _ANY, _SPANS, _starts),
    ("started by", _SPANS, _ANY, _swap(_starts)),
    ("coincides", _ANY, _ANY, _coincides),
)


def _parameter_names(first: str, second: str) -> tuple[str, str]:
    if first == second:
        return ("point1", "point2") if first == _POINTS else ("range1", "range2")
    return tuple("range" if kinds == _SPANS else "point" for kinds in (first, second))  # type: ignore[return-value]


def _implementation(relation: _Relation) -> Callable[[Run, object, object], bool | None]:
    def decide(run: Run, first: object, second: object) -> bool | None:
        try:
            return relation(_span(first), _span(second))
        except _NoOrderError:
            return None

    return decide


def _register(name: str, first: str, second: str, relation: _Relation) -> None:
    for left in (_POINTS, _SPANS):
        for right in (_POINTS, _SPANS):
            if left in first and right in second:
                one, other = _parameter_names(left, right)
                builtin(f"{name}({one}: {left}, {other}: {right})")(_implementation(relation))


for _entry in _RELATIONS:
    _register(*_entry)
