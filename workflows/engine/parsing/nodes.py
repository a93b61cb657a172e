"""SpiffWorkflow's node parsers for this dialect.

Upstream follows the flows by recursion (a chain of a thousand tasks breaks it), refuses data stores and plain
service tasks, drops candidateGroups, and reads a plain P7D as an expression.
"""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    IntermediateThrowEventParser,
    ReceiveTaskParser,
    SendTaskParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import CallActivityParser, SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from workflows.engine.nodes import specs
from workflows.engine.nodes.catching import Armed
from workflows.engine.nodes.conditions import Condition
from workflows.engine.nodes.instances import ForEach, Repeated, While
from workflows.engine.nodes.timers import Timer
from workflows.engine.written import reading
from workflows.engine.written.expressions import compiled
from workflows.engine.written.rhythms import MANNERS


class Dialect:
    """What all node parsers here do differently: they make the node, keep what is drawn on it, and stop."""

    node: Any
    spec: Any
    task: Any
    process_parser: Any
    bpmn_id: str
    bpmn_attributes: dict[str, Any]
    spec_class: Any
    _create_task: Any
    get_event_definition: Any

    def parse_incoming_data_references(self) -> list[Any]:
        """Data objects and stores are drawings here; upstream needs an implementation of each."""
        return []

    def parse_outgoing_data_references(self) -> list[Any]:
        """Likewise."""
        return []

    def create_task(self) -> Any:
        """Make the spec of this node."""
        task = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return self.finish(task)

    def finish(self, task: Any) -> Any:
        """Give the spec what only its kind needs."""
        return task

    def parse_node(self) -> Any:
        """Make the spec, and the split that runs it beside its boundary events."""
        self.task = self.create_task()
        parser = self.process_parser
        self.task.node = parser.parser.drawn[parser.root_id, self.bpmn_id]
        self._repeat()
        events = parser.get_boundary_events(self.bpmn_id)
        if events:
            self._split(events)
        return self.task

    def _repeat(self) -> None:
        for kind, build in (("multiInstance", self._for_each), ("standard", self._while)):
            element = self.node.find(f"{reading.BPMN}{kind}LoopCharacteristics")
            if element is not None:
                inner = self.spec.task_specs.pop(self.bpmn_id)
                inner.name = f"{self.bpmn_id}#item"
                inner.is_instance = True
                self.spec.task_specs[inner.name] = inner
                self.task = build(element, inner)
                self.task.node = inner.node

    def _for_each(self, element: Any, inner: Any) -> Repeated:
        task = ForEach(self.spec, self.bpmn_id, inner.name, **self.bpmn_attributes)
        task.sequential = element.get("isSequential") == "true"
        task.collection = compiled(reading.collection_of(element))
        task.condition = condition_of(element, "completionCondition")
        task.results, task.result = reading.results_of(element), reading.result_of(element)
        inner.element = reading.element_variable_of(element)
        return task

    def _while(self, element: Any, inner: Any) -> Repeated:
        maximum = element.get("loopMaximum")
        limit = None if maximum is None else int(maximum)
        before = element.get("testBefore") == "true"
        task = While(self.spec, self.bpmn_id, inner.name, limit, None, before, **self.bpmn_attributes)
        task.condition = condition_of(element, "loopCondition")
        return task

    def _split(self, events: Sequence[Any]) -> None:
        split = specs.BoundarySplit(self.spec, split_name(self.bpmn_id))
        split.host = self.bpmn_id
        split.leads_to(self.task)
        for element in events:
            event = self.process_parser.parse_node(element)
            event.host = self.bpmn_id
            split.leads_to(event)

    def parse_conditional_event(self, event: Any) -> Condition:
        """A condition in FEEL."""
        return Condition(compiled(reading.text_of(event.find(f"{reading.BPMN}condition"))))

    def parse_timer_event(self, event: Any) -> Timer:
        """A timer as modelers write it: plain ISO text, or FEEL after an equals sign."""
        for kind, manner in MANNERS.items():
            element = event.find(reading.BPMN + kind)
            if element is not None:
                text = reading.text_of(element)
                catch_up = reading.properties_of(self.node).get("catch_up", "each")
                return Timer(self.bpmn_id, compiled(text) if text.startswith("=") else text, manner, catch_up)
        raise ValueError("a timer without a time")


class NodeParser(Dialect, TaskParser):
    """Tasks and gateways."""


class ServiceParser(Dialect, TaskParser):
    """Service tasks; upstream refuses those without an operator."""


