"""Duties kept apart through returns and steps taken back: of each element the hand that did it last counts."""

from sqlmodel import select

from tests.makers import WAY, case_at, done, open_item, standing
from tests.workflows.cases.operations.test_send_back import back
from workflows.cases import access
from workflows.cases.operations import take_back
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, WorkItem
from workflows.office import people
from workflows.office.tables import Duty, Person


def apart(house, case, node, login):
    """The step because of which somebody may not do that element; empty: he may."""
    with house.work() as session:
        refusal = access.kept_apart(session, session.get_one(Case, case.id), node, people.by_login(session, login))
        return refusal.message.params["node"] if refusal else ""


def colleague(house, case, node):
    """Another hand at the desk where an element waits."""
    with house.work() as session:
        item, _ = open_item(session, case, node)
        session.add(person := Person(login="newcomer", name="新来者"))
        session.flush()
        session.add(Duty(person_id=person.id, role=item.role, unit_id=item.unit_id))
    return "newcomer"


def did(house, case, node):
    with house.work() as session:
        found = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node).order_by(WorkItem.id.desc())
        return people.officer(session, session.exec(found).first().done_by).login


def test_after_a_return_each_may_do_his_own_step_anew_and_nobody_anothers():
    house, case = standing("county_review")
    drafter, signer = did(house, case, "draft_opinion"), did(house, case, "sign_opinion")
    back(house, case, "county_review", "draft_opinion", "county_clerk1")
    assert (apart(house, case, "draft_opinion", drafter), apart(house, case, "sign_opinion", signer)) == ("", "")
    assert apart(house, case, "draft_opinion", signer) == "签署初审意见"
    assert apart(house, case, "sign_opinion", drafter) == "拟初审意见"
    case = case_at(house, "confirmed", case=case)
    assert (case.state, did(house, case, "draft_opinion")) == ("confirmed", drafter)


def test_who_did_it_before_the_return_counts_till_another_has_done_it_anew():
    house, case = standing("county_review")
    drafter = did(house, case, "draft_opinion")
    back(house, case, "county_review", "draft_opinion", "county_clerk1")
    done(house, case, "draft_opinion", colleague(house, case, "draft_opinion"), **WAY["draft_opinion"][1])
    assert apart(house, case, "sign_opinion", "newcomer") == "拟初审意见"
    assert apart(house, case, "sign_opinion", drafter) == ""


def test_what_was_taken_back_was_never_done():
    house, case = standing("draft_opinion")
    done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    assert apart(house, case, "sign_opinion", "town_clerk1") == "拟初审意见"
    with house.work() as session:
        item = session.exec(select(WorkItem).where(WorkItem.node == "draft_opinion")).one()
        take_back.take_back(session, item.id, Asked(people.by_login(session, "town_clerk1"), "笔误", house.now))
    assert apart(house, case, "sign_opinion", "town_clerk1") == ""
    done(house, case, "draft_opinion", "town_clerk2", **WAY["draft_opinion"][1])
    assert (apart(house, case, "sign_opinion", "town_clerk1"), apart(house, case, "sign_opinion", "town_clerk2")) == (
        "", "拟初审意见")
