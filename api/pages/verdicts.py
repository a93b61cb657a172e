"""决策依据: what each decision saw, the table as it stood in the version asked, the rows hit, the result."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.desk import Desk
from api.pages import history
from api.pages.fact_words import PARTS
from bpmn.dmn.model import Decision, DecisionTable
from forms import checks
from workflows import releases
from workflows.cases import shown
from workflows.cases.overview import CaseView
from workflows.cases.tables import DecisionRecord

ID_NUMBER = re.compile(r"\d{17}[\dX]")


@dataclass(frozen=True)
class Line:
    """One row of a table as drawn."""

    number: int
    cells: tuple[str, ...]
    annotation: str
    hit: bool


@dataclass(frozen=True)
class Table:
    """A decision table as drawn: conditions, then results."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    lines: tuple[Line, ...]
    policy: str


@dataclass(frozen=True)
class Verdict:
    """One table's answer, readable."""

    node: str
    decision: str
    name: str
    version: int
    at: datetime
    inputs: tuple[tuple[str, str], ...]
    rows: tuple[tuple[int, str], ...]      # number and annotation of those that applied
    results: tuple[tuple[str, str], ...]
    table: Table | None


def of(desk: Desk, view: CaseView) -> tuple[Verdict, ...]:
    """The newest first; what a decision required stands after it."""
    return tuple(_verdict(desk, view, one) for one in reversed(view.decisions))


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """A nested value as names and readable values; fen as yuan."""
    if isinstance(value, Mapping) and not any(str(key).startswith("$") for key in value):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and value and all(isinstance(inner, Mapping) for inner in value):
        for place, inner in enumerate(value, start=1):
            yield from flat(inner, f"{name}[{place}]")
    else:
        yield name, _plain(value, name)


def seen(view: CaseView, pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same, numbers masked where they are not for this reader."""
    for name, value in pairs:
        key = "id_number" if ID_NUMBER.fullmatch(value) else name
        yield name, value if view.sight.numbers else shown.masked(key, value)


def said(desk: Desk, name: str) -> str:
    """What a computed part is called; its own name where nobody gave it words."""
    return desk.say(PARTS[name]) if name in PARTS else name


def _verdict(desk: Desk, view: CaseView, one: DecisionRecord) -> Verdict:
    published = releases.load(desk.session, one.release_id)
    drawn = _drawn(published, one.decision)
    expression = drawn.expression if drawn else None
    table = _table(expression, _hits(one)) if isinstance(expression, DecisionTable) else None
    labels = {column.name: column.label or column.name for column in expression.outputs} if isinstance(
        expression, DecisionTable) else {}
    name = drawn.name if drawn else one.decision
    results = one.value if isinstance(one.value, Mapping) else {next(iter(labels.values()), name): one.value}
    return Verdict(history.node_name(desk, view, one.node), one.decision, name, published.version, one.at,
                   tuple(seen(view, flat(one.inputs))), _hits(one),
                   tuple((labels.get(key) or said(desk, key), value) for key, value in seen(view, flat(results))), table)


def _drawn(published: releases.Published, decision: str) -> Decision | None:
    model = published.drawing.decisions.get(decision)
    found: Decision | None = model.decisions.get(decision) if model else None
    return found


def _hits(one: DecisionRecord) -> tuple[tuple[int, str], ...]:
    return tuple((int(row["index"]), row.get("annotation") or "") for row in one.rows)


def _table(drawn: DecisionTable, hits: tuple[tuple[int, str], ...]) -> Table:
    applied = {number for number, _ in hits}
    lines = tuple(Line(number, tuple(cell.text or "-" for cell in (*rule.conditions, *rule.results)), rule.annotation,
                       number in applied) for number, rule in enumerate(drawn.rules, start=1))
    return Table(tuple(column.label or column.text for column in drawn.inputs),
                 tuple(column.label or column.name for column in drawn.outputs), lines,
                 " ".join(filter(None, (drawn.hit_policy, drawn.aggregation))))


def _plain(value: Any, name: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int) and name.endswith("_fen"):
        return checks.yuan(value)
    if isinstance(value, list):
        return "、".join(_plain(inner, name) for inner in value) or "—"
    if isinstance(value, Mapping):
        return "、".join(str(inner) for inner in value.values())
    return str(value)
