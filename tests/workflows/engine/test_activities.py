"""Jobs, decisions, scripts, calls and sub-processes."""

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'


def called(name="q", task="inner"):
    return (
        f'<process id="{name}" isExecutable="true"><startEvent id="begin"/><userTask id="{task}"/><endEvent id="close"/>'
        f'<sequenceFlow id="f1" sourceRef="begin" targetRef="{task}"/>'
        f'<sequenceFlow id="f2" sourceRef="{task}" targetRef="close"/></process>'
    )


def test_an_external_job_waits_until_it_is_done(draw, bench):
    nodes = (
        ENDS + '<serviceTask id="ask" camunda:type="external" camunda:topic="register.check"/>'
        '<sendTask id="sms" camunda:type="external" camunda:topic="sms.send"/>'
    )
    case = bench.Case(draw(nodes, "start>ask\nask>sms\nsms>end"))
    assert [(w.kind, w.node.topic) for w in case.move.waiting] == [("service", "register.check")]
    case.done("ask")
    assert [(w.kind, w.node.topic) for w in case.move.waiting] == [("service", "sms.send")]
    case.done("sms")
    assert case.ended == "end"


def test_a_feel_script_writes_a_fact_the_next_gateway_reads(draw, bench):
    nodes = (
        ENDS
        + '<scriptTask id="sum" scriptFormat="feel" camunda:resultVariable="total"><script>a + b</script></scriptTask>'
        '<exclusiveGateway id="g" default="g_small"/><userTask id="big"/><userTask id="small"/>'
    )
    flows = "start>sum\nsum>g\ng>big ? total > 10\ng>small\nbig>end\nsmall>end"
    case = bench.Case(draw(nodes, flows), a=5, b=6)
    assert case.move.facts == {"total": 11}
    assert case.waits == ["big"]


def test_a_manual_task_and_a_plain_task_wait_for_a_person(draw, bench):
    case = bench.Case(draw(ENDS + '<manualTask id="a"/><task id="b"/>', "start>a\na>b\nb>end"))
    assert [w.kind for w in case.move.waiting] == ["user"]
    case.done("a")
    case.done("b")
    assert case.ended == "end"


def test_a_called_process_runs_inside_and_returns(draw, bench):
    drawing = draw(ENDS + '<callActivity id="call" calledElement="q"/>', "start>call\ncall>end", called())
    case = bench.Case(drawing)
    (waiting,) = case.move.waiting
    assert (waiting.node.id, waiting.node.process, waiting.path) == ("inner", "q", ("call",))
    case.done("inner")
    assert case.ended == "end"
    assert case.path("completed") == ["start", "begin", "inner", "close", "call", "end"]


def test_a_sub_process_is_taken_away_whole_by_its_boundary_event(draw, bench):
    nodes = (
        ENDS
        + '<subProcess id="sub"><startEvent id="s2"/><callActivity id="call" calledElement="q"/><endEvent id="e2"/>'
        + bench.flows("s2>call\ncall>e2")
        + '</subProcess><boundaryEvent id="m" attachedToRef="sub"><messageEventDefinition messageRef="m1"/></boundaryEvent>'
        '<userTask id="after"/>'
    )
    extra = '<message id="m1" name="stop"/>'
    drawing = draw(nodes, "start>sub\nsub>end\nm>after\nafter>end", called(), extra=extra)
    case = bench.Case(drawing)
    assert case.waits == ["inner", "m"]
    assert {w.node.id: w.path for w in case.move.waiting} == {"inner": ("sub", "call"), "m": ()}
    move = case.tell("stop")
    assert case.waits == ["after"]
    assert {c.node.id: c.why for c in move.closed} == {"inner": "cancelled", "m": "completed"}
    assert sorted(case.path("cancelled")) == ["call", "inner", "sub"]
    case = bench.Case(drawing)
    case.done("inner")
    assert case.ended == "end"


def test_a_terminate_end_inside_a_sub_process_ends_only_that(draw, bench):
    nodes = (
        ENDS + '<subProcess id="sub"><startEvent id="s2"/><parallelGateway id="g"/><userTask id="x"/><userTask id="y"/>'
        '<endEvent id="e2"><terminateEventDefinition/></endEvent>'
        + bench.flows("s2>g\ng>x\ng>y\nx>e2\ny>e2")
        + '</subProcess><userTask id="after"/>'
    )
    case = bench.Case(draw(nodes, "start>sub\nsub>after\nafter>end"))
    case.done("y")
    assert case.waits == ["after"]


def test_a_process_that_calls_itself_for_ever_is_stopped(draw, bench):
    nodes = ENDS + '<userTask id="a"/><callActivity id="call" calledElement="p"/>'
    case = bench.Case(draw(nodes, "start>a\na>call\ncall>end"))
    with pytest.raises(engine.RanAway):
        for _ in range(100):
            case.done("a")


def test_ids_may_repeat_in_called_processes(draw, bench):
    drawing = draw(
        ENDS + '<callActivity id="call" calledElement="q"/><userTask id="inner" name="ours"/>',
        "start>call\ncall>inner\ninner>end",
        called().replace("<userTask", '<userTask name="theirs"'),
    )
    case = bench.Case(drawing)
    assert case.move.waiting[0].node.name == "theirs"
    case.done("inner")
    assert case.move.waiting[0].node.name == "ours"
    assert drawing.nodes["inner"].name == "ours"


def test_nodes_keep_what_their_author_drew(bench):
    body = (
        '<laneSet><lane id="l1" name="街道"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
        '<startEvent id="start"/><userTask id="a" name="受理" camunda:formKey="forms/a" camunda:candidateGroups="clerk, chief">'
        '<extensionElements><camunda:properties><camunda:property name="limit" value="P7D"/></camunda:properties>'
        '</extensionElements></userTask><dataStoreReference id="d" dataStoreRef="ds"/>'
        '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/><textAnnotation id="t"><text>x</text></textAnnotation>'
    )
    extra = '<dataStore id="ds" name="台账"/>'
    node = bench.parse(bench.process(body, "start>a"), extra=extra).nodes["a"]
    assert (node.name, node.kind, node.lane, node.form_key, node.process) == (
        "受理",
        "userTask",
        "街道",
        "forms/a",
        "p",
    )
    assert node.candidate_groups == ("clerk", "chief")
    assert node.properties == {"limit": "P7D"}
