"""One small change to a good process, exactly one finding: elements, and process.toml."""

import pytest

import bpmn.loader
from workflows import releases

from .conftest import SAMPLE, files

FLOW, RULES = "aid/flow.bpmn", "aid/process.toml"
DECISION = '<camunda:property name="document" value="decision" />'
REMIND = 'formKey="aid/remind" camunda:candidateGroups="COUNTY_LEAD"'
SHOUT = ('><bpmn:extensionElements><camunda:properties><camunda:property name="effect" value="shout" />'
         "</camunda:properties></bpmn:extensionElements></bpmn:userTask>")

ELEMENTS = [
    ("form_missing", "error", "remind", (FLOW, ' camunda:formKey="aid/remind"', "")),
    ("form_unknown", "error", "remind", (FLOW, 'formKey="aid/remind"', 'formKey="aid/remnd"')),
    ("form_broken", "error", "said", ("aid/neighbour.form", '"textarea"', '"textaria"')),
    ("role_missing", "error", "post", ("posting/flow.bpmn", ' camunda:candidateGroups="VILLAGE"', "")),
    ("role_unknown", "error", "post", ("posting/flow.bpmn", '"VILLAGE"', '"VILAGE"')),
    ("lane_differs", "warning", "decide", (FLOW, 'formKey="aid/decide" camunda:candidateGroups="COUNTY_LEAD"',
                                           'formKey="aid/decide" camunda:candidateGroups="COUNTY_CLERK"')),
    ("topic_missing", "error", "prepare", ("posting/flow.bpmn", ' camunda:topic="prepare_notice"', "")),
    ("topic_unknown", "error", "prepare", ("posting/flow.bpmn", '"prepare_notice"', '"prepare_notise"')),
    ("effect_unknown", "error", "remind", (FLOW, REMIND + " />", REMIND + SHOUT)),
    ("property_unknown", "warning", "issue_decision", (FLOW, DECISION, DECISION + '<camunda:property name="kind" value="x" />')),
    ("property_missing", "error", "issue_decision", (FLOW, DECISION, "")),
    ("paper_unknown", "error", "issue_decision", (FLOW, 'value="decision"', 'value="decison"')),
    ("no_picture", "warning", "remind", (FLOW, 'bpmnElement="remind"', 'bpmnElement="reminder"')),
    ("no_picture", "warning", "posting", ("posting/flow.bpmn", "spec/BPMN/20100524/DI", "spec/BPMN/20100524/DL")),     # in the whole file
]
RULES_SAID = [
    ("list_unknown", "error", "said", ("aid/neighbour.form", '"type": "textarea"', '"type": "select", "valuesKey": "vilages"')),
    ("element_unknown", "error", "vissit", (RULES, '"split", "visit"', '"split", "visit", "vissit"')),
    ("element_unknown", "error", "rated", (RULES, 'rate = "Rate"', 'rate = "Rate"\nrated = "Rated"')),
    ("stage_missing", "warning", "split", (RULES, '"split", ', "")),
    ("stage_twice", "warning", "decide", (RULES, '"rate", "sum_up"', '"rate", "sum_up", "decide"')),
    ("end_without_meaning", "error", "reminded", (RULES, '[end.reminded]\nname = "已催办"\nen = "Reminded"\nkind = "closed"\nreason = ["remind.words"]', "")),
    ("end_unknown", "error", "withdrawn", (RULES, "[end.refused]",
                                           '[end.withdrawn]\nname = "撤回"\nen = "Withdrawn"\nkind = "granted"\n\n[end.refused]')),
    ("english_missing", "warning", "visit", (RULES, 'visit = "Visit"\n', "")),
    ("guard_misplaced", "error", "rate", (RULES, 'task = "decide"\nfield = "outcome"', 'task = "rate"')),
    ("answer_unknown", "error", "decide", (RULES, 'field = "outcome"', 'field = "outcom"')),
    ("answer_unknown", "error", "visit", (RULES, 'ended_on = "visit.visited_on"', 'ended_on = "visit.visited_at"')),
    ("limit_unknown", "error", "", (RULES, 'limit = "aid.limit.total"', 'limit = "aid.limit.totl"')),
    ("apart_misplaced", "error", "rate", (RULES, 'tasks = ["visit", "decide"]', 'tasks = ["visit", "decide", "rate"]')),
    ("apart_same_role", "warning", "decide", (RULES, 'tasks = ["visit", "decide"]', 'tasks = ["decide", "remind"]')),
    ("form_unknown", "error", "", (RULES, 'start_form = "aid/application"', 'start_form = "aid/aplication"')),
    ("role_unknown", "error", "", (RULES, 'start_roles = ["TOWN_CLERK"]', 'start_roles = ["TOWN_CLERC"]')),
    ("role_missing", "error", "", (RULES, 'start_roles = ["TOWN_CLERK"]', "")),
    ("rules_broken", "error", "", (RULES, 'short = "补助"', "")),
    ("rules_broken", "error", "", (RULES, "补助金额为零", "{award.amount +} 为零")),
    ("name_unknown", "error", "decide", (RULES, "补助金额为零", "{awrd.amount} 为零")),
    ("role_unknown", "error", "", (RULES, "[[stage]]", '[operations]\nterminate = ["COUNTY_LEED"]\n\n[[stage]]')),
    ("element_unknown", "error", "vissit", (RULES, "[[stage]]", '[operations]\nskip = ["vissit"]\n\n[[stage]]')),
    ("skip_forbidden", "error", "posting", (RULES, "[[stage]]", '[operations]\nskip = ["visit", "posting"]\n\n[[stage]]')),
    ("rules_broken", "error", "", (RULES, "[[stage]]", '[given]\nearlier = "list<nmber>"\n\n[[stage]]')),
    ("intake_missing", "error", "", (RULES, """[intake]
subject = "application.applicant_name"
division = "application.registered_division"
people = "application.members"
""", "")),
    ("name_unknown", "error", "", (RULES, 'people = "application.members"', 'people = "aplication.members"')),
    ("part_unknown", "error", "", (RULES, '"application.applicant_name"', '"application.aplicant_name"')),
    ("result_wrong", "error", "", (RULES, '"application.applicant_name"', '"application.members"')),
    ("role_unknown", "error", "", (RULES, "[[stage]]", '[sight]\nopen_to = ["COUNTY_LEED"]\n\n[[stage]]')),
    ("name_unknown", "error", "", (RULES, "[[stage]]", '[[figure]]\nname = "甲"\nen = "A"\nvalue = "no_such_fact"\n\n[[stage]]')),
    ("rates_broken", "error", "", ("aid/rates.toml", "value = 30\n", "")),
]


