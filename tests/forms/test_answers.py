"""What may be answered, and what is said when it may not."""

from datetime import date, datetime

import pytest

from forms import answers
from forms.answers import Staged


def problems(checked):
    return {error.path: str(error.message) for error in checked.errors}


@pytest.fixture
def apply(shipped, villages, today):
    form = shipped("dibao/application")
    return lambda raw: answers.check(form, raw, {}, today, sources=villages)


@pytest.fixture
def one(form_of, today):
    """Check one value of one field."""
    def check(component, value, facts=None):
        form = form_of({"key": "field", **component})
        return answers.check(form, {"field": value}, facts or {}, today)
    return check


def test_a_right_application_is_kept_as_it_should_be(apply, application):
    checked = apply(application)
    assert checked.ok
    assert checked.values["incomes"][0]["amount"] == 120050
    assert checked.values["reasons"] == ["illness"]


def test_a_checked_application_checks_equal_again(apply, application):
    first = apply(application)
    assert apply(first.values).values == first.values


def test_full_width_input_is_normalised(apply, application):
    application["members"][0]["id_number"] = "９９０１０１ １９８００１０１ ００１４"
    application["account_number"] = "６２２２ 0212 3456 7890 128"
    checked = apply(application)
    assert checked.ok
    assert checked.values["members"][0]["id_number"] == "990101198001010014"
    assert checked.values["account_number"] == "6222021234567890128"


def test_what_was_typed_is_kept_to_be_shown_again(apply, application):
    application["incomes"][0]["amount"] = "７６０.5"
    application["phone"] = "12"
    checked = apply(application)
    assert checked.typed["incomes"][0]["amount"] == "７６０.5"
    assert checked.typed["phone"] == "12"
    assert checked.values["incomes"][0]["amount"] == 76050


def test_the_wrong_check_digit_is_named_db_9(apply, application):
    application["applicant_id_number"] = "990101198001010015"
    assert "check digit should be 4" in problems(apply(application))["applicant_id_number"]


def test_the_same_identity_number_twice_is_rejected_db_9(apply, application):
    application["members"].append(dict(application["members"][1]))
    assert problems(apply(application)) == {"members[2].id_number": "“Identity number” is the same as in row 2."}


def test_a_birth_date_that_is_no_day_is_rejected_db_9(apply, application):
    application["members"][1]["id_number"] = "990101198002300013"
    assert "19800230" in problems(apply(application))["members[1].id_number"]


def test_the_applicant_must_be_a_member(apply, application):
    application["applicant_id_number"] = "990101198203030021"
    found = problems(apply(application))
    assert found["applicant_id_number"].startswith("The applicant must be listed")


@pytest.mark.parametrize("relations", [("self", "self"), ("spouse", "child")])
def test_exactly_one_member_is_self(apply, application, relations):
    for member, relation in zip(application["members"], relations, strict=True):
        member["relation"] = relation
    assert problems(apply(application))["members"] == "Exactly one member must be “self”"


def test_self_is_the_applicant(apply, application):
    application["members"][0]["relation"] = "parent"
    application["members"][1]["relation"] = "self"
    assert problems(apply(application))["members"] == "“Self” must be the applicant"


def test_a_child_older_than_its_parent_is_blocked(apply, application):
    application["members"][1]["id_number"] = "99010119750707001X"
    assert "older than a parent" in problems(apply(application))["members[1].relation"]


def test_a_parent_younger_than_the_applicant_is_blocked(apply, application):
    application["members"][1]["relation"] = "parent"
    assert "contradict" in problems(apply(application))["members[1].relation"]


def test_the_account_holder_must_be_a_member(apply, application):
    application["account_holder"] = "张三"
    assert problems(apply(application)) == {
        "account_holder": "The account holder must be one of the members, or there must be a written agreement"}


def test_an_income_belongs_to_a_member(apply, application):
    application["incomes"][0]["member"] = "张三"
    assert "listed above" in problems(apply(application))["incomes[0].member"]


def test_a_card_without_luhn_digit_only_warns(apply, application):
    application["account_number"] = "6228480012345678901"
    checked = apply(application)
    assert checked.ok
    assert [warning.path for warning in checked.warnings] == ["account_number"]


def test_a_hidden_field_is_dropped_and_not_checked(apply, application):
    application |= {"has_agent": False, "agent_id_number": "wrong", "agent_name": "1"}
    checked = apply(application)
    assert checked.ok
    assert "agent_id_number" not in checked.values


