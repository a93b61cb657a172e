"""One refused case of each kind: the dry run says it in a sentence, and the move leaves the case as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.makers import case_at, done
from tests.versions import FLOW, RENAMED, RULES, TO_HOUSE, replacing
from tests.workflows.migration.conftest import Move
from workflows.cases import decisions, jobs
from workflows.cases.operations import asking, suspend
from workflows.cases.tables import Case, Job, JobState, Timer, WorkItem, WorkState
from workflows.engine import Node
from workflows.errors import Conflict
from workflows.migration import carrying, standing
from workflows.migration.elements import alike
from workflows.migration.tables import Plan
from workflows.office import people
from workflows.office.tables import Duty, Person, Role


def engine_of(move, case):
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        return row.engine, row.release_id, row.version


def refused(move, case, code, words=""):
    """The dry run says so; started all the same, nothing of the case is changed."""
    before = engine_of(move, case)
    move.tried()
    assert code in move.reasons(), move.reasons()
    assert words in move.reasons()[code]
    assert move.counts() == {"refused": 1}
    move.act("start")
    move.through()
    assert (move.counts(), engine_of(move, case)) == ({"refused": 1}, before)


def codes(move, case, **new):
    """What the judge says of the case; `new` is what the new version has instead."""
    with move.house.work() as session:
        judge = carrying.judge_of(session, session.get_one(Plan, move.id))
        judge.new = replace(judge.new, **new)
        verdict = judge.one(session, standing.of(session, [case.id])[0], move.house.now)
        assert not verdict.moves
        return [one.code for one in verdict.reasons]


def warned(move, code, words=""):
    move.tried()
    assert (code in move.reasons(), move.counts()) == (True, {"movable": 1})
    assert words in move.reasons()[code]


# ---- what the drawings say ---------------------------------------------------------------------------------------

def test_work_waits_where_the_new_version_has_no_element(at):
    move, case = at("home_visit")
    refused(move.plan(RENAMED), case, "gone", "“Home visit”")


def test_an_element_that_is_said_to_have_no_counterpart_has_none_even_where_the_id_is_there(at):
    move, case = at("sign_opinion")
    refused(move.plan(mapping={"sign_opinion": ""}), case, "unmapped", "the plan names no counterpart")


def test_an_element_may_not_become_one_of_another_kind(at):
    move, case = at("sign_opinion")
    move.plan(mapping={"sign_opinion": "issue_opinion"})
    with pytest.raises(Conflict, match="different kinds"):
        move.act("check")
    assert codes(move, case)[0] == "kind"


def test_what_waits_for_a_person_may_become_any_task_that_waits_for_one():
    of = {kind: Node("x", "", kind) for kind in ("userTask", "manualTask", "task", "serviceTask")}
    assert all(alike(of["task"], of[kind]) for kind in ("userTask", "manualTask", "task"))
    assert not alike(of["userTask"], of["serviceTask"])


def test_two_open_elements_would_become_one(at):
    move, case = at("home_visit")
    move.plan(mapping={"data_check": "home_visit"})
    refused(move, case, "merged")


# ---- what the bureau says ----------------------------------------------------------------------------------------

def all_house_visits():
    """The home visit is another element with answers of its own; whoever reads them reads those."""
    return {name: lambda text: text.replace("home_visit", "house_visit").replace("dibao/house_visit", "dibao/home_visit")
            for name in (FLOW, RULES, "dibao/means.dmn", "dibao/resurvey.form", "dibao/papers.toml")}


def test_the_new_version_reads_a_fact_that_the_case_lacks(at):
    move, case = at("sign_opinion")
    refused(move.plan(all_house_visits(), mapping=TO_HOUSE), case, "missing_fact", "“house_visit”")


def test_a_fact_that_is_still_to_be_written_is_not_missed(at):
    move, _case = at("home_visit")
    move.plan(all_house_visits(), mapping=TO_HOUSE).moved()
    assert (move.counts(), "missing_fact" in move.reasons()) == ({"moved": 1}, False)


def test_nobody_holds_the_new_role(at):
    move, case = at("sign_opinion")
    with move.house.work() as session:
        for duty in session.exec(select(Duty).where(Duty.role == Role.THIRD_PARTY)):
            session.delete(duty)
    task = 'camunda:formKey="dibao/sign_opinion" camunda:candidateGroups="TOWN_LEAD"'
    refused(move.plan({FLOW: replacing(task, task.replace("TOWN_LEAD", "THIRD_PARTY"))}), case, "no_desk", "THIRD_PARTY")


def test_a_timer_fires_just_now(at):
    move, case = at("confirm_posting")
    done(move.house, case, "confirm_posting", posted_on=f"{move.house.now:%Y-%m-%d}", place="公开栏", posted_by="张贴员")
    with move.house.work() as session:
        move.house.now = session.exec(select(Timer)).one().due_at + timedelta(seconds=1)
    refused(move.plan(), case, "timer_due", "fires now")


def test_another_plan_holds_the_cases(at):
    move, _case = at("home_visit")
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    rival = Move(move.house, move.folder)
    rival.plan(RENAMED, mapping=TO_HOUSE)
    rival.act("check")
    move.act("pause")
    rival.through()
    assert (list(rival.reasons()), rival.counts()) == (["other_plan"], {"refused": 1})


def test_ended_meanwhile_is_no_case_of_the_plan_any_more(at):
    move, case = at("county_decision")
    move.plan().tried()
    case_at(move.house, "confirmed", case=case)
    move.act("start")
    move.through()
    assert move.counts() == {}


def test_a_machine_that_was_asked_for_something_else_or_is_at_work_is_waited_for(at):
    move, case = at("home_visit")
    move.plan()
    with move.house.work() as session:
        token = session.exec(select(WorkItem).where(WorkItem.state == WorkState.OPEN)).first().token
        job = jobs.ask(session, "render_document", "k", {}, move.house.now, case_id=case.id, token=token)
    assert codes(move, case) == ["job_other"]
    with move.house.work() as session:
        session.get_one(Job, job.id).state = JobState.RUNNING
    assert codes(move, case) == ["job_running"]


def test_a_month_is_signed_where_its_signatures_are_bound(at):
    move, case = at("sign_opinion")
    with move.house.work() as session:
        session.get_one(Case, case.id).cycle_id = 7
    task = 'camunda:formKey="dibao/sign_opinion" camunda:candidateGroups="TOWN_LEAD"'
    refused(move.plan({FLOW: replacing(task, task.replace("TOWN_LEAD", "TOWN_CLERK"))}), case, "month", "payment month")


def test_a_form_that_the_new_version_lacks(at):
    move, case = at("sign_opinion")
    move.plan()
    assert codes(move, case, forms={}) == ["no_form"]


# ---- what is only told -------------------------------------------------------------------------------------------

def test_somebody_has_taken_the_work_on(at):
    move, _case = at("sign_opinion")
    with move.house.work() as session:
        item = session.exec(select(WorkItem).where(WorkItem.node == "sign_opinion", WorkItem.state == WorkState.OPEN)).one()
        decisions.claim(session, item.id, people.by_login(session, "town_lead1"), move.house.now)
    warned(move.plan(), "claimed", "taken")
    move.act("start")
    move.through()
    with move.house.work() as session:
        item = session.get_one(WorkItem, item.id)
        assert session.get_one(Person, item.claimed_by).login == "town_lead1"


def test_an_element_of_other_roles_is_told(at):
    move, _case = at("sign_opinion")
    task = 'camunda:formKey="dibao/sign_opinion" camunda:candidateGroups="TOWN_LEAD"'
    move.plan({FLOW: replacing(task, task.replace("TOWN_LEAD", "TOWN_CLERK"))})
    warned(move, "perhaps_other_desk", "TOWN_CLERK")


def test_a_suspended_case_moves_and_stays_suspended(at):
    move, case = at("home_visit")
    with move.house.work() as session:
        asked = asking.Asked(people.by_login(session, "county_lead1"), "核查", move.house.now)
        suspend.suspend(session, case.id, asked)
    move.plan(RENAMED, mapping=TO_HOUSE).moved()
    assert move.counts() == {"moved": 1}
    with move.house.work() as session:
        assert session.get_one(Case, case.id).state == "suspended"
