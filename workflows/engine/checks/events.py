"""What an event must bring to be able to happen."""

import re

from workflows.engine.nodes.timers import CATCH_UP, is_hasty, makes_sense
from workflows.engine.written import coverage, reading
from workflows.engine.written.reading import BPMN, Element, kind_of, text_of
from workflows.engine.written.rhythms import MANNERS

from .scene import Scene
from .sayings import Say, check_feel

EXAMPLES = {
    "timeDate": "2026-03-31, 2026-03-31T09:00",
    "timeDuration": "P7D, PT24H",
    "timeCycle": "R3/P1D, R/2026-01-01T09:00/P1M, 0 0 9 ? * MON-FRI",
}
CONSTANT = re.compile(r'=\s*"([^"\\]*)"\s*')   # an expression that is but a text says a time, or nothing
PLACES = {"endEvent": "end", "intermediateThrowEvent": "throw", "intermediateCatchEvent": "catch"}


def check_event(element: Element, scene: Scene) -> Say:
    """Say everything about one event that would not happen."""
    position, kind = position_of(element), kind_of_event(element)
    entry = coverage.event(position, kind)
    if entry.answer != "runs":
        yield "not_supported", entry.en, entry.zh
    for definition in reading.definitions_of(element):
        yield from _check_definition(definition, element, scene)
    if kind_of(element) == "boundaryEvent" and not _has_host(element):
        yield "no_host", "it is attached to no activity beside it", "边界事件未附着在同一层的任务上"
    if kind == "cancel" and not _is_in_transaction(element):
        yield "no_transaction", "only a transaction can be cancelled", "取消事件只能用于事务子流程"
    yield from _check_catch_up(element, position)


def position_of(event: Element) -> str:
    """Where an event stands, in the words of the coverage table."""
    kind, scope = kind_of(event), event.getparent()
    if kind == "boundaryEvent":
        return "boundary_beside" if event.get("cancelActivity") == "false" else "boundary"
    if kind != "startEvent":
        return PLACES[kind]
    if reading.is_event_sub_process(scope):
        return "event_start_beside" if event.get("isInterrupting") == "false" else "event_start"
    return "start" if scope is not None and kind_of(scope) == "process" else "inner_start"


def kind_of_event(event: Element) -> str:
    """What an event is about, in the words of the coverage table."""
    kinds = [kind_of(definition).removesuffix("EventDefinition") for definition in reading.definitions_of(event)]
    if len(kinds) > 1:
        return "parallel_multiple" if event.get("parallelMultiple") == "true" else "multiple"
    return kinds[0] if kinds else "none"


def _has_host(element: Element) -> bool:
    host = reading.host_of(element)
    return host is not None and coverage.is_activity(kind_of(host)) and not reading.is_event_sub_process(host)


def _is_in_transaction(event: Element) -> bool:
    place = reading.host_of(event) if kind_of(event) == "boundaryEvent" else event.getparent()
    return place is not None and kind_of(place) == "transaction"


def _check_definition(definition: Element, element: Element, scene: Scene) -> Say:
    kind = kind_of(definition).removesuffix("EventDefinition")
    unnamed = kind in ("message", "signal") and not scene.names[kind].get(definition.get(f"{kind}Ref") or "")
    if unnamed and reading.topic_of(element) is None:
        yield "unnamed", f"it names no {kind}", "未指定消息或信号"
    if kind in ("error", "escalation") and (ref := definition.get(f"{kind}Ref")) and ref not in scene.names[kind]:
        yield "unknown_name", f"the {kind} {ref!r} is unknown", "找不到所引用的错误或升级"
    if kind == "timer":
        yield from _check_timer(definition, begins_case=position_of(element) == "start")
    if kind == "conditional":
        yield from check_feel(text_of(definition.find(f"{BPMN}condition")), "condition", "条件")
    if kind == "link":
        yield from _check_link(element)


def _check_link(element: Element) -> Say:
    parent = element.getparent()
    catching = [] if parent is None else parent.findall(f"{BPMN}intermediateCatchEvent")
    if [reading.link_of(c) for c in catching].count(reading.link_of(element)) != 1:
        yield "link", "the link has no target, or several", "链接事件没有对应的目标，或有多个目标"


def _check_timer(definition: Element, begins_case: bool) -> Say:
    times = [c for c in definition if kind_of(c) in MANNERS]
    if len(times) != 1:
        yield "timer", "the timer has no time, or several", "定时器未设置时间"
        return
    text, kind = text_of(times[0]), kind_of(times[0])
    if text.startswith("=") and begins_case:
        yield "timer", "a timer that begins a case cannot ask its facts", "启动流程的定时器不能使用表达式"
        return
    if constant := CONSTANT.fullmatch(text):
        text = constant[1]
    if text.startswith("="):
        yield from check_feel(text, "timer", "定时器")
    elif not makes_sense(text, MANNERS[kind]):
        yield (
            "timer",
            f"the timer's time {text!r} makes no sense; write it like {EXAMPLES[kind]}",
            f"定时器时间“{text}”无法识别，请参照：{EXAMPLES[kind]}",
        )
    elif is_hasty(text, MANNERS[kind]):
        said = f"the rounds of {text!r} are less than a minute apart"
        yield "timer", said, f"循环定时器“{text}”的间隔不足一分钟"


def _check_catch_up(element: Element, position: str) -> Say:
    rule = reading.properties_of(element).get("catch_up")
    if rule is None:
        return
    if rule not in CATCH_UP:
        yield (
            "catch_up",
            f"catch_up is each, once or skip, not {rule!r}",
            f"补办规则只能是 each、once 或 skip，不能是“{rule}”",
        )
    cycles = element.find(f"{BPMN}timerEventDefinition/{BPMN}timeCycle")
    if cycles is None or position not in ("start", "boundary_beside", "event_start_beside"):
        yield "catch_up", "catch_up is for timers with several rounds", "只有多次触发的定时器才能设置补办规则"
