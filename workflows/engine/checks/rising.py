"""What is thrown in a drawing and heard by nobody, and what waits for something that nothing throws."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from workflows.engine.errors import Finding
from workflows.engine.written import coverage, reading
from workflows.engine.written.reading import BPMN, Element, kind_of

from .events import kind_of_event, position_of

RISING = {"error", "escalation", "cancel"}
KINDS = {"error": ("error", "错误"), "escalation": ("escalation", "升级"), "cancel": ("cancellation", "取消"),
         "signal": ("signal", "信号"), "message": ("message", "消息")}
THROWN_AT, WARNINGS = {"throw", "end"}, {"unheard", "never_thrown"}
Said = tuple[Element, str, str, str]


class Event(NamedTuple):
    """What is thrown or caught at an element; an empty `name` catches any."""

    element: Element
    kind: str
    name: str
    thrown: bool


class Air:
    """All that is thrown and caught in a process and in what it calls."""

    def __init__(self, documents: Sequence[Element], processes: Mapping[str, Element]) -> None:
        self.processes = processes
        self.named = {(kind, e.get("id")): (e.get(f"{kind}Code") if kind in RISING else reading.name_of(e)) or ""
                      for document in documents for kind in KINDS for e in document.iter(f"{BPMN}{kind}")}
        self.calls: dict[str, list[Element]] = {}
        for call in (c for process in processes.values() for c in process.iter(f"{BPMN}callActivity")):
            self.calls.setdefault(reading.called(call) or "", []).append(call)
        self.events = [event for process in processes.values() for event in self.inside(process)]

    def inside(self, scope: Element) -> Iterator[Event]:
        """What is thrown and caught in a scope and in all it holds."""
        for element in scope.iter(f"{BPMN}*"):
            if kind_of(element) in ("sendTask", "receiveTask"):
                yield from self._said(element, element, "message", kind_of(element) == "sendTask")
            elif kind_of(element).endswith("Event"):
                for definition in reading.definitions_of(element):
                    kind = kind_of(definition).removesuffix("EventDefinition")
                    if kind in KINDS:
                        yield from self._said(element, definition, kind, position_of(element) in THROWN_AT)

    def _said(self, element: Element, holder: Element, kind: str, thrown: bool) -> Iterator[Event]:
        if not (thrown and reading.topic_of(element)):  # what has a topic leaves the case
            yield Event(element, kind, self.named.get((kind, holder.get(f"{kind}Ref")), ""), thrown)

    # ---- what rises --------------------------------------------------------------------------------------------

    def is_caught(self, event: Event) -> bool:
        """Whether something takes over wherever the element's process is run."""
        scope = event.element.getparent()
        return scope is not None and self._rises(scope, None, event, frozenset())

    def _rises(self, scope: Element, below: Element | None, event: Event, seen: frozenset[str]) -> bool:
        for inner in scope.findall(f"{BPMN}subProcess"):
            start = inner.find(f"{BPMN}startEvent") if reading.is_event_sub_process(inner) and inner is not below else None
            if start is not None and self._takes(start, event):
                return True
        if kind_of(scope) != "process":
            return self._on_border(scope, event, seen)
        name = scope.get("id") or ""
        if name in seen:
            return True
        is_first = scope is next(iter(self.processes.values()))
        return not is_first and all(self._on_border(call, event, seen | {name}) for call in self.calls.get(name, ()))

    def _on_border(self, activity: Element, event: Event, seen: frozenset[str]) -> bool:
        around = activity.getparent()
        if around is None:
            return False
        borders = (e for e in around.findall(f"{BPMN}boundaryEvent") if e.get("attachedToRef") == activity.get("id"))
        return any(self._takes(border, event) for border in borders) or self._rises(around, activity, event, seen)

    def _takes(self, catcher: Element, event: Event) -> bool:
        """Whether a catching event is about what was thrown."""
        return any(caught.kind == event.kind and caught.name in ("", event.name) for caught in self.inside(catcher))

    def can_come(self, caught: Event, host: Element, seen: frozenset[str] = frozenset()) -> bool:
        """Whether anything within an activity may throw what its border catches; a machine's work may fail with any code."""
        if any(e.thrown and e.kind == caught.kind and caught.name in ("", e.name) for e in self.inside(host)):
            return True
        if caught.kind == "error" and any(map(_may_fail, host.iter(f"{BPMN}*"))):
            return True
        called = {reading.called(call) or "" for call in host.iter(f"{BPMN}callActivity")} - seen
        return any(self.can_come(caught, self.processes[name], seen | called) for name in called if name in self.processes)


