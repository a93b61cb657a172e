"""公示: masked, its days counted from the real posting, objections heard, and down by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlmodel import select

import bpmn.loader
import bpmn.papers
from tests import families
from tests.makers import at, bureau, case_at, done, everything, open_item, standing
from workflows.cases import facts, world
from workflows.cases.notice import notices, objections
from workflows.cases.papers import documents, issuing
from workflows.cases.effects import Step
from workflows.cases.shown import overview
from workflows.cases.tables import Case, Notice, Objection, Timer
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.messages import say
from workflows.office import people, rates, working_days
from workflows.records import audit

PAPERS = bpmn.papers.describe("dibao", bpmn.loader.files("dibao"))
POSTED = {"place": "村务公开栏", "posted_by": "张贴员"}


def posted(day="2024-03-18", on=None):
    """DB-1's notice, posted that day and confirmed that day or later."""
    house, case = standing("confirm_posting")
    house.pass_time(at(on or day))
    done(house, case, "confirm_posting", "village1", posted_on=day, **POSTED)
    return house, case


def notice_of(house, case):
    """The newest notice."""
    with house.work() as session:
        return world.latest_notice(session, case)


def object_to(house, case, text="家中有门面", name="钱七", phone="13900139000"):
    """Somebody of the public objects."""
    with house.work() as session:
        return objections.object_to(session, world.latest_notice(session, case).id, text, name, phone, house.now)


def waiting(house, case):
    """The elements that wait for people."""
    with house.work() as session:
        view = overview.case_view(session, people.by_login(session, "county_clerk1"), case.number, house.now)
        return {shown.item.node for shown in view.open_items}


# ---- its days ----------------------------------------------------------------------------------------------------

def test_nobody_can_read_it_before_the_village_has_posted_it():
    house, case = standing("confirm_posting")
    notice = notice_of(house, case)
    with house.work() as session:
        assert notices.current(session, house.now) == []
        with pytest.raises(NotFound):
            notices.public(session, notice.id, house.now)
        with pytest.raises(NotFound):
            objections.object_to(session, notice.id, "早了", "", "", house.now)


def test_posted_later_than_printed_it_and_its_paper_say_the_real_days():
    house, case = posted("2024-03-20", on="2024-03-21")
    notice = notice_of(house, case)
    assert (notice.posted_on, notice.ends_on, notice.ends_at) == (
        date(2024, 3, 20), date(2024, 3, 27), working_days.end_of(date(2024, 3, 27)))
    with house.work() as session:
        printed = [paper for paper in documents.of_case(session, case.id) if paper.kind == "public_notice"]
    first, real = (facts.decode(paper.data) for paper in printed)
    assert (first["starts_on"], first["ends_on"]) == (date(2024, 3, 18), date(2024, 3, 25))
    assert (real["starts_on"], real["ends_on"]) == (date(2024, 3, 20), date(2024, 3, 27))
    assert {key: value for key, value in facts.decode(notice.shown).items() if key != "said"} == real
    assert first["number"] != real["number"]


def test_posted_as_printed_no_second_paper_is_made():
    house, case = posted()
    with house.work() as session:
        assert [paper.kind for paper in documents.of_case(session, case.id)].count("public_notice") == 1


@pytest.mark.parametrize(("day", "ends"), [
    ("2024-04-26", date(2024, 5, 6)),     # glossary 3.1: 05-03 lies in the May holiday
    ("2024-03-29", date(2024, 4, 7)),     # 04-05 lies in Qingming; Sunday 04-07 is a make-up day
    ("2024-03-18", date(2024, 3, 25)),
    ("2024-09-30", date(2024, 10, 8)),
])
def test_it_never_ends_in_a_holiday(day, ends):
    house, case = posted(day)
    assert notice_of(house, case).ends_on == ends


def test_where_the_place_counts_working_days_it_does():
    house = bureau(notice_unit="WD")
    case = case_at(house, "report_to_county")
    assert notice_of(house, case).ends_on == date(2024, 3, 27)


