"""The elements of a version as people know them."""

from collections.abc import Mapping

from bpmn.message import Term
from workflows.engine import Node
from workflows.releases import Published

# Where a token never stays, a plan need not say where it goes.
PASSED = frozenset({"startEvent", "endEvent", "intermediateThrowEvent", "exclusiveGateway", "scriptTask", "businessRuleTask"})

KINDS: Mapping[str, Term] = {
    "userTask": Term("用户任务", "User task"), "manualTask": Term("人工任务", "Manual task"), "task": Term("任务", "Task"),
    "serviceTask": Term("服务任务", "Service task"), "sendTask": Term("发送任务", "Send task"),
    "receiveTask": Term("接收任务", "Receive task"), "intermediateCatchEvent": Term("中间捕获事件", "Catching event"),
    "boundaryEvent": Term("边界事件", "Boundary event"), "subProcess": Term("子流程", "Sub-process"),
    "transaction": Term("事务子流程", "Transaction"), "adHocSubProcess": Term("即席子流程", "Ad-hoc sub-process"),
    "callActivity": Term("调用活动", "Call activity"), "parallelGateway": Term("并行网关", "Parallel gateway"),
    "inclusiveGateway": Term("包容网关", "Inclusive gateway"), "eventBasedGateway": Term("事件网关", "Event-based gateway"),
    "complexGateway": Term("复杂网关", "Complex gateway"),
}

BY_HAND = frozenset({"userTask", "manualTask", "task"})     # each waits for a person: one may take over from another


def described(published: Published, node: str) -> Term:
    """An element in words: its name; where it has none its kind, and between which named ones it stands."""
    found = published.drawing.nodes.get(node)
    if found is None or found.name:
        return published.name_of(node)
    kind = KINDS.get(found.kind, Term(found.kind))
    after = [flow.target for flow in published.drawing.flows.values() if flow.source == node]
    before = [flow.source for flow in published.drawing.flows.values() if flow.target == node]
    beside, zh, en = (after, "之前", "before") if len(after) > 1 else (before, "之后", "after")
    names = [published.name_of(one) for one in beside if published.drawing.nodes[one].name]
    if not names:
        return kind
    return Term(f"{'、'.join(name.zh for name in names)}{zh}的{kind.zh}",
                f"{kind.en} {en} {', '.join(name.en for name in names)}")


def alike(one: Node, other: Node) -> bool:
    """Whether an element may take over what waits at another."""
    return one.kind == other.kind or {one.kind, other.kind} <= BY_HAND


def resting(published: Published) -> list[Node]:
    """The elements that a case may be found at, in the order of the drawing."""
    return [node for node in published.drawing.nodes.values() if node.kind not in PASSED]
