"""The text of a value, as the function string() gives it."""

from __future__ import annotations

from decimal import Decimal

from bpmn.feel import decimals
from bpmn.feel.limits import check_string_size
from bpmn.feel.run import Run
from bpmn.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from bpmn.feel.temporal_text import render_temporal
from bpmn.feel.values import Function, Range, Unequal


def render(value: object, run: Run) -> str:
    """Write a value as text; strings stay as they are at the top."""
    return value if isinstance(value, str) else _render_part(value, run)


def _render_part(value: object, run: Run) -> str:
    """Write a value as it stands inside a list or a context."""
    run.spend(1)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return decimals.render(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (Date, Time, DateTime, DaysTimeDuration, YearsMonthsDuration)):
        return render_temporal(value)
    return _render_compound(value, run)


def quote(text: str) -> str:
    """Write a string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _render_compound(value: object, run: Run) -> str:
    if isinstance(value, list):
        return _joined("[", [_render_part(item, run) for item in value], "]")
    if isinstance(value, dict):
        return _joined("{", [f"{name}: {_render_part(item, run)}" for name, item in value.items()], "}")
    if isinstance(value, Range):
        return _render_range(value, run)
    if isinstance(value, Unequal):
        return f"!={_render_part(value.value, run)}"
    return f"function {value.name}" if isinstance(value, Function) else "null"


def _joined(opening: str, parts: list[str], closing: str) -> str:
    check_string_size(sum(map(len, parts)))
    return opening + ", ".join(parts) + closing


def _render_range(span: Range, run: Run) -> str:
    opening = "[" if span.start_included else "("
    closing = "]" if span.end_included else ")"
    return f"{opening}{_render_part(span.start, run)}..{_render_part(span.end, run)}{closing}"
