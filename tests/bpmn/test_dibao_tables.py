"""Dibao's decision tables: DB-1, DB-2, DB-3, and what lies around them."""

from pathlib import Path
from typing import Any

import pytest

from bpmn import dmn

FOLDER = Path(__file__).resolve().parents[2] / "bpmn" / "dibao"
MEANS = dmn.parse((FOLDER / "means.dmn").read_bytes())
MATERIALS = dmn.parse((FOLDER / "required_materials.dmn").read_bytes())
RULES: dict[str, Any] = {
    "standard": {"urban": 70000, "rural": 540000}, "marginal_ratio": 1.5, "rounding": "up_to_yuan",
    "property": {"deposit_multiple": None, "houses": None, "vehicle_excludes": None, "company_excludes": None},
    "mode": "gap", "elderly_age": 60, "review": {"months_stable": 12, "months_unstable": 6}, "single_person_amount": "GAP_OWN_INCOME",
    "income": {"not_counted": ["relief"], "work_cost_max": None}, "single_person_other": False, "single_clergy_years": 3,
    "single_person_percent": None, "tier": {"urban": None, "rural": None},
    "supplement": {"elderly": None, "minor": None, "severely_disabled": None, "severely_ill": None},
}


def member(name: str = "王建国", age: int = 44, **more: Any) -> dict[str, Any]:
    return {"name": name, "age": age, "living_together": True, "authorised": True, "health": "healthy", **more}


def income(fen: int, months: int = 1, who: str = "王建国") -> dict[str, Any]:
    return {"member": who, "kind": "wage", "amount": fen, "months": months}


def family(people: int, *incomes: dict[str, Any], category: str = "urban", **more: Any) -> dict[str, Any]:
    members = [member(), *(member(f"成员{number}") for number in range(1, people))]
    return {
        "protection_category": category, "members": members, "incomes": list(incomes), "deductions": [],
        "properties_owned": [], "promise": True, "near_relative": "no", "has_agent": False,
        "account_holder": "王建国", "account_number": "6228480012345678901", "bank_code": "ABC", **more,
    }


