"""Branches side by side: a notice on one of them that a join waits for, and two ends that would both decide."""

import pytest

from workflows import releases

from .conftest import files

FLOW = "aid/flow.bpmn"
OUT, ISSUE = 'sourceRef="outcome" targetRef="posting">', 'sourceRef="posting" targetRef="issue_decision"'
APPROVED = '<bpmn:conditionExpression>=decide.outcome = "approve"</bpmn:conditionExpression>'
OPEN = "<bpmn:conditionExpression>=case.division = \"990101001001\"</bpmn:conditionExpression>"
ANCHOR = '<bpmn:sequenceFlow id="issue_to_granted"'


def found(fork, join, condition=""):
    """An approved case forks: its notice on one branch, nothing to do on the other."""
    drawn = (f'<bpmn:{fork}Gateway id="fork" /><bpmn:{join}Gateway id="meet" /><bpmn:intermediateThrowEvent id="beside" />'
             f'<bpmn:sequenceFlow id="k1" sourceRef="fork" targetRef="posting">{condition}</bpmn:sequenceFlow>'
             f'<bpmn:sequenceFlow id="k2" sourceRef="fork" targetRef="beside">{APPROVED if condition else ""}</bpmn:sequenceFlow>'
             '<bpmn:sequenceFlow id="k3" sourceRef="beside" targetRef="meet" /><bpmn:sequenceFlow id="k4" sourceRef="meet" targetRef="issue_decision" />')
    made = files((FLOW, OUT, OUT.replace("posting", "fork")), (FLOW, ISSUE, ISSUE.replace("issue_decision", "meet")), (FLOW, ANCHOR, drawn + ANCHOR))
    return [(each.code, each.element) for each in releases.check("aid", made).errors]


@pytest.mark.parametrize(("fork", "join", "condition"), [
    ("parallel", "parallel", ""), ("parallel", "inclusive", ""), ("inclusive", "inclusive", APPROVED)])
def test_a_join_that_waits_for_the_notice_lets_nothing_past_it(fork, join, condition):
    assert found(fork, join, condition) == []


def test_a_branch_that_nothing_waits_for_goes_past_the_notice():
    assert ("notice_avoided", "granted") in found("parallel", "exclusive")


def test_a_notice_on_a_branch_that_need_not_be_taken_is_avoided():
    assert ("notice_avoided", "granted") in found("inclusive", "inclusive", OPEN)


def deciding():
    drawn = ('<bpmn:parallelGateway id="fork" /><bpmn:sequenceFlow id="k1" sourceRef="fork" targetRef="posting" />'
             '<bpmn:sequenceFlow id="k2" sourceRef="fork" targetRef="refused" />')
    made = files((FLOW, OUT, OUT.replace("posting", "fork")), (FLOW, ANCHOR, drawn + ANCHOR))
    return [each for each in releases.check("aid", made).errors if each.code == "two_decisions"]


def test_a_case_that_could_be_both_granted_and_refused_is_told():
    said, = deciding()
    assert said.element in ("granted", "refused")
    assert "both decide it" in said.say("en")
    assert "两者都是审批结论" in said.say("zh_CN")
