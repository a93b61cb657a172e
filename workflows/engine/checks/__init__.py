"""Refuse at parse, by element, whatever would not run: never let a running case find out."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from workflows.engine.errors import Finding
from workflows.engine.nodes.timers import StartTimer
from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN, Element, kind_of, text_of
from workflows.engine.written.rhythms import MANNERS

from .elements import check_elements, check_roots, global_tasks
from .flows import check_ways
from .nodes import check_node
from .rising import check_rising
from .sayings import check_expression
from .scene import Scene

NAMED = ("message", "signal", "error", "escalation")


def reachable(documents: Sequence[Element], process_id: str) -> dict[str, Element]:
    """The processes that can be reached by calls, the first one first."""
    known: dict[str, Element] = {}
    for process in (p for document in documents for p in document.iter(f"{BPMN}process")):
        if known.setdefault(process.get("id") or "", process) is not process:
            raise reading.refused(process.get("id") or "", "id", "two processes bear this id", "有两个流程使用同一编号")
    if process_id not in known:
        raise reading.refused(process_id, "unknown_process", "there is no such process", "找不到此流程")
    found: dict[str, Element] = {}
    todo = [process_id]
    while todo:
        name = todo.pop(0)
        if name in known and name not in found:
            found[name] = known[name]
            todo.extend(reading.called(c) or "" for c in known[name].iter(f"{BPMN}callActivity"))
    return found


def check(
    documents: Sequence[Element],
    processes: Mapping[str, Element],
    decisions: AbstractSet[str],
    instant: AbstractSet[str] = frozenset(),
) -> Iterator[Finding]:
    """Say everything that would not run."""
    yield from (_finding(*said) for document in documents for said in check_roots(document))
    yield from _check_named(documents)
    for process in processes.values():
        yield from _check_process(documents, process, processes, decisions)
    yield from check_ways(processes, instant)
    yield from check_rising(documents, processes)


def message_names(documents: Sequence[Element], processes: Mapping[str, Element]) -> tuple[str, ...]:
    """The names of the messages a drawing waits for or sends."""
    names = _names(documents, "message")
    used = {names.get(r, "") for p in processes.values() for e in p.iter() if (r := e.get("messageRef"))}
    return tuple(sorted(used - {""}))


def start_events(documents: Sequence[Element], process: Element) -> dict[str | None, str]:
    """Where a process begins: the plain start under None, or else the first; others under their message."""
    names = _names(documents, "message")
    starts: dict[str | None, str] = {}
    for element, message in reading.starts_of(process):
        starts.setdefault(None if message is None else names.get(message), element.get("id") or "")
    return starts


def start_timers(process: Element) -> Iterator[StartTimer]:
    """The timers by which a process begins of itself."""
    for event in process.findall(f"{BPMN}startEvent"):
        for time in event.findall(f"{BPMN}timerEventDefinition/*"):
            if (manner := MANNERS.get(kind_of(time))) is not None:
                rule = reading.properties_of(event).get("catch_up", "each")
                yield StartTimer(event.get("id") or "", text_of(time), manner, rule)


def _named(documents: Sequence[Element], kind: str) -> Iterator[Element]:
    for document in documents:
        yield from document.iter(f"{BPMN}{kind}")


def _names(documents: Sequence[Element], kind: str) -> dict[str, str]:
    return {e.get("id") or "": reading.name_of(e) for e in _named(documents, kind)}


def _check_named(documents: Sequence[Element]) -> Iterator[Finding]:
    for kind in NAMED:
        names = _names(documents, kind)
        for element in _named(documents, kind):
            if not element.get("id"):
                yield _finding(element, "id", f"a {kind} has no id", "消息、信号、错误或升级缺少编号")
            elif names[element.get("id") or ""] != reading.name_of(element):
                yield _finding(
                    element, "name", f"two files give the same {kind} id other names", "不同文件中同一编号的名称不一致"
                )


def _check_process(
    documents: Sequence[Element], process: Element, processes: Mapping[str, Element], decisions: AbstractSet[str]
) -> Iterator[Finding]:
    outgoing: dict[str, list[Element]] = {}
    for element, flow in reading.flows_of(process):
        outgoing.setdefault(flow.source, []).append(element)
    nodes = [node for _, node in reading.nodes_of(process)]
    kinds, labels = {node.id: node.kind for node in nodes}, {node.id: node.name for node in nodes}
    names = {kind: _names(documents, kind) for kind in NAMED}
    scene = Scene(processes, decisions, names, outgoing, kinds, global_tasks(documents), labels)
    if process.get("isExecutable") == "false":
        yield _finding(process, "not_executable", "the process is marked as not executable", "流程标记为不可执行")
    yield from (_finding(*said) for said in check_elements(process))
    yield from _check_ids(process)
    yield from _check_lanes(process)
    for scope in reading.scopes(process):
        yield from _check_starts(scope, names["message"])
        yield from _check_flows(scope)
    for element, _ in reading.nodes_of(process):
        for said in check_node(element, scene):
            yield _finding(element, *said)


def _check_starts(scope: Element, messages: Mapping[str, str]) -> Iterator[Finding]:
    if kind_of(scope) == "adHocSubProcess":
        return
    starts = reading.starts_of(scope)
    if not starts:
        yield _finding(scope, "start_events", "it has no start event", "缺少开始事件")
    if reading.is_event_sub_process(scope):
        return
    seen: set[str | None] = set()
    for element, message in starts:
        name = None if message is None else messages.get(message)
        if name in seen and not (message is None and reading.definitions_of(element)):
            yield _finding(element, "start_events", "there is another start event already", "存在多个相同的开始事件")
        seen.add(name)


def _check_ids(process: Element) -> Iterator[Finding]:
    seen: set[str] = set()
    for element in [*(e for e, _ in reading.nodes_of(process)), *(e for e, _ in reading.flows_of(process))]:
        identity = element.get("id") or ""
        if not identity or "#" in identity or identity in seen:
            yield _finding(element, "id", "its id is missing or used twice", "编号缺失或重复")
        seen.add(identity)


def _check_lanes(process: Element) -> Iterator[Finding]:
    drawn = {child.get("id") for scope in reading.scopes(process) for child in scope}
    for lane in process.iter(f"{BPMN}lane"):
        for name in (text_of(reference) for reference in lane.findall(f"{BPMN}flowNodeRef")):
            if name not in drawn:
                said = f"the lane holds {name!r}, and the process has no such element"
                yield replace(_finding(lane, "no_member", said, f"泳道所含的“{name}”不在本流程中"), severity="warning")


def _check_flows(scope: Element) -> Iterator[Finding]:
    here = {child.get("id") for child in scope if reading.is_flow_node(child)}
    for flow in scope.findall(f"{BPMN}sequenceFlow"):
        if flow.get("sourceRef") not in here or flow.get("targetRef") not in here:
            yield _finding(flow, "flow_ends", "the flow leaves or enters its process", "连线的起点或终点不在本流程内")
        condition = flow.find(f"{BPMN}conditionExpression")
        for said in check_expression(condition, "condition", "条件"):
            yield _finding(flow, *said)


def _finding(element: Element, code: str, message_en: str, message_zh: str) -> Finding:
    return Finding(element.get("id") or "", reading.name_of(element), code, message_en, message_zh)
