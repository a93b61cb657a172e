"""Events that wait: upstream's catch events, without its searches through the tree."""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent, ReceiveTask, StartEvent
from SpiffWorkflow.util.task import TaskState

from .specs import Race
from .stepwise import Stepwise
from .timers import Timer


class Catching(Stepwise):
    """Waits for its event; an event that races others counts as visited only when it happens."""

    def _update(self, my_task: Any) -> None:
        if my_task.state == TaskState.FUTURE and isinstance(my_task.parent.task_spec, Race):
            my_task._set_state(TaskState.WAITING)
            my_task.internal_data["races"] = my_task.parent.task_spec.flows.get(self.name, "")
        super()._update(my_task)

    def _update_hook(self, my_task: Any) -> bool:
        if self.event_definition.has_fired(my_task):
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)
        return False

    def _on_ready(self, my_task: Any) -> None:
        if "races" in my_task.internal_data:
            my_task.workflow.top_workflow.scribe.happened(my_task, my_task.internal_data["races"] or None)
        super()._on_ready(my_task)

    def _run_hook(self, my_task: Any) -> bool:
        return True


class Catch(Catching, IntermediateCatchEvent):
    """An intermediate catch event."""


class Receive(Catching, ReceiveTask):
    """A receive task."""


class Begin(Catching, StartEvent):
    """A start event: what would start the process has happened when the process is started."""

    def _update_hook(self, my_task: Any) -> bool:
        return True


class Boundary(Catching, BoundaryEvent):
    """An event on the border of an activity; a cycle arms its next round as a task of its own."""

    host = ""

    def _on_complete_hook(self, my_task: Any) -> None:
        definition = self.event_definition
        if isinstance(definition, Timer) and not self.cancel_activity and definition.goes_on(my_task):
            self._arm_again(my_task, definition)
        elif not isinstance(definition, Timer) and not self.cancel_activity:
            self._arm_again(my_task, None)
        super()._on_complete_hook(my_task)

    def _arm_again(self, my_task: Any, timer: Timer | None) -> None:
        again = my_task.parent._add_child(self, TaskState.WAITING)
        again.internal_data["races"] = ""
        if timer is not None:
            timer.renew(my_task, again)
        again.task_spec._update(again)
