"""Statutory limits start, end and lengthen by rule, and the work they press on follows them (dibao.md 4 and 14)."""

from datetime import date

import pytest
from sqlmodel import select

from tests import families
from tests.makers import REFUSED, WAY, at, bureau, case_at, done, standing
from workflows import releases
from workflows.cases import clocks, extensions, world
from workflows.cases.notice import objections
from workflows.cases.papers import documents
from workflows.cases.shown import overview
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.messages import say
from workflows.office import own_days, people, rates, working_days
from workflows.office.tables import LocalRate
from workflows.records import audit

OBJECTED = "公示有异议"


def limits(house, case):
    """Each kind's newest clock."""
    with house.work() as session:
        return clocks.latest(session, session.get_one(Case, case.id))


def due_days(house, case):
    """Each open item's last day."""
    with house.work() as session:
        items = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)).all()
        return {item.node: item.due_at for item in items}


def extended(house, case, reason=OBJECTED, login="county_lead1"):
    """The county's lead signs an extension."""
    with house.work() as session:
        return extensions.sign(session, case.id, "total", reason, people.by_login(session, login), house.now)


def test_no_limit_runs_before_acceptance():
    house, case = standing("review_materials")
    assert limits(house, case) == {}
    assert due_days(house, case) == {"review_materials": None}


@pytest.mark.parametrize(("element", "due"), [   # DB-1
    ("home_visit", {"total": date(2024, 4, 16), "survey_start": date(2024, 3, 7), "check_start": date(2024, 3, 7)}),
    ("county_review", {"total": date(2024, 4, 16), "county_review": date(2024, 4, 10)}),
])
def test_the_limits_of_db_1_end_on_the_days_of_the_law(element, due):
    house, case = standing(element)
    assert {kind: clock.due_on for kind, clock in limits(house, case).items() if clock.ended_on is None} == due


@pytest.mark.parametrize(("element", "days"), [
    ("home_visit", {"home_visit": date(2024, 3, 7), "data_check": date(2024, 3, 7)}),
    ("draft_opinion", {"draft_opinion": date(2024, 4, 16)}),
    ("county_review", {"county_review": date(2024, 4, 10)}),
    ("county_decision", {"county_decision": date(2024, 4, 10)}),
])
def test_an_item_is_due_when_its_nearest_limit_ends(element, days):
    house, case = standing(element)
    assert due_days(house, case) == {node: working_days.end_of(day) for node, day in days.items()}


def test_a_limit_ends_with_its_element_and_says_how_many_days_were_used():
    house, case = standing("draft_opinion")
    found = limits(house, case)
    assert (found["survey_start"].ended_on, found["survey_start"].used) == (date(2024, 3, 6), 2)
    assert (found["check_start"].ended_on, found["check_start"].used) == (date(2024, 3, 12), 6)
    assert found["total"].ended_on is None


def test_the_start_of_a_survey_is_the_day_of_the_visit_not_of_its_filing():
    house, case = standing("review_materials")
    house.pass_time(at("2024-03-05"))
    done(house, case, "review_materials", outcome="accept")
    house.pass_time(at("2024-03-11"))
    done(house, case, "home_visit", **WAY["home_visit"][1] | {"visited_at": "2024-03-06T10:00"})
    done(house, case, "data_check", queried_on="2024-03-04", authorisation_number="SQ-1", conclusion="consistent")
    found = limits(house, case)
    assert (found["survey_start"].ended_on, found["survey_start"].used) == (date(2024, 3, 6), 1)
    assert (found["check_start"].ended_on, found["check_start"].used) == (date(2024, 3, 5), 0)   # never before it began


def test_the_limits_are_those_of_the_acceptance_day():
    house, case = standing("report_to_county")
    with house.work() as session:
        rates.set_local(session, "dibao.limit.county_review", 5, scope="990101", valid_from=date(2024, 3, 10), source="新规",
                        who=people.by_login(session, "county_lead1"), now=house.now)
    done(house, case, "report_to_county", file_index=["application"])
    assert limits(house, case)["county_review"].length == 10


def test_when_the_case_ends_nothing_runs_on():
    house, case = standing("confirmed")
    assert {kind: (clock.ended_on, clock.used) for kind, clock in limits(house, case).items()
            if kind in ("total", "county_review")} == {"total": (date(2024, 4, 8), 24), "county_review": (date(2024, 4, 8), 8)}


