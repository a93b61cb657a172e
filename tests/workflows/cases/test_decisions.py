"""One door for every person's decision: all of a step is kept, or nothing."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests import families
from tests.makers import REFUSED, applied, at, bureau, case_at, done, everything, open_item, standing
from workflows.cases import decisions, facts
from workflows.cases.effects import EFFECTS
from workflows.cases.tables import Case, CasePerson, DecisionRecord, FactChange, WorkItem
from workflows.errors import Conflict, Invalid, NotFound
from workflows.messages import say
from workflows.office import people
from workflows.office.tables import Duty, LocalRate
from workflows.records import audit

GRANT = {"outcome": "grant", "opinion": "拟予保障"}
RICH = [{"member": "王建国", "kind": "wage", "amount": "2100", "months": "1"}]
UNSIGNED = [{**member, "authorised": False} for member in families.application()["members"]]


def refused(house, case, element, **answers):
    """Try it; nothing may be kept. Field and sentence of each error, in both languages."""
    before = everything(house.engine)
    with pytest.raises(Invalid) as wrong:
        done(house, case, element, **answers)
    assert everything(house.engine) == before
    return {error.path: tuple("\n".join(say(one.message, language) for one in wrong.value.errors if one.path == error.path)
                              for language in ("zh_CN", "en")) for error in wrong.value.errors}


def test_what_was_decided_cannot_be_decided_again():
    house, case = standing("sign_opinion")
    with house.work() as session:
        item, lead = open_item(session, case, "sign_opinion")
        decisions.complete(session, item.id, {"outcome": "agree"}, lead, house.now)
    before = everything(house.engine)
    for answers in ({"outcome": "agree"}, {"outcome": "return", "opinion": "改"}, {}):
        with pytest.raises(Conflict), house.work() as session:
            decisions.complete(session, item.id, answers, lead, house.now)
    assert everything(house.engine) == before


def test_an_item_that_never_was_is_not_found():
    house, _ = standing("sign_opinion")
    with pytest.raises(NotFound), house.work() as session:
        decisions.complete(session, 9_999, {}, people.by_login(session, "town_lead1"), house.now)


@pytest.mark.parametrize(("element", "answers", "fields"), [
    ("review_materials", {"outcome": "perhaps"}, {"outcome"}),
    ("home_visit", {"visited_at": "2024-03-05T08:00", "respondent": "", "surveyors": [{"name": "张伟"}], "findings": "",
                    "conclusion": "好", "household_signed": False},
     {"visited_at", "respondent", "surveyors", "findings", "household_signed"}),
    ("home_visit", {"visited_at": "2024-03-04T08:00", "respondent": "王建国", "surveyors": [{"name": "张伟"}, {"name": "张伟"}],
                    "findings": "好", "conclusion": "好", "household_signed": True}, {"surveyors[1].name"}),
    ("data_check", {"queried_on": "", "authorisation_number": "", "conclusion": ""},
     {"queried_on", "authorisation_number", "conclusion"}),
    ("draft_opinion", {"outcome": "grant", "opinion": "字" * 1001}, {"opinion"}),
    ("sign_opinion", {"outcome": "return"}, {"opinion"}),
    ("county_decision", {"outcome": "refuse"}, {"reason_code", "opinion"}),
])
def test_wrong_answers_are_told_field_by_field_and_nothing_is_kept(element, answers, fields):
    house, case = standing(element)
    assert set(refused(house, case, element, **answers)) == fields


# Each rule of law that refuses: where the case stands, how it differs, what is answered, the field, both sentences.
GUARDS = {
    "materials are missing": (
        "review_materials", {"members": UNSIGNED}, {}, {"outcome": "accept"}, "outcome", "材料不齐", "Materials are missing"),
    "the survey form is not signed by enough": (
        "home_visit", {}, {}, {"visited_at": "2024-03-04T08:00", "respondent": "王建国", "findings": "好", "conclusion": "好",
                               "surveyors": [{"name": "张伟"}, {"name": "何芳"}], "household_signed": True},
        "surveyors", "入户调查人员", "at least the prescribed number"),
    "a member surveys his own household": (
        "home_visit", {}, {}, {"visited_at": "2024-03-04T08:00", "respondent": "王建国", "findings": "好", "conclusion": "好",
                               "surveyors": [{"name": "张伟"}, {"name": "李秀兰"}], "household_signed": True},
        "surveyors", "不得为本户家庭成员", "may not be a member of the household"),
    "the home was visited before acceptance": (
        "home_visit", {}, {}, {"visited_at": "2024-03-03T08:00", "respondent": "王建国", "findings": "好", "conclusion": "好",
                               "surveyors": [{"name": "张伟"}, {"name": "何芳"}], "household_signed": True},
        "visited_at", "不得早于受理日期", "earlier than the day of acceptance"),
    "the check is old": (
        "data_check", {}, {}, {"queried_on": "2023-08-31", "authorisation_number": "SQ-1", "conclusion": "consistent"},
        "queried_on", "有效期", "older than the rules allow"),
    "the income is not lower": (
        "draft_opinion", {"incomes": RICH}, {}, GRANT, "outcome", "人均收入不低于保障标准", "not below the standard"),
    "what the check found was not explained": (
        "draft_opinion", {}, {"data_check": {"conclusion": "inconsistent", "sources": [
            {"source": "bank_deposit", "result": "hit", "detail": "存款", "amount": "180000"}]},
            "check_rebuttal": {"recheck_result": "not_explained"}}, GRANT, "outcome", "核对发现", "has not been explained"),
    "a near relative's case was not visited": (
        "county_review", {"near_relative": "yes", "near_relative_name": "赵六", "near_relative_office": "村委会",
                          "near_relative_relation": "兄弟"}, {}, {"outcome": "confirm"}, "outcome",
        "单独登记备案案件须县级入户调查", "needs a visit by the county"),
    "it was returned before": (
        "county_review", {}, {"county_review": [{"outcome": "return", "reason": "补充"}, {}]},
        {"outcome": "return", "reason": "再补充"}, "outcome", "不得再次退回", "may not be returned again"),
    "there was no notice": (
        "county_decision", {}, {"draft_opinion": REFUSED["draft_opinion"]}, {"outcome": "confirm"}, "outcome",
        "未经公示", "has not been on public notice"),
    "the means do not qualify": (
        "county_decision", {"incomes": RICH}, REFUSED, {"outcome": "confirm"}, "outcome", "测算结果不符合条件", "do not qualify"),
}


@pytest.mark.parametrize("name", GUARDS)
def test_the_law_refuses_in_both_languages_and_nothing_is_kept(name):
    element, application, answers, said, field, chinese, english = GUARDS[name]
    house = bureau(surveyors_min=3) if name.startswith("the survey") else bureau()
    if name.startswith("it was returned"):
        case = case_at(house, "county_decision", answers=answers)
        done(house, case, "county_decision", outcome="return", opinion="再核")
    else:
        case = case_at(house, element, answers=answers, **application)
    errors = refused(house, case, element, **said)
    assert set(errors) == {field}
    assert chinese in errors[field][0]
    assert english in errors[field][1]


def test_a_second_notice_of_gaps_needs_its_reason():
    house = bureau()
    case = case_at(house, "supplement_materials", members=UNSIGNED, answers={"review_materials": {"outcome": "supplement"}})
    done(house, case, "supplement_materials")
    errors = refused(house, case, "review_materials", outcome="supplement")
    assert set(errors) == {"override_reason"}
    done(house, case, "review_materials", outcome="supplement", override_reason="申请人新增成员")
    with house.work() as session:
        assert open_item(session, case, "supplement_materials")


def test_nothing_is_accepted_while_the_standard_is_not_entered():
    house, case = standing("review_materials")
    with house.work() as session:
        for row in session.exec(select(LocalRate)):
            session.delete(row)
    assert "尚未录入" in refused(house, case, "review_materials", outcome="accept")["outcome"][0]


@pytest.mark.parametrize(("element", "topic", "answers"), [
    ("review_materials", "issue_document", {"outcome": "accept"}),
    ("sign_opinion", "prepare_notice", {"outcome": "agree"}),
    ("confirm_posting", "redate_notice", {"posted_on": "2024-03-18", "place": "公开栏", "posted_by": "张贴员"}),
    ("confirm_posting", "start_notice", {"posted_on": "2024-03-18", "place": "公开栏", "posted_by": "张贴员"}),
    ("county_decision", "grant_entitlement", {"outcome": "confirm"}),
])
def test_a_refusal_inside_an_effect_leaves_nothing_half_written(monkeypatch, element, topic, answers):
    house, case = standing(element)
    before, real = everything(house.engine), EFFECTS[topic]

    def refuse(step):
        real(step)
        raise Conflict("This can't be done.")

    with monkeypatch.context() as patched:
        patched.setitem(EFFECTS, topic, refuse)
        with pytest.raises(Conflict):
            done(house, case, element, **answers)
    assert everything(house.engine) == before
    done(house, case, element, **answers)
    assert everything(house.engine) != before


def test_a_step_whose_next_desk_is_empty_is_refused_whole_and_says_who_is_missing():
    house, case = standing("county_review")
    with house.work() as session:
        for duty in session.exec(select(Duty).where(Duty.role == "COUNTY_LEAD")):
            session.delete(duty)
    before = everything(house.engine)
    with pytest.raises(NotFound) as refusal:
        done(house, case, "county_review", outcome="confirm")
    assert "COUNTY_LEAD" in str(refusal.value)
    assert everything(house.engine) == before


def test_every_fact_has_its_author_and_a_version_that_grows():
    house, case = standing("confirmed")
    with house.work() as session:
        changes = session.exec(select(FactChange).where(FactChange.case_id == case.id).order_by(col(FactChange.id))).all()
        newest = {change.name: change.value for change in changes}
        assert newest == session.get_one(Case, case.id).facts
    authors = {change.name: change.author for change in changes}
    assert authors["application"] == authors["home_visit"] == "镇经办一"
    assert (authors["data_check"], authors["sign_opinion"], authors["county_decision"]) == ("核对员一", "镇领导一", "县领导一")
    assert (authors["means"], authors["decision"]) == ("compute_means", "issue_decision")
    versions = [change.version for change in changes]
    assert versions == sorted(versions)
    assert len({change.version for change in changes if change.name in ("home_visit", "data_check", "draft_opinion")}) == 3
    with house.work() as session:
        record = session.exec(select(DecisionRecord).where(DecisionRecord.decision == "means")).one()
        assert facts.decode(record.value)["total_fen"] == 60_000


def test_what_was_answered_before_and_after_stands_in_the_audit_log_and_the_opinion_with_the_item():
    house, case = standing("sign_opinion")
    done(house, case, "sign_opinion", outcome="return", opinion="金额请复核")
    done(house, case, "draft_opinion", outcome="grant", opinion="复核无误")
    with house.work() as session:
        events = audit.events(session, f"case:{case.id}")
        drafts = [event for event in events if event.node == "draft_opinion" and event.action == "work_item.complete"]
        assert drafts[0].before == {"draft_opinion": None}
        assert drafts[1].before == drafts[0].after
        assert drafts[1].after["draft_opinion"]["opinion"] == "复核无误"
        assert [event.actor for event in drafts] == ["镇经办一", "镇经办一"]
        signed = next(event for event in events if event.node == "sign_opinion")
        assert (signed.role, signed.summary) == ("TOWN_LEAD", "签署初审意见:金额请复核")
        item = session.exec(select(WorkItem).where(WorkItem.node == "sign_opinion", WorkItem.state == "done")).one()
        assert (item.outcome, item.opinion, item.done_at) == ("return", "金额请复核", house.now)
        assert audit.broken_at(session, f"case:{case.id}") is None


def test_every_step_of_a_person_is_one_audit_event():
    house, case = standing("county_decision")
    with house.work() as session:
        steps = session.exec(select(WorkItem.node).where(WorkItem.case_id == case.id, WorkItem.state == "done")).all()
        events = [event.node for event in audit.events(session, f"case:{case.id}") if event.action == "work_item.complete"]
    assert sorted(steps) == sorted(events)


def test_a_form_opens_with_what_is_known_already():
    house, case = standing("draft_opinion")
    with house.work() as session:
        item, clerk = open_item(session, case, "draft_opinion")
        assert decisions.initial(session, item, session.get_one(Case, case.id), clerk, house.now)["amount"] == 60_000
    house = bureau()
    case = case_at(house, "supplement_materials", members=UNSIGNED, answers={"review_materials": {"outcome": "supplement"}})
    with house.work() as session:
        item, clerk = open_item(session, case, "supplement_materials")
        declared = decisions.initial(session, item, session.get_one(Case, case.id), clerk, house.now)
    assert [member["name"] for member in declared["members"]] == ["王建国", "李秀兰", "王小明"]


def test_a_corrected_application_is_taken_in_anew():
    house = bureau()
    case = applied(house, members=UNSIGNED)
    done(house, case, "review_materials", outcome="supplement")
    members = families.application()["members"]
    members[2] = {**members[2], "name": "王晓明", "id_number": families.id_number("20120101", 7)}
    members[1] = {**members[1], "name": "李秀莲"}
    house.pass_time(house.now + timedelta(days=1))
    with pytest.raises(Invalid, match="王小明"):
        done(house, case, "supplement_materials", members=members, incomes=[])
    members[2]["name"] = "王小明"      # the same child, the number corrected
    done(house, case, "supplement_materials", members=members, incomes=[])
    with house.work() as session:
        registered = dict(session.exec(select(CasePerson.name, CasePerson.id_number).where(CasePerson.case_id == case.id)).all())
    assert registered["王小明"] == families.id_number("20120101", 7)
    assert "李秀莲" in registered
    assert house.now == at("2024-03-05")