def test_a_shown_field_is_checked(apply, application):
    application["has_agent"] = True
    assert {"agent_name", "agent_id_number", "agent_relation"} == set(problems(apply(application)))


def test_conditions_inside_a_row_look_at_their_own_row(apply, application):
    application["members"][1]["illness"] = ""
    checked = apply(application)
    assert set(problems(checked)) == {"members[1].illness"}
    assert "illness" not in checked.values["members"][0]


def test_what_hangs_on_a_hidden_answer_is_hidden_too(form_of, today):
    form = form_of({"type": "checkbox", "key": "a"},
                   {"type": "checkbox", "key": "b", "conditional": {"hide": "=not(a)"}},
                   {"type": "textfield", "key": "c", "conditional": {"hide": "=b != true"}})
    assert answers.check(form, {"a": False, "b": True, "c": "x"}, {}, today).values == {"a": False}
    assert answers.check(form, {"a": True, "b": True, "c": "x"}, {}, today).values["c"] == "x"


def test_promise_must_be_ticked_and_required_answers_given(apply, application):
    application |= {"promise": False, "phone": " ", "protection_category": "", "reasons": []}
    assert problems(apply(application)) == {
        "protection_category": "Choose “Protection category”.", "phone": "Enter “Phone”.",
        "reasons": "Choose “Causes (any number)”.",
        "promise": "Tick “I declare that this is true and authorise the check of the household's means”."}


def test_a_choice_must_be_one_of_the_given(apply, application):
    application |= {"bank_code": "XXX", "registered_division": "1", "reasons": ["illness", "greed"]}
    assert set(problems(apply(application))) == {"bank_code", "registered_division", "reasons"}


def test_without_its_named_list_no_choice_is_right(shipped, application, today):
    found = answers.check(shipped("dibao/application"), application, {}, today)
    assert set(problems(found)) == {"registered_division"}


def test_a_row_left_blank_is_no_row(apply, application):
    application["incomes"] = [{"member": "", "months": "1"}, *application["incomes"], {}]
    checked = apply(application)
    assert checked.ok
    assert len(checked.values["incomes"]) == len(checked.typed["incomes"]) == 1


def test_the_fewest_and_the_most_rows(apply, application):
    application["members"] = []
    assert problems(apply(application))["members"] == "Add at least 1 to “Household members”."
    application["members"] = [{"name": "王"}] * 21
    assert problems(apply(application))["members"] == "“Household members” can have 20 rows at most."


@pytest.mark.parametrize(("component", "value", "says"), [
    ({"type": "textfield", "validate": {"maxLength": 2}}, "abc", "2 characters or fewer"),
    ({"type": "textfield", "validate": {"minLength": 3}}, "ab", "at least 3 characters"),
    ({"type": "textfield", "validate": {"pattern": "^[0-9]+$"}}, "ab", "not written the way"),
    ({"type": "textfield"}, "x" * 201, "200 characters"),
    ({"type": "textfield"}, {"a": 1}, "must be text"),
    ({"type": "textarea"}, "x" * 5001, "5000 characters"),
    ({"type": "number"}, "abc", "must be a number"),
    ({"type": "number"}, "1e3", "must be a number"),
    ({"type": "number", "decimalDigits": 0}, "1.5", "whole number"),
    ({"type": "number", "decimalDigits": 1}, "1.55", "1 decimal places"),
    ({"type": "number", "validate": {"min": 1}}, "0", "1 or more"),
    ({"type": "number", "validate": {"max": 12}}, "13", "12 or less"),
    ({"type": "number", "properties": {"format": "money"}}, 12.5, "amount in yuan"),
    ({"type": "number", "properties": {"format": "money"}}, -1, "less than 0"),
    ({"type": "number", "properties": {"format": "money"}, "validate": {"max": 100}}, "100.01", "100.00 or less"),
    ({"type": "datetime"}, "2024-02-30", "real date"),
    ({"type": "datetime"}, "2024-02-03T10:00", "real date"),
    ({"type": "datetime", "properties": {"not_after": "today"}}, "2024-03-05", "later than today"),
    ({"type": "datetime", "subtype": "datetime"}, "2024-03-05 25:00", "real date"),
    ({"type": "checkbox"}, "perhaps", "yes or no"),
    ({"type": "filepicker"}, ["a", "b"], "1 files at most"),
    ({"type": "filepicker"}, {"a": 1}, "uploaded again"),
    ({"type": "checklist", "values": [{"label": "a", "value": "a"}]}, 5, "given answers"),
])
def test_a_wrong_answer_says_why(one, component, value, says):
    checked = one(component, value)
    assert [error.path for error in checked.errors] == ["field"]
    assert says in str(checked.errors[0].message)


