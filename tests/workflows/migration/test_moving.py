"""A case goes over to another version and back: its work, timers and limits with it, its facts untouched."""

import pytest
from sqlmodel import col, select

from tests.makers import WAY, case_at, done, everything, whole
from tests.versions import FLOW, RENAMED, RULES, TO_HOUSE, newer, replacing
from workflows.cases.tables import Case, Clock, Timer, Visit, WorkItem, WorkState
from workflows.errors import Conflict, NotAllowed
from workflows.migration.tables import Plan, PlanState
from workflows.records.tables import AuditEvent
from workflows.releases.tables import Release

DRAFTING = """
[[clock]]
kind = "drafting"
name = "拟稿时限"
en = "Drafting"
limit = "LIMIT"
unit = "WD"
starts_with = ["data_check"]
presses = ["draft_opinion"]
source = "示例"
"""


def row(move, case):
    with move.house.work() as session:
        return session.get_one(Case, case.id)


def items(move, case):
    with move.house.work() as session:
        return {item.node: item for item in session.exec(
            select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN).order_by(col(WorkItem.id)))}


def said(move, case):
    """What a work item is, but for the moment it was looked at."""
    return {(one.id, one.node, one.role, one.form_key, one.unit_id, one.due_at) for one in items(move, case).values()}


def visit(move, case):
    done(move.house, case, "house_visit", **WAY["home_visit"][1])


def test_a_case_goes_over_and_on_to_its_end_on_the_new_version(at):
    move, case = at("home_visit")
    before = row(move, case)
    move.plan(RENAMED, mapping=TO_HOUSE).moved()
    after = row(move, case)
    assert move.counts() == {"moved": 1}
    assert after.release_id != before.release_id
    assert (after.facts, after.state, after.number) == (before.facts, before.state, before.number)
    assert after.version == before.version + 1
    assert set(items(move, case)) == {"house_visit", "data_check"}
    visit(move, case)
    assert row(move, case).facts["home_visit"]["conclusion"] == "情况属实"
    case_at(move.house, "confirmed", case=case)
    with move.house.work() as session:
        assert whole(session)


def test_one_event_tells_where_it_was_and_where_it_is(at):
    move, case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).moved()
    with move.house.work() as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "case.migrate")).one()
        assert (event.chain, event.before["version"], event.after["version"], event.after["plan"]) == (f"case:{case.id}", 1, 2, move.id)
        assert ("home_visit" in event.before["at"], "house_visit" in event.after["at"]) == (True, True)
        assert {visit.node for visit in session.exec(select(Visit).where(Visit.what == "migrated"))} == {"house_visit", "data_check"}
        acts = [event.action for event in session.exec(select(AuditEvent).where(AuditEvent.chain == f"migration:{move.id}"))]
        assert acts == [f"migration.{act}" for act in ("make", "edit", "check", "checked", "start", "done")]


def test_it_goes_back_to_the_very_state_it_had(at):
    move, case = at("home_visit")
    before, work = row(move, case), said(move, case)
    with move.house.work() as session:
        limits = [clock.model_dump() for clock in session.exec(select(Clock))]
    move.plan(RENAMED, mapping=TO_HOUSE).moved().back()
    after = row(move, case)
    assert move.counts() == {"back": 1}
    assert (after.engine, after.release_id, after.facts) == (before.engine, before.release_id, before.facts)
    assert said(move, case) == work
    with move.house.work() as session:
        assert [clock.model_dump() for clock in session.exec(select(Clock))] == limits
        assert session.exec(select(Plan)).one().state == PlanState.RETURNED
    case_at(move.house, "confirmed", case=case)


def test_a_case_that_has_gone_on_goes_back_by_the_inverse_mapping(at):
    move, case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).moved()
    done(move.house, case, "data_check", **WAY["data_check"][1])
    move.back()
    assert set(items(move, case)) == {"home_visit"}
    assert row(move, case).facts["data_check"]["conclusion"] == "consistent"
    case_at(move.house, "confirmed", case=case)


def test_one_case_alone_goes_back_and_an_ended_one_says_why_not(at):
    move, case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).moved()
    move.act("back_one", number=case.number)
    assert (move.counts(), set(items(move, case))) == ({"back": 1}, {"home_visit", "data_check"})
    move.moved()
    visit(move, case)
    case_at(move.house, "confirmed", case=case)
    with pytest.raises(Conflict, match="ended"):
        move.act("back_one", number=case.number)
    move.back()
    assert (move.counts(), list(move.reasons())) == ({"kept": 1}, ["ended"])


