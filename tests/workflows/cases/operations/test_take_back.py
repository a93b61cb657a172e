"""撤回 and 跳过: one's own last step while the next is untouched; and what may be left undone."""

import pytest
from sqlmodel import select

from tests.makers import WAY, case_at, done, everything, standing, whole
from tests.workflows.cases.operations.test_send_back import back
from workflows.cases import clocks, decisions, facts
from workflows.cases.operations import skip, suspend, take_back
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Visit, WorkItem, WorkState
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.messages import say
from workflows.office import people
from workflows.records import audit

REASON = "意见填写有误"


def item_at(house, case, node, state=WorkState.DONE):
    with house.work() as session:
        return session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node,
                                                   WorkItem.state == state)).first()


def asked(house, login, item, operation=take_back.take_back, reason=REASON):
    with house.work() as session:
        return operation(session, item.id, Asked(people.by_login(session, login), reason, house.now))


def by(house, item):
    with house.work() as session:
        return people.officer(session, item.done_by).login


def taken(house, case, node):
    """That step, taken back by whoever did it."""
    item = item_at(house, case, node)
    return asked(house, by(house, item), item)


def rows(house, case):
    with house.work() as session:
        return {(item.node, item.state) for item in session.exec(select(WorkItem).where(WorkItem.case_id == case.id))}


def test_the_work_waits_again_and_the_facts_are_as_before():
    house, case = standing("draft_opinion")
    with house.work() as session:
        before = session.get_one(Case, case.id)
    done(house, case, "draft_opinion", **WAY["draft_opinion"][1])
    taken(house, case, "draft_opinion")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        assert {name: value for name, value in row.facts.items() if value is not None} == before.facts
        assert row.version > before.version
        item = session.exec(select(WorkItem).where(WorkItem.node == "draft_opinion")).one()
        assert (item.state, item.done_by, item.outcome, item.opinion) == (WorkState.OPEN, None, "", "")
        event = audit.events(session, f"case:{case.id}")[-1]
        assert (event.action, event.node, event.before["draft_opinion"]["outcome"], event.after) == (
            "case.take_back", "draft_opinion", "grant", {"draft_opinion": None, "reason": REASON})
        assert whole(session)
    assert ("sign_opinion", WorkState.CANCELLED) in rows(house, case)
    assert case_at(house, "confirmed", case=case).state == "confirmed"


def test_a_step_that_only_filled_a_join_is_taken_back_and_its_limit_runs_on():
    house, case = standing("home_visit")
    done(house, case, "data_check", **{**WAY["data_check"][1], "queried_on": "2024-03-04"})
    taken(house, case, "data_check")
    assert rows(house, case) >= {("home_visit", WorkState.OPEN), ("data_check", WorkState.OPEN)}
    with house.work() as session:
        assert {clock.kind for clock in clocks.running(session, case)} == {"total", "survey_start", "check_start"}


def test_a_step_through_a_join_is_taken_back_too():
    house, case = standing("draft_opinion")
    taken(house, case, "data_check")
    assert ("data_check", WorkState.OPEN) in rows(house, case)
    assert ("draft_opinion", WorkState.CANCELLED) in rows(house, case)
    with house.work() as session:
        assert facts.known(session.get_one(Case, case.id))["means"] is None
    done(house, case, "data_check", **{**WAY["data_check"][1], "queried_on": "2024-03-12"})
    assert ("draft_opinion", WorkState.OPEN) in rows(house, case)


def test_not_once_a_colleague_has_claimed_or_done_what_followed():
    house, case = standing("draft_opinion")
    done(house, case, "draft_opinion", **WAY["draft_opinion"][1])
    item = item_at(house, case, "draft_opinion")
    with house.work() as session:
        lead = people.by_login(session, "town_lead1")
        decisions.claim(session, session.exec(select(WorkItem.id).where(WorkItem.node == "sign_opinion")).one(), lead, house.now)
    before = everything(house.engine)
    with pytest.raises(Conflict, match="gone on with what followed"):
        asked(house, by(house, item), item)
    assert everything(house.engine) == before
    done(house, case, "sign_opinion", outcome="return", opinion="重拟")
    with pytest.raises(Conflict, match="gone on with what followed"):
        asked(house, by(house, item), item)


@pytest.mark.parametrize(("at", "step", "said"), [
    ("home_visit", "review_materials", "发受理通知书"), ("county_review", "report_to_county", "出具报送单"),
    ("confirm_posting", "sign_opinion", "入户调查表归卷”“核对报告归卷”“出具初审意见”“制作公示书")])
def test_not_once_something_of_it_has_left_the_bureau_and_it_says_what(at, step, said):
    house, case = standing(at)
    with pytest.raises(Conflict) as refused:
        taken(house, case, step)
    assert f"该步骤已同时完成“{said}”" in say(refused.value.message, "zh_CN")