@pytest.mark.parametrize(("component", "value", "kept"), [
    ({"type": "textfield"}, "  两\r\n行　", "两 行"),
    ({"type": "textarea"}, "一\r\n二\x00", "一\n二"),
    ({"type": "textarea"}, "（全角，保留）", "（全角，保留）"),
    ({"type": "number"}, "８６．５", 86.5),
    ({"type": "number"}, "-3", -3),
    ({"type": "number", "decimalDigits": 0}, 4, 4),
    ({"type": "datetime"}, "2024/3/4", "2024-03-04"),
    ({"type": "datetime"}, "２０２４年3月4日", "2024-03-04"),
    ({"type": "datetime"}, date(2024, 3, 4), "2024-03-04"),
    ({"type": "datetime", "subtype": "datetime"}, "2024-03-04 9:05", "2024-03-04T09:05"),
    ({"type": "datetime", "subtype": "datetime"}, datetime(2024, 3, 4, 9, 5, 7), "2024-03-04T09:05"),
    ({"type": "datetime", "properties": {"not_after": "today"}}, "2024-03-04", "2024-03-04"),
    ({"type": "checkbox"}, "on", True),
    ({"type": "textfield", "properties": {"format": "gb11643"}}, "11010519491231002x", "11010519491231002X"),
    ({"type": "filepicker"}, "abc", ["abc"]),
    ({"type": "number"}, "", None),
])
def test_a_right_answer_is_kept_in_its_form(one, component, value, kept):
    checked = one(component, value)
    assert checked.ok
    assert checked.values == {"field": kept}


def test_a_file_must_be_staged_and_of_an_accepted_kind(form_of, today):
    form = form_of({"type": "filepicker", "key": "papers", "multiple": True, "accept": ".pdf,image/*"})
    staged = {"a": Staged("a", "x.PDF", 1, "application/pdf"), "b": Staged("b", "y", 1, "image/png"),
              "c": Staged("c", "z.exe", 1, "application/x-msdownload")}

    def check(*tokens):
        return answers.check(form, {"papers": list(tokens)}, {}, today, staged=staged)

    assert check("a", "b", "a").values == {"papers": ["a", "b"]}
    assert "z.exe is not one of" in problems(check("c"))["papers"]
    assert "uploaded again" in problems(check("gone"))["papers"]


def test_a_read_only_answer_comes_from_the_facts(shipped, today):
    facts = {"means": {"amount_fen": 50000, "total_fen": 60000}}
    checked = answers.check(shipped("dibao/draft_opinion"), {"outcome": "grant", "opinion": "同意", "amount": 1},
                            facts, today)
    assert checked.values["amount"] == 60000


def test_a_list_without_add_and_remove_keeps_its_length(form_of, today):
    form = form_of({"type": "dynamiclist", "path": "rows", "allowAddRemove": False, "properties": {
        "default_from": '=[{name: "a"}, {name: "b"}]'}, "components": [
            {"type": "textfield", "key": "name", "properties": {"readonly": "true"}},
            {"type": "textfield", "key": "note"}]})
    checked = answers.check(form, {"rows": [{"name": "x", "note": "1"}, {}, {"note": "3"}]}, {}, today)
    assert checked.values == {"rows": [{"name": "a", "note": "1"}, {"name": "b", "note": None}]}


def test_a_return_needs_its_reasons(shipped, today):
    form = shipped("dibao/sign_opinion")
    assert answers.check(form, {"outcome": "agree"}, {}, today).ok
    found = problems(answers.check(form, {"outcome": "return"}, {}, today))
    assert found == {"opinion": "Give the reasons for a return or a refusal"}


def test_the_votes_of_an_appraisal_add_up(shipped, today):
    people = [{"name": name, "role": "representative", "signed": True} for name in ("赵一", "钱二", "孙三")]
    form, raw = shipped("dibao/appraisal"), {
        "held_on": "2024-03-03", "place": "村委会", "chair": "李四", "findings": "x", "conclusion": "x",
        "participants": [*people, {"name": "李四", "role": "staff", "signed": True}], "votes_for": 2, "votes_against": 1, "votes_abstain": 0}
    assert answers.check(form, raw, {}, today).ok
    found = problems(answers.check(form, raw | {"votes_for": 3}, {}, today))
    assert found == {"votes_for": "The votes must add up to the participants (township staff chairs and does not vote)"}


