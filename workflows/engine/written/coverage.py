"""What BPMN 2.0 can say, element by element: it runs, it is drawing alone, or it is refused and why."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Answer = Literal["runs", "drawn", "refused"]


class Entry(NamedTuple):
    """One element or way of using it: the answer, and why in both languages."""

    answer: Answer
    en: str
    zh: str


def _all(answer: Answer, en: str, zh: str, names: str) -> dict[str, Entry]:
    return dict.fromkeys(names.split(), Entry(answer, en, zh))


RUNS = {
    **_all(
        "runs",
        "a process, and where its author put it",
        "流程及其组织方式",
        "definitions process sequenceFlow laneSet childLaneSet lane flowNodeRef extensionElements",
    ),
    **_all("runs", "waits for a person", "等待人员办理", "task userTask manualTask"),
    **_all("runs", "waits for a job in the outbox", "等待系统作业完成", "serviceTask"),
    **_all(
        "runs",
        "a message, between the parts of a case or to it",
        "消息的发送与接收",
        "sendTask receiveTask message messageEventDefinition",
    ),
    **_all("runs", "asks a decision table", "查询决策表", "businessRuleTask"),
    **_all("runs", "computes one value in FEEL", "计算 FEEL 表达式", "scriptTask script"),
    **_all("runs", "runs a process inside", "执行内部流程", "callActivity subProcess transaction"),
    **_all(
        "runs",
        "splits, chooses and joins",
        "分支与汇合",
        "exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway conditionExpression",
    ),
    **_all(
        "runs",
        "begins, waits, throws or ends",
        "开始、等待、抛出或结束",
        "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent",
    ),
    **_all(
        "runs",
        "a moment, a length of time or a cycle",
        "时刻、时长或周期",
        "timerEventDefinition timeDate timeDuration timeCycle",
    ),
    **_all("runs", "heard wherever the case waits for it", "在本办件内广播", "signal signalEventDefinition"),
    **_all(
        "runs",
        "rises to the nearest event that catches it",
        "逐层上抛，由最近的事件捕获",
        "error errorEventDefinition escalation escalationEventDefinition cancelEventDefinition",
    ),
    **_all("runs", "happens when its condition turns true", "条件成立时发生", "conditionalEventDefinition condition"),
    **_all("runs", "goes on at the link of the same name", "跳转到同名链接", "linkEventDefinition"),
    **_all("runs", "takes every other token of its process away", "终止本流程的其他分支", "terminateEventDefinition"),
    **_all(
        "runs",
        "once for each item, results in the items' order",
        "逐项办理，结果按原顺序汇总",
        "multiInstanceLoopCharacteristics loopCardinality loopDataInputRef inputDataItem loopDataOutputRef "
        "outputDataItem completionCondition",
    ),
    **_all("runs", "again while a condition holds", "条件成立时重复", "standardLoopCharacteristics loopCondition"),
}

DRAWN = {
    **_all(
        "drawn",
        "words and pictures",
        "文字与图示",
        "documentation text textAnnotation association group category categoryValue categoryValueRef "
        "auditing monitoring rendering",
    ),
    **_all(
        "drawn",
        "says again what a sequence flow or a link says",
        "与连线、链接重复的信息",
        "incoming outgoing source target",
    ),
    **_all(
        "drawn",
        "facts live in the case record, not in the drawing",
        "数据保存在办件记录中，不在流程图中",
        "dataObject dataObjectReference dataState dataStore dataStoreReference dataInput dataOutput inputSet "
        "outputSet ioSpecification ioBinding dataInputAssociation dataOutputAssociation dataAssociation assignment "
        "from to transformation dataInputRefs dataOutputRefs inputSetRefs outputSetRefs optionalInputRefs "
        "optionalOutputRefs whileExecutingInputRefs whileExecutingOutputRefs sourceRef targetRef itemDefinition "
        "property dataPath",
    ),
    **_all(
        "drawn",
        "who talks to whom; each process of a pool runs by itself",
        "泳池之间的关系，各流程独立执行",
        "collaboration participant participantRef participantAssociation participantMultiplicity innerParticipantRef "
        "outerParticipantRef partnerEntity partnerRole messageFlow messageFlowRef messageFlowAssociation",
    ),
    **_all(
        "drawn",
        "a message finds its case by the case itself",
        "消息按办件送达，无需关联定义",
        "correlationKey correlationProperty correlationPropertyRef correlationPropertyBinding "
        "correlationPropertyRetrievalExpression correlationSubscription messagePath",
    ),
    **_all(
        "drawn",
        "another kind of diagram in the same file",
        "同一文件中的其他类型图",
        "conversation callConversation subConversation globalConversation conversationLink conversationAssociation "
        "choreography choreographyRef globalChoreographyTask",
    ),
    **_all(
        "drawn",
        "what a service offers stands at its handler",
        "服务接口由处理程序决定",
        "interface interfaceRef operation operationRef inMessageRef outMessageRef errorRef endPoint endPointRef "
        "supportedInterfaceRef",
    ),
    **_all(
        "drawn",
        "notes for other tools",
        "供其他工具使用的说明",
        "import extension relationship resource resourceParameter supports partitionElement",
    ),
}

REFUSED = {
    **_all(
        "refused",
        "it is a general notion of the standard, not something that can be drawn",
        "这是标准中的抽象概念，不能直接使用",
        "activity artifact baseElement baseElementWithMixedContent callableElement catchEvent choreographyActivity "
        "conversationNode event eventDefinition flowElement flowNode gateway implicitThrowEvent loopCharacteristics "
        "rootElement throwEvent",
    ),
    **_all(
        "refused",
        "an ad hoc sub-process leaves open what happens next; draw the ways there are",
        "不支持即席子流程，请画出具体的办理顺序",
        "adHocSubProcess",
    ),
    **_all(
        "refused",
        "a complex gateway is not supported; use exclusive, inclusive and parallel gateways",
        "不支持复杂网关，请改用排他、包容或并行网关",
        "complexGateway activationCondition",
    ),
    **_all(
        "refused",
        "compensation is not supported; draw the way back as steps of its own",
        "不支持补偿，请把撤销步骤单独画出",
        "compensateEventDefinition",
    ),
    **_all(
        "refused",
        "an event has its definition inside, not by reference",
        "事件的定义须写在事件内部，不能引用",
        "eventDefinitionRef",
    ),
    **_all(
        "refused",
        "a multi-instance task throws no events of its own",
        "多实例任务不支持自带的抛出事件",
        "complexBehaviorDefinition",
    ),
    **_all(
        "refused",
        "a choreography cannot run inside a process",
        "流程中不能包含编排活动",
        "choreographyTask subChoreography callChoreography",
    ),
    **_all(
        "refused",
        "a call activity calls a process, not a global task",
        "调用活动只能调用流程，不能调用全局任务",
        "globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask",
    ),
    **_all(
        "refused",
        "who does a task is said by its candidate groups",
        "办理人请用候选组（candidateGroups）指定",
        "resourceRole performer humanPerformer potentialOwner resourceRef resourceParameterBinding "
        "resourceAssignmentExpression expression formalExpression",
    ),
}

ELEMENTS: Mapping[str, Entry] = {**RUNS, **DRAWN, **REFUSED}
INNER = ("subProcess", "transaction")
CALLABLE = ("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")

POSITIONS = {
    "start": ("start event of a process", "流程的开始事件"),
    "inner_start": ("start event of a sub-process", "子流程的开始事件"),
    "event_start": ("interrupting start event of an event sub-process", "事件子流程的中断型开始事件"),
    "event_start_beside": ("non-interrupting start event of an event sub-process", "事件子流程的非中断型开始事件"),
    "catch": ("intermediate catch event", "中间捕获事件"),
    "boundary": ("interrupting boundary event", "中断型边界事件"),
    "boundary_beside": ("non-interrupting boundary event", "非中断型边界事件"),
    "throw": ("intermediate throw event", "中间抛出事件"),
    "end": ("end event", "结束事件"),
}
DEFINITIONS = {
    "none": "空", "message": "消息", "timer": "定时", "error": "错误", "escalation": "升级", "cancel": "取消",
    "compensate": "补偿", "conditional": "条件", "link": "链接", "signal": "信号", "terminate": "终止",
    "multiple": "多重", "parallel_multiple": "并行多重",
}  # fmt: skip
EVENTS: Mapping[str, frozenset[str]] = {
    position: frozenset(kinds.split())
    for position, kinds in {
        "start": "none message timer",
        "inner_start": "none",
        "event_start": "message timer error escalation conditional signal",
        "event_start_beside": "message timer escalation conditional signal",
        "catch": "message timer conditional link signal",
        "boundary": "message timer error escalation cancel conditional signal",
        "boundary_beside": "message timer escalation conditional signal",
        "throw": "none message escalation link signal",
        "end": "none message error escalation cancel signal terminate",
    }.items()
}
UNHEARD = Entry("refused", "a case is begun by a person, a message or a timer, by nothing else",
                "办件只能由人员、消息或定时器启动")  # fmt: skip

FEATURES: Mapping[str, Entry] = {
    "implicit split": Entry("runs", "several flows out of a task or an event are all taken", "多条出线同时执行"),
    "implicit merge": Entry("runs", "each token that comes to a task begins it anew", "每次到达都重新开始"),
    "implicit end": Entry("runs", "a node without a flow out ends its token", "没有出线的节点即结束"),
    "conditional flow": Entry("runs", "a condition on a task's flow is asked, on an only one too", "任务出线上的条件会被判断"),
    "default flow": Entry("runs", "taken when no condition is true", "条件均不成立时走默认出线"),
    "mixed gateway": Entry("runs", "joins what comes in, then splits", "先汇合再分支"),
    "instantiating receive task": Entry("runs", "its message begins a case", "收到消息时启动办件"),
    "instantiating event gateway": Entry("runs", "whichever of its messages comes begins a case", "收到任一消息时启动办件"),
    "parallel event gateway": Entry("refused", "an event gateway that waits for all its events is not supported",
                                    "不支持等待全部事件的事件网关，请改用并行网关"),
    "isForCompensation": REFUSED["compensateEventDefinition"],
    "startQuantity": Entry("refused", "an activity begins with one token and gives one on", "活动的启动数量和完成数量只能为 1"),
    "completionQuantity": Entry("refused", "an activity begins with one token and gives one on", "活动的启动数量和完成数量只能为 1"),
    "behavior": REFUSED["complexBehaviorDefinition"],
    "mustUnderstand": Entry("refused", "the file asks for an extension that is not known here", "文件要求使用本系统未知的扩展"),
    "isExecutable": Entry("refused", "the process is marked as not executable", "流程标记为不可执行"),
}  # fmt: skip


def answer(name: str) -> Answer | None:
    """What becomes of an element; None when the standard has no such element."""
    return ELEMENTS[name].answer if name in ELEMENTS else None


def is_activity(name: str) -> bool:
    """Whether an element is an activity that runs."""
    return answer(name) == "runs" and (name.endswith(("Task", "task")) or name in ("callActivity", *INNER))


def event(position: str, kind: str) -> Entry:
    """Whether an event with this definition runs in this position."""
    if kind in EVENTS[position]:
        return Entry("runs", "", "")
    if position == "start" and kind in ("signal", "conditional", "error", "escalation"):
        return UNHEARD
    if kind == "compensate":
        return REFUSED["compensateEventDefinition"]
    (place_en, place_zh), kind_zh = POSITIONS[position], DEFINITIONS[kind]
    return Entry("refused", f"no {kind.replace('_', ' ')} {place_en} is supported", f"{place_zh}不支持“{kind_zh}”类型")
