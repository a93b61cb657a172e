"""One evaluation: its budget, its clock, and the types it knows by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.feel.errors import FeelLimitExceeded
from bpmn.feel.limits import MAX_CALL_DEPTH, MAX_STEPS

if TYPE_CHECKING:
    from bpmn.feel.temporal import DateTime


@dataclass(slots=True)
class Run:
    """The budget, the clock and the known types of one evaluation."""

    now: DateTime | None = None
    steps_left: int = MAX_STEPS
    types: Mapping[str, TypeSpec] = field(default_factory=dict)
    call_depth: int = 0

    def spend(self, steps: int) -> None:
        """Charge steps to the budget, and stop the evaluation once it is used up."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise FeelLimitExceeded("the expression takes too many steps")

    def enter_call(self) -> None:
        """Note that a function of the designer is being entered."""
        self.call_depth += 1
        if self.call_depth > MAX_CALL_DEPTH:
            raise FeelLimitExceeded("functions call each other too deeply")

    def leave_call(self) -> None:
        """Note that a function of the designer has been left."""
        self.call_depth -= 1


class TypeSpec:
    """A type a value may or may not conform to."""

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        raise NotImplementedError

    def permits(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type and is among its allowed values."""
        return self.accepts(value, run)

    def wants_list(self, run: Run) -> bool:  # noqa: ARG002 - every type receives the run, few need it
        """Whether values of this type are lists."""
        return False
