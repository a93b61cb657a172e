"""Sentences of a process folder that name the numbers of its rules: 须有 {rules.members.persons} 个以上会员."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bpmn import feel
from bpmn.message import Term

_HOLE = re.compile(r"\{([^{}]*)\}")
UNKNOWN = "—"       # no value is in force


def formulas(*sentences: str) -> Iterator[str]:
    """Every FEEL expression in braces."""
    yield from (hole.strip() for sentence in sentences for hole in _HOLE.findall(sentence))


def filled(zh: str, en: str, seen: Mapping[str, Any]) -> Term:
    """A sentence in both languages with its expressions computed over `rules`, and whatever else is seen."""
    return Term(*(_HOLE.sub(lambda hole: _said(hole[1].strip(), seen), sentence) for sentence in (zh, en)))


def _said(source: str, seen: Mapping[str, Any]) -> str:
    value = feel.to_python(feel.compile(source).evaluate(seen))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{int(value):,}" if value == int(value) else f"{Decimal(value).normalize():,f}"
    return UNKNOWN if value is None else str(value)
