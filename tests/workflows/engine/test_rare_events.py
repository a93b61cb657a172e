"""Errors, escalations, conditions, links, transactions and event sub-processes."""

from datetime import timedelta

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
NAMES = (
    '<message id="m1" name="withdraw"/><error id="e1" name="bad" errorCode="BAD"/><error id="e2" name="odd" errorCode="ODD"/>'
    '<escalation id="x1" name="up" escalationCode="UP"/>'
)


def border(name, definition, host="sub", interrupting="true"):
    return f'<boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{interrupting}">{definition}</boundaryEvent>'


def sub(bench, inner, flows, tag="subProcess", name="sub", more=""):
    return f'<{tag} id="{name}" {more}>{inner}{bench.flows(flows)}</{tag}>'


def error(ref="e1"):
    return f'<errorEventDefinition errorRef="{ref}"/>'


def test_an_error_is_caught_on_the_border_of_its_own_sub_process(draw, bench):
    inner = f'<startEvent id="s2"/><userTask id="a"/><userTask id="b"/><parallelGateway id="g"/><endEvent id="bad">{error()}</endEvent>'
    one = sub(bench, inner, "s2>g\ng>a\ng>b\na>bad\nb>bad")
    other = one.replace('id="', 'id="o_').replace('Ref="', 'Ref="o_').replace("o_e1", "e1")
    nodes = (
        ENDS
        + '<parallelGateway id="split"/>'
        + one
        + other
        + border("odd", error("e2"))
        + border("caught", error())
        + border("o_caught", error(), host="o_sub")
        + '<userTask id="after"/><userTask id="o_after"/>'
    )
    flows = "start>split\nsplit>sub\nsplit>o_sub\ncaught>after\no_caught>o_after\nafter>end\no_after>end\nsub>end\no_sub>end\nodd>end"
    case = bench.Case(draw(nodes, flows, extra=NAMES))
    case.done("o_a")
    assert [n for n in case.waits if "after" in n] == ["o_after"]
    assert {"a", "b", "caught"} <= set(case.waits)
    case.done("b")
    assert case.waits == ["after", "o_after"]


def test_a_failed_job_is_taken_over_by_its_error_event(draw, bench):
    nodes = (
        ENDS
        + '<serviceTask id="sub" camunda:type="external" camunda:topic="t"/>'
        + border("caught", error())
        + '<userTask id="after"/>'
    )
    case = bench.Case(draw(nodes, "start>sub\nsub>end\ncaught>after\nafter>end", extra=NAMES))
    token = case.token("sub")
    with pytest.raises(engine.NotExpected):
        engine.fail(case.drawing, case.move.state, token, "UNHEARD", {}, bench.now)
    case.take(engine.fail(case.drawing, case.move.state, token, "BAD", {}, bench.now))
    assert case.waits == ["after"]


def test_an_escalation_leaves_the_work_going_on(draw, bench):
    up = '<escalationEventDefinition escalationRef="x1"/>'
    inner = f'<startEvent id="s2"/><intermediateThrowEvent id="up">{up}</intermediateThrowEvent><userTask id="a"/><endEvent id="e2"/>'
    nodes = (
        ENDS
        + sub(bench, inner, "s2>up\nup>a\na>e2")
        + border("told", up, interrupting="false")
        + '<userTask id="chief"/>'
    )
    case = bench.Case(draw(nodes, "start>sub\nsub>end\ntold>chief\nchief>end", extra=NAMES))
    assert case.waits == ["a", "chief", "told"]
    case.done("a")
    case.done("chief")
    assert case.ended == "end"


def test_a_condition_happens_once_each_time_it_turns_true(draw, bench):
    when = "<conditionalEventDefinition><condition>=money &gt; 10</condition></conditionalEventDefinition>"
    nodes = ENDS + '<userTask id="a"/>' + border("rich", when, host="a", interrupting="false") + '<userTask id="b"/>'
    case = bench.Case(draw(nodes, "start>a\na>end\nrich>b\nb>end"), money=1)
    for money, expected in ((1, 0), (20, 1), (30, 1), (5, 1), (11, 2)):
        case.facts["money"] = money
        case.take(engine.refresh(case.drawing, case.move.state, case.facts, bench.now))
        assert case.waits.count("b") == expected


