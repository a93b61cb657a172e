"""No refusal without a reason, no grant without its notice; and facts that are read too early or written twice."""

import pytest

from workflows import releases
from workflows.releases import checking

from .conftest import files

FLOW, RULES, DECIDE = "aid/flow.bpmn", "aid/process.toml", "aid/decide.form"
REQUIRED = '  "conditional": {\n    "hide": "=outcome != \\"refuse\\""\n   },\n   "validate": {\n    "required": true\n   }'
STRAIGHT = 'sourceRef="outcome" targetRef="posting">', 'sourceRef="outcome" targetRef="issue_decision">'
ISSUE = '<bpmn:sequenceFlow id="posting_to_issue"'
ROUND = '<bpmn:sequenceFlow id="way_round" sourceRef="outcome" targetRef="issue_decision">'
UNSHOWN = """[[guard]]
task = "decide"
field = "outcome"
refuse_when = 'decide.outcome = "again" and notice.posted_on = null'
says = "未公示"
en = "Not shown yet"
source = "产品默认"

[end.granted]"""


def found(*changes):
    return [(each.code, each.severity, each.element) for each in releases.check("aid", files(*changes)).findings]


def round_about(condition):
    return FLOW, ISSUE, f"{ROUND}<bpmn:conditionExpression>={condition}</bpmn:conditionExpression></bpmn:sequenceFlow>{ISSUE}"


# ---- reasons -----------------------------------------------------------------------------------------------------

def test_a_refusal_for_which_the_form_wants_no_reason_is_told_with_the_way():
    said, = releases.check("aid", files((DECIDE, REQUIRED, REQUIRED.replace("true", "false")))).findings
    assert (said.code, said.severity, said.element) == ("end_without_reason", "error", "refused")
    assert "Application → Visit → Rate → Sum up → Decide → Refused" in said.say("en")
    assert "提出申请 → 入户 → 测算 → 汇总 → 审批 → 不予批准" in said.say("zh_CN")


def test_a_reason_that_is_only_asked_for_another_outcome_is_none():
    assert found((DECIDE, '!= \\"refuse\\"', '!= \\"again\\"')) == [("end_without_reason", "error", "refused")]


def test_a_guard_that_demands_the_reason_will_do():
    guard = """[[guard]]
task = "decide"
field = "reason"
refuse_when = 'decide.outcome = "refuse" and (decide.reason = null or decide.reason = "")'
says = "须写明理由"
en = "Give the reason"
source = "产品默认"

[end.granted]"""
    assert found((DECIDE, REQUIRED, REQUIRED.replace("true", "false")), (RULES, "[end.granted]", guard)) == []


def test_an_end_for_which_no_answer_is_named_is_told():
    assert found((RULES, 'reason = ["decide.reason"]\n', "")) == [("end_without_reason", "error", "refused")]


def test_a_matter_merely_closed_may_be_an_errand_done():
    assert found((RULES, 'reason = ["remind.words"]\n', "")) == [("end_without_reason", "warning", "reminded")]


def test_an_end_that_the_clock_brings_about_needs_no_reason():
    straight = [(FLOW, '<bpmn:sequenceFlow id="overdue_to_remind" sourceRef="overdue" targetRef="remind" />',
                 '<bpmn:sequenceFlow id="overdue_to_remind" sourceRef="overdue" targetRef="reminded" />'),
                (FLOW, '<bpmn:sequenceFlow id="remind_to_reminded" sourceRef="remind" targetRef="reminded" />', ""),
                (FLOW, '<bpmn:userTask id="remind" name="催办" camunda:formKey="aid/remind" camunda:candidateGroups="COUNTY_LEAD" />', ""),
                (RULES, '"remind", ', ""), (RULES, 'remind = "Remind"\n', ""), (RULES, 'reason = ["remind.words"]\n', "")]
    assert found(*straight) == [("form_unused", "warning", "")]


def test_a_reason_that_the_form_does_not_know_is_told():
    assert ("answer_unknown", "error", "refused") in found((RULES, '"decide.reason"', '"decide.reasons"'))


# ---- notices -----------------------------------------------------------------------------------------------------

