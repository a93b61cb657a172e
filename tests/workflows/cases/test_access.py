"""Who may do a piece of work, who may see a case, and the sentence that says why not."""

import pytest
from sqlmodel import select

from tests.makers import at, bureau, case_at, done, open_item, standing
from workflows.cases import access, decisions, extensions
from workflows.cases.shown import overview, worklist
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.errors import Conflict, NotAllowed, NotFound
from workflows.messages import say
from workflows.office import people
from workflows.office.tables import Duty, Unit

OTHER_DESK = "此事项由其他岗位或单位办理。"
RELATED = {"near_relative": "yes", "near_relative_office": "镇政府", "near_relative_relation": "兄弟"}
EVERYBODY = ("window_clerk1", "village1", "village2", "town_clerk1", "town_clerk2", "town_clerk3", "town_lead1", "town_lead2",
             "check_org1", "check_org2", "county_clerk1", "county_lead1", "county_finance1", "finance1", "auditor1",
             "admin1", "designer1", "third_party1")
MAY = {
    "review_materials": {"town_clerk1", "town_clerk2"},
    "home_visit": {"town_clerk1", "town_clerk2"},
    "data_check": {"check_org1", "check_org2"},
    "sign_opinion": {"town_lead1"},
    "confirm_posting": {"village1", "town_clerk1", "town_clerk2"},
    "report_to_county": {"town_clerk1", "town_clerk2"},
    "county_review": {"county_clerk1"},
    "county_decision": {"county_lead1"},
}
SEES = {"window_clerk1", "village1", "town_clerk1", "town_clerk2", "town_lead1", "check_org1", "check_org2", "county_clerk1",
        "county_lead1", "county_finance1", "finance1", "auditor1"}


def refusals(session, case, element, login):
    """Why that officer may not do any of the items that wait there, in Chinese; empty: he may do one."""
    who = people.by_login(session, login)
    items = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == element,
                                                WorkItem.state == WorkState.OPEN)).all()
    answers = [access.why_not(session, session.get_one(Case, case.id), item, who) for item in items]
    return [] if None in answers else [say(answer.message, "zh_CN") for answer in answers]


@pytest.mark.parametrize("element", MAY)
def test_only_the_desk_it_lies_on_may_do_it_and_everybody_else_hears_why(element):
    house, case = standing(element)
    with house.work() as session:
        found = {login: refusals(session, case, element, login) for login in EVERYBODY}
    assert {login for login, said in found.items() if not said} == MAY[element]
    assert {sentence for said in found.values() for sentence in said} == {OTHER_DESK}


def test_a_near_relative_may_neither_do_nor_see_it():
    house = bureau()
    case = case_at(house, "confirm_posting", near_relative_name="村居一", **RELATED)
    with house.work() as session:
        assert refusals(session, case, "confirm_posting", "village1")[0] == "您已登记为本案近亲属，须回避，不得经办。"
        relative = people.by_login(session, "village1")
        assert not access.may_see(session, session.get_one(Case, case.id), relative)
        assert worklist.count(session, relative) == 0
        assert worklist.search(session, relative, case.number) == []


def test_a_near_relative_at_the_top_signs_no_extension_either():
    house = bureau()
    case = case_at(house, "county_review", near_relative_name="县领导一", **RELATED)
    with house.work() as session, pytest.raises(NotFound):
        extensions.sign(session, case.id, "total", "人户分离", people.by_login(session, "county_lead1"), house.now)
    with house.work() as session:
        extensions.sign(session, case.id, "total", "人户分离", people.by_login(session, "county_lead2"), house.now)


def test_what_a_colleague_has_claimed_is_his():
    house, case = standing("home_visit")
    with house.work() as session:
        item, mine = open_item(session, case, "home_visit", "town_clerk1")
        decisions.claim(session, item.id, mine, house.now)
    with house.work() as session:
        colleague = people.by_login(session, "town_clerk2")
        assert refusals(session, case, "home_visit", "town_clerk2") == ["同事已签收此事项。"]
        assert worklist.count(session, colleague) == 0
        assert refusals(session, case, "home_visit", "town_clerk1") == []
    with house.work() as session, pytest.raises(Conflict):
        decisions.claim(session, item.id, colleague, house.now)


