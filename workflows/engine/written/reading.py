"""Read the files of a drawing as XML that can do no harm, and the nodes as their author drew them."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from workflows.engine.errors import DrawingRefused, Finding
from workflows.engine.outcome import Flow, Node

FILE_BYTES_MAX = 2 * 1024 * 1024
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
SEND, THROWING = "send_message", ("sendTask", "intermediateThrowEvent", "endEvent")
INNER = ("subProcess", "transaction", "adHocSubProcess")
Element = etree._Element


def read_xml(name: str, content: bytes) -> Element:
    """Parse one file; a document type, an entity or too large a file is refused."""
    if len(content) > FILE_BYTES_MAX:
        raise refused(name, "too_large", "the file is larger than 2 MB", "文件超过 2 MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise refused(name, "not_xml", f"the file is not well-formed XML (line {line})", f"文件不是格式正确的 XML（第 {line} 行）") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise refused(name, "doctype", "a document type declaration is not allowed", "文件中不允许出现 DOCTYPE 声明")
    return root


def refused(place: str, code: str, message_en: str, message_zh: str) -> DrawingRefused:
    """A refusal of a whole file."""
    return DrawingRefused([Finding(place, "", code, message_en, message_zh)])


def kind_of(element: Element) -> str:
    """A BPMN element's name without its namespace; empty for elements of other namespaces."""
    tag = str(element.tag)
    return tag.removeprefix(BPMN) if tag.startswith(BPMN) else ""


def camunda(element: Element, name: str) -> str | None:
    """A camunda attribute's value; None when it is missing or blank."""
    value = (element.get(CAMUNDA + name) or "").strip()
    return value or None


def name_of(element: Element) -> str:
    """An element's name on one line."""
    return " ".join((element.get("name") or "").split())


def text_of(element: Element | None) -> str:
    """An element's text, trimmed."""
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def is_event_sub_process(element: Element | None) -> bool:
    """Whether an element is a sub-process that an event begins."""
    return element is not None and kind_of(element) == "subProcess" and element.get("triggeredByEvent") == "true"


def link_of(event: Element) -> str | None:
    """The name of the link an event throws or catches."""
    link = event.find(f"{BPMN}linkEventDefinition")
    return None if link is None else name_of(link)


def definitions_of(event: Element) -> list[Element]:
    """The event definitions inside an event."""
    return [child for child in event if kind_of(child).endswith("EventDefinition")]


def host_of(event: Element) -> Element | None:
    """The node a boundary event is attached to, on the same level."""
    scope, host = event.getparent(), event.get("attachedToRef")
    return None if scope is None else next((child for child in scope if host and child.get("id") == host), None)


def starts_of(scope: Element) -> list[tuple[Element, str | None]]:
    """Where a process or sub-process can begin, and the message that begins it there; plain starts come first."""
    starts = [(event, _message_of(event)) for event in scope.findall(f"{BPMN}startEvent")]
    if kind_of(scope) == "process":
        for node in scope:
            if node.get("instantiate") == "true":
                starts += [(event, _message_of(event)) for event in begun_by(node)]
    return sorted(starts, key=lambda start: (start[1] is not None, bool(definitions_of(start[0]))))


