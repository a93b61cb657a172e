"""Upper bounds that keep expressions of untrusted designers harmless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.feel.errors import FeelLimitExceeded

if TYPE_CHECKING:
    from bpmn.feel.temporal import DateTime
    from bpmn.feel.type_specs import TypeSpec

MAX_SOURCE_LENGTH = 20_000
MAX_NESTING = 100
MAX_STEPS = 200_000
MAX_LIST_SIZE = 100_000
MAX_STRING_SIZE = 1_000_000
MAX_CALL_DEPTH = 40


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


def check_list_size(size: int) -> None:
    """Refuse lists that are too long."""
    if size > MAX_LIST_SIZE:
        raise FeelLimitExceeded(f"a list may have at most {MAX_LIST_SIZE} items")


def check_string_size(size: int) -> None:
    """Refuse strings that are too long."""
    if size > MAX_STRING_SIZE:
        raise FeelLimitExceeded(f"a string may have at most {MAX_STRING_SIZE} characters")