def test_a_role_that_is_new_gets_the_work_and_one_that_is_gone_loses_it(at):
    move, case = at("sign_opinion")
    task = 'camunda:formKey="dibao/sign_opinion" camunda:candidateGroups="TOWN_LEAD"'
    move.plan({FLOW: replacing(task, task.replace('TOWN_LEAD"', 'TOWN_LEAD,COUNTY_CLERK"'))}).moved()

    def roles():
        with move.house.work() as session:
            return {item.role: item.state for item in session.exec(select(WorkItem).where(WorkItem.node == "sign_opinion"))}

    assert roles() == {"TOWN_LEAD": "open", "COUNTY_CLERK": "open"}
    move.back()
    assert roles() == {"TOWN_LEAD": "open", "COUNTY_CLERK": "cancelled"}
    assert case.id in {item.case_id for item in items(move, case).values()}


def test_timers_keep_their_moments_and_fire_on_the_new_version(at):
    move, case = at("confirm_posting")
    done(move.house, case, "confirm_posting", posted_on=f"{move.house.now:%Y-%m-%d}", place="公开栏", posted_by="张贴员")
    with move.house.work() as session:
        before = [(timer.token, timer.due_at) for timer in session.exec(select(Timer))]
    assert before
    move.plan().moved()
    with move.house.work() as session:
        assert [(timer.token, timer.due_at) for timer in session.exec(select(Timer))] == before
    case_at(move.house, "confirmed", case=case)


def test_a_limit_of_the_new_version_begins_when_its_element_was_done_and_an_unknown_one_ends(at):
    move, _case = at("draft_opinion")
    with move.house.work() as session:
        checked = session.exec(select(Visit.at).where(Visit.node == "data_check", Visit.what == "completed")).one()

    def rules(text: str) -> str:
        first = text.index("[[clock]]")
        length = text[first:].split('limit = "', 1)[1].split('"', 1)[0]
        return text.replace('kind = "total"', 'kind = "whole"') + DRAFTING.replace("LIMIT", length)

    with move.house.work() as session:
        total = session.exec(select(Clock).where(Clock.kind == "total")).one().model_dump()
    move.plan({RULES: rules}).tried()
    assert {"limit_begins", "limit_ends"} <= set(move.reasons())
    move.act("start")
    move.through()
    with move.house.work() as session:
        found = {clock.kind: clock for clock in session.exec(select(Clock).where(col(Clock.ended_on).is_(None)))}
        assert found["drafting"].started_on == checked.date()
        assert "total" not in found
        assert found["whole"].started_on == total["started_on"]
    move.back()
    with move.house.work() as session:
        assert session.exec(select(Clock).where(Clock.kind == "total")).one().model_dump() == total
        assert session.exec(select(Clock).where(Clock.kind == "drafting")).one().ended_on is not None


def test_whoever_planned_it_does_not_start_it(at):
    move, _case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE, login="admin1").tried()
    with pytest.raises(NotAllowed, match="another person"):
        move.act("start", "admin1")
    with pytest.raises(NotAllowed):
        move.act("start", "designer1")
    assert move.act("start", "county_lead1").state == PlanState.CARRYING


def test_a_dry_run_writes_nothing_of_a_case(at):
    move, _case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE)
    before = everything(move.house.engine)
    move.tried()
    touched = {name for name, rows in everything(move.house.engine).items() if rows != before[name]}
    assert touched == {"migration_plan", "migration_case", "audit_event", "audit_head"}
    assert move.counts() == {"movable": 1}
    with move.house.work() as session:
        assert session.exec(select(Plan)).one().checked_at == move.house.now


def test_a_changed_mapping_voids_the_dry_run(at):
    move, _case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).tried()
    move.act("edit", mapping={})
    with pytest.raises(Conflict):
        move.act("start")
    assert move.counts() == {}


def test_a_version_published_while_a_plan_runs_changes_nothing_of_it(at):
    move, case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    with move.house.work() as session:
        newer(session, move.folder / "third", move.house.now, {RULES: lambda text: text + "\n# third\n"})
    move.through()
    with move.house.work() as session:
        assert session.get_one(Release, row(move, case).release_id).version == 2


def test_a_paused_plan_that_has_moved_nothing_is_given_up_and_one_that_has_is_not(at):
    move, case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    move.act("pause")
    assert move.act("drop").state == PlanState.DROPPED
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    while not move.counts().get("moved"):
        move.turn()
    move.act("pause")
    with pytest.raises(Conflict, match="take them back"):
        move.act("drop")
    move.back()
    assert set(items(move, case)) == {"home_visit", "data_check"}