@pytest.mark.parametrize("day", ["2024-03-19", "2030-01-01"])
def test_it_cannot_be_posted_on_a_day_to_come(day):
    house, case = standing("confirm_posting")
    with pytest.raises(Invalid):
        done(house, case, "confirm_posting", "village1", posted_on=day, **POSTED)


@pytest.mark.parametrize("day", ["2024-03-17", "2024-03-01", "1999-01-01"])
def test_it_cannot_have_been_posted_before_it_was_made(day):
    house, case = standing("confirm_posting")
    house.pass_time(at("2024-03-20"))
    with pytest.raises(Invalid):
        done(house, case, "confirm_posting", "village1", posted_on=day, **POSTED)


def test_it_is_public_till_midnight_of_its_last_day_and_comes_down_by_itself():
    house, case = posted()
    notice = notice_of(house, case)
    with house.work() as session:
        last = notice.ends_at - timedelta(seconds=1)
        assert notices.public(session, notice.id, last).id == notice.id
        assert [one.id for one in notices.current(session, last, "990101001")] == [notice.id]
        assert notices.current(session, last, "990101002") == []
        with pytest.raises(NotFound):
            notices.public(session, notice.id, notice.ends_at)
        assert notices.current(session, notice.ends_at) == []
    house.pass_time(at("2024-03-26"))
    assert notice_of(house, case).taken_down_at == notice.ends_at
    assert waiting(house, case) == {"report_to_county"}


def test_confirmed_when_its_days_are_over_it_must_be_posted_again():
    house, case = standing("confirm_posting")
    house.pass_time(at("2024-03-26"))
    with pytest.raises(Invalid) as refusal:
        done(house, case, "confirm_posting", "village1", posted_on="2024-03-18", **POSTED)
    assert [(error.path, say(error.message, "zh_CN")) for error in refusal.value.errors] == [
        ("posted_on", "公示期已过，须重新张贴并按实际日期确认。")]
    done(house, case, "confirm_posting", "village1", posted_on="2024-03-19", **POSTED)   # till tonight


def test_its_days_are_those_of_the_acceptance_day():
    house, case = standing("confirm_posting")
    with house.work() as session:
        rates.set_local(session, "dibao.notice_days", 3, scope="990101", valid_from=date(2024, 3, 10), source="新规",
                        who=people.by_login(session, "county_lead1"), now=house.now)
    done(house, case, "confirm_posting", "village1", posted_on="2024-03-18", **POSTED)
    assert notice_of(house, case).ends_on == date(2024, 3, 25)


def test_put_on_notice_again_only_after_an_objection_and_for_its_own_days():
    house = bureau(renotice=True)
    case = case_at(house, "confirm_posting")
    done(house, case, "confirm_posting", "village1", posted_on="TODAY", **POSTED)
    object_to(house, case)
    case_at(house, "confirm_posting", case=case)
    done(house, case, "confirm_posting", "village1", posted_on="TODAY", **POSTED)
    again = notice_of(house, case)
    assert (again.posted_on, again.ends_on) == (date(2024, 3, 22), date(2024, 3, 25))
    case_at(house, "county_review", case=case)
    done(house, case, "county_review", outcome="return", reason="补充材料")
    case_at(house, "report_to_county", case=case)
    assert notice_of(house, case).id == again.id


# ---- objections --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_objection_says_something(text):
    house, case = posted()
    before = everything(house.engine)
    with pytest.raises(Conflict) as refusal:
        object_to(house, case, text)
    assert say(refusal.value.message, "zh_CN") == "请填写异议内容。"
    assert everything(house.engine) == before


@pytest.mark.parametrize("moment", ["2024-03-26", "2024-04-26"])
def test_after_its_end_an_objection_is_a_complaint_and_stops_nothing(moment):
    house, case = posted()
    house.pass_time(at(moment))
    receipt = object_to(house, case)
    assert receipt.late
    assert waiting(house, case) == {"report_to_county"}
    with house.work() as session:
        told = facts.known_as(session.get_one(Case, case.id), "complaint")
        assert [(one["text"], one["name"]) for one in told] == [("家中有门面", "钱七")]
        assert world.open_objections(session, case) == []


