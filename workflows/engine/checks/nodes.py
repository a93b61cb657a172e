"""What each kind of node must bring to be able to run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod

from workflows.engine.nodes.instances import ITEMS_MAX
from workflows.engine.running.workflow import TOKENS_MAX
from workflows.engine.written import coverage, reading
from workflows.engine.written.coverage import FEATURES
from workflows.engine.written.reading import BPMN, CAMUNDA, Element, camunda, kind_of, text_of

from .events import check_event
from .scene import Scene
from .sayings import Say, check_expression, check_feel

CODE = ("class", "delegateExpression", "expression")
PEOPLE = ("assignee", "candidateUsers")
LISTENERS = ("executionListener", "taskListener", "connector", "script", "inputOutput")


def check_node(element: Element, scene: Scene) -> Say:
    """Say everything about one node that would not run; what is refused as such is said elsewhere."""
    kind = kind_of(element)
    if coverage.is_activity(kind):
        yield from _check_activity(element, scene)
    elif kind.endswith("Gateway"):
        yield from _check_gateway(element, scene)
    elif kind.endswith("Event") and coverage.answer(kind) == "runs":
        yield from check_event(element, scene)
    yield from _check_code(element)
    yield from _check_mappings(element)
    if any(camunda(element, name) is not None for name in PEOPLE):
        yield "not_supported", coverage.ELEMENTS["performer"].en, coverage.ELEMENTS["performer"].zh
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


def _check_mappings(element: Element) -> Say:
    for name in ("in", "out"):
        for mapping in element.findall(f"{BPMN}extensionElements/{CAMUNDA}{name}"):
            if mapping.get("sourceExpression") or mapping.get("source") != mapping.get("target"):
                said = f"camunda:{name} gives a fact another name; a called process reads the same facts"
                yield "extension", said, f"不支持 camunda:{name} 改名传递，被调用的流程读取同一份数据"


def _feature(name: str) -> tuple[str, str, str]:
    return "not_supported", FEATURES[name].en, FEATURES[name].zh


def _check_activity(element: Element, scene: Scene) -> Say:
    if element.get("isForCompensation") == "true":
        yield _feature("isForCompensation")
    for quantity in ("startQuantity", "completionQuantity"):
        if element.get(quantity, "1").strip() != "1":
            yield _feature(quantity)
    for loop in element.findall(f"{BPMN}multiInstanceLoopCharacteristics"):
        yield from _check_instances(loop)
    for loop in element.findall(f"{BPMN}standardLoopCharacteristics"):
        yield from _check_loop(loop)
    extra = _ACTIVITY_CHECKS.get(kind_of(element))
    if extra is not None:
        yield from extra(element, scene)


def _check_instances(loop: Element) -> Say:
    items = reading.collection_of(loop)
    yield from check_feel(items, "multi-instance collection", "多实例集合")
    yield from check_expression(loop.find(f"{BPMN}completionCondition"), "completion condition", "完成条件")
    if (count := _literal(loop)) > ITEMS_MAX:
        yield "too_many", f"more than {ITEMS_MAX} instances are not begun", f"多实例数量不能超过 {ITEMS_MAX}"
    elif count * prod(max(1, _literal(outer)) for outer in _loops_around(loop)) > TOKENS_MAX:
        said = f"with the repetitions around it, it is begun more than {TOKENS_MAX} times at once"
        yield "too_many", said, f"与外层的重复次数相乘后，同时开始的实例超过 {TOKENS_MAX} 个"
    if loop.get("behavior", "All") != "All":
        yield _feature("behavior")
    if (reading.results_of(loop) is None) != (reading.result_of(loop) is None):
        yield (
            "results",
            "results are gathered when both loopDataOutputRef and outputDataItem are named",
            "汇总结果须同时指定 loopDataOutputRef 和 outputDataItem",
        )


def _literal(loop: Element) -> int:
    """How many instances begin, where a plain number is written; 0 where facts decide."""
    items = reading.collection_of(loop).removeprefix("=").strip()
    return int(items[:12]) if items.isascii() and items.isdigit() else 0


def _loops_around(loop: Element) -> Iterator[Element]:
    """The repetitions of the sub-processes in which an activity stands."""
    scopes = [scope for scope in loop.iterancestors() if kind_of(scope) in reading.INNER]
    for scope in scopes:
        if scope is not loop.getparent():
            yield from scope.findall(f"{BPMN}multiInstanceLoopCharacteristics")


def _check_loop(loop: Element) -> Say:
    maximum, condition = loop.get("loopMaximum"), loop.find(f"{BPMN}loopCondition")
    if maximum is None and condition is None:
        yield "endless_loop", "the loop has neither a condition nor a maximum", "循环既无条件也无次数上限"
    if maximum is not None and not (maximum.isascii() and maximum.isdigit()):
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
    name = reading.called(element) or ""
    if name in scene.global_tasks:
        entry = coverage.ELEMENTS[scene.global_tasks[name]]
        yield "not_supported", entry.en, entry.zh
    elif name not in scene.processes:
        said = f"the called process {name!r} is not among the files"
        yield "unknown_process", said, f"找不到被调用的流程：{name or '（未填写）'}"
    elif all(reading.definitions_of(start) for start in scene.processes[name].findall(f"{BPMN}startEvent")):
        said = f"the called process {name!r} has no plain start event"
        yield "start_events", said, f"被调用的流程“{name}”没有不带触发条件的开始事件"


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
    if len(starts) != 1 or not reading.definitions_of(starts[0]):
        yield (
            "start_events",
            "an event sub-process begins at exactly one event",
            "事件子流程须有且只有一个带触发条件的开始事件",
        )


_ACTIVITY_CHECKS: Mapping[str, Callable[[Element, Scene], Say]] = {
    "scriptTask": _check_script,
    "businessRuleTask": _check_decision,
    "callActivity": _check_call,
    "receiveTask": _check_receive,
    "sendTask": _check_send,
    "subProcess": _check_sub_process,
}


def _line(flow: Element, scene: Scene) -> str:
    """A flow by what it joins, as people see it."""
    first, last = (scene.labels.get(end) or end for end in (flow.get("sourceRef") or "", flow.get("targetRef") or ""))
    return f"从“{first}”到“{last}”的连线"


def _check_gateway(element: Element, scene: Scene) -> Say:
    flows = scene.outgoing.get(element.get("id") or "", ())
    unconditional = [f for f in flows if f.find(f"{BPMN}conditionExpression") is None]
    if kind_of(element) == "eventBasedGateway":
        yield from _check_event_gateway(element, flows, scene)
    if kind_of(element) in ("parallelGateway", "eventBasedGateway"):
        for flow in flows:
            if flow not in unconditional:
                said = f"its flow {flow.get('id')} has a condition nobody asks"
                yield "unasked_condition", said, f"{_line(flow, scene)}上的条件不会被判断"
    elif len(flows) > 1:
        for flow in unconditional:
            if flow.get("id") != element.get("default"):
                said = f"its flow {flow.get('id')} has no condition"
                yield "no_condition", said, f"{_line(flow, scene)}没有条件"


def _check_default(element: Element, scene: Scene) -> Say:
    default = element.get("default")
    if default is not None and default not in {f.get("id") for f in scene.outgoing.get(element.get("id") or "", ())}:
        yield "default_flow", f"its default flow {default!r} does not leave it", "默认出线不是本节点的出线"


def _check_event_gateway(element: Element, flows: Sequence[Element], scene: Scene) -> Say:
    begins = element.get("instantiate") == "true"
    if element.get("eventGatewayType") == "Parallel":
        yield _feature("parallel event gateway")
    for flow in flows:
        if scene.kinds.get(flow.get("targetRef") or "") not in ("intermediateCatchEvent", "receiveTask"):
            said = f"its flow {flow.get('id')} does not lead to an event"
            yield "no_event", said, f"{_line(flow, scene)}未指向中间事件"
    if begins and len(reading.begun_by(element)) != len(flows):
        yield "no_event", "only messages begin a case at an event gateway", "启动流程的事件网关后只能接消息事件"
