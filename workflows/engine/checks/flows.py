"""What is wrong with the ways through a drawing, before any case has gone them."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from workflows.engine.errors import Finding
from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN, Element, kind_of

from .graph import Graph, graphs_of
from .joins import check_joins
from .loops import Haste, check_calls, check_loops
from .reach import check_beginnings, check_endings

NODES_MAX = 5_000
CHOOSING = {"exclusiveGateway", "inclusiveGateway"}
WARNINGS = {"join_may_starve", "done_twice", "no_default", "twin_flows", "loop_may_not_wait", "too_tangled"}
Said = tuple[Element, str, str, str]


def check_ways(processes: Mapping[str, Element], instant: AbstractSet[str] = frozenset()) -> Iterator[Finding]:
    """Say everything found on the ways through a process and all it calls."""
    for element, code, en, zh in _say(processes, instant):
        name = reading.name_of(element)
        yield Finding(element.get("id") or "", name, code, en, zh, "warning" if code in WARNINGS else "error")


def _say(processes: Mapping[str, Element], instant: AbstractSet[str]) -> Iterator[Said]:
    graphs = [graph for process in processes.values() for graph in graphs_of(process)]
    if sum(len(graph.nodes) for graph in graphs) > NODES_MAX:
        process = next(iter(processes.values()))
        said = f"the drawing has more than {NODES_MAX} nodes; divide it into processes that call each other"
        yield process, "too_large", said, f"流程图超过 {NODES_MAX} 个节点，请拆分为若干可调用的流程"
        return
    haste, worst, calls = Haste(processes, instant), Haste(processes, instant, at_worst=True), _calls(processes)
    for graph in graphs:
        yield from check_beginnings(graph)
        yield from check_endings(graph, calls)
        yield from check_loops(graph, haste, worst)
        yield from check_joins(graph)
        yield from _check_flows(graph)
    yield from check_calls(haste)


def _calls(processes: Mapping[str, Element]) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for call in (c for process in processes.values() for c in process.iter(f"{BPMN}callActivity")):
        found.setdefault(reading.called(call) or "", []).append(call)
    return found


def _check_flows(graph: Graph) -> Iterator[Said]:
    outgoing: dict[str, list[Element]] = {}
    for flow in graph.scope.findall(f"{BPMN}sequenceFlow"):
        outgoing.setdefault(flow.get("sourceRef") or "", []).append(flow)
    for name, node in graph.nodes.items():
        yield from _check_choice(graph, node, outgoing.get(name, []))


def _check_choice(graph: Graph, node: Element, flows: list[Element]) -> Iterator[Said]:
    open_flows = [flow for flow in flows if flow.find(f"{BPMN}conditionExpression") is None]
    label = graph.label(node.get("id") or "")
    if flows and not open_flows and node.get("default") is None and kind_of(node) != "parallelGateway":
        said = f"when none of the conditions after {label!r} is true, the case cannot go on: draw a default flow"
        yield node, "no_default", said, f"“{label}”之后的条件都不成立时办件无法继续，请设置默认出线"
    targets = [flow.get("targetRef") or "" for flow in open_flows if kind_of(node) not in CHOOSING]
    for target in sorted({t for t in targets if t in graph.nodes and targets.count(t) > 1}):
        said = f"two flows lead from {label!r} to {graph.label(target)!r}: what follows is done twice"
        yield node, "twin_flows", said, f"从“{label}”到“{graph.label(target)}”有两条连线，后续环节会执行两次"
