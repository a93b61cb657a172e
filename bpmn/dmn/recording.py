"""What is noted down while a decision is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bpmn.feel.run import Run


@dataclass(frozen=True, slots=True)
class Row:
    """A matching row of a decision table, counted from 1."""

    index: int
    rule_id: str
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The outcome of a decision and what led to it; all values are plain Python values."""

    value: object
    decision_id: str
    matched_rows: tuple[Row, ...] = ()
    inputs: Mapping[str, object] = field(default_factory=dict)
    trace: tuple[DecisionResult, ...] = ()


@dataclass(slots=True)
class DecisionRun(Run):
    """A run that remembers the inputs and the matching rows of the current decision."""

    inputs: dict[str, object] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()

    def record(self, inputs: dict[str, object], rows: tuple[Row, ...]) -> None:
        """Note the inputs and the matching rows of a table."""
        self.inputs.update(inputs)
        self.rows += rows
