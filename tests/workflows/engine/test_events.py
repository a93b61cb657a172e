"""Timers, messages and races between them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
MESSAGES = '<message id="m1" name="reply"/><message id="m2" name="withdrawn"/><signal id="s1" name="flood"/>'
HOME = ZoneInfo("Asia/Shanghai")


def timer(kind, text):
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def boundary(name, definition, host="a", interrupting="true"):
    return f'<boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{interrupting}">{definition}</boundaryEvent>'


MESSAGE = '<messageEventDefinition messageRef="m1"/>'


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", "P7D", datetime(2026, 3, 9, 12, tzinfo=HOME)),
        ("timeDuration", "PT24H", datetime(2026, 3, 3, 12, tzinfo=HOME)),
        ("timeDuration", "P1M", datetime(2026, 4, 2, 12, tzinfo=HOME)),
        ("timeDuration", '=duration("P" + string(days) + "D")', datetime(2026, 3, 5, 12, tzinfo=HOME)),
        ("timeDate", "2026-03-04T00:00:00+08:00", datetime(2026, 3, 4, tzinfo=HOME)),
        ("timeDate", "2026-03-04", datetime(2026, 3, 4, tzinfo=HOME)),
        ("timeDate", "=until", datetime(2026, 5, 1, tzinfo=HOME)),
        ("timeDate", '=date("2026-05-02")', datetime(2026, 5, 2, tzinfo=HOME)),
        ("timeCycle", "R3/PT1H", datetime(2026, 3, 2, 13, tzinfo=HOME)),
    ],
)
def test_a_timer_computes_its_moment_once(draw, bench, kind, text, due):
    nodes = f'{ENDS}<intermediateCatchEvent id="t">{timer(kind, text)}</intermediateCatchEvent>'
    case = bench.Case(draw(nodes, "start>t\nt>end"), days=3, until=datetime(2026, 5, 1, tzinfo=HOME))
    (waiting,) = case.move.waiting
    assert (waiting.kind, waiting.due_at) == ("timer", due)
    case.facts.update(days=100, until=None)
    with pytest.raises(engine.NotDue):
        case.fire("t")
    case.now = due
    case.fire("t")
    assert case.ended == "end"


def test_a_timer_whose_expression_gives_nonsense_is_reported(draw, bench):
    nodes = f'{ENDS}<intermediateCatchEvent id="t">{timer("timeDate", "=missing")}</intermediateCatchEvent>'
    with pytest.raises(engine.ExpressionFailed):
        bench.Case(draw(nodes, "start>t\nt>end"))


def test_an_interrupting_timer_takes_the_task_away(draw, bench):
    nodes = f'{ENDS}<userTask id="a"/><userTask id="late"/>{boundary("t", timer("timeDuration", "P7D"))}'
    case = bench.Case(draw(nodes, "start>a\na>end\nt>late\nlate>end"))
    assert case.waits == ["a", "t"]
    assert {w.node.id: w.attached_to for w in case.move.waiting} == {"a": None, "t": "a"}
    move = case.fire("t", timedelta(days=7))
    assert case.waits == ["late"]
    assert {(c.node.id, c.why) for c in move.closed} == {("a", "cancelled"), ("t", "completed")}
    case.done("late")
    assert case.ended == "end"
    assert case.path("cancelled") == ["a"]


def test_a_task_done_in_time_disarms_its_timer(draw, bench):
    nodes = f'{ENDS}<userTask id="a"/><userTask id="late"/>{boundary("t", timer("timeDuration", "P7D"))}'
    case = bench.Case(draw(nodes, "start>a\na>end\nt>late\nlate>end"))
    move = case.done("a")
    assert case.ended == "end"
    assert {(c.node.id, c.why) for c in move.closed} == {("a", "completed"), ("t", "cancelled")}
    assert "t" not in case.path("entered") + case.path("cancelled")


def test_a_reminder_leaves_the_task_and_repeats_as_often_as_drawn(draw, bench):
    nodes = (
        f'{ENDS}<userTask id="a"/><endEvent id="reminded"/><scriptTask id="remind" scriptFormat="feel" '
        f'camunda:resultVariable="reminders"><script>reminders + 1</script></scriptTask>'
        f"{boundary('t', timer('timeCycle', 'R3/P1D'), interrupting='false')}"
    )
    case = bench.Case(draw(nodes, "start>a\na>end\nt>remind\nremind>reminded"), reminders=0)
    for number in range(1, 4):
        case.fire("t", timedelta(days=1))
        assert case.facts["reminders"] == number
    assert case.waits == ["a"]
    case.done("a")
    assert case.ended == "end"


def test_a_message_reaches_whoever_waits_for_it(draw, bench):
    nodes = (
        f'{ENDS}<intermediateCatchEvent id="c">{MESSAGE}</intermediateCatchEvent><receiveTask id="r" messageRef="m2"/>'
    )
    case = bench.Case(draw(nodes, "start>c\nc>r\nr>end", extra=MESSAGES))
    assert [(w.kind, w.message) for w in case.move.waiting] == [("message", "reply")]
    with pytest.raises(engine.NotExpected):
        case.tell("withdrawn")
    case.tell("reply")
    assert case.waits == ["r"]
    case.tell("withdrawn")
    assert case.ended == "end"


def test_a_message_may_come_to_a_boundary_more_than_once(draw, bench):
    nodes = f'{ENDS}<userTask id="a"/><userTask id="b"/>{boundary("m", MESSAGE, interrupting="false")}'
    case = bench.Case(draw(nodes, "start>a\na>end\nm>b\nb>end", extra=MESSAGES))
    case.tell("reply")
    case.tell("reply")
    assert case.waits == ["a", "b", "b", "m"]
    case.done("a")
    assert case.waits == ["b", "b"]
    case.done("b")
    case.done("b")
    assert case.ended == "end"


def test_an_interrupting_message_withdraws_the_case(draw, bench):
    nodes = f'{ENDS}<userTask id="a"/><endEvent id="gone"/>{boundary("m", MESSAGE)}'
    case = bench.Case(draw(nodes, "start>a\na>end\nm>gone", extra=MESSAGES))
    case.tell("reply")
    assert case.ended == "gone"


def test_the_first_of_racing_events_wins(draw, bench):
    nodes = (
        f'{ENDS}<eventBasedGateway id="g"/><intermediateCatchEvent id="c">{MESSAGE}</intermediateCatchEvent>'
        f'<intermediateCatchEvent id="t">{timer("timeDuration", "P3D")}</intermediateCatchEvent><endEvent id="late"/>'
    )
    drawing = draw(nodes, "start>g\ng>c\ng>t\nc>end\nt>late", extra=MESSAGES)
    case = bench.Case(drawing)
    assert case.waits == ["c", "t"]
    move = case.tell("reply")
    assert case.ended == "end"
    assert {(c.node.id, c.why) for c in move.closed} == {("c", "completed"), ("t", "cancelled")}
    assert [v.flow for v in move.visits if v.node == "c" and v.what == "entered"] == ["g_c"]
    case = bench.Case(drawing)
    case.fire("t", timedelta(days=3))
    assert case.ended == "late"


def test_a_thrown_message_or_signal_is_heard_inside_the_case(draw, bench):
    nodes = (
        f'{ENDS}<parallelGateway id="s"/><intermediateThrowEvent id="throw">{MESSAGE}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="c">{MESSAGE}</intermediateCatchEvent><userTask id="a"/>'
        '<intermediateCatchEvent id="f"><signalEventDefinition signalRef="s1"/></intermediateCatchEvent>'
        '<endEvent id="flooded"><signalEventDefinition signalRef="s1"/></endEvent>'
    )
    flows = "start>s\ns>c\ns>a\ns>f\na>throw\nthrow>flooded\nc>end\nf>end"
    case = bench.Case(draw(nodes, flows, extra=MESSAGES))
    move = case.done("a")
    assert move.sent == ("reply",)
    assert case.ended == "end"
    assert sorted(case.path("completed")) == ["a", "c", "end", "end", "f", "flooded", "s", "start", "throw"]


def test_a_process_may_start_by_a_message(bench):
    nodes = (
        '<startEvent id="by_message"><messageEventDefinition messageRef="m1"/></startEvent>'
        '<startEvent id="plain"/><userTask id="a"/><userTask id="b"/><endEvent id="end"/>'
    )
    drawing = bench.parse(bench.process(nodes, "plain>a\nby_message>b\na>end\nb>end"), extra=MESSAGES)
    plain = engine.start(drawing, {}, bench.now)
    assert [w.node.id for w in plain.waiting] == ["a"]
    told = engine.start(drawing, {}, bench.now, message="reply")
    assert [w.node.id for w in told.waiting] == ["b"]
    with pytest.raises(engine.NotExpected):
        engine.start(drawing, {}, bench.now, message="nonsense")


def test_what_does_not_wait_cannot_be_completed_or_fired(draw, bench):
    nodes = (
        f'{ENDS}<userTask id="a"/>{boundary("t", timer("timeDuration", "P7D"), interrupting="false")}<userTask id="b"/>'
    )
    case = bench.Case(draw(nodes, "start>a\na>end\nt>b\nb>end"))
    state, timer_token, task_token = case.move.state, case.token("t"), case.token("a")
    with pytest.raises(engine.NotWaiting):
        engine.complete(case.drawing, state, timer_token, {}, case.now)
    with pytest.raises(engine.NotWaiting):
        engine.fire(case.drawing, state, task_token, {}, case.now)
    case.done("a")
    with pytest.raises(engine.NotWaiting):
        engine.complete(case.drawing, case.move.state, task_token, {}, case.now)


@pytest.mark.parametrize("order", [("note", "stop"), ("stop", "note")])
def test_a_message_is_heard_by_what_ends_nothing_before_it_interrupts(draw, bench, order):
    event = '<boundaryEvent id="{0}" attachedToRef="a" cancelActivity="{1}"><messageEventDefinition messageRef="m1"/></boundaryEvent>'
    events = {"note": event.format("note", "false"), "stop": event.format("stop", "true")}
    nodes = '<startEvent id="start"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><endEvent id="end"/>'
    flows = "start>a\na>end\nnote>b\nb>end\nstop>c\nc>end"
    drawing = draw(nodes + "".join(events[name] for name in order), flows, '<message id="m1" name="told"/>')
    move = engine.start(drawing, {}, bench.now)
    told = engine.tell(drawing, move.state, "told", {}, bench.now)
    assert sorted(place.node.id for place in told.waiting) == ["b", "c"]
