"""What the process pages call kinds of elements and states of plans and cases."""

from collections.abc import Mapping

from bpmn.message import Term
from bpmn.schema import Process
from workflows.migration.elements import name_of
from workflows.migration.results import PLANS as PLAN
from workflows.migration.results import STATES as CASE
from workflows.migration.tables import Plan

PLAN_TONES = {"checking": "blue", "carrying": "blue", "returning": "blue", "checked": "green", "done": "green",
              "paused": "amber", "stopped": "red", "returned": "amber"}
CASE_TONES = {"movable": "green", "refused": "amber", "moved": "green", "failed": "red", "kept": "amber", "back": "blue"}
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


def title(process: Process) -> Term:
    """A process's name in both languages."""
    return Term(process.title, process.en)


def kind(name: str) -> Term:
    """What kind of element it is."""
    return KINDS.get(name, Term(name))


def under_way(plan: Plan) -> bool:
    """Whether a machine is working on the plan now."""
    return plan.state in ("checking", "carrying", "returning")


__all__ = ["CASE", "CASE_TONES", "KINDS", "PLAN", "PLAN_TONES", "kind", "name_of", "title", "under_way"]
