"""What the law refuses in dibao: each guard, once broken and once kept."""

from datetime import date
from typing import Any

import pytest

import bpmn.loader
from bpmn import dmn, feel

GUARDS = bpmn.loader.describe("dibao", bpmn.loader.files("dibao")).guards
MATERIALS = dmn.parse(bpmn.loader.files("dibao")["dibao/required_materials.dmn"])
TODAY = date(2024, 4, 8)
RULES = {"standard": {"urban": 70000, "rural": None}, "surveyors_min": 2, "check_fresh_months": 6, "difference_percent": 10,
         "property": {"deposit_multiple": None}}
NOTICE = {"posted_on": date(2024, 3, 18), "ends_on": date(2024, 3, 25), "open_objections": 0, "result": "undisputed"}
TWO = [{"name": "张伟"}, {"name": "何芳"}]


def said(task: str, answers: dict[str, Any], **facts: Any) -> list[str]:
    """The sentences that refuse these answers."""
    case = {"today": TODAY, "supplements": 0, "returns": 0, "near_relative": False, "complaint": False}
    known = {"application": {"protection_category": "urban", "members": []}, "rules": RULES, "notice": None,
             "materials": [], "means": {"eligible": True, "reason": "OK"}, **facts,
             "case": case | facts.get("case", {}), task: answers}
    return [guard.says for guard in GUARDS if guard.task == task and feel.evaluate(guard.refuse_when, known) is True]


def refuses(part: str, task: str, answers: dict[str, Any], **facts: Any) -> bool:
    found = said(task, answers, **facts)
    assert len(found) <= 1, found
    return bool(found) and part in found[0]


def test_missing_materials_are_not_accepted_without_a_reason():
    gap = {"materials": ["银行账户：尚未填写"]}
    assert refuses("材料不齐", "review_materials", {"outcome": "accept"}, **gap)
    assert said("review_materials", {"outcome": "accept", "override_reason": "容缺受理，三日内补交"}, **gap) == []
    assert said("review_materials", {"outcome": "supplement"}, **gap) == []
    assert said("review_materials", {"outcome": "accept"}) == []


@pytest.mark.parametrize("missing", [{"promise": False}, {"members": [{"name": "张三", "age": 40, "authorised": False}]}])
def test_no_reason_replaces_the_authorisation_or_the_promise(missing):
    home = {"promise": True, "near_relative": "no", "account_holder": "张三", "account_number": "1", "bank_code": "ABC",
            "members": [{"name": "张三", "age": 40, "authorised": True}], **missing}
    gaps = {"materials": dmn.evaluate(MATERIALS, "required_materials", {"application": home}).value}
    assert len(gaps["materials"]) == 1
    assert refuses("不能容缺受理", "review_materials", {"outcome": "accept", "override_reason": "三日内补交"}, **gaps)
    assert refuses("材料不齐", "review_materials", {"outcome": "accept"}, **gaps)
    assert said("review_materials", {"outcome": "supplement"}, **gaps) == []


def test_gaps_are_told_once_only():
    told = {"case": {"supplements": 1}}
    assert refuses("一次性告知", "review_materials", {"outcome": "supplement", "override_reason": ""}, **told)
    assert said("review_materials", {"outcome": "supplement", "override_reason": "新发生的事由"}, **told) == []
    assert said("review_materials", {"outcome": "supplement"}) == []


def test_nothing_is_accepted_where_no_standard_is_in_force():
    rural = {"application": {"protection_category": "rural", "members": []}}
    assert refuses("低保标准", "review_materials", {"outcome": "accept"}, **rural)
    assert said("review_materials", {"outcome": "not_accepted"}, **rural) == []


@pytest.mark.parametrize(("reason", "refused"), [(None, True), ("", True), ("poor", True), ("prison", False)])
def test_a_member_is_left_out_only_for_a_reason_of_the_rules(reason, refused):
    members = [{"living_together": True}, {"living_together": False, "excluded_reason": reason}]
    assert refuses("整户保障", "supplement_materials", {}, application={"members": members}) is refused


@pytest.mark.parametrize(("surveyors", "refused"), [(None, True), ([], True), (TWO[:1], True), (TWO[:1] * 2, True),
                                                    (TWO, False)])
def test_two_different_people_visit_the_home(surveyors, refused):
    assert refuses("入户调查人员", "home_visit", {"surveyors": surveyors, "household_signed": True}) is refused
    assert refuses("县级入户调查人员", "county_visit", {"visitors": surveyors}) is refused


