"""What each kind of node must bring to be able to run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bpmn import feel

from . import reading
from .expressions import compiled, strangers
from .reading import BPMN, CAMUNDA, Element, camunda, kind_of, text_of
from .timers import read_schedule_text

ACTIVITIES = {
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask",
    "businessRuleTask", "scriptTask", "callActivity", "subProcess", "transaction",
}  # fmt: skip
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
EVENTS: Mapping[str, AbstractSet[str]] = {
    "startEvent": {"", "message", "timer", "signal", "conditional", "error", "escalation"},
    "endEvent": {"", "message", "signal", "terminate", "error", "escalation", "cancel"},
    "intermediateThrowEvent": {"", "message", "signal", "escalation", "link"},
    "intermediateCatchEvent": {"message", "signal", "timer", "conditional", "link"},
    "boundaryEvent": {"message", "signal", "timer", "conditional", "error", "escalation", "cancel"},
}
CODE = ("class", "delegateExpression", "expression")
LISTENERS = ("executionListener", "taskListener", "connector", "script", "inputOutput")
Say = Iterator[tuple[str, str, str]]


@dataclass(frozen=True)
class Scene:
    """What a check may look at beside the element itself."""

    processes: Mapping[str, Element]
    decisions: AbstractSet[str]
    names: Mapping[str, Mapping[str, str]]
    outgoing: Mapping[str, Sequence[Element]]
    kinds: Mapping[str, str]


def check_expression(element: Element | None, what_en: str, what_zh: str) -> Say:
    """Say why an element's text is no FEEL expression."""
    if element is None:
        return
    language = (element.get("language") or "feel").lower()
    if "feel" not in language:
        yield "language", f"the {what_en} is written in {language}, only FEEL is computed", f"{what_zh}只能使用 FEEL 表达式"
        return
    yield from check_feel(text_of(element), what_en, what_zh)


def check_feel(source: str, what_en: str, what_zh: str) -> Say:
    """Say why a text is no FEEL expression."""
    try:
        compiled(source)
        unknown = ", ".join(strangers(source))
    except feel.FeelError as error:
        yield "not_feel", f"the {what_en} is not FEEL: {error}", f"{what_zh}不是有效的 FEEL 表达式：{error}"
        return
    if unknown:
        yield "unknown_function", f"the {what_en} calls what FEEL does not know: {unknown}", f"{what_zh}使用了未知的函数：{unknown}"


def check_node(element: Element, scene: Scene) -> Say:
    """Say everything about one node that would not run."""
    kind = kind_of(element)
    if kind in ACTIVITIES:
        yield from _check_activity(element, scene)
    elif kind in GATEWAYS:
        yield from _check_gateway(element, scene)
    elif kind in EVENTS:
        yield from _check_event(element, scene)
    else:
        yield "not_supported", f"{kind} is not supported", f"不支持的图形：{kind}"
    yield from _check_code(element)
    yield from _check_default(element, scene)


def _check_code(element: Element) -> Say:
    for holder in (element, *element.findall(f"{BPMN}messageEventDefinition")):
        for name in CODE:
            if camunda(holder, name) is not None and kind_of(element) != "userTask":
                yield "code", f"camunda:{name} would run code", f"不允许在流程图中执行代码：camunda:{name}"
    extensions = element.find(f"{BPMN}extensionElements")
    for name in LISTENERS if extensions is not None else ():
        if extensions is not None and extensions.find(f"{CAMUNDA}{name}") is not None:
            yield "extension", f"camunda:{name} is not carried out", f"不支持 camunda:{name}"


