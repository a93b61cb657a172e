"""Every way in which the engine says no."""

# Refusals are named after what happened.

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal


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

    def __init__(self, what: str, node: str = "") -> None:
        self.what, self.node = what, node
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

    WORDS: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accompanies": ("what waits there only accompanies other work", "此处只是伴随其他环节等待，不能单独退回"),
        "unknown": ("there is no such node in the drawing", "流程图中没有该环节"),
        "same": ("the work stands there already", "工作正处于该环节"),
        "beside": ("that node is done beside this one, not before it", "该环节与当前环节并行办理，不在其之前"),
        "inside_instances": (
            "that node belongs to a repeated activity; choose the whole activity",
            "该环节属于重复办理的活动，请选择整个活动",
        ),
        "not_earlier": ("that node is no work that lies before this one", "该环节不是当前环节之前的办理环节"),
        "with_work": (
            "it only accompanies other work, which goes back along with it; let the other branches be cancelled",
            "此处只是伴随其他环节办理，退回时所伴随的环节一并退回，请选择取消其他分支",
        ),
        "entangled": (
            "the other branches cannot be told apart from this one; let them be cancelled",
            "其他分支与本分支无法区分，请选择取消其他分支",
        ),
        "another_round": (
            "that node belongs to another round of a loop, in which the other branches begin anew; let them be cancelled",
            "该环节属于循环的另一轮，其他分支届时将重新办理，请选择取消其他分支",
        ),
        "sent_back_already": (
            "another branch was sent back past the same fork and will begin this work again; let it be cancelled",
            "另一分支已退回到该分叉之前，将重新办理本环节；请选择取消其他分支",
        ),
        "join": ("a join on the way could never be filled", "途中的汇聚网关将无法汇齐"),
        "stuck": ("nothing would wait any more and the case would not end", "退回后将无任何待办，办件也无法办结"),
    }

    def __init__(self, code: str) -> None:
        self.code = code
        self.message_en, self.message_zh = self.WORDS[code]
        super().__init__(f"{code}: {self.message_en}")


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
