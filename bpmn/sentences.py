"""Sentences of a process folder that name the numbers of its rules: 须有 {rules.members.persons} 个以上会员."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bpmn import feel
from bpmn.message import Term

_HOLE = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"[，：；,:;]?[^，：；,:;{}]*(?:\{[^{}]*\}[^，：；,:;{}]*)*")
UNKNOWN = "—"       # no value is in force


def formulas(*sentences: str) -> Iterator[str]:
    """Every FEEL expression in braces."""
    yield from (hole.strip() for sentence in sentences for hole in _HOLE.findall(sentence))


def filled(zh: str, en: str, seen: Mapping[str, Any]) -> Term:
    """A sentence in both languages with its expressions computed over `rules`, and whatever else is seen."""
    return Term(*(_HOLE.sub(lambda hole: _said(hole[1].strip(), seen), sentence) for sentence in (zh, en)))


def as_a_rule(zh: str, en: str, rules: Mapping[str, Any]) -> Term:
    """The same where no case is at hand: whatever part of it names facts of a case is left out."""
    return filled(_general(zh), _general(en), {"rules": rules})


def _general(sentence: str) -> str:
    """Its parts between commas and colons that take nothing but the rules."""
    kept = (part for part in _PART.findall(sentence) if all(feel.compile(hole).inputs <= {"rules", "?"} for hole in formulas(part)))
    return "".join(kept).strip("，：；,:; ")


def _said(source: str, seen: Mapping[str, Any]) -> str:
    value = feel.to_python(feel.compile(source).evaluate(seen))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{int(value):,}" if value == int(value) else f"{Decimal(value).normalize():,f}"
    return UNKNOWN if value is None else str(value)
