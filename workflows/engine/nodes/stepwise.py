"""The task specs of a running drawing: SpiffWorkflow's own, made to step instead of to foresee.

Upstream draws every task's whole future into the tree and looks backwards through the finished past to join it.
Both grow with a case's age. Here a task's children are made when it completes, and joins count what has arrived.
"""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import NoFlowTaken
from workflows.engine.outcome import Node

from . import keeping


class Stepwise(TaskSpec):
    """What all specs here share: children at completion, an agenda of ready tasks, a record of visits."""

    holds_children = False
    silent = False
    rechecks = False
    hears_inside = False
    idle = False
    by_event = False
    is_instance = False
    forks = True
    wants_all = False
    awaits_others = False
    counts = False
    element: str | None = None
    node: Node | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flows: dict[str, str] = {}
        self.conditions: dict[str, Any] = {}
        self.default: str | None = None

    def leads_to(self, target: Any, flow: str | None = None, condition: Any = None, default: bool = False) -> None:
        """Connect a following spec; upstream's connect sorts by screen position and loses the flow's id."""
        self._outputs.append(target.name)
        target._inputs.append(self.name)
        if flow is not None:
            self.flows[target.name] = flow
        if condition is not None:
            self.conditions[target.name] = condition
        if default:
            self.default = target.name

    def test(self) -> None:
        """Upstream checks the drawing again at every single task."""

    def _predict(self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Upstream recurses for ever through a loop without a gateway."""

    def _choose(self, my_task: Any) -> list[str]:
        if not self.conditions:
            return list(self._outputs)
        taken = [name for name in self._outputs if name != self.default and self._takes(my_task, name)]
        return taken or self._fallback()

    def _takes(self, my_task: Any, name: str) -> bool:
        condition = self.conditions.get(name)
        return condition is None or my_task.workflow.script_engine.evaluate(my_task, condition) is True

    def _fallback(self) -> list[str]:
        if self.default is None:
            raise NoFlowTaken(self.bpmn_id or self.name)
        return [self.default]

    def _update(self, my_task: Any) -> None:
        if my_task.state == TaskState.FUTURE:
            my_task.workflow.top_workflow.scribe.arrived(my_task)
        super()._update(my_task)

    def _on_ready(self, my_task: Any) -> None:
        super()._on_ready(my_task)
        if not self.manual:
            my_task.workflow.top_workflow.agenda.append(my_task)

    def _on_complete(self, my_task: Any) -> None:
        specs = self._wf_spec.task_specs
        ways = keeping.hand_on(my_task, self._choose(my_task))
        my_task._sync_children([specs[name] for name in ways], TaskState.FUTURE)
        for child in my_task.children:
            if marks := ways.get(child.task_spec.name):
                keeping.bear(child, marks)
        super()._on_complete(my_task)
        my_task.workflow.top_workflow.finished.append(my_task)

    def _on_complete_hook(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.scribe.completed(my_task)
        if my_task.parent is not None:
            my_task.parent.task_spec.child_completed(my_task.parent, my_task)
        super()._on_complete_hook(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)
        top = my_task.workflow.top_workflow
        top.scribe.cancelled(my_task)
        top.finished.append(my_task)

    def child_completed(self, my_task: Any, child: Any) -> None:
        """Hear that a child has completed."""

    @property
    def opens(self) -> str | None:
        """The name of the spec of the process that runs inside."""
        return None

    def goes_on_in(self, child: Any) -> bool:  # noqa: ARG002
        """Whether the token that made this task race is the one that leaves by a child."""
        return False
