"""挂起 and 恢复: who may, what stands still, what runs on, and what is heard afterwards."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests import errand
from tests.makers import WAY, at, done, everything, open_item, standing
from workflows.cases import answers, clocks, jobs, timers, world
from workflows.cases.notice import complaints, objections
from workflows.cases.shown import worklist
from workflows.cases.operations import asking, resume, suspend
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Held, Job, WorkItem, WorkState
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.messages import say
from workflows.office import clock, people
from workflows.office.tables import ClockJump, ClockSighting
from workflows.records import audit

REASON = "等待上级批复"


def by(house, operation, case, login="county_lead1", reason=REASON, seen=0):
    """The operation, asked for by that officer."""
    with house.work() as session:
        asked = Asked(people.by_login(session, login), reason, house.now, seen)
        return operation(session, case.id, asked)


def waiting(house, case):
    """Where the case waits for people."""
    with house.work() as session:
        return list(session.exec(select(WorkItem.node).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)))


def test_a_suspended_case_shows_its_work_and_refuses_it():
    house, case = standing("draft_opinion")
    by(house, suspend.suspend, case)
    with house.work() as session:
        row, clerk = session.get_one(Case, case.id), people.by_login(session, "town_clerk1")
        assert row.state == "suspended"
        assert [found.suspended for found in worklist.of(session, clerk, house.now).rows] == [True]
    with pytest.raises(Conflict, match="suspended"):
        done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    by(house, resume.resume, case)
    done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    assert waiting(house, case) == ["sign_opinion"]


def test_one_event_tells_who_why_and_from_where_to_where():
    house, case = standing("home_visit")
    by(house, suspend.suspend, case)
    with house.work() as session:
        event = audit.events(session, f"case:{case.id}")[-1]
        assert (event.action, event.actor, event.role, event.before, event.after) == (
            "case.suspend", "县领导一", "COUNTY_LEAD", {"state": "running"}, {"state": "suspended", "reason": REASON})
        kept = asking.latest(session, session.get_one(Case, case.id), "suspend")
        assert (kept.reason, kept.at) == (REASON, house.now)


@pytest.mark.parametrize("login", ["town_clerk1", "county_clerk1", "check_org1", "auditor1"])
def test_who_has_not_that_duty_is_refused(login):
    house, case = standing("home_visit")
    for operation in (suspend.suspend, resume.resume):
        before = everything(house.engine)
        with pytest.raises(NotAllowed, match="duty"):
            by(house, operation, case, login)
        assert everything(house.engine) == before
        if operation is suspend.suspend:
            by(house, suspend.suspend, case)


def test_a_lead_of_another_place_does_not_even_see_it():
    house, case = standing("home_visit")
    with pytest.raises(NotFound):
        by(house, suspend.suspend, case, "town_lead2")


@pytest.mark.parametrize(("reason", "said"), [("", "请说明理由"), ("  \n", "请说明理由"), ("长" * 501, "理由最多 500 字")])
def test_a_reason_is_compulsory_and_short(reason, said):
    house, case = standing("home_visit")
    with pytest.raises(Invalid) as refused:
        by(house, suspend.suspend, case, reason=reason)
    assert refused.value.errors[0].path == "reason"
    assert said in say(refused.value.errors[0].message, "zh_CN")


def test_neither_twice_nor_out_of_turn():
    house, case = standing("home_visit")
    with pytest.raises(Conflict, match="not suspended"):
        by(house, resume.resume, case)
    by(house, suspend.suspend, case)
    with pytest.raises(Conflict, match="is suspended"):
        by(house, suspend.suspend, case)


def test_an_ended_case_is_left_as_it_is():
    house, case = standing("confirmed")
    for operation in (suspend.suspend, resume.resume):
        with pytest.raises(Conflict, match="has ended"):
            by(house, operation, case)


def test_what_was_looked_at_must_still_be_so():
    house, case = standing("home_visit")
    with house.work() as session:
        seen = session.get_one(Case, case.id).version
    done(house, case, "home_visit", **WAY["home_visit"][1])
    with pytest.raises(Conflict, match="gone on"):
        by(house, suspend.suspend, case, seen=seen)


def test_statutory_limits_run_on():
    house, case = standing("home_visit")
    by(house, suspend.suspend, case)
    house.pass_time(at("2024-03-20"))
    by(house, resume.resume, case)
    with house.work() as session:
        running = {clock.kind: clock.due_on for clock in clocks.running(session, session.get_one(Case, case.id))}
    assert running["total"] == date(2024, 4, 16)


def posted(objected: bool):
    """A case on public notice, suspended the day after, with an objection or without."""
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])
    by(house, suspend.suspend, case)
    if objected:
        house.pass_time(at("2024-03-20"))
        with house.work() as session:
            objections.object_to(session, world.latest_notice(session, case).id, "有门面", "", "", house.now)
    house.pass_time(at("2024-04-01"))
    return house, case


def test_a_timer_that_fell_due_meanwhile_fires_on_resumption_and_not_before():
    house, case = posted(objected=False)
    with house.work() as session:
        assert timers.next_due(session, house.now) is None
    assert waiting(house, case) == []
    by(house, resume.resume, case)
    assert waiting(house, case) == ["report_to_county"]


@pytest.mark.parametrize(("jump", "ago", "fires"), [
    (False, timedelta(), True), (True, timedelta(), False), (False, timedelta(days=400), False)])
def test_its_timers_are_left_to_the_worker_while_the_clock_is_not_known_to_be_right(jump, ago, fires):
    house, case = posted(objected=False)
    seen = clock.machine() - ago
    with house.work() as session:
        session.add(ClockSighting(boot="b", zero_at=seen, seen_at=seen))
        if jump:
            session.add(ClockJump(boot="b", kind="forward", expected_at=seen, found_at=seen + timedelta(hours=9)))
    by(house, resume.resume, case)
    assert waiting(house, case) == (["report_to_county"] if fires else [])
    house.pass_time(house.now)      # as the worker does when it trusts the clock
    assert waiting(house, case) == ["report_to_county"]


def test_what_came_first_is_heard_first():
    house, case = posted(objected=True)
    with house.work() as session:
        assert [(one.kind, one.name) for one in session.exec(select(Held))] == [("message", "objection")]
    by(house, resume.resume, case)
    assert waiting(house, case) == ["resurvey"]
    with house.work() as session:
        assert session.exec(select(Held)).all() == []


def test_a_machines_answer_waits_too():
    house, case = errand.sent()
    done(house, case, "prepare", note="急件")
    by(house, suspend.suspend, case)
    with house.work() as session:
        job = jobs.claim(session, house.now)
        assert answers.keep(session, job.id, job.claims, {"rung": True}, house.now)
        assert answers.take_in(session, job.id, house.now)
        assert session.get_one(Case, case.id).facts.get("rung") is None
    by(house, resume.resume, case)
    assert waiting(house, case) == ["check"]
    with house.work() as session:
        assert session.get_one(Case, case.id).facts["rung"] is True
        assert session.exec(select(Job.state)).one() == "done"


def test_a_complaint_is_taken_in_all_the_same():
    house, case = standing("home_visit")
    by(house, suspend.suspend, case)
    with house.work() as session:
        complaints.register(session, case.id, "有门面", "", "", people.by_login(session, "window_clerk1"), house.now)
        assert session.get_one(Case, case.id).facts["complaint"]


def test_the_lead_sees_all_that_stand_still_with_the_reason():
    house, case = standing("home_visit")
    by(house, suspend.suspend, case)
    with house.work() as session:
        found = worklist.suspended(session, people.by_login(session, "county_lead2"))
        assert [(one.case.number, one.operation.reason, one.by) for one in found] == [(case.number, REASON, "县领导一")]
        assert worklist.suspended(session, people.by_login(session, "town_lead2")) == []
        assert open_item(session, case, "home_visit", "town_clerk1")
