"""Loops, and calls of oneself, in which nobody and nothing waits: they would never stop."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN, Element, kind_of, text_of
from workflows.engine.written.rhythms import read_moment, read_span

from .events import kind_of_event
from .graph import Graph, circles, graph_of

WAITING = {"task", "userTask", "manualTask", "receiveTask", "serviceTask"}
RAISED = {"none", "link", "error", "escalation", "cancel"}
NAMED_MAX = 5
Said = tuple[Element, str, str, str]


class Haste:
    """How far a drawing's tokens run without anybody: asked for each process once.

    At worst lists are empty, conditions true and moments past already. The topics in `instant` are done at once.
    """

    def __init__(
        self, processes: Mapping[str, Element], instant: AbstractSet[str] = frozenset(), at_worst: bool = False
    ) -> None:
        self.processes, self.instant, self.at_worst = processes, instant, at_worst
        self._passes: dict[int, bool] = {}

    def waits(self, node: Element) -> bool:
        """Whether a token stands still at a node, whatever way it takes through it."""
        kind, topic = kind_of(node), reading.topic_of(node)
        if self.at_worst and (_is_passed_over(node) or _has_come(node)):
            return False
        if topic is not None or kind in WAITING:
            return topic not in self.instant
        if kind in ("intermediateCatchEvent", "boundaryEvent"):
            return kind_of_event(node) not in RAISED
        inside = self.inside(node)
        return inside is not None and not self.passes(inside)

    def inside(self, node: Element) -> Element | None:
        """The process a node runs inside."""
        if kind_of(node) == "callActivity":
            return self.processes.get(reading.called(node) or "")
        return node if kind_of(node) in reading.INNER else None

    def passes(self, scope: Element) -> bool:
        """Whether a token may come through a process without standing still."""
        if id(scope) not in self._passes:
            self._passes[id(scope)] = False
            graph = graph_of(scope)
            self._passes[id(scope)] = any(
                not graph.leaving[name] for name in self.at_once(graph) if not self._stays(graph, name)
            )
        return self._passes[id(scope)]

    def at_once(self, graph: Graph) -> set[str]:
        """The nodes a token comes to before it first stands still, the waiting ones included."""
        found: set[str] = set()
        todo = list(graph.starts)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(() if self._stays(graph, name) else (way.target for way in graph.leaving[name]))
        return found

    def _stays(self, graph: Graph, name: str) -> bool:
        return self.waits(graph.nodes[name])

    @cached_property
    def calls(self) -> dict[str, list[tuple[str, Element]]]:
        """For each process the processes it calls before it first stands still."""
        return {name: list(self._calls_of(process)) for name, process in self.processes.items()}

    def _calls_of(self, scope: Element) -> Iterator[tuple[str, Element]]:
        graph = graph_of(scope)
        for node in (graph.nodes[name] for name in self.at_once(graph)):
            if kind_of(node) == "callActivity" and reading.called(node) in self.processes:
                yield reading.called(node) or "", node
            elif kind_of(node) in reading.INNER:
                yield from self._calls_of(node)


def _is_passed_over(node: Element) -> bool:
    """Whether an activity may be repeated no time at all: over a list that may be empty, or asking first."""
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    items = "" if loop is None else reading.collection_of(loop).removeprefix("=").strip()
    asks = node.find(f"{BPMN}standardLoopCharacteristics")
    first = asks is not None and asks.get("testBefore") == "true"
    return first or (loop is not None and not (items.isdigit() and int(items)))


def _has_come(node: Element) -> bool:
    """Whether what an event waits for may have come when it is reached, each time anew."""
    if kind_of(node) != "intermediateCatchEvent":
        return False
    length = node.find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    moment = node.find(f"{BPMN}timerEventDefinition/{BPMN}timeDate")
    span = None if length is None else read_span(text_of(length))
    at_once = span is not None and not (span.months or span.seconds)
    return at_once or read_moment(text_of(moment)) is not None or kind_of_event(node) == "conditional"


def check_loops(graph: Graph, haste: Haste, worst: Haste) -> Iterator[Said]:
    """Say which loops run without anybody or anything to wait for, for certain or at worst."""
    found: list[set[str]] = []
    for circle, said in _circles(graph, haste):
        found.append(circle)
        yield said
    for circle, (node, _, _, _) in _circles(graph, worst):
        if not any(circle >= known for known in found):
            label = reading.name_of(node) or node.get("id")
            en = f"in the loop through {label!r} it may be that nobody is waited for: a list may be empty, a time be past"
            zh = f"经过“{label}”的循环可能不经任何人工办理就反复进行（名单为空、条件已成立或时间已过）"
            yield node, "loop_may_not_wait", en, zh
    yield from _check_repeated(graph, haste)


def _circles(graph: Graph, haste: Haste) -> Iterator[tuple[set[str], Said]]:
    quick = {name for name in graph.nodes if name in graph.begun and not haste.waits(graph.nodes[name])}
    leaving = {name: [way.target for way in graph.leaving[name] if way.target in quick] for name in quick}
    for circle in circles([name for name in graph.nodes if name in quick], leaving):
        inside = [name for name in graph.nodes if name in circle]
        names = [graph.label(name) for name in inside][:NAMED_MAX]
        yield circle, (
            graph.nodes[inside[0]],
            "unbounded_loop",
            f"in the loop through {', '.join(map(repr, names))} nobody and nothing is waited for: it may never stop",
            f"循环“{'”、“'.join(names)}”中没有任何人工办理或等待环节，可能永远停不下来",
        )


def _check_repeated(graph: Graph, haste: Haste) -> Iterator[Said]:
    for name in (n for n in graph.nodes if n in graph.begun and not haste.waits(graph.nodes[n])):
        loop = graph.nodes[name].find(f"{BPMN}standardLoopCharacteristics")
        if loop is not None and loop.get("loopMaximum") is None:
            said = f"{graph.label(name)!r} repeats itself without anybody and without a maximum: it may never stop"
            zh = f"“{graph.label(name)}”自动重复且没有次数上限，可能永远停不下来"
            yield graph.nodes[name], "unbounded_loop", said, zh


def check_calls(haste: Haste) -> Iterator[Said]:
    """Say which calls lead back into their own process before anybody is waited for."""
    called = {name: [target for target, _ in calls] for name, calls in haste.calls.items()}
    for circle in circles(called, called):
        for name in sorted(circle):
            for target, call in haste.calls[name]:
                if target in circle:
                    label = reading.name_of(haste.processes[name]) or name
                    said = f"the process {label!r} calls itself again before anybody is waited for: it would never stop"
                    yield call, "endless_call", said, f"流程“{label}”在没有任何等待的情况下又调用自己，永远停不下来"
