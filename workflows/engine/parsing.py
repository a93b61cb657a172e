"""SpiffWorkflow's parser for this dialect: all nodes first, then all flows, in the order of the file."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from . import catching, node_parsing, reading, specs
from .errors import DrawingRefused, Finding
from .expressions import compiled
from .joins import Inclusive, Parallel
from .outcome import Node
from .processes import Passage, ProcessSpec


class FlowParser(ProcessParser):
    """One process: all its nodes, then all its flows in the order of the file."""

    @property
    def root_id(self) -> str:
        """The process this (embedded) process is drawn in."""
        return str(self.bpmn_id if self.parent is None else self.parent.root_id)

    @property
    def key(self) -> str:
        """The name of this process's spec."""
        return self.bpmn_id if self.parent is None else f"{self.parent.key}#{self.bpmn_id}"

    def add_inner(self, element: Any) -> str:
        """Make a process of an embedded one and give the name of its spec."""
        inner = type(self)(self.parser, element, self.nsmap, self.data_stores, filename=self.filename)
        inner.parent = self
        self.parser.process_parsers[inner.key] = inner
        return str(inner.key)

    def get_boundary_events(self, attached_to_ref: str) -> list[Any]:
        """The events on the border of a node; upstream also finds those drawn elsewhere by mistake."""
        return [e for e in super().get_boundary_events(attached_to_ref) if e.getparent() is self.node]

    def _parse(self) -> None:
        self.spec = ProcessSpec(self.key, self.get_name(), self.filename)
        for element in self.node:
            if reading.is_flow_node(element):
                self.parse_node(element)
        self._connect_flows()
        self._connect_links()
        self._connect_ends()
        self._arm_event_sub_processes()
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

    def _connect_links(self) -> None:
        targets = {reading.link_of(n): n for n in self.node if reading.kind_of(n) == "intermediateCatchEvent"}
        for element in self.node:
            if reading.kind_of(element) == "intermediateThrowEvent" and reading.link_of(element) is not None:
                target = targets[reading.link_of(element)]
                self.spec.task_specs[element.get("id")].leads_to(self.spec.task_specs[target.get("id")])

    def _arm_event_sub_processes(self) -> None:
        for element in self.node:
            if reading.is_event_sub_process(element):
                start = element.find(f"{reading.BPMN}startEvent")
                parser = node_parsing.BeginParser(self, catching.Begin, start, self.nsmap)
                armed = parser.arm(f"{element.get('id')}#armed")
                armed.host = element.get("id")
                self.spec.task_specs[element.get("id")].by_event = True
                armed.leads_to(self.spec.task_specs[element.get("id")])
                armed._inputs.append(self.spec.start.name)
                self.spec.start.armed += (armed.name,)

    def _default_of(self, source: Any) -> str | None:
        element = self.get_node_by_id(source.bpmn_id)
        return None if element is None else element.get("default")

    def _connect_ends(self) -> None:
        for spec in list(self.spec.task_specs.values()):
            if spec.bpmn_id is not None and not spec._outputs and not spec.is_instance:
                spec.leads_to(self.spec.end)
        for element, _ in reading.starts_of(self.node):
            self.spec.start.leads_to(self.spec.task_specs[element.get("id")])

    def _entrance(self, node_id: str) -> Any:
        task_specs = self.spec.task_specs
        return task_specs.get(node_parsing.split_name(node_id)) or task_specs[node_id]


class DrawingParser(BpmnParser):
    """The files of one drawing."""

    PROCESS_PARSER_CLASS = FlowParser
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("startEvent"): (node_parsing.BeginParser, catching.Begin),
        full_tag("endEvent"): (node_parsing.EndParser, specs.Ending),
        full_tag("userTask"): (node_parsing.NodeParser, specs.Person),
        full_tag("manualTask"): (node_parsing.NodeParser, specs.Manual),
        full_tag("task"): (node_parsing.NodeParser, specs.Plain),
        full_tag("serviceTask"): (node_parsing.ServiceParser, specs.External),
        full_tag("sendTask"): (node_parsing.SendParser, specs.Send),
        full_tag("receiveTask"): (node_parsing.ReceiveParser, catching.Receive),
        full_tag("businessRuleTask"): (node_parsing.DecisionParser, specs.Decision),
        full_tag("scriptTask"): (node_parsing.ScriptParser, specs.Script),
        full_tag("callActivity"): (node_parsing.CallParser, specs.Call),
        full_tag("subProcess"): (node_parsing.SubProcessParser, specs.SubProcess),
        full_tag("transaction"): (node_parsing.SubProcessParser, specs.SubProcess),
        full_tag("exclusiveGateway"): (node_parsing.NodeParser, specs.Exclusive),
        full_tag("parallelGateway"): (node_parsing.NodeParser, Parallel),
        full_tag("inclusiveGateway"): (node_parsing.NodeParser, Inclusive),
        full_tag("eventBasedGateway"): (node_parsing.EventGatewayParser, specs.EventGateway),
        full_tag("intermediateCatchEvent"): (node_parsing.CatchParser, catching.Catch),
        full_tag("intermediateThrowEvent"): (node_parsing.ThrowParser, specs.Throw),
        full_tag("boundaryEvent"): (node_parsing.BorderParser, catching.Boundary),
    }

    def __init__(self, drawn: Mapping[tuple[str, str], Node]) -> None:
        super().__init__()
        self.drawn = drawn

    def add_bpmn_xml(self, bpmn: Any, filename: str | None = None) -> None:
        """Read processes and names; upstream also wants an implementation of each data store."""
        self._add_processes(bpmn, filename)
        self._add_messages(bpmn)
        self._add_signals(bpmn)
        self._add_errors(bpmn)
        self._add_escalations(bpmn)


def build_specs(
    documents: Sequence[Any], process_id: str, drawn: Mapping[tuple[str, str], Node]
) -> dict[str, ProcessSpec]:
    """The specs of a process and of all it calls, by process id."""
    parser = DrawingParser(drawn)
    try:
        for document in documents:
            parser.add_bpmn_xml(document)
        return {process_id: parser.get_spec(process_id), **parser.get_subprocess_specs(process_id)}
    except ValidationException as error:
        finding = Finding(error.id or process_id, error.name or "", "not_parsed", str(error), "流程图无法解析")
        raise DrawingRefused([finding]) from error