def test_a_refusal_is_served_within_three_working_days():
    house = bureau()   # DB-3
    case = case_at(house, "serve_refusal", answers=REFUSED)
    assert house.now.date() == date(2024, 4, 8)
    assert limits(house, case)["refusal_notice"].due_on == date(2024, 4, 11)
    assert due_days(house, case) == {"serve_refusal": working_days.end_of(date(2024, 4, 11))}
    done(house, case, "serve_refusal", served_on="TODAY", method="direct", receiver="王建国")
    assert {clock.ended_on for clock in limits(house, case).values()} >= {date(2024, 4, 8)}
    assert all(clock.ended_on for clock in limits(house, case).values())


def test_the_countys_ten_days_run_on_while_the_file_is_back_at_the_township():
    house = bureau()
    case = case_at(house, "county_review")
    done(house, case, "county_review", outcome="return", reason="补充材料")
    clock = limits(house, case)["county_review"]
    assert (clock.due_on, clock.ended_on) == (date(2024, 4, 10), None)
    case_at(house, "county_review", case=case)
    assert limits(house, case)["county_review"].id == clock.id


def test_db_6_moves_the_limit_only_when_the_countys_lead_has_signed():
    house = bureau(date(2024, 5, 6))
    case = case_at(house, "confirm_posting")
    assert house.now == at("2024-05-20")
    assert due_days(house, case)["confirm_posting"] == working_days.end_of(date(2024, 6, 17))
    for login in ("town_lead1", "county_clerk1", "village1"):
        with pytest.raises(NotAllowed):
            extended(house, case, login=login)
    assert limits(house, case)["total"].due_on == date(2024, 6, 17)
    extended(house, case)
    clock = limits(house, case)["total"]
    assert (clock.due_on, clock.length, clock.started_on) == (date(2024, 7, 8), 45, date(2024, 5, 6))
    assert clock.extensions == [{"length": 45, "reason": OBJECTED, "signer": "县领导一", "on": "2024-05-20",
                                 "due_before": "2024-06-17"}]
    assert due_days(house, case)["confirm_posting"] == working_days.end_of(date(2024, 7, 8))


def test_an_extension_is_told_to_the_applicant_and_stands_in_the_log():
    house, case = standing("draft_opinion")
    extended(house, case)
    with house.work() as session:
        paper = documents.of_case(session, case.id)[-1]
        event = audit.events(session, f"case:{case.id}")[-1]
    assert (paper.kind, paper.addressee) == ("extension_notice", "王建国")
    assert paper.data["new_due_on"] == {"$date": "2024-05-09"}
    assert (event.action, event.before, event.after["due_on"]) == ("clock.extend", {"due_on": "2024-04-16"}, "2024-05-09")


def test_a_limit_is_extended_once_for_a_reason_of_the_law_and_while_it_runs():
    house, case = standing("draft_opinion")
    with pytest.raises(Conflict) as refusal:
        extended(house, case, "人手不足")
    assert "人户分离" in say(refusal.value.message, "zh_CN")
    extended(house, case)
    with pytest.raises(Conflict, match="already"):
        extended(house, case)
    for element in ("review_materials", "confirmed"):
        house, case = standing(element)
        with pytest.raises(NotFound):
            extended(house, case)


def test_a_limit_is_extended_to_its_last_day_and_not_after():
    house, case = standing("draft_opinion")
    lead = "county_lead1"
    for day, possible in (("2024-04-17", False), ("2024-04-16", True)):
        with house.work() as session:
            view = overview.case_view(session, people.by_login(session, lead), case.number, at(day))
            assert bool(view.extendable) is possible
    house.pass_time(at("2024-04-17"))
    with pytest.raises(Conflict) as refusal:
        extended(house, case)
    assert "期限已过" in say(refusal.value.message, "zh_CN")
    house, case = standing("draft_opinion")
    house.pass_time(at("2024-04-16"))
    extended(house, case)
    assert limits(house, case)["total"].due_on == date(2024, 5, 9)


def test_who_may_extend_sees_it_offered():
    house, case = standing("draft_opinion")
    with house.work() as session:
        offered = {login: overview.case_view(session, people.by_login(session, login), case.number, house.now).extendable
                   for login in ("county_lead1", "county_clerk1", "town_lead1", "auditor1")}
    assert {login: bool(rules) for login, rules in offered.items()} == {"county_lead1": True, "county_clerk1": False, "town_lead1": False, "auditor1": False}


def test_a_limit_that_runs_into_an_unpublished_year_says_that_it_is_provisional():
    house = bureau(date(2026, 12, 21))
    case = case_at(house, "home_visit")
    found = limits(house, case)
    assert not found["survey_start"].provisional
    assert found["total"].provisional
    house, case = standing("home_visit")
    assert not limits(house, case)["total"].provisional