def test_in_the_last_minute_an_objection_is_heard_even_if_the_timer_is_late():
    house, case = posted()
    house.now = working_days.end_of(date(2024, 3, 25)) - timedelta(minutes=1)
    object_to(house, case)
    assert waiting(house, case) == {"resurvey"}


def test_an_anonymous_objection_counts():
    house, case = posted()
    object_to(house, case, name="", phone="")
    assert waiting(house, case) == {"resurvey"}


def test_one_re_survey_answers_all_objections_that_wait():
    house, case = posted()
    for text in ("有门面", "有轿车", "儿子在县城上班"):
        object_to(house, case, text)
    assert waiting(house, case) == {"resurvey"}
    house.pass_time(at("2024-03-22"))
    done(house, case, "resurvey", method="resurvey", held_on="TODAY", findings="未发现", conclusion="维持",
         objection_answer="经查不属实")
    with house.work() as session:
        rows = session.exec(select(Objection)).all()
    assert [(row.text, row.answer, row.answered_at) for row in rows] == [
        (text, "经查不属实", house.now) for text in ("有门面", "有轿车", "儿子在县城上班")]


def test_one_that_comes_after_the_re_survey_but_in_time_is_surveyed_too():
    house, case = posted()
    object_to(house, case)
    case_at(house, "sign_opinion", case=case)
    house.now = at("2024-03-25")
    object_to(house, case, "还有存款")
    done(house, case, "sign_opinion", outcome="agree")
    house.pass_time(at("2024-03-26"))
    assert waiting(house, case) == {"resurvey"}
    case_at(house, "report_to_county", case=case)
    with house.work() as session:
        assert world.open_objections(session, case) == []


def test_the_file_goes_up_only_when_each_objection_was_surveyed():
    house, case = posted()
    house.now = at("2024-03-25")
    object_to(house, case)
    with pytest.raises(AssertionError, match="nobody can do report_to_county"), house.work() as session:
        open_item(session, case, "report_to_county")
    assert waiting(house, case) == {"resurvey"}


def test_the_objector_is_hidden_from_the_village_and_from_the_log():
    house, case = posted()
    object_to(house, case)
    with house.work() as session:
        views = {login: overview.case_view(session, people.by_login(session, login), case.number, house.now)
                 for login in ("village1", "window_clerk1", "check_org1", "finance1", "town_clerk1", "county_lead1", "auditor1")}
        assert {login for login, view in views.items() if view.objectors_shown} == {"town_clerk1", "county_lead1", "auditor1"}
        for login in ("village1", "window_clerk1", "check_org1", "finance1"):
            assert "钱七" not in str(views[login]), login
            assert "13900139000" not in str(views[login]), login
        assert "钱七" in str(views["town_clerk1"].objections)
        events = audit.events(session, f"case:{case.id}")
        assert "钱七" not in str([(event.actor, event.summary, event.after) for event in events])
        assert next(event for event in events if event.action == "notice.object").actor == "公众"
        assert "钱七" not in str(session.get_one(Case, case.id).facts)


@pytest.mark.parametrize("login", ["window_clerk1", "town_clerk1", "county_clerk1"])
def test_an_objection_brought_to_the_counter_is_registered_and_nobody_in_the_village_learns_by_whom(login):
    house, case = posted()
    with house.work() as session:
        clerk = people.by_login(session, login)
        objections.register(session, world.latest_notice(session, case).id, "有门面", "钱七", "", clerk, house.now)
    assert waiting(house, case) == {"resurvey"}
    with house.work() as session:
        views = {who: overview.case_view(session, people.by_login(session, who), case.number, house.now)
                 for who in ("village1", "auditor1")}
    said = {who: next(event for event in view.events if event.action == "notice.object") for who, view in views.items()}
    assert (said["village1"].actor, said["village1"].actor_id, said["village1"].role) == ("公众", None, "")
    assert (said["auditor1"].actor, said["auditor1"].actor_id) == (clerk.name, clerk.id)