def means(application: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return dmn.evaluate(MEANS, "means", {"application": application, "rules": RULES, **facts}).value


def gaps(application: dict[str, Any]) -> list[str]:
    return dmn.evaluate(MATERIALS, "required_materials", {"application": application}).value


def test_three_in_town_with_1500_yuan_get_600():
    found = means(family(3, income(90000), income(60000), income(0)))
    assert found == {
        "people": 3, "income_month_fen": 150000, "per_capita_fen": 50000, "standard_fen": 70000, "property_ok": True,
        "eligible": True, "reason": "OK", "marginal": False, "amount_fen": 60000, "supplement_fen": 0,
        "total_fen": 60000, "mode": "gap", "review_months": 12,
    }


def test_four_in_the_country_with_12000_yuan_a_year_get_800():
    found = means(family(4, income(1200000, 12), category="rural"))
    assert (found["per_capita_fen"], found["standard_fen"], found["total_fen"]) == (25000, 45000, 80000)


def test_income_equal_to_the_standard_is_not_lower():
    found = means(family(1, income(70000)))
    assert (found["eligible"], found["reason"], found["marginal"], found["total_fen"]) == (
        False, "INCOME_NOT_LOWER", True, 0)


def test_one_fen_a_person_below_the_standard_is_eligible():
    assert means(family(1, income(69999)))["eligible"] is True


def test_a_fraction_of_a_fen_below_the_standard_is_eligible():
    found = means(family(3, income(209999)))
    assert (found["eligible"], found["per_capita_fen"], found["amount_fen"]) == (True, 69999, 100)


@pytest.mark.parametrize(("fen", "marginal"), [(104999, True), (105000, False)])
def test_the_marginal_line_is_strict_too(fen, marginal):
    assert means(family(1, income(fen)))["marginal"] is marginal


@pytest.mark.parametrize(("rounding", "amount"), [("up_to_yuan", 56700), ("none", 56667)])
def test_the_household_s_amount_is_rounded_up_by_rule(rounding, amount):
    rules = {**RULES, "rounding": rounding}
    facts = {"application": family(2, income(250000, 3)), "rules": rules}
    assert dmn.evaluate(MEANS, "means", facts).value["amount_fen"] == amount


def test_the_household_s_whole_amount_is_rounded_once():
    rules = {**RULES, "supplement": {**RULES["supplement"], "minor": 15.2}}
    application = family(2, income(90050))
    application["members"].append(member("王小明", age=12))
    found = dmn.evaluate(MEANS, "means", {"application": application, "rules": rules}).value
    assert (found["amount_fen"], found["supplement_fen"], found["total_fen"]) == (120_000, 10_600, 130_600)


def test_a_counted_member_keeps_his_income_though_another_of_his_name_is_left_out():
    away = member("王建国", living_together=False, excluded_reason="prison")
    application = family(2, income(60000))
    application["members"].append(away)
    assert means(application)["per_capita_fen"] == 30000


def test_the_resurvey_s_deductions_outweigh_the_visit_s():
    visit = {"incomes": [income(50000)], "deductions": []}
    spent = [{"kind": "illness", "amount": 20000, "months": 1}]
    assert means(family(1, income(50000)), home_visit=visit, resurvey={"deductions": spent})["per_capita_fen"] == 30000


def test_nobody_s_income_and_no_income_give_the_whole_standard():
    assert means(family(2))["total_fen"] == 140000


def test_a_loss_counts_as_nothing():
    assert means(family(1, income(-500000, 12), income(30000)))["per_capita_fen"] == 30000


def test_deductions_lower_the_income_but_never_below_nothing():
    spent = [{"kind": "illness", "amount": 1200000, "months": 12}]
    assert means(family(1, income(150000), deductions=spent))["per_capita_fen"] == 50000
    assert means(family(1, income(50000), deductions=spent))["per_capita_fen"] == 0


def test_the_home_visit_outweighs_the_declaration_and_the_resurvey_both():
    application, visit = family(1, income(10000)), {"incomes": [income(20000)], "deductions": []}
    assert means(application, home_visit=visit)["per_capita_fen"] == 20000
    assert means(application, home_visit=visit, resurvey={"incomes": [income(30000)]})["per_capita_fen"] == 30000


def test_a_member_who_lives_away_counts_neither_as_head_nor_as_income():
    away = member("王小明", living_together=False, excluded_reason="prison")
    application = family(2, income(60000), income(90000, who="王小明"))
    application["members"].append(away)
    found = means(application)
    assert (found["people"], found["per_capita_fen"]) == (2, 30000)


def test_without_a_standard_nothing_is_concluded():
    facts = {"application": family(1), "rules": {**RULES, "standard": {"urban": None, "rural": None}}}
    found = dmn.evaluate(MEANS, "means", facts).value
    assert (found["eligible"], found["reason"], found["total_fen"]) == (False, "UNKNOWN", 0)


def test_without_a_member_nothing_is_concluded():
    assert means(family(1) | {"members": []})["reason"] == "UNKNOWN"


def with_property(**rules: Any) -> dict[str, Any]:
    return {**RULES, "property": {**RULES["property"], **rules}}


@pytest.mark.parametrize(("fen", "exempt", "confirmed", "fits"), [
    (1680000, False, False, True), (1680001, False, False, False), (1680001, False, True, False),
    (9000000, True, True, True), (9000000, True, False, False), (9000000, True, None, False)])
def test_deposits_are_held_against_the_local_multiple_unless_the_town_confirmed_an_exemption(fen, exempt, confirmed, fits):
    owned = [{"kind": "deposit", "value": fen, "exempt": exempt}]
    facts = {"application": family(1, properties_owned=owned), "rules": with_property(deposit_multiple=2),
             "home_visit": {"exemptions_confirmed": confirmed}}
    found = dmn.evaluate(MEANS, "means", facts).value
    assert (found["property_ok"], found["eligible"]) == (fits, fits)
    assert found["reason"] == ("OK" if fits else "PROPERTY")


@pytest.mark.parametrize(("rule", "kind"), [({"vehicle_excludes": True}, "vehicle"),
                                            ({"company_excludes": True}, "company"), ({"houses": 0}, "house")])
def test_what_the_place_excludes_is_excluded_only_there(rule, kind):
    application = family(1, properties_owned=[{"kind": kind, "value": 100, "exempt": False}])
    assert means(application)["property_ok"] is True
    assert dmn.evaluate(MEANS, "means", {"application": application, "rules": with_property(**rule)}).value[
        "property_ok"] is False


@pytest.mark.parametrize(("recheck", "fits"), [(None, False), ("not_explained", False), ("explained", True)])
def test_a_hit_of_the_check_is_a_lead_that_may_be_explained(recheck, fits):
    found = means(family(1), data_check={"conclusion": "inconsistent"}, check_rebuttal={"recheck_result": recheck})
    assert found["property_ok"] is fits


def test_each_person_gets_the_best_supplement_the_place_has_set():
    rules = {**RULES, "supplement": {"elderly": 10, "minor": 15, "severely_disabled": 30, "severely_ill": None}}
    application = family(1, income(10000))
    application["members"] += [member("老", 70, disability_grade="1"), member("小", 9), member("病", health="severe_illness")]
    found = dmn.evaluate(MEANS, "means", {"application": application, "rules": rules}).value
    assert (found["amount_fen"], found["supplement_fen"], found["total_fen"]) == (270000, 31500, 301500)


def test_a_complete_application_has_no_gap():
    assert gaps(family(3)) == []


def test_every_gap_is_told_at_once():
    application = family(2, promise=False, near_relative="yes", has_agent=True, attachments=[], bank_code=None)
    application["members"] = [
        member("甲", authorised=False), member("乙", 17, authorised=False), member("丙", health="disabled"),
        member("丁", health="severe_illness"), member("戊", living_together=False, authorised=False),
    ]
    assert gaps(application) == [
        "核对授权书：甲尚未签署", "真实性承诺书：申请人尚未签署", "近亲属声明：须写明对方姓名、单位和职务",
        "残疾人证：丙未填写证号", "重病证明：丁未写明病种", "家庭成员：戊不计入共同生活的理由未说明",
        "授权委托书：由他人代为申请的须提交", "收款账户：户名、账号、开户银行须填写完整",
    ]


@pytest.mark.parametrize(("age", "asked"), [(17, False), (18, True), (None, True)])
def test_every_adult_signs_the_authorisation(age, asked):
    application = family(1)
    application["members"][0] |= {"age": age, "authorised": False}
    assert bool(gaps(application)) is asked


def test_the_declaration_about_relatives_must_be_answered():
    assert gaps(family(1, near_relative=None)) == ["近亲属声明：尚未填写"]
