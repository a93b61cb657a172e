"""One small change to a good process, exactly one finding: what its expressions read, and what they give."""

import pytest

from workflows import releases

from .conftest import files

FLOW, RULES, TABLE = "aid/flow.bpmn", "aid/process.toml", "aid/award.dmn"
APPROVE, GUARD = '=decide.outcome = "approve"', "award.amount = 0"
CONSEQUENCE = "end_without_reason"     # a condition that is wrong no longer asks for the reason

ROWS = [
    # the drawing
    ("name_unknown", FLOW, "outcome_to_posting", (FLOW, APPROVE, '=decied.outcome = "approve"'), "decide"),
    ("part_unknown", FLOW, "outcome_to_posting", (FLOW, APPROVE, '=decide.outcom = "approve"'), "outcome"),
    ("part_unknown", FLOW, "sum_up", (FLOW, "count(application.members)", "count(application.membres)"), "members"),
    ("option_unknown", FLOW, "outcome_to_posting", (FLOW, APPROVE, '=decide.outcome = "aprove"'), "approve"),
    ("option_unknown", FLOW, "sum_up", (FLOW, 'award.level = "high"', 'award.level = "hihg"'), "high"),
    ("not_comparable", FLOW, "outcome_to_posting", (FLOW, APPROVE, "=visit.visited_on &lt; case.today"), None),
    ("not_computable", FLOW, "sum_up", (FLOW, "count(application.members)", "case.today + 7"), None),
    ("result_wrong", FLOW, "outcome_to_posting", (FLOW, APPROVE, "=count(application.members)"), None),
    ("result_wrong", FLOW, "overdue", (FLOW, "=clocks.total.due_at", "=clocks.total.length"), None),
    ("part_unknown", FLOW, "overdue", (FLOW, "=clocks.total.due_at", "=clocks.totl.due_at"), "total"),
    ("result_wrong", FLOW, "ask_neighbours", (FLOW, "=application.neighbours.name", "=application.applicant_name"), None),
    # the law's guards
    ("name_unknown", RULES, "decide", (RULES, GUARD, "awards.amount = 0"), "award"),
    ("not_comparable", RULES, "decide", (RULES, GUARD, 'award.amount = "0"'), None),
    ("expression_broken", RULES, "decide", (RULES, GUARD, "award.amount ="), None),
    ("part_unknown", RULES, "decide", (RULES, GUARD, "rules.income_min = 0"), "income_max"),
    ("part_unknown", RULES, "decide", (RULES, "补助金额为零", "补助金额低于 {rules.income_min} 元"), "income_max"),
    # the tables
    ("not_comparable", TABLE, "r1i1", (TABLE, '<text>true</text></inputEntry><inputEntry id="r1i2">',
                                       '<text>"true"</text></inputEntry><inputEntry id="r1i2">'), None),
    ("option_unknown", TABLE, "r1i2", (TABLE, '<text>"true"</text>', '<text>"treu"</text>'), "true"),
    ("option_unknown", TABLE, "r1o1", (TABLE, '<outputEntry id="r1o1"><text>"high"', '<outputEntry id="r1o1"><text>"hihg"'), None),
    ("result_differs", TABLE, "r1o2", (TABLE, "<text>50000</text>", '<text>"50000"</text>'), None),
    ("column_differs", TABLE, "seen", (TABLE, 'id="seen_expression" typeRef="string"', 'id="seen_expression" typeRef="number"'), None),
    ("part_unknown", TABLE, "income_expression", (TABLE, "sum(application.members.income)", "sum(application.members.incom)"), "income"),
    ("argument_wrong", TABLE, "income_expression", (TABLE, "sum(application.members.income)", "sum(application.members.name)"), None),
    # the forms
    ("name_unknown", "aid/decide.form", "reason", ("aid/decide.form", "=outcome != ", "=outcom != "), "outcome"),
    ("option_unknown", "aid/decide.form", "reason", ("aid/decide.form", '!= \\"refuse\\"', '!= \\"refuze\\"'), "refuse"),
    ("result_wrong", "aid/decide.form", "reason", ("aid/decide.form", '=outcome != \\"refuse\\"', "=outcome"), None),
]


@pytest.mark.parametrize(("code", "file", "element", "change", "meant"), ROWS, ids=[f"{row[0]}-{row[2]}" for row in ROWS])
def test_one_change_is_one_finding(code, file, element, change, meant):
    found = [each for each in releases.check("aid", files(change)).findings if each.code != CONSEQUENCE]
    assert [(each.code, each.severity, each.file, each.element) for each in found] == [(code, "error", file, element)]
    assert (found[0].hint and found[0].hint.params["word"]) == meant
    assert "{" not in found[0].say("zh_CN") + found[0].say("en")


def test_an_input_of_a_table_that_is_no_fact_is_told():
    renamed = [(TABLE, '<inputData id="visit" name="visit">', '<inputData id="survey" name="survey">'),
               (TABLE, '<variable id="visit_variable" name="visit"', '<variable id="visit_variable" name="survey"'),
               (TABLE, 'requiredInput href="#visit"', 'requiredInput href="#survey"')]
    found, = releases.check("aid", files(*renamed)).findings
    assert (found.code, found.severity, found.element) == ("input_unknown", "error", "survey")


def test_a_decision_that_nobody_asks_is_told():
    more = '<decision id="other" name="另一项"><variable id="o" name="other"/><literalExpression id="ol"><text>1</text></literalExpression></decision></definitions>'
    found, = releases.check("aid", files((TABLE, "</definitions>", more))).findings
    assert (found.code, found.severity, found.element) == ("decision_unused", "warning", "other")


def test_a_form_filled_in_before_there_is_a_case_sees_no_case():
    change = ("aid/application.form", '"label": "申请人"', '"conditional": {"hide": "=case.today = null"}, "label": "申请人"')
    found, = releases.check("aid", files(change)).findings
    assert (found.code, found.element) == ("name_unknown", "applicant_name")


def test_the_element_of_an_instance_and_its_counters_can_be_read():
    closed = 'camunda:elementVariable="neighbour"><bpmn:completionCondition>{}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>'
    condition = '=neighbour = "x" or nrOfCompletedInstances &gt; 2'
    change = (FLOW, 'camunda:elementVariable="neighbour" />', closed.format(condition))
    assert releases.check("aid", files(change)).findings == ()


def test_answers_of_instances_are_a_list_with_the_item():
    change = (FLOW, APPROVE, '=every one in ask_neighbours satisfies one.item = one.said')
    assert releases.check("aid", files(change)).findings == ()


@pytest.mark.parametrize(("condition", "told"), [
    ("=null", True), ("=true", True), ("=1 = 2", True), ('=decide.outcome = "approve" or true', True),
    ('=today() > date("2020-01-01")', False)])
def test_a_condition_that_asks_nothing_is_a_warning(condition, told):
    change = ("aid/flow.bpmn", '=decide.outcome = "approve"', condition.replace(">", "&gt;"))
    found = [each.element for each in releases.check("aid", files(change)).findings
             if (each.code, each.severity) == ("condition_constant", "warning")]
    assert found == (["outcome_to_posting"] if told else [])