@pytest.mark.parametrize("login", ["town_clerk2", "town_lead1", "county_lead1", "auditor1"])
def test_only_by_who_did_it(login):
    house, case = standing("draft_opinion")
    done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    with pytest.raises(NotAllowed):
        asked(house, login, item_at(house, case, "draft_opinion"))


def test_a_reason_is_compulsory_and_a_suspended_case_stands_still():
    house, case = standing("draft_opinion")
    done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    item = item_at(house, case, "draft_opinion")
    with pytest.raises(Invalid):
        asked(house, "town_clerk1", item, reason="")
    with house.work() as session:
        suspend.suspend(session, case.id, Asked(people.by_login(session, "county_lead1"), REASON, house.now))
    with pytest.raises(Conflict, match="suspended"):
        asked(house, "town_clerk1", item)


def test_a_return_that_keeps_a_branch_leaves_its_last_step_to_be_taken_back():
    house, case = standing("home_visit")
    done(house, case, "data_check", **{**WAY["data_check"][1], "queried_on": "2024-03-04"})
    back(house, case, "home_visit", "review_materials", "town_clerk1", others="keep")
    taken(house, case, "data_check")
    assert rows(house, case) >= {("data_check", WorkState.OPEN), ("review_materials", WorkState.OPEN)}
    assert case_at(house, "confirmed", case=case).state == "confirmed"


def test_a_return_that_cancels_it_leaves_nothing_to_be_taken_back():
    house, case = standing("home_visit")
    done(house, case, "data_check", **{**WAY["data_check"][1], "queried_on": "2024-03-04"})
    back(house, case, "home_visit", "review_materials", "town_clerk1")
    with house.work() as session:
        assert session.exec(select(Case.steps)).all() == [[]]
    with pytest.raises(Conflict, match="gone on with what followed"):
        taken(house, case, "data_check")


def test_little_is_kept_and_none_of_an_ended_case():
    house, _ = standing("confirmed")
    with house.work() as session:
        assert session.exec(select(Case.steps)).all() == [[]]
    house, _ = standing("county_decision")
    with house.work() as session:
        (kept,) = session.exec(select(Case.steps)).all()
        assert 1 <= len(kept) <= 3
        assert sum(len(step["before"]) + len(step["after"]) for step in kept) < 1_000


def rebuttal():
    """A case whose check found something, waiting for the applicant's rebuttal."""
    house, case = standing("home_visit")
    done(house, case, "home_visit", **{**WAY["home_visit"][1], "visited_at": "2024-03-04T09:00"})
    done(house, case, "data_check", queried_on="2024-03-04", authorisation_number="SQ-1", conclusion="inconsistent")
    return house, case, item_at(house, case, "check_rebuttal", WorkState.OPEN)


def test_what_the_process_lists_may_be_left_undone_and_the_history_says_so():
    house, case, item = rebuttal()
    asked(house, "town_lead1", item, skip.skip, "申请人书面放弃申辩")
    assert ("draft_opinion", WorkState.OPEN) in rows(house, case)
    with house.work() as session:
        assert session.exec(select(Visit.what).where(Visit.node == "check_rebuttal")).all() == ["entered", "skipped"]
        assert session.get_one(Case, case.id).facts.get("check_rebuttal") is None
        event = audit.events(session, f"case:{case.id}")[-1]
        assert (event.action, event.node, event.role) == ("case.skip", "check_rebuttal", "TOWN_LEAD")


@pytest.mark.parametrize("login", ["town_clerk1", "county_clerk1", "auditor1"])
def test_nobody_else_may_leave_it_undone(login):
    house, _, item = rebuttal()
    with pytest.raises(NotAllowed):
        asked(house, login, item, skip.skip)


def test_nothing_that_is_not_listed_may_be_left_undone():
    house, case = standing("home_visit")
    with pytest.raises(NotAllowed, match="may not be left out"):
        asked(house, "county_lead1", item_at(house, case, "home_visit", WorkState.OPEN), skip.skip)


def test_a_step_is_not_named_as_its_own_obstacle():
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])
    with pytest.raises(Conflict) as refused:
        taken(house, case, "confirm_posting")
    assert say(refused.value.message, "zh_CN") == "不能撤回：该步骤已同时完成“公示开始”。"


def test_only_ones_last_step_is_spoken_of():
    house, case = standing("draft_opinion")
    done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    with house.work() as session:
        who = people.by_login(session, "town_clerk1")
        assert [item.node for item in take_back.mine(session, session.get_one(Case, case.id), who)] == ["draft_opinion"]
    done(house, case, "sign_opinion", outcome="return", opinion="重拟")
    with house.work() as session:
        assert take_back.mine(session, session.get_one(Case, case.id), who) == []
