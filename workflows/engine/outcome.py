"""What a move of the engine brought about, in plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Node:
    """One element of a drawing as its author drew it."""

    id: str
    name: str
    kind: str
    lane: str | None = None
    candidate_groups: tuple[str, ...] = ()
    form_key: str | None = None
    topic: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    process: str = ""
    message: str | None = None
    each: str | None = None     # of a repeated activity: the name by which an instance sees its element

    @property
    def fact(self) -> str:
        """Under which name the answers given there are kept: the property `fact`, else the element's own."""
        return self.properties.get("fact", self.id)


@dataclass(frozen=True)
class Place:
    """A node, with the activities that enclose it where it stands, the outermost first."""

    node: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """One sequence flow of a drawing."""

    id: str
    name: str
    source: str
    target: str
    process: str


@dataclass(frozen=True)
class Waiting:
    """A place where the case stands still until something happens outside.

    `item` is what an instance of a repeated activity is for, `turn` how many equal items its collection has before it;
    `numbers` are those of the instances it stands in, the outermost first.
    """

    token: str
    node: Node
    kind: str
    due_at: datetime | None = None
    message: str | None = None
    path: tuple[str, ...] = ()
    attached_to: str | None = None
    item: object | None = None
    turn: int = 0
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Closed:
    """A token that waited before this move and does no longer."""

    token: str
    node: Node
    why: Literal["completed", "cancelled", "skipped"]


@dataclass(frozen=True)
class Visit:
    """A token came to a node, left it, was let past it, or was taken away from it."""

    node: str
    path: tuple[str, ...]
    what: Literal["entered", "completed", "cancelled", "skipped"]
    flow: str | None = None


@dataclass(frozen=True)
class Begun:
    """A repeated activity was come to from outside; `numbers` are those of the instances it stands in itself."""

    place: Place
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class DecisionTrace:
    """What a decision table was asked and what it answered."""

    node: str
    decision_id: str
    inputs: Mapping[str, object]
    matched_rows: tuple[object, ...]
    value: object


@dataclass(frozen=True)
class Move:
    """The result of one call: the new state and all that changed.

    `ended` is the end by which the case ended, the last of the `ends` that it has reached so far.
    """

    state: bytes
    opened: tuple[Waiting, ...]
    closed: tuple[Closed, ...]
    visits: tuple[Visit, ...]
    facts: Mapping[str, object]
    decisions: tuple[DecisionTrace, ...]
    ended: str | None
    waiting: tuple[Waiting, ...]
    sent: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    begun: tuple[Begun, ...] = ()