def _may_fail(element: Element) -> bool:
    return coverage.is_activity(kind_of(element)) and bool(reading.topic_of(element) or reading.properties_of(element).get("effect"))


def check_rising(documents: Sequence[Element], processes: Mapping[str, Element]) -> Iterator[Finding]:
    """Say what nobody hears, and what never comes."""
    for element, code, en, zh in _say(Air(documents, processes)):
        severity: Literal["error", "warning"] = "warning" if code in WARNINGS else "error"
        yield Finding(element.get("id") or "", reading.name_of(element), code, en, zh, severity)


def _say(air: Air) -> Iterator[Said]:
    for event in air.events:
        if event.kind in RISING:
            yield from _thrown(air, event) if event.thrown else _caught(air, event)
        elif not any(other.thrown != event.thrown and (other.kind, other.name) == (event.kind, event.name) for other in air.events):
            yield from _alone(event)


def _thrown(air: Air, event: Event) -> Iterator[Said]:
    (en, zh), scope = KINDS[event.kind], event.element.getparent()
    if air.is_caught(event) or (event.kind == "cancel" and (scope is None or kind_of(scope) != "transaction")):
        return      # outside a transaction it is refused anyway
    what_en, what_zh = f"the {en} {event.name!r}" if event.name else f"its {en}", f"{zh}“{event.name}”" if event.name else zh
    if event.kind == "escalation":
        yield event.element, "unheard", f"nothing around it catches {what_en}", f"外层没有任何环节捕捉此处的{what_zh}"
    elif event.kind == "error" and scope is next(iter(air.processes.values())):
        said = f"nothing catches {what_en}: it is but a plain end; to stop what else is under way, draw a terminate end"
        yield event.element, "unheard", said, f"没有任何环节捕捉{what_zh}，与普通结束无异；如要停止其他环节，请改用终止结束"
    else:
        said = f"nothing catches {what_en}: the case would go on as if all were well; draw an {en} event on the border around it"
        yield event.element, "uncaught", said, f"没有任何环节捕捉{what_zh}，办件会当作正常完成继续；请在外层边界画上{zh}事件"


def _caught(air: Air, event: Event) -> Iterator[Said]:
    element = event.element
    place = reading.host_of(element) if kind_of(element) == "boundaryEvent" else _around(element)
    if place is None or air.can_come(event, place):
        return
    en, zh = KINDS[event.kind]
    name_en, name_zh = (f" {event.name!r}", f"“{event.name}”") if event.name else ("", "")
    said = f"nothing in it throws the {en}{name_en} that is waited for here: what follows is never done"
    yield element, "never_thrown", said, f"其中没有任何环节会抛出此处等待的{zh}{name_zh}，后续环节永远不会执行"


def _around(start: Element) -> Element | None:
    """What an event sub-process listens to: the scope it stands in."""
    inner = start.getparent()
    return None if inner is None else inner.getparent()


def _alone(event: Event) -> Iterator[Said]:
    """A signal stays in its case; a message without a topic too, but one that is waited for may come from outside."""
    (en, zh), name = KINDS[event.kind], event.name
    if not name or (event.kind == "message" and not event.thrown):
        return
    if event.thrown:
        said = f"nothing in this case waits for the {en} {name!r}"
        yield event.element, "unheard", said, f"本办件中没有任何环节等待{zh}“{name}”"
    elif kind_of_event(event.element) == "signal" and position_of(event.element) == "catch" and not _races(event.element):
        said = f"nothing in this case throws the signal {name!r}: it would be waited for for ever"
        yield event.element, "never_comes", said, f"本办件中没有任何环节发出信号“{name}”，办件会一直等下去"
    else:
        said = f"nothing in this case throws the signal {name!r}: what follows is never done"
        yield event.element, "never_thrown", said, f"本办件中没有任何环节发出信号“{name}”，后续环节永远不会执行"


def _races(event: Element) -> bool:
    """Whether an event stands behind an event gateway, where another may come first."""
    scope = event.getparent()
    sources = set() if scope is None else {
        flow.get("sourceRef") for flow in scope.findall(f"{BPMN}sequenceFlow") if flow.get("targetRef") == event.get("id")}
    return scope is not None and any(gate.get("id") in sources for gate in scope.findall(f"{BPMN}eventBasedGateway"))
