"""What the process pages call kinds of elements and states of plans and cases."""

from bpmn.message import Term
from bpmn.schema import Process
from workflows.migration.elements import KINDS, described
from workflows.migration.results import PLANS as PLAN
from workflows.migration.results import STATES as CASE
from workflows.migration.tables import Plan

PLAN_TONES = {"checking": "blue", "carrying": "blue", "returning": "blue", "checked": "green", "done": "green",
              "paused": "amber", "stopped": "red", "returned": "amber"}
CASE_TONES = {"movable": "green", "refused": "amber", "moved": "green", "failed": "red", "kept": "amber", "back": "blue"}


def title(process: Process) -> Term:
    """A process's name in both languages."""
    return Term(process.title, process.en)


def kind(name: str) -> Term:
    """What kind of element it is."""
    return KINDS.get(name, Term(name))


def under_way(plan: Plan) -> bool:
    """Whether a machine is working on the plan now."""
    return plan.state in ("checking", "carrying", "returning")


__all__ = ["CASE", "CASE_TONES", "PLAN", "PLAN_TONES", "described", "kind", "title", "under_way"]