def test_limits_follow_the_bureaus_own_days_off():
    house = bureau()
    case = case_at(house, "review_materials")
    with house.work() as session:
        own_days.put(session, {date(2024, 3, 6): "OFF"}, "县政府通知", people.by_login(session, "admin1"), house.now)
    done(house, case, "review_materials", outcome="accept")
    assert limits(house, case)["survey_start"].due_on == date(2024, 3, 8)


def test_limits_are_read_from_the_rules_in_force_not_from_the_code():
    house = bureau(limit__total=20, limit__county_review=5)
    case = case_at(house, "county_review")
    assert limits(house, case)["total"].due_on == date(2024, 4, 1)
    assert limits(house, case)["county_review"].due_on == date(2024, 4, 2)


def test_a_case_keeps_the_rules_of_its_acceptance_day():
    house = bureau()
    with house.work() as session:
        session.add(LocalRate(code="dibao.surveyors_min", scope="990101", value=3, valid_from=date(2024, 3, 5), source="新规"))
    old = case_at(house, "home_visit")
    house.pass_time(at("2024-03-05"))
    new = case_at(house, "home_visit", number=1)
    visit = WAY["home_visit"][1]
    done(house, old, "home_visit", **visit)
    with pytest.raises(Invalid) as refusal:
        done(house, new, "home_visit", **visit)
    assert [error.path for error in refusal.value.errors] == ["surveyors"]


def test_the_time_to_supplement_ends_when_the_materials_come_and_starts_anew():
    house = bureau()
    unsigned = [{**member, "authorised": False} for member in families.application()["members"]]
    case = case_at(house, "supplement_materials", members=unsigned, answers={"review_materials": {"outcome": "supplement"}})
    assert limits(house, case)["correction"].due_on == date(2024, 3, 25)
    done(house, case, "supplement_materials")
    assert limits(house, case)["correction"].ended_on == date(2024, 3, 4)
    house.pass_time(at("2024-03-06"))
    done(house, case, "review_materials", outcome="supplement", override_reason="成员变化")
    assert limits(house, case)["correction"].due_on == date(2024, 3, 27)
    house.pass_time(at("2024-03-28"))
    with house.work() as session:
        assert session.get_one(Case, case.id).state == "draft_closed"


def test_the_day_of_the_act_is_read_from_the_fact_under_which_the_elements_answers_are_kept():
    house, case = standing("review_materials")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        process = releases.load(session, row.release_id).process
        rule = process.clocks[0].model_copy(update={"ended_on": "supplement_materials.seen_on"})    # kept as `application`
        row.facts = {**row.facts, "application": {**row.facts["application"], "seen_on": "2024-03-01"}}
        clocks.begin(session, row, rule, "review_materials", at("2024-02-01"))
        assert [clock.ended_on for clock in clocks.end(session, row, rule, house.now)] == [date(2024, 3, 1)]


@pytest.mark.parametrize(("pause_on", "stood"), [   # DB-6's way; what the place excludes
    ([], []),
    (["NOTICE"], [("2024-05-21", "2024-05-24")]),
    (["OBJECTION"], [("2024-05-25", "2024-05-27")]),
    (["NOTICE", "OBJECTION", "APPRAISAL"], [("2024-05-21", "2024-05-24"), ("2024-05-25", "2024-05-27")]),
])
def test_a_place_may_exclude_notice_objection_and_appraisal_from_the_whole_limit(pause_on, stood):
    house = bureau(date(2024, 5, 6), pause_on=pause_on)
    case = case_at(house, "confirm_posting")
    done(house, case, "confirm_posting", posted_on="2024-05-20", place="村务公开栏", posted_by="张贴员")
    house.pass_time(at("2024-05-24"))
    with house.work() as session:
        objections.object_to(session, world.latest_notice(session, case).id, "有门面", "", "", house.now)
    assert (limits(house, case)["total"].due_on is None) == ("OBJECTION" in pause_on)
    house.pass_time(at("2024-05-27"))
    done(house, case, "resurvey", method="resurvey", held_on="2024-05-27", findings="未发现", conclusion="维持", objection_answer="不属实")
    clock = limits(house, case)["total"]
    assert [(row["from"], row["to"]) for row in clock.pauses] == stood
    days = {day for first, last in stood for day in spared(first, last)}
    assert working_days.national().used(date(2024, 5, 6), clock.due_on, "WD") == 30 + len(days)


def spared(first, last):
    """The working days that a pause spares."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    found = (start + working_days.ONE_DAY * n for n in range((end - start).days + 1))
    return {day for day in found if working_days.national().is_working(day)}
