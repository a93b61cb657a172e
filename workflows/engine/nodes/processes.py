"""The frame of one drawn process: where its tree begins and how it ends."""

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from .joins import EndJoin
from .stepwise import Stepwise


class Start(Stepwise, BpmnStartTask):
    """The root of a process's tree; only the chosen start event begins, or the node sought by a return."""

    armed: tuple[str, ...] = ()

    def _choose(self, my_task: Any) -> list[str]:
        return [my_task.workflow.aim or my_task.workflow.chosen_start or self._outputs[0], *self.armed]


class End(Stepwise, SimpleBpmnTask):
    """Runs when no token is left; its completion completes the process."""


class Passage(Stepwise, SimpleBpmnTask):
    """Stands for one of several flows between the same two nodes, which upstream cannot tell apart."""

    silent = True


class ProcessSpec(BpmnProcessSpec):
    """One drawn process. Inner names carry a '#', which no XML id may: upstream clashes with a node called End."""

    def __init__(self, name: str, description: str, filename: str | None = None) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.description = description
        self.svg = self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.start = Start(self, "#start")
        self.end = EndJoin(self, "#join")
        self.done = End(self, "#end")
        self.end.leads_to(self.done)