def test_a_condition_that_holds_already_is_passed_at_once(draw, bench):
    when = "<conditionalEventDefinition><condition>ready</condition></conditionalEventDefinition>"
    drawing = draw(f'{ENDS}<intermediateCatchEvent id="c">{when}</intermediateCatchEvent>', "start>c\nc>end")
    assert bench.Case(drawing, ready=True).ended == "end"
    case = bench.Case(drawing, ready=False)
    assert [w.kind for w in case.move.waiting] == ["condition"]


def test_a_link_leads_on(draw, bench):
    link = '<linkEventDefinition name="L"/>'
    nodes = (
        f'{ENDS}<intermediateThrowEvent id="out">{link}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="in">{link}</intermediateCatchEvent><userTask id="a"/>'
    )
    case = bench.Case(draw(nodes, "start>out\nin>a\na>end"))
    assert case.path() == ["start", "out", "in", "a"]


def test_a_cancelled_transaction_leaves_by_its_cancel_event(draw, bench):
    inner = (
        '<startEvent id="s2"/><userTask id="a"/><userTask id="b"/><parallelGateway id="g"/>'
        '<endEvent id="no"><cancelEventDefinition/></endEvent><endEvent id="yes"/>'
    )
    nodes = (
        ENDS
        + sub(bench, inner, "s2>g\ng>a\ng>b\na>no\nb>yes", tag="transaction")
        + border("cancelled", "<cancelEventDefinition/>")
        + '<userTask id="after"/>'
    )
    case = bench.Case(draw(nodes, "start>sub\nsub>end\ncancelled>after\nafter>end"))
    case.done("a")
    assert case.waits == ["after"]


def event_sub(bench, definition, interrupting):
    inner = f'<startEvent id="s3" isInterrupting="{interrupting}">{definition}</startEvent><userTask id="reply"/><endEvent id="e3"/>'
    return sub(bench, inner, "s3>reply\nreply>e3", name="on_event", more='triggeredByEvent="true"')


MESSAGE = '<messageEventDefinition messageRef="m1"/>'


def test_an_interrupting_event_sub_process_takes_the_rest_away(draw, bench):
    drawing = draw(ENDS + '<userTask id="a"/>' + event_sub(bench, MESSAGE, "true"), "start>a\na>end", extra=NAMES)
    case = bench.Case(drawing)
    assert case.waits == ["a", "s3"]
    move = case.tell("withdraw")
    assert case.waits == ["reply"]
    assert {(c.node.id, c.why) for c in move.closed} == {("a", "cancelled"), ("s3", "completed")}
    case.done("reply")
    assert case.ended == "e3"
    case = bench.Case(drawing)
    case.done("a")
    assert case.ended == "end"


def test_a_non_interrupting_event_sub_process_may_happen_again_and_again(draw, bench):
    nodes = ENDS + '<userTask id="a"/>' + event_sub(bench, MESSAGE, "false")
    case = bench.Case(draw(nodes, "start>a\na>end", extra=NAMES))
    case.tell("withdraw")
    case.tell("withdraw")
    assert case.waits == ["a", "reply", "reply", "s3"]
    case.done("a")
    case.done("reply")
    assert case.ended is None
    case.done("reply")
    assert case.ended == "e3"


def test_a_timer_may_begin_an_event_sub_process(draw, bench):
    timer = "<timerEventDefinition><timeDuration>P60D</timeDuration></timerEventDefinition>"
    case = bench.Case(draw(ENDS + '<userTask id="a"/>' + event_sub(bench, timer, "true"), "start>a\na>end"))
    case.fire("s3", timedelta(days=60))
    assert case.waits == ["reply"]


def test_an_error_may_be_handled_inside_its_own_process(draw, bench):
    nodes = f'<startEvent id="start"/><userTask id="a"/><endEvent id="bad">{error()}</endEvent>' + event_sub(bench, error(), "true")
    case = bench.Case(draw(nodes, "start>a\na>bad", extra=NAMES))
    case.done("a")
    assert case.waits == ["reply"]
