"""What would not run is refused before any case runs on it, with the element's id."""

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
FLOW = "start>x\nx>end"
BAD = {
    "default that is elsewhere": '<userTask id="x" default="nowhere"/>',
    "python script": '<scriptTask id="x" scriptFormat="python" camunda:resultVariable="y"><script>import os</script></scriptTask>',
    "script without result": '<scriptTask id="x" scriptFormat="feel"><script>1</script></scriptTask>',
    "class": '<serviceTask id="x" camunda:class="com.example.Evil"/>',
    "expression": '<serviceTask id="x" camunda:expression="${evil.run()}"/>',
    "listener": '<userTask id="x"><extensionElements><camunda:executionListener event="start" class="E"/></extensionElements></userTask>',
    "complex gateway": '<complexGateway id="x"/>',
    "unknown decision": '<businessRuleTask id="x" camunda:decisionRef="nowhere"/>',
    "undeclared call": '<callActivity id="x" calledElement="nowhere"/>',
    "compensation": '<userTask id="x" isForCompensation="true"/>',
    "compensation event": '<intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent>',
    "ad hoc": '<adHocSubProcess id="x"/>',
    "a day that never comes": '<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>0 0 30 2 *</timeCycle></timerEventDefinition></intermediateCatchEvent>',
    "one person by name": '<userTask id="x" camunda:assignee="zhang"/>',
    "a fact under another name": '<callActivity id="x" calledElement="q"><extensionElements><camunda:in source="a" target="b"/></extensionElements></callActivity>',
    "nameless message": '<receiveTask id="x"/>',
    "python timer": '<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>=__import__("os").system("id")</timeDuration></timerEventDefinition></intermediateCatchEvent>',
}

CALLED = '<process id="q" isExecutable="true"><startEvent id="qs"/><task id="qt"/><sequenceFlow id="qf" sourceRef="qs" targetRef="qt"/></process>'


@pytest.mark.parametrize("what", BAD)
def test_an_element_that_would_not_run_is_refused(draw, what):
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(ENDS + BAD[what], FLOW, CALLED)
    assert {f.element_id for f in refusal.value.findings} == {"x"}
    assert all(f.message_en and f.message_zh for f in refusal.value.findings)


@pytest.mark.parametrize(
    "condition", ['__import__("os").system("id")', "${amount > 1}", "x.__class__.__mro__[1]", "lambda: 1", "1 +"]
)
def test_a_condition_that_is_not_feel_is_refused(draw, condition):
    flows = f"start>g\ng>end ? {condition}\ng>end"
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(ENDS + '<exclusiveGateway id="g" default="g_end_2"/>', flows)
    assert refusal.value.findings[0].element_id == "g_end"


def test_every_reason_is_told_at_once(draw):
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(ENDS + '<complexGateway id="x"/><receiveTask id="y" name="回执"/>', "start>x\nx>y\ny>end")
    assert [(f.element_id, f.element_name) for f in refusal.value.findings] == [("x", ""), ("y", "回执")]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE d [<!ENTITY a "b">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        b"<definitions>",
        b"",
        b"<!-- " + b"x" * (2 * 1024 * 1024) + b" --><definitions/>",
        "<!DOCTYPE d [<!ENTITY a 'b'>]><definitions/>".encode("utf-16"),
    ],
)
def test_a_hostile_file_is_refused(content):
    with pytest.raises(engine.DrawingRefused):
        engine.parse({"p.bpmn": content}, "p")


def test_a_process_that_is_not_there_is_refused(bench):
    with pytest.raises(engine.DrawingRefused):
        bench.parse(bench.process(ENDS, "start>end"), name="other")


def test_a_state_of_another_drawing_or_a_damaged_one_is_refused(draw, bench):
    one = bench.Case(draw(ENDS + '<userTask id="a"/>', "start>a\na>end"))
    other = bench.parse(bench.process(ENDS + '<userTask id="b"/>', "start>b\nb>end", name="q"), name="q")
    with pytest.raises(engine.UnreadableState):
        engine.waiting(other, one.move.state)
    with pytest.raises(engine.UnreadableState):
        engine.waiting(one.drawing, b"rubbish")


def test_a_drawing_is_parsed_once(bench):
    text = bench.process(ENDS, "start>end")
    assert bench.parse(text) is bench.parse(text)


def test_an_element_may_bear_the_engines_own_words(draw, bench):
    nodes = '<startEvent id="Start"/><userTask id="End"/><userTask id="Root"/><endEvent id="p.EndJoin"/>'
    case = bench.Case(draw(nodes, "Start>End\nEnd>Root\nRoot>p.EndJoin"))
    case.done("End")
    case.done("Root")
    assert case.ended == "p.EndJoin"


def test_two_plain_starts_are_refused(draw):
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(ENDS + '<startEvent id="x"/>', FLOW.replace("start>x\n", "start>end\n"))
    assert [f.element_id for f in refusal.value.findings] == ["x"]


def test_a_moment_without_a_time_zone_is_refused(draw, bench):
    with pytest.raises(ValueError, match="time zone"):
        engine.start(draw(ENDS, "start>end"), {}, bench.now.replace(tzinfo=None))


def test_facts_that_are_not_plain_values_are_reported(draw, bench):
    drawing = draw(ENDS + '<exclusiveGateway id="g" default="g_end_2"/>', "start>g\ng>end ? x = 1\ng>end")
    with pytest.raises(engine.ExpressionFailed):
        bench.Case(drawing, x=object())


def test_a_condition_behind_a_parallel_gateway_is_refused(draw):
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(ENDS + '<parallelGateway id="x"/>', "start>x\nx>end ? y\nx>end")
    assert [f.element_id for f in refusal.value.findings] == ["x"]


def test_a_condition_on_a_tasks_only_flow_is_asked(draw, bench):
    case = bench.Case(draw(ENDS + '<userTask id="x"/>', "start>x\nx>end ? fine"))
    with pytest.raises(engine.NoFlowTaken):
        case.done("x", fine=False)
    case.done("x", fine=True)
    assert case.ended == "end"
