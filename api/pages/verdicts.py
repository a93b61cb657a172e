"""What the decision tables saw in a case, and the rows they hit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.desk import Desk
from api.pages import history
from forms import checks
from workflows.cases.overview import CaseView


@dataclass(frozen=True)
class Verdict:
    """One table's answer, readable."""

    node: str
    decision: str
    at: datetime
    inputs: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]
    results: tuple[tuple[str, str], ...]


def of(desk: Desk, view: CaseView) -> tuple[Verdict, ...]:
    """The newest first."""
    return tuple(Verdict(history.node_name(desk, view, one.node), one.decision, one.at, tuple(flat(one.inputs)),
                         tuple(map(_row, one.rows)), tuple(flat(one.value, one.decision)))
                 for one in reversed(view.decisions))


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


def _row(row: Any) -> str:
    if isinstance(row, Mapping) and "index" in row:
        words = row.get("annotation")
        return f"{int(row['index']) + 1}" + (f" · {words}" if words else "")
    return str(row)