@pytest.mark.parametrize(("task", "rows"), [("home_visit", "surveyors"), ("county_visit", "visitors")])
def test_nobody_surveys_his_own_household_nor_before_acceptance(task, rows):
    facts: dict[str, Any] = {"application": {"protection_category": "urban", "members": [
        {"name": "何芳", "living_together": False}, {"name": "王建国"}]}, "case": {"accepted_on": date(2024, 3, 4)}}
    others = [{"name": "张伟"}, {"name": "孙红"}]
    visit = {"visited_at": "2024-03-04T08:00", rows: others, "household_signed": True}
    assert said(task, visit, **facts) == []
    assert refuses("本户家庭成员", task, visit | {rows: TWO}, **facts)
    assert refuses("受理日期", task, visit | {"visited_at": "2024-03-03T23:45"}, **facts)


@pytest.mark.parametrize(("queried", "refused"), [("2024-03-03", True), ("2024-03-04", False)])
def test_nothing_is_queried_before_the_application(queried, refused):
    assert refuses("申请日期", "data_check", {"queried_on": queried}, case={"opened_on": date(2024, 3, 4)}) is refused


@pytest.mark.parametrize("signed", [None, False])
def test_the_household_signs_the_survey_form(signed):
    assert refuses("签字", "home_visit", {"surveyors": TWO, "household_signed": signed})


@pytest.mark.parametrize(("queried", "refused"), [("2023-10-07", True), ("2023-10-08", False), ("2024-04-08", False)])
def test_a_check_is_fresh(queried, refused):
    assert refuses("有效期", "data_check", {"queried_on": queried}) is refused


@pytest.mark.parametrize(("reason", "part"), [("INCOME_NOT_LOWER", "人均收入不低于保障标准，不能提出确认意见"),
                                              ("PROPERTY", "财产状况"), ("UNKNOWN", "尚不能测算"), (None, "尚不能测算")])
def test_a_grant_is_proposed_only_to_who_is_eligible(reason, part):
    means = {"means": {"eligible": False, "reason": reason}}
    assert refuses(part, "draft_opinion", {"outcome": "grant"}, **means)
    assert said("draft_opinion", {"outcome": "refuse", "reason_code": "other"}, **means) == []


def hit(source: str, amount: int | None = None, result: str = "hit") -> dict[str, Any]:
    return {"source": source, "result": result, "amount": amount}


@pytest.mark.parametrize(("rows", "multiple", "part"), [
    ([hit("death")], None, "死亡"),
    ([hit("death", result="none"), hit("tax", 90_000_00)], 2, ""),
    ([hit("bank_deposit", 16_000_00), hit("securities", 801_00)], 2, "上限"),   # one person: 12 x 700 x 2 = 16,800 yuan
    ([hit("bank_deposit", 16_800_00), hit("bank_deposit", None)], 2, ""),
    ([hit("bank_deposit", 90_000_00)], None, ""),
])
def test_a_check_that_found_something_is_not_called_consistent(rows, multiple, part):
    rules = {"rules": {**RULES, "property": {"deposit_multiple": multiple}}}
    home = {"application": {"protection_category": "urban", "members": [
        {"name": "甲", "living_together": True}, {"name": "乙", "living_together": False}]}}
    answers = {"queried_on": "2024-04-08", "sources": rows, "conclusion": "consistent"}
    assert refuses(part, "data_check", answers, **rules, **home) is bool(part)
    assert said("data_check", answers | {"conclusion": "inconsistent"}, **rules, **home) == []


@pytest.mark.parametrize(("rows", "rule", "part"), [
    ([hit("tax", result="none"), hit("vehicle", result="error")], {}, "未反馈或者查询出错"),
    ([hit("tax", result="no_answer"), hit("vehicle")], {"vehicle_excludes": True}, "未反馈或者查询出错"),
    ([hit("vehicle")], {"vehicle_excludes": True}, "车辆"), ([hit("market_entity")], {"company_excludes": True}, "市场主体"),
    ([hit("vehicle"), hit("market_entity")], {"vehicle_excludes": False, "company_excludes": None}, ""),
    ([hit("vehicle", result="none")], {"vehicle_excludes": True}, ""), (None, {"vehicle_excludes": True}, "")])
def test_a_check_that_failed_or_found_what_is_excluded_is_explained_to_be_consistent(rows, rule, part):
    rules = {"rules": {**RULES, "property": {"deposit_multiple": None, **rule}}}
    answers = {"queried_on": "2024-04-08", "sources": rows, "conclusion": "consistent"}
    assert refuses(part, "data_check", answers, **rules) is bool(part)
    assert said("data_check", answers | {"note": "已电话核实"}, **rules) == []
    assert said("data_check", answers | {"conclusion": "inconsistent"}, **rules) == []


@pytest.mark.parametrize(("recheck", "refused"), [(None, True), ("not_explained", True), ("explained", False)])
def test_what_the_check_found_is_explained_before_a_grant(recheck, refused):
    known = {"data_check": {"conclusion": "inconsistent"}, "means": {"eligible": not refused, "reason": "PROPERTY" if refused else "OK"},
             "check_rebuttal": {"recheck_result": recheck} if recheck else None}
    assert refuses("核对发现", "draft_opinion", {"outcome": "grant"}, **known) is refused
    assert said("draft_opinion", {"outcome": "resurvey"}, **known) == []