def _check_activity(element: Element, scene: Scene) -> Say:
    if element.get("isForCompensation") == "true":
        yield "not_supported", "compensation is not supported", "不支持补偿"
    for loop in element.findall(f"{BPMN}multiInstanceLoopCharacteristics"):
        yield from check_feel(reading.collection_of(loop), "multi-instance collection", "多实例集合")
        yield from check_expression(loop.find(f"{BPMN}completionCondition"), "completion condition", "完成条件")
    for loop in element.findall(f"{BPMN}standardLoopCharacteristics"):
        yield from _check_loop(loop)
    extra = _ACTIVITY_CHECKS.get(kind_of(element))
    if extra is not None:
        yield from extra(element, scene)


def _check_loop(loop: Element) -> Say:
    maximum, condition = loop.get("loopMaximum"), loop.find(f"{BPMN}loopCondition")
    if maximum is None and condition is None:
        yield "endless_loop", "the loop has neither a condition nor a maximum", "循环既无条件也无次数上限"
    if maximum is not None and not maximum.isdigit():
        yield "not_a_number", f"the loop's maximum {maximum!r} is not a number", "循环次数上限不是数字"
    yield from check_expression(condition, "loop condition", "循环条件")


def _check_script(element: Element, _scene: Scene) -> Say:
    language = (element.get("scriptFormat") or "").strip().lower()
    if language != "feel":
        yield "language", f"a script in {language or 'no language'} is not run, only feel", "脚本任务只能使用 FEEL"
        return
    if camunda(element, "resultVariable") is None:
        yield "no_result", "a FEEL script needs camunda:resultVariable", "脚本任务缺少结果变量"
    yield from check_feel(text_of(element.find(f"{BPMN}script")), "script", "脚本")


def _check_decision(element: Element, scene: Scene) -> Say:
    decision = camunda(element, "decisionRef")
    if reading.topic_of(element) is None and decision not in scene.decisions:
        yield "unknown_decision", f"the decision {decision!r} is unknown", f"找不到决策：{decision or '（未填写）'}"


def _check_call(element: Element, scene: Scene) -> Say:
    name = reading.called(element)
    if name not in scene.processes:
        yield "unknown_process", f"the called process {name!r} is not among the files", f"找不到被调用的流程：{name or '（未填写）'}"


def _check_receive(element: Element, scene: Scene) -> Say:
    if not scene.names["message"].get(element.get("messageRef") or ""):
        yield "unnamed", "it names no message", "未指定消息"


def _check_send(element: Element, scene: Scene) -> Say:
    if reading.topic_of(element) is None:
        yield from _check_receive(element, scene)


def _check_sub_process(element: Element, _scene: Scene) -> Say:
    if not reading.is_event_sub_process(element):
        return
    starts = element.findall(f"{BPMN}startEvent")
    if len(starts) != 1 or not any(kind_of(c).endswith("EventDefinition") for c in starts[0]):
        yield "start_events", "an event sub-process begins at exactly one event", "事件子流程须有且只有一个带触发条件的开始事件"


_ACTIVITY_CHECKS: Mapping[str, Callable[[Element, Scene], Say]] = {
    "scriptTask": _check_script,
    "businessRuleTask": _check_decision,
    "callActivity": _check_call,
    "receiveTask": _check_receive,
    "sendTask": _check_send,
    "subProcess": _check_sub_process,
}


def _check_gateway(element: Element, scene: Scene) -> Say:
    flows = scene.outgoing.get(element.get("id") or "", ())
    unconditional = [f for f in flows if f.find(f"{BPMN}conditionExpression") is None]
    if kind_of(element) == "eventBasedGateway":
        yield from _check_event_gateway(element, flows, scene)
    if kind_of(element) in ("parallelGateway", "eventBasedGateway"):
        for flow in flows:
            if flow not in unconditional:
                yield (
                    "unasked_condition",
                    f"its flow {flow.get('id')} has a condition nobody asks",
                    f"出线 {flow.get('id')} 的条件不会被判断",
                )
    elif len(flows) > 1:
        for flow in unconditional:
            if flow.get("id") != element.get("default"):
                yield "no_condition", f"its flow {flow.get('id')} has no condition", f"出线 {flow.get('id')} 没有条件"