@pytest.mark.parametrize(("login", "element", "role", "unit", "earlier"), [
    ("town_clerk1", "sign_opinion", "TOWN_LEAD", "城关镇人民政府", "拟初审意见"),
    ("town_clerk1", "county_review", "COUNTY_CLERK", "示例县民政局", "拟初审意见"),
    ("town_lead1", "county_decision", "COUNTY_LEAD", "示例县民政局", "签署初审意见"),
    ("county_clerk1", "county_decision", "COUNTY_LEAD", "示例县民政局", "县级审核"),
])
def test_who_holds_two_duties_still_does_only_one_of_the_steps_kept_apart(login, element, role, unit, earlier):
    house, case = standing(element)
    with house.work() as session:
        person, desk = people.by_login(session, login), session.exec(select(Unit).where(Unit.name == unit)).one()
        session.add(Duty(person_id=person.id, role=role, unit_id=desk.id))
        session.flush()
        assert refusals(session, case, element, login) == [f"您已办理本案“{earlier}”环节，本环节须由他人办理。"]


def test_who_handled_another_familys_step_is_not_kept_apart_here():
    house, case = standing("county_review")
    with house.work() as session:
        desk = session.exec(select(Unit).where(Unit.name == "示例县民政局")).one()
        clerk = people.by_login(session, "town_clerk3")      # of the other township: handled nothing of this case
        session.add(Duty(person_id=clerk.id, role="COUNTY_CLERK", unit_id=desk.id))
        session.flush()
        assert refusals(session, case, "county_review", "town_clerk3") == []


def test_drafting_again_after_a_return_is_ones_own_step_and_allowed():
    house, case = standing("sign_opinion")
    done(house, case, "sign_opinion", outcome="return", opinion="补充理由")
    with house.work() as session:
        assert refusals(session, case, "draft_opinion", "town_clerk1") == []


@pytest.mark.parametrize("login", EVERYBODY)
def test_a_case_is_seen_from_its_own_ground_only(login):
    house, case = standing("confirm_posting")
    with house.work() as session:
        who = people.by_login(session, login)
        assert access.may_see(session, session.get_one(Case, case.id), who) == (login in SEES)
        assert bool(worklist.search(session, who, case.number)) == (login in SEES)


def test_a_case_that_may_not_be_seen_is_not_even_said_to_exist():
    house, case = standing("home_visit")
    with house.work() as session:
        stranger = people.by_login(session, "town_clerk3")
        said = []
        for number in (case.number, "DB-2024-03-9999"):
            with pytest.raises(NotFound) as refusal:
                overview.case_view(session, stranger, number, house.now)
            said.append(refusal.value.message)
        assert said[0] == said[1]
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)).first()
        with pytest.raises(NotFound):
            overview.item_view(session, stranger, item.id, house.now)


def test_an_auditor_reads_everything_and_writes_nothing():
    house, case = standing("county_decision")
    with house.work() as session:
        auditor = people.by_login(session, "auditor1")
        view = overview.case_view(session, auditor, case.number, house.now)
        assert view.events
        assert view.objectors_shown
        item = view.open_items[0].item
        for refused in (lambda: decisions.complete(session, item.id, {"outcome": "confirm"}, auditor, house.now),
                        lambda: decisions.claim(session, item.id, auditor, house.now),
                        lambda: extensions.sign(session, case.id, "total", "人户分离", auditor, house.now)):
            with pytest.raises(NotAllowed):
                refused()


def test_an_item_that_was_handled_says_so_even_to_a_stranger_to_its_desk():
    house, case = standing("home_visit")
    with house.work() as session:
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.DONE)).first()
        for login in ("town_clerk1", "county_lead1"):
            refusal = access.why_not(session, session.get_one(Case, case.id), item, people.by_login(session, login))
            assert isinstance(refusal, Conflict)


def test_nobody_else_is_asked_once_the_village_has_posted():
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", "village1", posted_on=f"{at('2024-03-18'):%Y-%m-%d}", place="公开栏", posted_by="张贴员")
    with house.work() as session:
        states = session.exec(select(WorkItem.role, WorkItem.state).where(
            WorkItem.case_id == case.id, WorkItem.node == "confirm_posting")).all()
    assert dict(states) == {"VILLAGE": WorkState.DONE, "TOWN_CLERK": WorkState.CANCELLED}