def begun_by(node: Element) -> list[Element]:
    """The message events that begin a case: a receive task itself, or what follows an event gateway."""
    if kind_of(node) == "receiveTask":
        return [node]
    scope = node.getparent()
    if kind_of(node) != "eventBasedGateway" or scope is None:
        return []
    flows = [flow for flow in scope.findall(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == node.get("id")]
    targets = {flow.get("targetRef") for flow in flows}
    return [child for child in scope if child.get("id") in targets and _message_of(child) is not None]


def _message_of(event: Element) -> str | None:
    definition = event.find(f"{BPMN}messageEventDefinition")
    return event.get("messageRef") if definition is None else definition.get("messageRef") or ""


def results_of(loop: Element) -> str | None:
    """The fact in which the results of all instances are gathered."""
    return text_of(loop.find(f"{BPMN}loopDataOutputRef")) or None


def result_of(loop: Element) -> str | None:
    """The fact in which each instance leaves its result."""
    item = loop.find(f"{BPMN}outputDataItem")
    return None if item is None else item.get("name") or item.get("id")


def collection_of(loop: Element) -> str:
    """What a multi-instance activity goes through: a collection, or how many times."""
    written = camunda(loop, "collection") or text_of(loop.find(f"{BPMN}loopDataInputRef"))
    return written or text_of(loop.find(f"{BPMN}loopCardinality"))


def element_variable_of(loop: Element) -> str | None:
    """The name by which each instance sees its element."""
    item = loop.find(f"{BPMN}inputDataItem")
    return camunda(loop, "elementVariable") or (None if item is None else item.get("name") or item.get("id"))


def called(element: Element) -> str | None:
    """The process a call activity calls."""
    return (element.get("calledElement") or "").strip() or None


def scopes(process: Element) -> Iterator[Element]:
    """A process and the sub-processes embedded in it."""
    yield process
    for child in process:
        if kind_of(child) in INNER:
            yield from scopes(child)


def nodes_of(process: Element) -> Iterator[tuple[Element, Node]]:
    """The flow nodes of a process and of what is embedded in it."""
    lanes = _lanes(process)
    for scope in scopes(process):
        inherited = lanes.get(scope.get("id") or "")
        for child in scope:
            if is_flow_node(child):
                lane = lanes.setdefault(child.get("id") or "", inherited)
                yield child, _node(child, lane, process.get("id") or "")


def is_flow_node(element: Element) -> bool:
    """Whether an element is an activity, an event or a gateway."""
    kind = kind_of(element)
    return kind in {"task", "callActivity", *INNER} or kind.endswith(("Task", "Event", "Gateway"))


def flows_of(process: Element) -> Iterator[tuple[Element, Flow]]:
    """The sequence flows of a process and of what is embedded in it."""
    for scope in scopes(process):
        for child in scope:
            if kind_of(child) == "sequenceFlow":
                ends = child.get("sourceRef") or "", child.get("targetRef") or ""
                yield child, Flow(child.get("id") or "", name_of(child), *ends, process.get("id") or "")


def _node(element: Element, lane: str | None, process: str) -> Node:
    groups = (camunda(element, "candidateGroups") or "").split(",")
    return Node(
        id=element.get("id") or "",
        name=name_of(element),
        kind=kind_of(element),
        lane=lane,
        candidate_groups=tuple(group.strip() for group in groups if group.strip()),
        form_key=camunda(element, "formKey"),
        topic=topic_of(element),
        properties=properties_of(element),
        process=process,
        message=message_of(element),
        each=_each(element),
    )


def _each(element: Element) -> str | None:
    loop = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    return None if loop is None else element_variable_of(loop)


def message_of(element: Element) -> str | None:
    """The name of the message an element sends or waits for."""
    holder = element if element.get("messageRef") else element.find(f"{BPMN}messageEventDefinition")
    reference = None if holder is None else holder.get("messageRef")
    if reference is None:
        return None
    found = (m for m in element.getroottree().getroot().iter(f"{BPMN}message") if m.get("id") == reference)
    return next((name_of(message) for message in found), None)


def topic_of(element: Element) -> str | None:
    """The topic of an external job, even where it is not said that it is external; on a message event it stands at the event's definition.

    A message with a property `to` leaves the case: whoever runs the case sends it.
    """
    for place in (element, element.find(f"{BPMN}messageEventDefinition")):
        if place is not None and camunda(place, "type") in (None, "external") and (topic := camunda(place, "topic")):
            return topic
    return SEND if kind_of(element) in THROWING and "to" in properties_of(element) else None


def properties_of(element: Element) -> Mapping[str, str]:
    """The Camunda properties of an element, by name."""
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
    found = {p.get("name") or "": p.get("value") or "" for p in element.findall(path)}
    return MappingProxyType(found)


def _lanes(process: Element) -> dict[str, str | None]:
    """The innermost lane of each node; upstream takes whichever stands last in the file."""
    lanes: dict[str, str | None] = {}
    for lane in process.iter(f"{BPMN}lane"):
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            lanes[text_of(reference)] = name_of(lane) or lane.get("id")
    return lanes