def _check_default(element: Element, scene: Scene) -> Say:
    default = element.get("default")
    if default is not None and default not in {f.get("id") for f in scene.outgoing.get(element.get("id") or "", ())}:
        yield "default_flow", f"its default flow {default!r} does not leave it", "默认出线不是本节点的出线"


def _check_event_gateway(element: Element, flows: Sequence[Element], scene: Scene) -> Say:
    if element.get("instantiate") == "true":
        yield "not_supported", "an instantiating event gateway is not supported", "不支持由事件网关启动流程"
    for flow in flows:
        if scene.kinds.get(flow.get("targetRef") or "") not in ("intermediateCatchEvent", "receiveTask"):
            yield "no_event", f"its flow {flow.get('id')} does not lead to an event", f"出线 {flow.get('id')} 未指向中间事件"


def _check_event(element: Element, scene: Scene) -> Say:
    definitions = [c for c in element if kind_of(c).endswith("EventDefinition")]
    kinds = [kind_of(c).removesuffix("EventDefinition") for c in definitions] or [""]
    if len(kinds) > 1:
        yield "not_supported", "an event with several definitions is not supported", "不支持多重事件"
    for kind in kinds:
        if kind not in EVENTS[kind_of(element)]:
            yield "not_supported", f"{kind_of(element)} with {kind or 'no'} definition is not supported", f"不支持的事件：{kind or '空'}"
    for definition in definitions:
        yield from _check_definition(definition, element, scene)
    if kind_of(element) == "boundaryEvent" and not _has_host(element):
        yield "no_host", "it is attached to no activity beside it", "边界事件未附着在同一层的任务上"


def _has_host(element: Element) -> bool:
    parent, host = element.getparent(), element.get("attachedToRef")
    hosts = [] if parent is None else [c for c in parent if c.get("id") == host and kind_of(c) in ACTIVITIES]
    return bool(hosts) and not any(reading.is_event_sub_process(c) for c in hosts)


def _check_definition(definition: Element, element: Element, scene: Scene) -> Say:
    kind = kind_of(definition).removesuffix("EventDefinition")
    unnamed = kind in ("message", "signal") and not scene.names[kind].get(definition.get(f"{kind}Ref") or "")
    if unnamed and reading.topic_of(element) is None:
        yield "unnamed", f"it names no {kind}", "未指定消息或信号"
    if kind in ("error", "escalation") and (ref := definition.get(f"{kind}Ref")) and ref not in scene.names[kind]:
        yield "unknown_name", f"the {kind} {ref!r} is unknown", "找不到所引用的错误或升级"
    if kind == "timer" and (kind_of(element) != "startEvent" or reading.is_event_sub_process(element.getparent())):
        yield from _check_timer(definition)
    if kind == "conditional":
        yield from check_feel(text_of(definition.find(f"{BPMN}condition")), "condition", "条件")
    if kind == "link":
        yield from _check_link(element)


def _check_link(element: Element) -> Say:
    parent = element.getparent()
    catching = [] if parent is None else parent.findall(f"{BPMN}intermediateCatchEvent")
    if [reading.link_of(c) for c in catching].count(reading.link_of(element)) != 1:
        yield "link", "the link has no target, or several", "链接事件没有对应的目标，或有多个目标"


def _check_timer(definition: Element) -> Say:
    times = [c for c in definition if kind_of(c) in ("timeDate", "timeDuration", "timeCycle")]
    if len(times) != 1:
        yield "timer", "the timer has no time, or several", "定时器未设置时间"
        return
    text = text_of(times[0])
    if text.startswith("="):
        yield from check_feel(text, "timer", "定时器")
    elif not read_schedule_text(text, kind_of(times[0])):
        yield "timer", f"the timer's time {text!r} is not an ISO 8601 time or =FEEL", f"定时器时间格式不正确：{text}"
