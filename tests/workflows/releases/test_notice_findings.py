"""A grant can't dodge its notice: what counts as shown is the notice element come to its own end, its effects run inside."""

import pytest

from workflows import releases
from workflows.releases import checking

from .conftest import files

FLOW, RULES, CALLED = "aid/flow.bpmn", "aid/process.toml", "posting/flow.bpmn"
ISSUE = '<bpmn:sequenceFlow id="posting_to_issue"'
CALL = '<bpmn:callActivity id="posting" name="公示" calledElement="posting" />'
BEGIN = '<bpmn:serviceTask id="begin" name="公示开始" camunda:type="external" camunda:topic="start_notice" />'
ASKED = '<bpmn:sequenceFlow id="asked_to_prepare" sourceRef="asked" targetRef="prepare" />'
TO_POSTING = 'sourceRef="outcome" targetRef="posting">'
AFTER = '<bpmn:sequenceFlow id="posting_to_issue" sourceRef="posting" targetRef="issue_decision" />'
ERROR = '<bpmn:error id="fault" errorCode="X" />'


def flow(one, other, condition=""):
    asked = f"<bpmn:conditionExpression>={condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{one}__{other}" sourceRef="{one}" targetRef="{other}">{asked}</bpmn:sequenceFlow>'


def each(collection):
    loop = f'<bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="{collection}" camunda:elementVariable="one" />'
    return [(FLOW, CALL, CALL.replace(" />", f">{loop}</bpmn:callActivity>"))]


def again(attributes, condition):
    loop = f"<bpmn:standardLoopCharacteristics {attributes}><bpmn:loopCondition>={condition}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    return [(FLOW, CALL, CALL.replace(" />", f">{loop}</bpmn:callActivity>"))]


def boundary(definition, cancel="true"):
    event = f'<bpmn:boundaryEvent id="cut" attachedToRef="posting" cancelActivity="{cancel}">{definition}</bpmn:boundaryEvent>'
    return (FLOW, ISSUE, event + flow("cut", "issue_decision") + ISSUE)


def way_out(end):
    """The called process may end by another way before anything is posted."""
    gateway = '<bpmn:exclusiveGateway id="choice" default="choice__prepare" />'
    return (CALLED, ASKED, gateway + end + flow("asked", "choice") + flow("choice", "prepare") + flow("choice", "none", "award.amount &lt; 100"))


def fork(kind, condition=""):
    """The notice in one branch, something by hand in the other; then both come together."""
    beside = (f'<bpmn:{kind}Gateway id="fork" default="fork__hand" /><bpmn:{kind}Gateway id="together" />'
              '<bpmn:manualTask id="hand" camunda:candidateGroups="TOWN_CLERK" />')
    flows = [("fork", "posting", condition), ("fork", "hand"), ("posting", "together"), ("hand", "together"), ("together", "issue_decision")]
    text = beside + "".join(flow(*each) for each in flows)
    return [(FLOW, TO_POSTING, 'sourceRef="outcome" targetRef="fork">'),
            (FLOW, AFTER, text if kind == "inclusive" else text.replace(' default="fork__hand"', ""))]


TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>"
CAUGHT = '<bpmn:errorEventDefinition errorRef="fault" />'
THROWN = (CALLED, '<bpmn:process id="posting"', f'{ERROR}<bpmn:process id="posting"')
CATCHES = (FLOW, '<bpmn:process id="aid"', f'{ERROR}<bpmn:process id="aid"')
MEANING = ("posting/process.toml", "[end.posted]", '[end.none]\nname = "x"\nen = "x"\nkind = "closed"\n\n[end.posted]')
OTHER_END = [(FLOW, '<bpmn:endEvent id="refused"', '<bpmn:endEvent id="other" /><bpmn:endEvent id="refused"'),
             (FLOW, 'sourceRef="outcome" targetRef="refused"', 'sourceRef="outcome" targetRef="other"'),
             (RULES, "[end.refused]", '[end.other]\nname = "x"\nen = "x"\nkind = "granted"\n\n[end.refused]')]
SCRIPT = '<bpmn:scriptTask id="begin" scriptFormat="feel" camunda:resultVariable="q"><bpmn:script>=1</bpmn:script></bpmn:scriptTask>'
AVOIDED = ("notice_avoided", "granted")

