"""SpiffWorkflow's parser for this dialect: nodes first, then flows.

Upstream follows the flows by recursion (a chain of a thousand tasks breaks it), refuses data stores and plain
service tasks, drops candidateGroups, and reads a plain P7D as an expression.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    IntermediateThrowEventParser,
    ReceiveTaskParser,
    SendTaskParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import CallActivityParser, SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from . import catching, reading, specs
from .expressions import compiled
from .joins import Inclusive, Parallel
from .outcome import Node
from .processes import Passage, ProcessSpec
from .timers import Manner, Timer

MANNERS: Mapping[str, Manner] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


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
        events = parser.get_boundary_events(self.bpmn_id)
        if events:
            self._split(events)
        return self.task

    def _split(self, events: Sequence[Any]) -> None:
        split = specs.BoundarySplit(self.spec, split_name(self.bpmn_id))
        split.host = self.bpmn_id
        split.leads_to(self.task)
        for element in events:
            event = self.process_parser.parse_node(element)
            event.host = self.bpmn_id
            split.leads_to(event)

    def parse_timer_event(self, event: Any) -> Timer:
        """A timer as modelers write it: plain ISO text, or FEEL after an equals sign."""
        for kind, manner in MANNERS.items():
            element = event.find(reading.BPMN + kind)
            if element is not None:
                text = reading.text_of(element)
                return Timer(self.bpmn_id, compiled(text) if text.startswith("=") else text, manner)
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
        paths = [f".//bpmn:{kind}EventDefinition" for kind in ("message", "signal", "terminate")]
        if reading.topic_of(self.node) is not None:
            return specs.External(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return self._create_task(self.get_event_definition(paths))


class BeginParser(Dialect, StartEventParser):
    """Start events: their event has happened when the process starts."""

    def create_task(self) -> Any:
        """Make the start event; upstream connects it here, by its own connect."""
        return self._create_task(self.get_event_definition([]))


class EventGatewayParser(Dialect, TaskParser):
    """Event-based gateways."""


class CatchParser(Dialect, IntermediateCatchEventParser):
    """Intermediate catch events."""

    def create_task(self) -> Any:
        """Leave it to upstream."""
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
        """Leave it to upstream."""
        return SubWorkflowParser.create_task(self)


class FlowParser(ProcessParser):
    """One process: all its nodes, then all its flows in the order of the file."""

    @property
    def root_id(self) -> str:
        """The process this (embedded) process is drawn in."""
        return str(self.bpmn_id if self.parent is None else self.parent.root_id)

    def _parse(self) -> None:
        self.spec = ProcessSpec(self.bpmn_id, self.get_name(), self.filename)
        for element in self.node:
            if reading.is_flow_node(element):
                self.parse_node(element)
        self._connect_flows()
        self._connect_ends()
        for spec in self.spec.task_specs.values():
            if isinstance(spec, Inclusive):
                spec.learn_ways()

    def _connect_flows(self) -> None:
        for element in self.node:
            if reading.kind_of(element) == "sequenceFlow":
                source = self.spec.task_specs[element.get("sourceRef")]
                target = self._entrance(element.get("targetRef"))
                self._connect(element, source, target)

    def _connect(self, element: Any, source: Any, target: Any) -> None:
        flow = element.get("id")
        condition = reading.text_of(element.find(f"{reading.BPMN}conditionExpression"))
        if target.name in source._outputs:
            passage = Passage(self.spec, f"#{flow}")
            passage.leads_to(target)
            target = passage
        default = source.node is not None and self._default_of(source) == flow
        expression = compiled(condition) if condition and not default else None
        source.leads_to(target, flow, expression, default)

    def _default_of(self, source: Any) -> str | None:
        element = self.get_node_by_id(source.bpmn_id)
        return None if element is None else element.get("default")

    def _connect_ends(self) -> None:
        for spec in list(self.spec.task_specs.values()):
            if spec.bpmn_id is not None and not spec._outputs:
                spec.leads_to(self.spec.end)
        starts = [n for n in self.node if reading.kind_of(n) == "startEvent"]
        for element in sorted(starts, key=lambda n: n.find("{*}messageEventDefinition") is not None):
            self.spec.start.leads_to(self.spec.task_specs[element.get("id")])

    def _entrance(self, node_id: str) -> Any:
        task_specs = self.spec.task_specs
        return task_specs.get(split_name(node_id)) or task_specs[node_id]


class DrawingParser(BpmnParser):
    """The files of one drawing."""

    PROCESS_PARSER_CLASS = FlowParser
    PARSER_CLASSES = {
        full_tag("startEvent"): (BeginParser, catching.Begin),
        full_tag("endEvent"): (EndParser, specs.Ending),
        full_tag("userTask"): (NodeParser, specs.Person),
        full_tag("manualTask"): (NodeParser, specs.Manual),
        full_tag("task"): (NodeParser, specs.Plain),
        full_tag("serviceTask"): (ServiceParser, specs.External),
        full_tag("sendTask"): (SendParser, specs.Send),
        full_tag("receiveTask"): (ReceiveParser, catching.Receive),
        full_tag("businessRuleTask"): (DecisionParser, specs.Decision),
        full_tag("scriptTask"): (ScriptParser, specs.Script),
        full_tag("callActivity"): (CallParser, specs.Call),
        full_tag("subProcess"): (SubProcessParser, specs.SubProcess),
        full_tag("exclusiveGateway"): (NodeParser, specs.Exclusive),
        full_tag("parallelGateway"): (NodeParser, Parallel),
        full_tag("inclusiveGateway"): (NodeParser, Inclusive),
        full_tag("eventBasedGateway"): (EventGatewayParser, specs.EventGateway),
        full_tag("intermediateCatchEvent"): (CatchParser, catching.Catch),
        full_tag("intermediateThrowEvent"): (ThrowParser, specs.Throw),
        full_tag("boundaryEvent"): (BorderParser, catching.Boundary),
    }

    def __init__(self, drawn: Mapping[tuple[str, str], Node]) -> None:
        super().__init__()
        self.drawn = drawn

    def add_bpmn_xml(self, bpmn: Any, filename: str | None = None) -> None:
        """Read processes and names; upstream also wants an implementation of each data store."""
        self._add_processes(bpmn, filename)
        self._add_messages(bpmn)
        self._add_signals(bpmn)


def split_name(node_id: str) -> str:
    """The inner name of the split before a node with boundary events."""
    return f"{node_id}#split"


def build_specs(
    documents: Sequence[Any], process_id: str, drawn: Mapping[tuple[str, str], Node]
) -> dict[str, ProcessSpec]:
    """The specs of a process and of all it calls, by process id."""
    parser = DrawingParser(drawn)
    for document in documents:
        parser.add_bpmn_xml(document)
    return {process_id: parser.get_spec(process_id), **parser.get_subprocess_specs(process_id)}
