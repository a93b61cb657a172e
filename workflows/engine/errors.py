"""Every way in which the engine says no."""

# Refusals are named after what happened.

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a drawing, and where it stands; an error would not run, a warning may not be meant so."""

    element_id: str
    element_name: str
    code: str
    message_en: str
    message_zh: str
    severity: Literal["error", "warning"] = "error"


class EngineError(Exception):
    """The root of the engine's refusals."""


class DrawingRefused(EngineError):
    """A drawing that would not run; nothing of it was kept."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.element_id or '-'}: {f.message_en}" for f in self.findings))


class NotWaiting(EngineError):
    """The token does not wait (any more) for what was done to it."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(f"nothing waits under token {token!r}")


class NotDue(EngineError):
    """The timer's moment has not come."""

    def __init__(self, token: str, due_at: datetime) -> None:
        self.token, self.due_at = token, due_at
        super().__init__(f"the timer {token!r} is due at {due_at.isoformat()}")


class NotExpected(EngineError):
    """Nobody in this case waits for the message."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(f"nobody waits for the message {message!r}")


class NoFlowTaken(EngineError):
    """No condition of a gateway is true and it has no default flow."""

    def __init__(self, node: str) -> None:
        self.node = node
        super().__init__(f"no outgoing flow of {node!r} can be taken")


class RanAway(EngineError):
    """A move visited more nodes, or went deeper, than any honest drawing does."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the move was stopped: {what}")


class Stuck(EngineError):
    """Tokens are left, yet nothing could ever move them again."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self.nodes = tuple(nodes)
        super().__init__(f"tokens wait for ever at {', '.join(self.nodes)}")


class ExpressionFailed(EngineError):
    """An expression of the drawing could not be computed, or gave what its place cannot use."""

    def __init__(self, node: str, source: str, reason: str) -> None:
        self.node, self.source, self.reason = node, source, reason
        super().__init__(f"{node}: {source!r}: {reason}")


class UnreadableState(EngineError):
    """The frozen state is damaged or belongs to another drawing."""


class NotReturnable(EngineError):
    """The token cannot be sent back to that place, or not in that way."""

    def __init__(self, code: str, message_en: str, message_zh: str) -> None:
        self.code, self.message_en, self.message_zh = code, message_en, message_zh
        super().__init__(f"{code}: {message_en}")


class NotSkippable(EngineError):
    """What waits there only accompanies other work and cannot be passed over by itself."""

    def __init__(self, node: str) -> None:
        self.node = node
        super().__init__(f"{node!r} cannot be skipped by itself")


class TouchedSince(EngineError):
    """The step cannot be taken back: what it brought about has moved on."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self.nodes = tuple(nodes)
        super().__init__(f"what the step brought about has been touched since: {', '.join(self.nodes)}")


@dataclass(frozen=True)
class Reason:
    """One thing that keeps a case from being carried to another drawing."""

    code: str
    node: str
    name: str
    message_en: str
    message_zh: str


class NotMigratable(EngineError):
    """The case cannot be carried to the other drawing; every reason found is told."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(f"{r.code} {r.node or '-'}: {r.message_en}" for r in self.reasons))