def test_a_way_round_the_notice_is_told():
    said, = [each for each in releases.check("aid", files((FLOW, *STRAIGHT))).errors if each.code == "notice_avoided"]
    assert said.element == "granted"
    assert "Application → Visit → Rate → Sum up → Decide → Issue decision → Granted" in said.say("en")
    assert "《社会救助暂行办法》第十八条" in said.say("zh_CN")


def test_a_way_round_that_some_case_may_take_is_told():
    assert found(round_about("award.amount &lt; 100")) == [("notice_avoided", "error", "granted")]


@pytest.mark.parametrize("condition", ["notice.posted_on != null", 'decide.outcome = "approve" and notice.count &gt; 0'])
def test_a_way_round_that_only_a_case_once_shown_can_take_is_none(condition):
    assert found(round_about(condition)) == []


def test_a_guard_that_refuses_without_a_notice_will_do():
    way = round_about('decide.outcome = "again"')
    assert found(way) == [("notice_avoided", "error", "granted")]
    assert found(way, (RULES, "[end.granted]", UNSHOWN)) == []


def test_a_notice_that_is_not_drawn_is_told():
    assert ("element_unknown", "error", "postting") in found((RULES, 'element = "posting"', 'element = "postting"'))


def test_what_is_shipped_depends_on_its_guard():
    made = checking.collect("dibao")
    rule = 'county_decision.outcome = "confirm" and (notice.posted_on = null or notice.ends_on >= case.today)'
    assert rule in made["dibao/process.toml"].decode()
    made["dibao/process.toml"] = made["dibao/process.toml"].replace(rule.encode(), b"false")
    assert [(each.code, each.element) for each in releases.check("dibao", made).errors] == [("notice_avoided", "confirmed")]


# ---- facts along the ways ----------------------------------------------------------------------------------------

def test_a_fact_read_before_anything_can_have_written_it_is_told():
    assert found((FLOW, "=application.neighbours.name", "=decision.number")) == [
        ("result_wrong", "error", "ask_neighbours"), ("fact_too_early", "error", "ask_neighbours")]
    assert found((FLOW, "count(application.members)", "issued = null")) == [("name_unknown", "error", "sum_up")]
    assert found((FLOW, "count(application.members)", "decision = null")) == [("fact_too_early", "error", "sum_up")]


def test_a_form_that_reads_a_fact_too_early_is_only_a_warning():
    change = ("aid/visit.form", '"label_en": "Finding"', '"default_from": "=decision.number", "label_en": "Finding"')
    assert found(change) == [("fact_too_early", "warning", "visit")]


def test_a_fact_that_a_loop_may_have_written_is_not_too_early():
    assert found((FLOW, "=application.neighbours.name", '=if decide.outcome = null then application.neighbours.name else []')) == []


def test_two_branches_that_write_the_same_fact_are_told_once():
    fact = '<bpmn:extensionElements><camunda:properties><camunda:property name="fact" value="neighbour" /></camunda:properties></bpmn:extensionElements>'
    both = [(FLOW, 'formKey="aid/visit" camunda:candidateGroups="TOWN_CLERK" />',
             f'formKey="aid/visit" camunda:candidateGroups="TOWN_CLERK">{fact.replace("neighbour", "ask_neighbours")}</bpmn:userTask>')]
    assert ("parallel_writers", "error", "ask_neighbours") in found(*both)
    assert len([code for code, *_ in found(*both) if code == "parallel_writers"]) == 1


def test_what_a_reminder_writes_beside_the_decision_is_told():
    fact = '<bpmn:extensionElements><camunda:properties><camunda:property name="fact" value="decide" /></camunda:properties></bpmn:extensionElements>'
    change = (FLOW, 'formKey="aid/remind" camunda:candidateGroups="COUNTY_LEAD" />',
              f'formKey="aid/remind" camunda:candidateGroups="COUNTY_LEAD">{fact}</bpmn:userTask>')
    assert ("parallel_writers", "error", "decide") in found(change)


def test_instances_may_be_told_apart_by_more_than_texts():
    told = found((FLOW, "=application.neighbours.name", "=application.members.income"))
    assert "instances_overwrite" not in [code for code, *_ in told]
