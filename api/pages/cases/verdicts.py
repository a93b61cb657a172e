"""决策依据: what each decision saw, the table as it stood in the version asked, the rows hit, the result."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.desk import Desk
from api.pages.cases import history
from api.pages.cases.fact_words import Said, Wording, flat
from bpmn.dmn.model import Decision, DecisionTable, TableInput
from workflows import releases
from workflows.cases.shown import sights
from workflows.cases.shown.overview import CaseView
from workflows.cases.tables import DecisionRecord

ID_NUMBER = re.compile(r"\d{17}[\dX]")
NAME = re.compile(r"[A-Za-z_]\w*(\.\w+)*")


@dataclass(frozen=True)
class Line:
    """One row of a table as drawn."""

    number: int
    cells: tuple[Said, ...]
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
    inputs: tuple[tuple[str, Said], ...]
    rows: tuple[tuple[int, str], ...]      # number and annotation of those that applied
    results: tuple[tuple[str, Said], ...]
    table: Table | None


def of(desk: Desk, view: CaseView) -> tuple[Verdict, ...]:
    """The newest first; what a decision required stands after it."""
    return tuple(_verdict(desk, view, one) for one in reversed(view.decisions))


def seen(view: CaseView, words: Wording, root: str, pairs: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Said]]:
    """Paths with their values in words, numbers masked where they are not for this reader."""
    for path, raw in pairs:
        said = words.value(f"{root}.{path}" if root and path else path or root, raw)
        key = "id_number" if ID_NUMBER.fullmatch(said.text) else path or root
        yield path, said if view.sight.numbers else Said(sights.masked(key, said.text))


def _verdict(desk: Desk, view: CaseView, one: DecisionRecord) -> Verdict:
    published = releases.load(desk.session, one.release_id)
    words, drawn = Wording(desk.say, published), _drawn(published, one.decision)
    table = drawn.expression if drawn and isinstance(drawn.expression, DecisionTable) else None
    columns = {column.label or column.text: column for column in table.inputs} if table else {}
    name = words.name(one.decision, drawn.name if drawn else "")
    return Verdict(history.node_name(desk, view, one.node, published), one.decision, name, published.version, one.at,
                   tuple(_input(view, words, columns.get(label), label, raw) for label, raw in one.inputs.items()), _hits(one),
                   tuple(_results(view, words, one, _outputs(words, table), name)), _table(words, table, _hits(one)) if table else None)


def _input(view: CaseView, words: Wording, column: TableInput | None, label: str, raw: Any) -> tuple[str, Said]:
    (_, said), *_ = seen(view, words, _asked(column) if column else label, iter([("", raw)]))
    return words.name(column.id, label) if column else label, said


def _results(view: CaseView, words: Wording, one: DecisionRecord, labels: Mapping[str, str], name: str) -> Iterator[tuple[str, Said]]:
    alone = next(iter(labels.values()), name)
    for path, said in seen(view, words, one.decision, flat(one.value)):
        yield (labels.get(path) or words.path(path, one.decision) if path else alone), said


def _outputs(words: Wording, table: DecisionTable | None) -> Mapping[str, str]:
    return {column.name: words.name(column.id, column.label) if column.label else words.name(column.name)
            for column in table.outputs} if table else {}


def _asked(column: TableInput) -> str:
    """The name a column asks for, where it asks for no more than a name."""
    return column.text.strip() if NAME.fullmatch(column.text.strip()) else column.id


def _drawn(published: releases.Published, decision: str) -> Decision | None:
    model = published.drawing.decisions.get(decision)
    found: Decision | None = model.decisions.get(decision) if model else None
    return found


def _hits(one: DecisionRecord) -> tuple[tuple[int, str], ...]:
    return tuple((int(row["index"]), row.get("annotation") or "") for row in one.rows)


def _table(words: Wording, drawn: DecisionTable, hits: tuple[tuple[int, str], ...]) -> Table:
    applied = {number for number, _ in hits}
    keys = [*map(_asked, drawn.inputs), *(column.name for column in drawn.outputs)]
    lines = tuple(Line(number, tuple(words.cell(key, cell.text) for key, cell in zip(
        keys, (*rule.conditions, *rule.results), strict=True)), rule.annotation, number in applied)
        for number, rule in enumerate(drawn.rules, start=1))
    return Table(tuple(words.name(column.id, column.label or column.text) for column in drawn.inputs),
                 tuple(_outputs(words, drawn).values()), lines, " ".join(filter(None, (drawn.hit_policy, drawn.aggregation))))