@pytest.mark.parametrize("login", ["village1", "town_lead1", "auditor1", "town_clerk3"])
def test_others_register_none(login):
    house, case = posted()
    with house.work() as session, pytest.raises(NotAllowed):
        objections.register(session, world.latest_notice(session, case).id, "有门面", "", "",
                                   people.by_login(session, login), house.now)


# ---- what it shows -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("name", "shown"), [("王小明", "王某"), ("欧阳小明", "欧阳某")])
def test_of_a_minor_applicant_only_the_family_name_is_shown(name, shown):
    child = families.id_number("20120505", 3)
    house = bureau()
    case = case_at(
        house, "confirm_posting", applicant_name=name, applicant_id_number=child, account_holder=name, incomes=[],
        members=[{"name": name, "id_number": child, "relation": "self", "health": "healthy", "work_ability": "none",
                  "living_together": True, "authorised": True}],
        answers={"review_materials": {"outcome": "accept", "override_reason": "监护人已签字"}})
    notice = facts.decode(notice_of(house, case).shown)
    assert notice["applicant"] == shown
    assert name not in str(notice)
    assert notice["member_count"] == 1


def test_it_shows_what_the_law_lets_it_show_and_nothing_else():
    house, case = posted()
    notice = facts.decode(notice_of(house, case).shown)
    assert set(notice) == {*PAPERS["public_notice"].shows, "number", "issued_on", "issuer", "said"}
    assert (notice["applicant"], notice["member_count"], notice["amount_fen"]) == ("王建国", 3, 60_000)


HAN = some.sampled_from("赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
NAMES = some.text(HAN, min_size=2, max_size=4)
BORN = some.dates(date(1930, 1, 1), date(2024, 1, 1))
DIGITS = some.text("0123456789", min_size=12, max_size=19)


@given(own=NAMES, born=BORN, others=some.lists(some.tuples(NAMES, BORN), max_size=6), account=DIGITS,
       phone=some.from_regex(r"1[3-9]\d{9}", fullmatch=True), illness=NAMES, address=NAMES)
@settings(max_examples=60, deadline=None)
def test_no_number_account_or_other_members_name_ever_stands_in_it(own, born, others, account, phone, illness, address):
    people_in = [(own, born), *others]
    members = [{"name": name, "id_number": families.id_number(f"{day:%Y%m%d}", place), "illness": illness}
               for place, (name, day) in enumerate(people_in, start=1)]
    application = {"applicant_name": own, "applicant_id_number": members[0]["id_number"], "members": members, "phone": phone,
                   "account_number": account, "registered_address": address, "residence_address": address}
    house, case = standing("confirm_posting")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        row.subject = own
        known = facts.known(row) | {"application": application}
        means = {**known["means"], "people": len(members)}
        row.facts = {**row.facts, "application": application, "means": facts.encode(means)}
        shown = issuing.issue(Step(session, row, None, world.of(session, row, house.now), {}, house.now), "public_notice",
                              given={"posting": {"starts_on": house.now.date(), "ends_on": house.now.date()}}).data
        session.rollback()
        fixed = {str(shown[key]) for key in ("issuer", "township", "village")}
    text = str(sorted(shown.items()))
    adult = born <= date(2006, 3, 18)
    secret = {member["id_number"] for member in members} | {phone, account, illness, address}
    secret |= {name for name, _ in others} | (set() if adult else {own})
    for word in secret:
        allowed = (adult and word in own) or any(word in place for place in fixed)
        assert allowed or word not in text, word
    assert (own in text) == adult


# ---- its timer ---------------------------------------------------------------------------------------------------

def test_its_end_waits_as_a_timer_at_that_very_moment():
    house, case = posted()
    with house.work() as session:
        waits = session.exec(select(Timer)).all()
        assert [(timer.case_id, timer.due_at) for timer in waits] == [(case.id, working_days.end_of(date(2024, 3, 25)))]
        assert session.exec(select(Notice)).one().taken_down_at is None