DODGES = {
    "a timer cuts the notice short": ([boundary(TIMER)], [AVOIDED]),
    "a timer goes on beside the notice": ([boundary(TIMER, "false")], [AVOIDED]),
    "once for each of no items": (each("=[]"), [AVOIDED]),
    "once for each of what may be no items": (each("=application.neighbours.name"), [AVOIDED]),
    "a loop that looks before its first time": (again('testBefore="true" loopMaximum="3"', "award.amount &gt; 3"), [AVOIDED]),
    "the called process ends without it": ([way_out('<bpmn:endEvent id="none" />'), MEANING], [AVOIDED]),
    "an error leads out of the called process": (
        [way_out(f'<bpmn:endEvent id="none">{CAUGHT}</bpmn:endEvent>'), MEANING, THROWN, CATCHES, boundary(CAUGHT)], [AVOIDED]),
    "a script in its place": ([(CALLED, BEGIN, SCRIPT)], [("notice_shows_nothing", "posting")]),
    "a gateway said to be the notice": ([(RULES, 'element = "posting"', 'element = "outcome"')], [("notice_shows_nothing", "outcome")]),
    "a table said to be the notice": ([(RULES, 'element = "posting"', 'element = "rate"')], [("notice_shows_nothing", "rate")]),
    "it must hang to its end and never does": (
        [(RULES, 'before = ["granted"]', 'before = ["granted"]\nuntil = "take_down_notice"')], [("notice_shows_nothing", "posting")]),
    "it ends with no effect of the house": (
        [(RULES, 'before = ["granted"]', 'before = ["granted"]\nuntil = "take_it_down"')], [("effect_unknown", "posting"), ("notice_shows_nothing", "posting")]),
    "another end that grants": (OTHER_END, [("notice_unruled", "other")]),
    "before no end": ([(RULES, 'before = ["granted"]', "before = []")], [("rules_broken", "")]),
    "an inclusive branch that may not be taken": (fork("inclusive", "award.amount &gt; 10"), [AVOIDED]),
}
HONEST = {
    "a branch that the other waits for": fork("parallel"),
    "once for each of two items": each("=[1, 2]"),
    "twice": each("=2"),
    "a loop that looks after its first time": again('loopMaximum="3"', "award.amount &gt; 3"),
    "a loop whose first test holds": again('testBefore="true" loopMaximum="3"', "true"),
}


def errors(*changes):
    return [(each.code, each.element) for each in releases.check("aid", files(*changes)).errors]


@pytest.mark.parametrize(("changes", "told"), DODGES.values(), ids=DODGES)
def test_a_grant_that_may_dodge_its_notice_is_refused(changes, told):
    assert set(errors(*changes)) & {*told} == {*told}
    assert {code for code, _ in errors(*changes)} - {code for code, _ in told} <= {"end_without_reason", "end_unknown", "unreachable"}


@pytest.mark.parametrize("changes", HONEST.values(), ids=HONEST)
def test_a_grant_that_never_dodges_its_notice_is_not(changes):
    assert errors(*changes) == []


def test_a_posting_that_no_rule_demands_is_told():
    rule = '[[notice]]\nelement = "posting"\nbefore = ["granted"]\nsource = "《社会救助暂行办法》第十八条"\n'
    assert ("notice_unruled", "warning") in {(each.code, each.severity) for each in releases.check("aid", files((RULES, rule, ""))).findings}


@pytest.mark.parametrize(("guard", "told"), [("true", []), ("notice.posted_on != null", [AVOIDED[0]]), ("notice.ends_on &lt; case.today", []),
                                              ("case.today &gt; date(&quot;2026-06-01&quot;)", [AVOIDED[0]])])
def test_a_notice_cut_short_is_posted_and_its_days_are_not_over(guard, told):
    """A condition on the days stands in for the rest of them; one on the posting alone does not."""
    made = checking.collect("dibao")
    cut = ('<bpmn:boundaryEvent id="cut" attachedToRef="public_notice"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration>'
           '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:exclusiveGateway id="cut_how" default="cut_how__resurvey" />'
           + flow("cut", "cut_how") + flow("cut_how", "resurvey") + (flow("cut_how", "issue_decision", guard) if guard != "true" else ""))
    call = '<bpmn:callActivity id="public_notice"'
    made["dibao/flow.bpmn"] = made["dibao/flow.bpmn"].replace(call.encode(), (cut + call).encode())
    found = releases.check("dibao", made).errors
    assert [each.code for each in found if each.code == "notice_avoided"] == told
