"""Tiny drawings, one or more for each element of the coverage table, and what each of them does."""

from typing import NamedTuple

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
NAMES = (
    '<message id="m1" name="reply"/><message id="m2" name="other"/><signal id="s1" name="flood"/>'
    '<error id="e1" errorCode="BAD"/><escalation id="x1" escalationCode="UP"/>'
)
TASK = '<userTask id="a"/>'
DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="grade" name="grade"><variable name="grade"/><literalExpression><text>1 + 1</text></literalExpression></decision>
</definitions>"""


class Runs(NamedTuple):
    """A drawing, what is done on it, and the nodes it comes to in order."""

    nodes: str
    flows: str
    steps: str
    path: str
    others: str = ""


def timer(kind, text):
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def catch(definition, name="c"):
    return f'<intermediateCatchEvent id="{name}">{definition}</intermediateCatchEvent>'


def flow(source, target):
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def one(node, path="start x end", steps=""):
    """A drawing with one node between its ends."""
    return Runs(ENDS + node, "start>x\nx>end", steps, path)


GATE = '<{0} id="g" default="g_b"/><{0} id="j"/><userTask id="a"/><userTask id="b"/>'
CHOICE = "start>g\ng>a ? yes\ng>b\na>j\nb>j\nj>end"
INNER = '<startEvent id="s2"/><userTask id="a"/><endEvent id="e2"/>' + flow("s2", "a") + flow("a", "e2")
LOOP = '<task id="x"><multiInstanceLoopCharacteristics {}>{}</multiInstanceLoopCharacteristics></task>'

RUNS = [
    one('<task id="x"/>', steps="done x"),
    one('<userTask id="x"/>', steps="done x"),
    one('<manualTask id="x"/>', steps="done x"),
    one('<serviceTask id="x" camunda:type="external" camunda:topic="t"/>', steps="done x"),
    one('<scriptTask id="x" scriptFormat="feel" camunda:resultVariable="n"><script>1 + 1</script></scriptTask>'),
    one('<businessRuleTask id="x" camunda:decisionRef="grade" camunda:resultVariable="g"/>'),
    one('<receiveTask id="x" messageRef="m1"/>', steps="tell reply"),
    one('<sendTask id="x" messageRef="m1"/>'),
    one(f'<subProcess id="x">{INNER}</subProcess>', "start x s2 a e2 end", "done a"),
    one(f'<transaction id="x">{INNER}</transaction>', "start x s2 a e2 end", "done a"),
    Runs(
        ENDS + '<callActivity id="x" calledElement="q"/>', "start>x\nx>end", "done a", "start x s2 a e2 end",
        f'<process id="q" isExecutable="true">{INNER}</process>',
    ),
    Runs(ENDS + GATE.format("exclusiveGateway"), CHOICE, "done b", "start g b j end"),
    Runs(
        ENDS + GATE.format("inclusiveGateway").replace("g_b", "g_end") + '<userTask id="z"/>',
        "start>z\nz>g\ng>a ? yes\ng>b ? yes\ng>end\na>j\nb>j\nj>end",
        "facts yes; done z; done a; done b", "start z g a b j j end",
    ),
    Runs(
        ENDS + '<parallelGateway id="g"/><parallelGateway id="j"/><userTask id="a"/><userTask id="b"/>',
        "start>g\ng>a\ng>b\na>j\nb>j\nj>end", "done b; done a", "start g a b j j end",
    ),
    Runs(
        ENDS + '<eventBasedGateway id="g"/><receiveTask id="r" messageRef="m1"/>' + catch(timer("timeDuration", "P1D")),
        "start>g\ng>r\ng>c\nr>end\nc>end", "tell reply", "start g r end",
    ),
    one(catch('<messageEventDefinition messageRef="m1"/>', "x"), steps="tell reply"),
    one(catch(timer("timeDate", "2026-03-03"), "x"), steps="fire x"),
    one(catch(timer("timeDuration", "P7D"), "x"), steps="fire x"),
    one(catch(timer("timeCycle", "0 0 9 ? * MON-FRI"), "x"), steps="fire x"),
    one(catch("<conditionalEventDefinition><condition>yes</condition></conditionalEventDefinition>", "x"), steps="facts yes"),
    one('<intermediateThrowEvent id="x"><escalationEventDefinition escalationRef="x1"/></intermediateThrowEvent>'),
    Runs(
        ENDS + '<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>'
        + catch('<linkEventDefinition name="L"/>'), "start>x\nc>end", "", "start x c end",
    ),
    Runs(
        '<startEvent id="start"/><parallelGateway id="g"/><intermediateThrowEvent id="x"><signalEventDefinition '
        'signalRef="s1"/></intermediateThrowEvent><endEvent id="end"/>' + TASK + catch('<signalEventDefinition signalRef="s1"/>'),
        "start>g\ng>c\ng>a\na>x\nx>end\nc>end", "done a", "start g c a x end end",
    ),
    Runs(
        '<startEvent id="start"/><parallelGateway id="g"/><userTask id="a"/><userTask id="b"/><endEvent id="end">'
        "<terminateEventDefinition/></endEvent>", "start>g\ng>a\ng>b\na>end\nb>end", "done a", "start g a b end",
    ),
    Runs(
        ENDS + '<subProcess id="x"><startEvent id="s2"/><userTask id="a"/><endEvent id="e2"><errorEventDefinition '
        f'errorRef="e1"/></endEvent>{flow("s2", "a")}{flow("a", "e2")}</subProcess><boundaryEvent id="b" attachedToRef="x">'
        '<errorEventDefinition errorRef="e1"/></boundaryEvent>', "start>x\nb>end", "done a", "start x s2 a e2 b end",
    ),
    Runs(
        ENDS + '<transaction id="x"><startEvent id="s2"/><userTask id="a"/><endEvent id="e2"><cancelEventDefinition/>'
        f'</endEvent>{flow("s2", "a")}{flow("a", "e2")}</transaction><boundaryEvent id="b" attachedToRef="x">'
        "<cancelEventDefinition/></boundaryEvent>", "start>x\nb>end", "done a", "start x s2 a e2 b end",
    ),
    one(LOOP.format("", "<loopCardinality>2</loopCardinality>"), "start x x end", "done x; done x"),
    one(
        LOOP.format(
            "", "<loopDataInputRef>[1, 2, 3]</loopDataInputRef><loopDataOutputRef>all</loopDataOutputRef>"
            '<inputDataItem id="i1" name="i"/><outputDataItem id="o1" name="o"/>'
            "<completionCondition>nrOfCompletedInstances = 2</completionCondition>",
        ), "start x x x end", "done x; done x",
    ),
    one(
        '<task id="x"><standardLoopCharacteristics loopMaximum="3"><loopCondition>loopCounter &lt; 1</loopCondition>'
        "</standardLoopCharacteristics></task>", "start x x end", "done x; done x",
    ),
    Runs(
        '<laneSet><lane id="l1" name="市"><childLaneSet><lane id="l2" name="县"><flowNodeRef>a</flowNodeRef></lane>'
        "</childLaneSet></lane></laneSet>" + ENDS + TASK.replace("/>", "><extensionElements><camunda:properties/></extensionElements></userTask>"),
        "start>a\na>end", "done a", "start a end",
    ),
]  # fmt: skip

FEATURES = {
    "implicit split": Runs(ENDS + TASK + '<userTask id="b"/>', "start>a\nstart>b\na>end\nb>end", "done b; done a", "start a b end end"),
    "implicit merge": Runs(
        ENDS + '<parallelGateway id="g"/><userTask id="a"/>', "start>g\ng>a\ng>a\na>end", "done a; done a", "start g a a end end",
    ),
    "implicit end": Runs('<startEvent id="start"/>' + TASK, "start>a", "done a", "start a"),
    "conditional flow": Runs(ENDS + TASK, "start>a\na>end ? yes", "facts yes; done a", "start a end"),
    "default flow": Runs(
        ENDS + TASK.replace("/>", ' default="a_end"/>') + '<endEvent id="no"/>', "start>a\na>no ? yes\na>end", "done a", "start a end",
    ),
    "mixed gateway": Runs(
        ENDS + '<parallelGateway id="g"/><parallelGateway id="m" gatewayDirection="Mixed"/><parallelGateway id="j"/>'
        '<userTask id="a"/><userTask id="b"/>', "start>g\ng>m\ng>m\nm>a\nm>b\na>j\nb>j\nj>end", "done a; done b", "start g m m a b j j end",
    ),
    "instantiating receive task": Runs(
        '<receiveTask id="r" messageRef="m1" instantiate="true"/><endEvent id="end"/>' + TASK, "r>a\na>end", "done a", "r a end",
    ),
    "instantiating event gateway": Runs(
        '<eventBasedGateway id="g" instantiate="true"/><receiveTask id="r" messageRef="m1"/><endEvent id="end"/>' + TASK
        + catch('<messageEventDefinition messageRef="m2"/>'), "g>r\ng>c\nr>a\nc>end\na>end", "done a", "r a end",
    ),
}  # fmt: skip
BEGUN_BY = {"instantiating receive task": "reply", "instantiating event gateway": "reply"}

PARALLEL_GATE = '<eventBasedGateway id="x" eventGatewayType="Parallel"/>' + catch(timer("timeDuration", "P1D"))
REFUSED_FEATURES = {
    "parallel event gateway": (PARALLEL_GATE, "start>x\nx>c\nc>end"),
    "isForCompensation": ('<task id="x" isForCompensation="true"/>', "start>x\nx>end"),
    "startQuantity": ('<task id="x" startQuantity="2"/>', "start>x\nx>end"),
    "completionQuantity": ('<task id="x" completionQuantity="2"/>', "start>x\nx>end"),
    "behavior": (LOOP.format('behavior="One"', "<loopCardinality>2</loopCardinality>"), "start>x\nx>end"),
}

PROCESS_DRAWN = """<documentation>x</documentation><auditing/><monitoring/><property id="p1"/>
<ioSpecification><dataInput id="d1"><dataState/></dataInput><dataOutput id="d2"/><inputSet><dataInputRefs>d1</dataInputRefs>
<optionalInputRefs>d1</optionalInputRefs><whileExecutingInputRefs>d1</whileExecutingInputRefs><outputSetRefs>o</outputSetRefs>
</inputSet><outputSet><dataOutputRefs>d2</dataOutputRefs><optionalOutputRefs>d2</optionalOutputRefs><whileExecutingOutputRefs>d2
</whileExecutingOutputRefs><inputSetRefs>i</inputSetRefs></outputSet></ioSpecification><ioBinding/>
<dataObject id="do"/><dataObjectReference id="dr" dataObjectRef="do"/><dataStoreReference id="ds"/>
<textAnnotation id="ta"><text>说明</text></textAnnotation><association id="as" sourceRef="a" targetRef="ta"/>
<group id="gr"><categoryValueRef>v</categoryValueRef></group><supports>q</supports>
<correlationSubscription correlationKeyRef="k"><correlationPropertyBinding correlationPropertyRef="cp"><dataPath>x</dataPath>
</correlationPropertyBinding></correlationSubscription><laneSet><lane id="ln"><partitionElement/></lane></laneSet>"""
TASK_DRAWN = """<incoming>start_a</incoming><outgoing>a_end</outgoing><dataInputAssociation><sourceRef>do</sourceRef>
<targetRef>d1</targetRef><transformation>x</transformation><assignment><from>x</from><to>y</to></assignment>
</dataInputAssociation><dataOutputAssociation/><dataAssociation/><rendering/>"""
SERVICE_DRAWN = "<operationRef>op</operationRef>"
LINK_DRAWN = "<source>x</source><target>c</target>"
ROOTS_DRAWN = """<import importType="x" location="y" namespace="z"/><extension definition="x"/><relationship type="t"><source>a</source>
<target>b</target></relationship><category id="ca"><categoryValue id="v"/></category><dataStore id="ds0"/><itemDefinition id="it"/>
<resource id="re"><resourceParameter id="rp"/></resource><interface id="if"><operation id="op"><inMessageRef>m1</inMessageRef>
<outMessageRef>m2</outMessageRef><errorRef>e1</errorRef></operation></interface><endPoint id="ep"/>
<partnerEntity id="pe"><participantRef>pa</participantRef></partnerEntity><partnerRole id="pr"/>
<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m1"><messagePath>x</messagePath>
</correlationPropertyRetrievalExpression></correlationProperty><collaboration id="co"><participant id="pa" processRef="p">
<interfaceRef>if</interfaceRef><endPointRef>ep</endPointRef><participantMultiplicity minimum="1"/></participant>
<messageFlow id="mf" sourceRef="a" targetRef="pa"/><participantAssociation><innerParticipantRef>pa</innerParticipantRef>
<outerParticipantRef>pa</outerParticipantRef></participantAssociation><messageFlowAssociation/><conversationLink/>
<conversationAssociation/><conversation id="cv"><messageFlowRef>mf</messageFlowRef></conversation><callConversation id="cc"/>
<subConversation id="sc"/><correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>
<choreographyRef>ch</choreographyRef></collaboration><choreography id="ch"/><globalChoreographyTask id="gc"/>
<globalConversation id="gv"/><process id="elsewhere"><supportedInterfaceRef>if</supportedInterfaceRef></process>"""