def test_two_different_surveyors_visit(shipped, today):
    form, raw = shipped("dibao/home_visit"), {
        "visited_at": "2024-03-03T09:30", "respondent": "王秀英", "findings": "x", "conclusion": "x",
        "household_signed": True, "surveyors": [{"name": "张三"}, {"name": "李四"}]}
    assert answers.check(form, raw, {}, today).ok
    raw["surveyors"] = [{"name": "张三"}, {"name": "张 三"}]
    assert "surveyors[1].name" in problems(answers.check(form, raw, {}, today))
    raw["surveyors"] = [{"name": "张三"}]
    assert "surveyors" in problems(answers.check(form, raw, {}, today))


def test_first_values_come_from_the_facts(shipped, apply, application, today):
    values = apply(application).values
    first = answers.initial(shipped("dibao/home_visit"), {"application": values}, today)
    assert first["incomes"] == values["incomes"]
    assert first["surveyors"] == [{"name": None}, {"name": None}]
    report = answers.initial(shipped("dibao/data_check"), {}, today)
    assert len(report["sources"]) == 14
    assert {row["result"] for row in report["sources"]} == {"none"}


def test_gaps_found_by_rule_are_the_first_values(shipped, today):
    first = answers.initial(shipped("dibao/review_materials"), {"materials": ["户口簿", "收入证明"]}, today)
    assert first["gaps"] == [{"item": "户口簿", "remark": None}, {"item": "收入证明", "remark": None}]


def test_a_resurvey_starts_from_the_home_visit_or_else_the_application(shipped, today):
    row = {"member": "王", "kind": "wage", "amount": 100, "months": 1}
    facts = {"application": {"incomes": [row]}}
    assert answers.initial(shipped("dibao/resurvey"), facts, today)["incomes"] == [row]
    facts["home_visit"] = {"incomes": [row | {"amount": 200}]}
    assert answers.initial(shipped("dibao/resurvey"), facts, today)["incomes"][0]["amount"] == 200


def test_a_computed_field_sees_the_checked_answers(form_of, today):
    form = form_of({"type": "number", "key": "a"}, {"type": "expression", "key": "twice", "expression": "=a * 2"})
    assert answers.check(form, {"a": "2.5"}, {}, today).values == {"a": 2.5, "twice": 5}


def test_computed_choices_follow_the_answers(form_of, today):
    form = form_of({"type": "textfield", "key": "a"},
                   {"type": "select", "key": "b", "valuesExpression": '=[a, "other"]'})
    assert answers.check(form, {"a": "x", "b": "x"}, {}, today).ok
    assert set(problems(answers.check(form, {"a": "x", "b": "y"}, {}, today))) == {"b"}


def test_a_group_with_a_path_is_a_record(form_of, today):
    form = form_of({"type": "group", "path": "home", "components": [
        {"type": "checkbox", "key": "own"},
        {"type": "textfield", "key": "rent", "validate": {"required": True}, "conditional": {"hide": "=own"}}]})
    assert answers.check(form, {"home": {"own": True}}, {}, today).values == {"home": {"own": True}}
    assert set(problems(answers.check(form, {"home": {}}, {}, today))) == {"home.rent"}


def test_answers_are_displayed_in_both_languages(shipped, apply, application, villages):
    shown = answers.display(shipped("dibao/application"), apply(application).values, sources=villages)
    by_path = {one.path: one for one in shown}
    assert by_path["protection_category"].value[0].zh == "城市"
    assert by_path["registered_division"].value[0].en == "Dongfeng"
    assert by_path["promise"].value[0].zh == "是"
    amount = next(one for one in by_path["incomes"].rows[0] if one.path == "incomes[0].amount")
    assert (amount.value[0].zh, amount.unit.zh, amount.label.en) == ("1,200.50", "元", "Amount")
    assert "agent_name" not in by_path
    assert by_path["deductions"].empty


def test_an_objection_may_be_anonymous(shipped, today):
    form = shipped("public_notice/objection")
    checked = answers.check(form, {"text": "有商铺", "anonymous": True, "objector_name": "张三"}, {}, today)
    assert checked.ok
    assert "objector_name" not in checked.values
