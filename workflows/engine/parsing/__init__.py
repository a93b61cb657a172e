"""SpiffWorkflow's parser for this dialect: all nodes first, then all flows, in the order of the file."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from workflows.engine.errors import DrawingRefused, Finding
from workflows.engine.nodes import catching, specs
from workflows.engine.nodes.joins import Inclusive, Parallel
from workflows.engine.nodes.processes import Passage, ProcessSpec
from workflows.engine.outcome import Node
from workflows.engine.written import reading
from workflows.engine.written.expressions import compiled

from . import nodes


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
                parser = nodes.BeginParser(self, catching.Begin, start, self.nsmap)
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
        return task_specs.get(nodes.split_name(node_id)) or task_specs[node_id]


class DrawingParser(BpmnParser):
    """The files of one drawing."""

    PROCESS_PARSER_CLASS = FlowParser
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("startEvent"): (nodes.BeginParser, catching.Begin),
        full_tag("endEvent"): (nodes.EndParser, specs.Ending),
        full_tag("userTask"): (nodes.NodeParser, specs.Person),
        full_tag("manualTask"): (nodes.NodeParser, specs.Manual),
        full_tag("task"): (nodes.NodeParser, specs.Plain),
        full_tag("serviceTask"): (nodes.ServiceParser, specs.External),
        full_tag("sendTask"): (nodes.SendParser, specs.Send),
        full_tag("receiveTask"): (nodes.ReceiveParser, catching.Receive),
        full_tag("businessRuleTask"): (nodes.DecisionParser, specs.Decision),
        full_tag("scriptTask"): (nodes.ScriptParser, specs.Script),
        full_tag("callActivity"): (nodes.CallParser, specs.Call),
        full_tag("subProcess"): (nodes.SubProcessParser, specs.SubProcess),
        full_tag("transaction"): (nodes.SubProcessParser, specs.SubProcess),
        full_tag("exclusiveGateway"): (nodes.NodeParser, specs.Exclusive),
        full_tag("parallelGateway"): (nodes.NodeParser, Parallel),
        full_tag("inclusiveGateway"): (nodes.NodeParser, Inclusive),
        full_tag("eventBasedGateway"): (nodes.EventGatewayParser, specs.EventGateway),
        full_tag("intermediateCatchEvent"): (nodes.CatchParser, catching.Catch),
        full_tag("intermediateThrowEvent"): (nodes.ThrowParser, specs.Throw),
        full_tag("boundaryEvent"): (nodes.BorderParser, catching.Boundary),
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
