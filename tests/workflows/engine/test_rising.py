"""What is thrown and heard by nobody, and what waits for something that nothing throws, is said before any case runs."""

import pytest

from workflows import engine

NAMED = """<error id="e1" errorCode="bad"/><error id="e2" errorCode="other"/><escalation id="c1" escalationCode="up"/>
<signal id="s1" name="stop"/><signal id="s2" name="else"/><message id="m1" name="said"/>"""
AROUND = '<startEvent id="start"/><endEvent id="end"/><userTask id="a"/>'
EVENT = {"error": '<errorEventDefinition {}/>', "escalation": '<escalationEventDefinition {}/>', "signal": '<signalEventDefinition signalRef="{}"/>',
         "message": '<messageEventDefinition messageRef="{}"/>', "cancel": "<cancelEventDefinition/>"}
BAD, UP = EVENT["error"].format('errorRef="e1"'), EVENT["escalation"].format('escalationRef="c1"')
ANY_ERROR, OTHER = EVENT["error"].format(""), EVENT["error"].format('errorRef="e2"')
STOP, ELSE, SAID = EVENT["signal"].format("s1"), EVENT["signal"].format("s2"), EVENT["message"].format("m1")


def inner(event, tag="subProcess", more=""):
    """A sub-process that ends by an event."""
    return (f'<{tag} id="s"><startEvent id="s1x"/><userTask id="sa"/><endEvent id="sx">{event}</endEvent>'
            f'<sequenceFlow id="f1" sourceRef="s1x" targetRef="sa"/><sequenceFlow id="f2" sourceRef="sa" targetRef="sx"/>{more}</{tag}>')


def border(event, host="s", more=""):
    return f'<boundaryEvent id="b" attachedToRef="{host}" {more}>{event}</boundaryEvent>'


def listening(event):
    """An event sub-process beside all else."""
    return (f'<subProcess id="l" triggeredByEvent="true"><startEvent id="ls">{event}</startEvent><userTask id="la"/><endEvent id="le"/>'
            '<sequenceFlow id="l1" sourceRef="ls" targetRef="la"/><sequenceFlow id="l2" sourceRef="la" targetRef="le"/></subProcess>')


@pytest.fixture
def found(bench):
    def look(nodes, flows, *others):
        xml = f"{bench.HEAD}{NAMED}{bench.process(AROUND + nodes, flows)}{''.join(others)}</definitions>"
        return [(f.element_id, f.code, f.severity) for f in engine.check({"p.bpmn": xml.encode()}, "p")]
    return look


THROUGH, CAUGHT = "start>a\na>s\ns>end", "start>a\na>s\ns>end\nb>end"
SILENT = [("sx", "uncaught", "error")]
CASES = {
    "an error that leaves its sub-process unseen": (inner(BAD), THROUGH, SILENT),
    "an error caught on the border": (inner(BAD) + border(BAD), CAUGHT, []),
    "an error caught by a border that catches any": (inner(BAD) + border(ANY_ERROR), CAUGHT, []),
    "an error where the border waits for another": (inner(BAD) + border(OTHER), CAUGHT,
                                                    [("b", "never_thrown", "warning"), *SILENT]),
    "an error caught by an event sub-process beside it": (inner(BAD, more=listening(BAD)), THROUGH, []),
    "an error caught two levels up": (f'<subProcess id="o"><startEvent id="os"/>{inner(BAD)}<endEvent id="oe"/>'
                                      '<sequenceFlow id="o1" sourceRef="os" targetRef="s"/><sequenceFlow id="o2" sourceRef="s" targetRef="oe"/></subProcess>'
                                      + border(BAD, "o"), "start>a\na>o\no>end\nb>end", []),
    "an error end at the top": (f'<endEvent id="bad">{BAD}</endEvent><exclusiveGateway id="x" default="x_end"/>',
                                "start>a\na>x\nx>end\nx>bad ? y", [("bad", "unheard", "warning")]),
    "a border for errors that nothing inside throws": (inner("") + border(BAD), CAUGHT, [("b", "never_thrown", "warning")]),
    "a border on a machine's work, which may fail with any code": (
        '<serviceTask id="s" camunda:type="external" camunda:topic="t"/>' + border(BAD), CAUGHT, []),
    "a cancellation without its border": (inner(EVENT["cancel"], "transaction"), THROUGH, SILENT),
    "a cancellation with its border": (inner(EVENT["cancel"], "transaction") + border(EVENT["cancel"]), CAUGHT, []),
    "a border for a cancellation that nothing asks for": (inner("", "transaction") + border(EVENT["cancel"]), CAUGHT,
                                                          [("b", "never_thrown", "warning")]),
    "an escalation that nobody hears": (inner(UP), THROUGH, [("sx", "unheard", "warning")]),
    "an escalation that is heard": (inner(UP) + border(UP, more='cancelActivity="false"'), CAUGHT, []),
    "an escalation that is waited for and not thrown": (inner("") + border(UP), CAUGHT, [("b", "never_thrown", "warning")]),
    "a signal that nobody waits for": (f'<intermediateThrowEvent id="t">{STOP}</intermediateThrowEvent>', "start>a\na>t\nt>end",
                                       [("t", "unheard", "warning")]),
    "a signal that would be waited for for ever": (f'<intermediateCatchEvent id="c">{STOP}</intermediateCatchEvent>', "start>a\na>c\nc>end",
                                                   [("c", "never_comes", "error")]),
    "a signal on a border that nothing throws": (inner("") + border(STOP), CAUGHT, [("b", "never_thrown", "warning")]),
    "a signal thrown inside and heard on the border": (inner(STOP) + border(STOP), CAUGHT, []),
    "a signal thrown where another is waited for": (inner(STOP) + border(ELSE), CAUGHT,
                                                    [("b", "never_thrown", "warning"), ("sx", "unheard", "warning")]),
    "a message to nobody in the case": (f'<intermediateThrowEvent id="t">{SAID}</intermediateThrowEvent>', "start>a\na>t\nt>end",
                                        [("t", "unheard", "warning")]),
    "a message that may come from outside": (f'<intermediateCatchEvent id="c">{SAID}</intermediateCatchEvent>', "start>a\na>c\nc>end", []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_nobody_hears_and_what_never_comes(found, case):
    nodes, flows, expected = CASES[case]
    assert sorted(found(nodes, flows)) == sorted(expected)


def test_an_error_of_a_called_process_is_caught_where_it_is_called_or_nowhere(found, bench):
    called = bench.process(f'<startEvent id="q1"/><endEvent id="q2">{BAD}</endEvent><userTask id="qa"/>', "q1>qa\nqa>q2", "q")
    call = '<callActivity id="s" calledElement="q"/>'
    assert found(call, THROUGH, called) == [("q2", "uncaught", "error")]
    assert found(call + border(BAD), CAUGHT, called) == []


def test_it_is_told_in_both_languages_by_the_events_name(bench):
    xml = f"{bench.HEAD}{NAMED}{bench.process(AROUND + inner(BAD), THROUGH)}</definitions>"
    said, = engine.check({"p.bpmn": xml.encode()}, "p")
    assert said.message_en == ("nothing catches the error 'bad': the case would go on as if all were well; "
                               "draw an error event on the border around it")
    assert said.message_zh == "没有任何环节捕捉错误“bad”，办件会当作正常完成继续；请在外层边界画上错误事件"