def test_the_good_process_has_no_finding():
    assert releases.check("aid", SAMPLE).findings == ()


@pytest.mark.parametrize("process", bpmn.loader.names())
def test_what_is_shipped_has_no_finding(process):
    assert releases.check(process).findings == ()


@pytest.mark.parametrize(("code", "severity", "element", "change"), ELEMENTS + RULES_SAID,
                         ids=[f"{row[0]}-{row[2]}" for row in ELEMENTS + RULES_SAID])
def test_one_change_is_one_finding(code, severity, element, change):
    found = releases.check("aid", files(change)).findings
    assert [(each.code, each.severity, each.element) for each in found] == [(code, severity, element)]


def test_a_form_that_nothing_uses_is_told():
    made = files() | {"aid/left_over.form": files()["aid/remind.form"]}
    assert [(each.code, each.file) for each in releases.check("aid", made).findings] == [("form_unused", "aid/left_over.form")]


@pytest.mark.parametrize(("missing", "code"), [("posting/flow.bpmn", "file_missing"), ("aid/remind.form", "form_unknown")])
def test_a_missing_file_is_told(missing, code):
    assert code in {each.code for each in releases.check("aid", files(without=(missing,))).errors}


def test_a_called_process_that_is_not_there_is_told():
    made = {name: content for name, content in files().items() if not name.startswith("posting/")}
    assert [each.element for each in releases.check("aid", made).errors] == ["posting"]


def test_a_call_that_bears_the_name_of_what_it_calls_is_found_where_it_stands():
    change = (FLOW, 'sourceRef="outcome" targetRef="posting"', 'sourceRef="outcome" targetRef="issue_decision"')
    found = {each.code: each for each in releases.check("aid", files(change)).errors}["unreachable"]
    assert (found.file, found.element, found.name.zh) == (FLOW, "posting", "公示")


def test_a_form_that_is_asked_for_by_a_wrong_name_is_one_finding_whatever_it_reads():
    reads = ("aid/remind.form", '"label_en": "', '"default_from": "=application.reason", "label_en": "')
    found = releases.check("aid", files((FLOW, 'formKey="aid/remind"', 'formKey="aid/remnd"'), reads)).findings
    assert [each.code for each in found] == ["form_unknown"]


@pytest.mark.parametrize(("collection", "severity"), [("=[1, 2]", "error"), ("=application.neighbours[name = house].name", "warning")])
def test_a_repetition_within_a_repetition_would_lose_the_answers_for_equal_items(collection, severity):
    inner = f'<bpmn:multiInstanceLoopCharacteristics camunda:collection="{collection}" camunda:elementVariable="one" /></bpmn:userTask>'
    outer = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="=application.neighbours.name" camunda:elementVariable="house" />'
    post = 'camunda:candidateGroups="VILLAGE"'
    called = files()["posting/flow.bpmn"].decode()
    task = called[called.index('<bpmn:userTask id="post"'):].split(">")[0] + ">"
    changes = (("posting/flow.bpmn", task, task.removesuffix("/>").rstrip() + f">{inner}"),
               (FLOW, 'calledElement="posting" />', f'calledElement="posting">{outer}</bpmn:callActivity>'))
    assert post in task
    told = [(each.element, each.severity) for each in releases.check("aid", files(*changes)).findings if each.code == "items_collide"]
    assert told == [("post", severity)]


def test_a_process_that_is_not_there_is_told():
    assert [each.code for each in releases.check("no_such").findings] == ["process_missing"]


def test_a_finding_says_where_what_and_what_was_probably_meant_in_both_languages():
    found, = releases.check("aid", files((FLOW, 'formKey="aid/remind"', 'formKey="aid/remnd"'))).errors
    assert (found.file, found.element, found.name.zh, found.name.en) == ("aid/flow.bpmn", "remind", "催办", "Remind")
    assert found.say("en") == "There is no form aid/remnd. Did you mean “aid/remind”?"
    assert found.say("zh_CN") == "没有表单 aid/remnd。是不是“aid/remind”？"
