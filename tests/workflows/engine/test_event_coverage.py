"""Each event definition in each position: it happens, or it is refused."""

import pytest

from tests.workflows.engine.conftest import NOON, Case, flows_xml, parse, process_xml
from tests.workflows.engine.coverage_drawings import ENDS, NAMES
from workflows import engine
from workflows.engine.written import coverage

TIMER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
MESSAGE, TERMINATE = '<messageEventDefinition messageRef="m1"/>', "<terminateEventDefinition/>"
INSIDE = {
    "none": "", "message": MESSAGE, "timer": TIMER, "terminate": TERMINATE,
    "error": '<errorEventDefinition errorRef="e1"/>',
    "escalation": '<escalationEventDefinition escalationRef="x1"/>',
    "cancel": "<cancelEventDefinition/>",
    "compensate": "<compensateEventDefinition/>",
    "conditional": "<conditionalEventDefinition><condition>yes</condition></conditionalEventDefinition>",
    "link": '<linkEventDefinition name="L"/>',
    "signal": '<signalEventDefinition signalRef="s1"/>',
    "multiple": MESSAGE + TIMER,
    "parallel_multiple": MESSAGE + TIMER,
}  # fmt: skip
ALL = [(position, kind) for position in coverage.POSITIONS for kind in coverage.DEFINITIONS]
HAPPENING = [(position, kind) for position, kind in ALL if kind in coverage.EVENTS[position]]
REFUSED = [cell for cell in ALL if cell not in HAPPENING]


def event(tag, kind, name="x", more=""):
    more += ' parallelMultiple="true"' if kind == "parallel_multiple" else ""
    return f'<{tag} id="{name}" {more}>{INSIDE[kind]}</{tag}>'


def thrower(kind):
    """What brings an event of this kind about, if the drawing itself does."""
    if kind in ("error", "cancel"):
        return event("endEvent", kind, "th"), ""
    return event("intermediateThrowEvent", kind if kind in ("signal", "escalation") else "none", "th"), "\nth>b\nb>e2"


def host(kind):
    """A sub-process in which a task is followed by what brings the event about."""
    throw, flows = thrower(kind)
    rest = '<userTask id="b"/><endEvent id="e2"/>' if flows else ""
    tag = "transaction" if kind == "cancel" else "subProcess"
    inside = f'<startEvent id="s2"/><userTask id="a"/>{throw}{rest}' + flows_xml("s2>a\na>th" + flows)
    return f'<{tag} id="sub">{inside}</{tag}>'


def drawing_of(position, kind):
    """A drawing with one event called x, and its flows."""
    if position == "start":
        return event("startEvent", kind) + '<endEvent id="end"/>', "x>end"
    if position == "inner_start":
        return f'{ENDS}<subProcess id="sub">{event("startEvent", kind)}</subProcess>', "start>sub\nsub>end"
    if position.startswith("event_start"):
        more = f'isInterrupting="{"false" if position.endswith("beside") else "true"}"'
        inside = event("startEvent", kind, more=more) + '<userTask id="after"/>' + flows_xml("x>after")
        nodes = f'{host(kind)}<subProcess id="es" triggeredByEvent="true">{inside}</subProcess>'
        return ENDS + nodes, "start>sub\nsub>end"
    if position.startswith("boundary"):
        more = f'attachedToRef="sub" cancelActivity="{"false" if position.endswith("beside") else "true"}"'
        nodes = host(kind) + event("boundaryEvent", kind, more=more) + '<userTask id="after"/>'
        return ENDS + nodes, "start>sub\nsub>end\nx>after\nafter>end"
    if position == "catch":
        throw = "link" if kind == "link" else "signal"
        nodes = '<parallelGateway id="g"/><userTask id="a"/>' + event("intermediateThrowEvent", throw, "th")
        way = "" if kind == "link" else "\ng>x\nth>end"
        return ENDS + nodes + event("intermediateCatchEvent", kind), "start>g\ng>a\na>th\nx>end" + way
    return other_end(position, kind)


def other_end(position, kind):
    if position == "throw":
        target = event("intermediateCatchEvent", "link", "c") if kind == "link" else ""
        return ENDS + event("intermediateThrowEvent", kind) + target, "start>x\nc>end" if target else "start>x\nx>end"
    if kind == "cancel":
        inside = '<startEvent id="s2"/>' + event("endEvent", kind) + flows_xml("s2>x")
        border = event("boundaryEvent", kind, "c", 'attachedToRef="sub"')
        return f'{ENDS}<transaction id="sub">{inside}</transaction>{border}', "start>sub\nsub>end\nc>end"
    return '<startEvent id="start"/>' + event("endEvent", kind), "start>x"


def begun(drawing, position, kind):
    case = Case.__new__(Case)
    case.drawing, case.facts, case.now, case.trace = drawing, {}, NOON, []
    at_start = {"message": {"message": "reply"}, "timer": {"timer": "x"}}.get(kind, {}) if position == "start" else {}
    case.take(engine.start(drawing, {}, NOON, **at_start))
    return case


def bring_about(case, kind):
    if kind == "message":
        case.tell("reply")
    elif kind == "timer":
        case.now = next(w.due_at for w in case.move.waiting if w.node.id == "x")
        case.fire("x")
    elif kind == "conditional":
        case.take(engine.refresh(case.drawing, case.move.state, {"yes": True}, case.now))
    elif kind != "none":
        case.done("a")


@pytest.mark.parametrize(("position", "kind"), HAPPENING)
def test_an_event_that_runs_happens(position, kind):
    nodes, flows = drawing_of(position, kind)
    case = begun(parse(process_xml(nodes, flows), extra=NAMES), position, kind)
    if position not in ("start", "inner_start", "throw", "end"):
        assert "x" not in case.path("completed")
        bring_about(case, kind)
    assert case.path("completed").count("x") == 1
    if position in ("event_start", "boundary"):
        assert case.waits == ["after"]
    elif position.endswith("beside"):
        goes_on = "b" if kind in ("signal", "escalation") else "a"
        assert {"after", goes_on} <= set(case.waits)
    elif position != "catch":
        assert case.ended == ("end" if kind == "cancel" or position != "end" else "x")


@pytest.mark.parametrize(("position", "kind"), REFUSED)
def test_an_event_that_does_not_run_is_refused(position, kind):
    nodes, flows = drawing_of(position, kind)
    with pytest.raises(engine.DrawingRefused) as refused:
        parse(process_xml(nodes, flows), extra=NAMES)
    said = [(f.message_en, f.message_zh) for f in refused.value.findings if (f.element_id, f.code) == ("x", "not_supported")]
    entry = coverage.event(position, kind)
    assert (entry.en, entry.zh) in said


ON_A = 'attachedToRef="a"'
NO_TRANSACTION = [
    (ENDS + '<userTask id="a"/>' + event("boundaryEvent", "cancel", more=ON_A), "start>a\na>end\nx>end"),
    ('<startEvent id="start"/>' + event("endEvent", "cancel"), "start>x"),
]


@pytest.mark.parametrize(("nodes", "flows"), NO_TRANSACTION)
def test_only_a_transaction_can_be_cancelled(nodes, flows):
    with pytest.raises(engine.DrawingRefused) as refused:
        parse(process_xml(nodes, flows))
    assert [(f.element_id, f.code) for f in refused.value.findings] == [("x", "no_transaction")]
