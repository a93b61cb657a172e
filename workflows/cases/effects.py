"""What a drawing may ask of the domain: names in a drawing -> functions run inside the step's transaction.

A service or send task names its effect by `camunda:topic`; a user task may name one in the camunda property
`effect`, run when it is completed. What each may write stands in `workflows/releases/house.toml`, where drawings are
checked against it; a topic that no effect bears becomes a job in the outbox.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from types import MappingProxyType

from sqlmodel import Session

from workflows.cases.tables import Case
from workflows.engine import Node
from workflows.errors import Conflict
from workflows.office.people import Officer
from workflows.records.audit import SYSTEM, Actor
from workflows.releases.house import house


@dataclass(frozen=True)
class Step:
    """One element of one case at the moment it asks for its effect."""

    session: Session
    case: Case
    node: Node
    facts: Mapping[str, object]
    answers: Mapping[str, object]   # of the user task just completed; empty for a machine's task
    now: datetime
    who: Officer | None = None      # None: the system
    role: str = ""                  # in which duty `who` acts
    item: object | None = None      # the element of a multi-instance task
    token: str = ""                 # of the machine's step; empty: a user task's effect

    @property
    def actor(self) -> Actor:
        """How this step stands in the audit log."""
        return self.who.actor(self.role) if self.who else SYSTEM


class Failed(Conflict):
    """An effect could not be done, before it wrote anything: the drawing's error event for its code takes over, if there is one."""

    def __init__(self, code: str, text: str = "", /, **params: object) -> None:
        """`code` is what the drawing calls it."""
        self.code = code
        super().__init__(text, **params)


Effect = Callable[[Step], Mapping[str, object] | None]
EFFECTS: dict[str, Effect] = {}
LATER: Mapping[str, object] = MappingProxyType({})   # an effect's result: the step goes on when its answer comes


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register a function under its name in `house.toml`; what it returns becomes facts, and those alone it declares."""
    declared = house().effects[name]

    def register(function: Effect) -> Effect:
        @wraps(function)
        def kept(step: Step) -> Mapping[str, object]:
            answer = function(step)
            given: Mapping[str, object] = {} if answer is None else answer
            if undeclared := given.keys() - set(declared.written(step.node.properties)):
                raise TypeError(f"the effect {name} may not write {', '.join(sorted(undeclared))}")
            return given

        EFFECTS[name] = kept
        return kept

    return register
