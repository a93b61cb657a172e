"""Activities, gateways and throwing events: what each node of a drawing does when a token reaches it."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: ARG002, SLF001

from typing import Any

from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    EndEvent,
    ExclusiveGateway,
    IntermediateThrowEvent,
    ManualTask,
    NoneTask,
    SendTask,
    ServiceTask,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions import (
    CancelEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.script_task import ScriptEngineTask
from SpiffWorkflow.util.task import TaskState

from . import trimming
from .rising import rise
from .stepwise import Stepwise

RISING = (ErrorEventDefinition, EscalationEventDefinition, CancelEventDefinition)


class Race(Stepwise):
    """A finished task whose waiting children exclude one another; it stays in the tree until one has won."""

    holds_children = True
    host = ""


class BoundarySplit(Race, SimpleBpmnTask):
    """Runs a host and its boundary events side by side. Upstream adds a join task for each event as well."""

    silent = True

    def goes_on_in(self, child: Any) -> bool:
        """The host's end, or an event that interrupts it."""
        return child.task_spec.name == self.host or bool(child.task_spec.cancel_activity)

    def child_completed(self, my_task: Any, child: Any) -> None:
        """The host's end disarms its events; an interrupting event takes the host and the other events away."""
        if child.task_spec.name == self.host:
            losers = [c for c in my_task.children if c.state == TaskState.WAITING]
        elif child.task_spec.cancel_activity:
            losers = [c for c in my_task.children if c.has_state(TaskState.NOT_FINISHED_MASK)]
        else:
            losers = []
        for loser in losers:
            trimming.cancel(loser)


class EventGateway(Race, BpmnSpecMixin):
    """Arms each following event; the first to happen wins. Upstream moves the events into the gateway."""

    forks = False

    def goes_on_in(self, child: Any) -> bool:
        """Whichever event wins."""
        return True

    def child_completed(self, my_task: Any, child: Any) -> None:
        """The winner takes its rivals away."""
        for rival in my_task.children:
            if rival.has_state(TaskState.NOT_FINISHED_MASK):
                trimming.cancel(rival)


class Exclusive(Stepwise, ExclusiveGateway):
    """Takes the first true flow in the order of the file; upstream orders by the height on the screen."""

    forks = False

    def _run_hook(self, my_task: Any) -> bool:
        return True

    def _choose(self, my_task: Any) -> list[str]:
        for name in self._outputs:
            if name != self.default and self._takes(my_task, name):
                return [name]
        return self._fallback()


class Person(Stepwise, UserTask):
    """A user task: waits for a person."""


class Manual(Stepwise, ManualTask):
    """A manual task: waits until a person says it is done."""


class Plain(Stepwise, NoneTask):
    """A task of no kind: waits like a manual task."""


class External(Stepwise, ServiceTask):
    """A service or send task: waits, ready, until its job is done. Upstream calls Python instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True

    def _execute(self, task: Any) -> bool:
        return True


class Decision(Stepwise, ScriptEngineTask, BpmnSpecMixin):
    """A business rule task: asks a decision table and goes on."""

    decision_id = ""
    result: str | None = None

    def _execute(self, task: Any) -> bool:
        traces = task.workflow.script_engine.decide(task, self.decision_id, self.result)
        task.workflow.top_workflow.scribe.decisions.extend(traces)
        return True


class Script(Stepwise, ScriptEngineTask, BpmnSpecMixin):
    """A script task in FEEL: computes one value and goes on."""

    expression: Any = None
    result = ""

    def _execute(self, task: Any) -> bool:
        engine = task.workflow.script_engine
        engine.write(self.result, engine.evaluate(task, self.expression), self.name)
        return True


class Throwing(Stepwise):
    """Throws its event; upstream copies the token's data along, which here is empty."""

    def _run_hook(self, my_task: Any) -> bool:
        definition = self.event_definition
        if isinstance(definition, MessageEventDefinition):
            my_task.workflow.top_workflow.scribe.sent.append(definition.name)
        if isinstance(definition, RISING):
            rise(my_task, definition)
        elif not isinstance(definition, TerminateEventDefinition):
            definition.throw(my_task)
        return True


class Send(Throwing, SendTask):
    """A send task without a topic: its message goes to whoever in this case waits for it."""


class Throw(Throwing, IntermediateThrowEvent):
    """An intermediate throw event."""


class Ending(Throwing, EndEvent):
    """An end event."""


class Enclosing(Stepwise):
    """Runs another process inside; upstream's version finds it by searching the whole tree and keeps it for ever."""

    @property
    def opens(self) -> str:
        """The spec of the process inside."""
        return str(self.spec)

    def _update_hook(self, my_task: Any) -> bool:
        top = my_task.workflow.top_workflow
        if my_task.id not in top.subprocesses:
            my_task._set_state(TaskState.STARTED)
            inner = top.create_subprocess(my_task, self.spec)
            inner.completed_event.connect(self._on_subworkflow_completed, my_task)
        return False

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        top = my_task.workflow.top_workflow
        top.subprocesses.pop(my_task.id, None)
        my_task._set_state(TaskState.READY)
        top.agenda.append(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        inner = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if inner is not None:
            inner.abandon()
        super()._on_cancel(my_task)


class Call(Enclosing, CallActivity):
    """A call activity."""


class SubProcess(Enclosing, SubWorkflowTask):
    """An embedded sub-process."""
