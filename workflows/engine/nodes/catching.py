"""Events that wait: upstream's catch events, without its searches through the tree."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: ARG002, SLF001

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent, ReceiveTask, StartEvent
from SpiffWorkflow.util.task import TaskState

from . import trimming
from .conditions import Condition
from .specs import Race
from .stepwise import Stepwise
from .timers import Timer


class Catching(Stepwise):
    """Waits for its event, unless it began the case; an event that races others counts as visited only when it happens."""

    def _update(self, my_task: Any) -> None:
        if my_task.state == TaskState.FUTURE and isinstance(my_task.parent.task_spec, Race):
            my_task._set_state(TaskState.WAITING)
            my_task.internal_data["races"] = my_task.parent.task_spec.flows.get(self.name, "")
        if my_task.parent is my_task.workflow.task_tree and my_task.workflow.chosen_start == self.name:
            my_task.internal_data["event_fired"] = True  # it began the case
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

    def ring(self, my_task: Any) -> None:
        """A timer's moment has come: its event happens, unless the round was missed and missed rounds are dropped."""
        if self.event_definition.drops(my_task):
            self.arm_again(my_task)
            trimming.cancel(my_task)
        else:
            my_task.internal_data["event_fired"] = True
            self._update(my_task)

    def arm_again(self, my_task: Any) -> None:
        """Wait for the next time in a fresh task; upstream adds rounds below the first and refuses a second message."""
        timer = self.event_definition if isinstance(self.event_definition, Timer) else None
        coming = None if timer is None else timer.next_round(my_task)
        if timer is not None and coming is None:
            return
        again = my_task.parent._add_child(self, TaskState.WAITING)
        again.internal_data.update({k: v for k, v in my_task.internal_data.items() if k == "races"})
        if timer is not None and coming is not None:
            timer.renew(again, coming)
        if isinstance(self.event_definition, Condition):
            again.internal_data["held"] = True
        self._update(again)


class Catch(Catching, IntermediateCatchEvent):
    """An intermediate catch event."""


class Receive(Catching, ReceiveTask):
    """A receive task."""


class Begin(Catching, StartEvent):
    """A start event: what would start the process has happened when the process is started."""

    def _update_hook(self, my_task: Any) -> bool:
        return True


class Boundary(Catching, BoundaryEvent):
    """An event on the border of an activity."""

    hears_inside = True
    host = ""

    def _on_complete_hook(self, my_task: Any) -> None:
        if not self.cancel_activity:
            self.arm_again(my_task)
        super()._on_complete_hook(my_task)


class Armed(Catching, IntermediateCatchEvent):
    """The start event of an event sub-process, waiting beside all else; upstream keeps a finished process open for it."""

    hears_inside = True
    silent = True
    idle = True
    interrupting = True
    host = ""

    def _update(self, my_task: Any) -> None:
        if my_task.state == TaskState.FUTURE:
            my_task._set_state(TaskState.WAITING)
        super()._update(my_task)

    def _on_complete_hook(self, my_task: Any) -> None:
        if self.interrupting:
            self._take_away_the_rest(my_task)
        else:
            self.arm_again(my_task)
        super()._on_complete_hook(my_task)

    def _take_away_the_rest(self, my_task: Any) -> None:
        mine = {my_task.id, *my_task._children}
        for task in list(my_task.workflow.tasks.values()):
            if task.id not in mine and task.has_state(TaskState.NOT_FINISHED_MASK):
                trimming.cancel(task)