class DecisionParser(Dialect, TaskParser):
    """Business rule tasks: a decision table here, or a job outside."""

    def create_task(self) -> Any:
        """Choose by whether the task names a topic."""
        if reading.topic_of(self.node) is not None:
            self.spec_class = specs.External
        return super().create_task()

    def finish(self, task: Any) -> Any:
        """Keep which table is asked and under what name its answer is written."""
        task.decision_id = reading.camunda(self.node, "decisionRef")
        task.result = reading.camunda(self.node, "resultVariable")
        return task


class ScriptParser(Dialect, TaskParser):
    """Script tasks, in FEEL alone."""

    def finish(self, task: Any) -> Any:
        """Keep the compiled expression and the name of its result."""
        task.expression = compiled(reading.text_of(self.node.find(f"{reading.BPMN}script")))
        task.result = reading.camunda(self.node, "resultVariable")
        return task


class SendParser(Dialect, SendTaskParser):
    """Send tasks: a job outside when they name a topic, else a message within the case."""

    def create_task(self) -> Any:
        """Choose by whether the task names a topic."""
        if reading.topic_of(self.node) is not None:
            return specs.External(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return SendTaskParser.create_task(self)


class ThrowParser(Dialect, IntermediateThrowEventParser):
    """Intermediate throw events; a message with a topic is a job outside."""

    def create_task(self) -> Any:
        """Choose by whether the event names a topic."""
        if reading.topic_of(self.node) is not None:
            return specs.External(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return IntermediateThrowEventParser.create_task(self)


class EndParser(Dialect, EndEventParser):
    """End events; where they lead is settled with the flows."""

    def create_task(self) -> Any:
        """Make the end event; upstream connects it here, by its own connect."""
        if reading.topic_of(self.node) is not None:
            return specs.External(self.spec, self.bpmn_id, **self.bpmn_attributes)
        kinds = ("message", "signal", "terminate", "error", "escalation", "cancel")
        return self._create_task(self.get_event_definition(paths_of(kinds)))


class BeginParser(Dialect, StartEventParser):
    """Start events: their event has happened when the process starts."""

    def create_task(self) -> Any:
        """Make the start event; upstream connects it here, by its own connect."""
        return self._create_task(self.get_event_definition([]))

    def arm(self, name: str) -> Armed:
        """Make the task that waits for this start event of an event sub-process."""
        kinds = ("message", "signal", "timer", "error", "escalation", "conditional")
        armed = Armed(self.spec, name, event_definition=self.get_event_definition(paths_of(kinds)))
        parser = self.process_parser
        armed.node = parser.parser.drawn[parser.root_id, self.bpmn_id]
        armed.interrupting = self.node.get("isInterrupting") != "false"
        return armed


class EventGatewayParser(Dialect, TaskParser):
    """Event-based gateways."""


class CatchParser(Dialect, IntermediateCatchEventParser):
    """Intermediate catch events."""

    def create_task(self) -> Any:
        """A link is passed straight through; the rest is left to upstream."""
        if self.node.find(f"{reading.BPMN}linkEventDefinition") is not None:
            self.spec_class = specs.Throw
        return IntermediateCatchEventParser.create_task(self)


class ReceiveParser(Dialect, ReceiveTaskParser):
    """Receive tasks."""

    def create_task(self) -> Any:
        """Leave it to upstream."""
        return ReceiveTaskParser.create_task(self)


class BorderParser(Dialect, BoundaryEventParser):
    """Boundary events."""

    def create_task(self) -> Any:
        """Leave it to upstream."""
        return BoundaryEventParser.create_task(self)


class CallParser(Dialect, CallActivityParser):
    """Call activities."""

    def create_task(self) -> Any:
        """Leave it to upstream."""
        return CallActivityParser.create_task(self)


class SubProcessParser(Dialect, SubWorkflowParser):
    """Embedded sub-processes."""

    def create_task(self) -> Any:
        """Read what is inside under a name of its own: upstream clashes when two files use the same id."""
        name = self.process_parser.add_inner(self.node)
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=name, **self.bpmn_attributes)


def paths_of(kinds: Sequence[str]) -> list[str]:
    """Where the event definitions of these kinds stand."""
    return [f".//bpmn:{kind}EventDefinition" for kind in kinds]


def condition_of(element: Any, name: str) -> Any:
    """A compiled condition inside an element, if there is one."""
    text = reading.text_of(element.find(reading.BPMN + name))
    return compiled(text) if text else None


def split_name(node_id: str) -> str:
    """The inner name of the split before a node with boundary events."""
    return f"{node_id}#split"