@pytest.mark.parametrize(("declared", "found", "refused"), [
    (100_000, 110_000, False), (100_000, 110_001, True), (110_001, 100_000, False), (120_000, 100_000, True),
    (0, 1, True), (0, 0, False), (10_000_000, 10_070_001, True), (10_000_000, 10_070_000, False)])
def test_an_income_found_far_from_the_declared_one_is_explained(declared, found, refused):
    home = {"application": {"protection_category": "urban", "members": [], "incomes": [{"amount": declared, "months": 1}]}}
    visit = {"surveyors": TWO, "household_signed": True, "incomes": [{"amount": found * 12, "months": 12}]}
    assert refuses("相差较大", "home_visit", visit, **home) is refused
    assert said("home_visit", visit | {"differences": "漏报奖金"}, **home) == []


def test_a_proposed_refusal_names_its_reason():
    assert refuses("理由", "draft_opinion", {"outcome": "refuse"})
    assert said("draft_opinion", {"outcome": "grant"}) == []


@pytest.mark.parametrize(("code", "reason", "property_ok", "part"), [
    ("income_not_below_standard", "OK", True, "人均收入低于保障标准"), ("income_not_below_standard", "PROPERTY", False, "人均收入低于"),
    ("income_not_below_standard", "INCOME_NOT_LOWER", True, ""), ("property_over_limit", "OK", True, "财产符合当地规定"),
    ("property_over_limit", "INCOME_NOT_LOWER", False, ""), ("property_over_limit", "PROPERTY", False, ""),
    ("not_cooperating", "OK", True, ""), ("income_not_below_standard", "UNKNOWN", True, "")])
def test_the_reason_of_a_refusal_agrees_with_the_means(code, reason, property_ok, part):
    means = {"means": {"eligible": reason == "OK", "reason": reason, "property_ok": property_ok}}
    assert refuses(part, "draft_opinion", {"outcome": "refuse", "reason_code": code}, **means) is bool(part)


def test_an_objection_is_surveyed_before_the_file_goes_up():
    open_ = {"notice": {**NOTICE, "open_objections": 1, "result": "objected"}, "draft_opinion": {"outcome": "grant"}}
    assert refuses("公示异议未重新调查", "report_to_county", {}, **open_)
    assert refuses("公示异议未重新调查", "report_to_county", {}, **open_, resurvey={"method": "resurvey"})
    assert said("report_to_county", {}, **open_ | {"notice": NOTICE}) == []


def test_an_objection_to_a_grant_does_not_hold_up_a_refusal():
    notice = {**NOTICE, "open_objections": 1, "result": "objected"}
    assert said("report_to_county", {}, notice=notice, draft_opinion={"outcome": "refuse"}) == []


@pytest.mark.parametrize("outcome", ["confirm", "refuse"])
@pytest.mark.parametrize(("why", "part"), [({"near_relative": True}, "单独登记备案案件须县级入户调查"),
                                           ({"complaint": True}, "投诉"),
                                           ({"near_relative": True, "complaint": True}, "单独登记备案")])
def test_a_registered_case_is_visited_by_the_county(outcome, why, part):
    assert refuses(part, "county_review", {"outcome": outcome}, case=why)
    assert said("county_review", {"outcome": outcome}, case=why, county_visit={"visitors": TWO}) == []
    assert said("county_review", {"outcome": "visit"}, case=why) == []
    assert said("county_review", {"outcome": outcome}) == []


def test_a_case_is_returned_once():
    assert said("county_review", {"outcome": "return"}) == []
    assert refuses("退回", "county_review", {"outcome": "return"}, case={"returns": 1})


def test_only_who_is_eligible_is_confirmed():
    assert refuses("测算结果", "county_decision", {"outcome": "confirm"}, notice=NOTICE, means={"eligible": False})
    assert said("county_decision", {"outcome": "confirm"}, notice=NOTICE) == []


@pytest.mark.parametrize("notice", [None, {**NOTICE, "posted_on": None, "ends_on": None}, {**NOTICE, "ends_on": TODAY}])
def test_nothing_is_confirmed_that_was_not_on_notice_to_its_end(notice):
    assert refuses("公示", "county_decision", {"outcome": "confirm"}, notice=notice)


def test_a_refusal_gives_its_reasons_in_writing():
    assert refuses("说明理由", "county_decision", {"outcome": "refuse", "opinion": ""})
    assert said("county_decision", {"outcome": "refuse", "opinion": "人均收入不低于标准"}) == []


def test_a_return_by_the_county_s_head_is_free():
    assert said("county_decision", {"outcome": "return"}) == []
