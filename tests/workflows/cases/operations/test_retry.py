"""重试: what failed is told plainly and tried again; an answer that comes too late moves nothing."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests import errand
from tests.makers import WAY, done, everything, standing
from workflows.cases import answers, due, jobs, timers
from workflows.cases.operations import retry
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Job, JobState, Timer, WorkItem, WorkState
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.office import people
from workflows.records import audit


def failed(times=1, *, final=False):
    """An errand whose machine could not do what was asked."""
    house, case = errand.sent()
    done(house, case, "prepare", note="急件")
    for _ in range(times):
        with house.work() as session:
            job = jobs.claim(session, house.now)
            jobs.fail(session, job.id, "Unreachable: no answer", house.now, final=final)
        house.now = job.not_before
    return house, case


def again(house, case, login="town_clerk1", reason="线路已修复", kind=retry.JOB, number=None):
    """Ask for another try."""
    with house.work() as session:
        chosen = number or session.exec(select(Job.id)).one()
        return retry.retry(session, case.id, kind, chosen, Asked(people.by_login(session, login), reason, house.now))


def test_it_says_what_was_asked_how_often_it_was_tried_why_it_failed_and_when_it_is_next():
    house, case = failed(times=2)
    with house.work() as session:
        trouble, = retry.troubles(session, session.get_one(Case, case.id))
        job = session.exec(select(Job)).one()
        assert (trouble.node, trouble.topic, trouble.attempts, trouble.error, trouble.next_at, trouble.given_up) == (
            "ask", "render_document", 2, "Unreachable: no answer", job.not_before, False)


@pytest.mark.parametrize("final", [True, False])
def test_it_is_tried_again_at_once(final):
    house, case = failed(final=final)
    house.now -= timedelta(seconds=5)      # before its own next try
    again(house, case)
    with house.work() as session:
        event = audit.events(session, f"case:{case.id}")[-1]
        assert (event.action, event.node, event.before, event.after["reason"]) == (
            "case.retry", "ask", {"attempts": 1, "error": "Unreachable: no answer"}, "线路已修复")
        job = jobs.claim(session, house.now)
        assert answers.keep(session, job.id, job.claims, {"rung": True}, house.now)
        assert answers.take_in(session, job.id, house.now)
        assert session.exec(select(WorkItem.node).where(WorkItem.state == WorkState.OPEN)).all() == ["check"]
        assert retry.troubles(session, session.get_one(Case, case.id)) == ()


@pytest.mark.parametrize("login", ["check_org1", "finance1", "auditor1"])
def test_who_has_not_that_duty_is_refused(login):
    house, case = failed(final=True)
    before = everything(house.engine)
    with pytest.raises(NotAllowed):
        again(house, case, login)
    assert everything(house.engine) == before


def test_a_reason_is_compulsory_here_too():
    house, case = failed(final=True)
    with pytest.raises(Invalid):
        again(house, case, reason="")


def test_what_is_under_way_or_done_is_not_tried_again():
    house, case = failed()
    with house.work() as session:
        jobs.claim(session, house.now)
    with pytest.raises(Conflict, match="taken up"):
        again(house, case)


def test_a_timer_that_could_not_fire_is_shown_and_tried_again():
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])
    with house.work() as session:
        timer = session.exec(select(Timer)).one()
        due.postpone(session, timer.id, "Stuck: nothing", timer.due_at, kind=due.TIMER)
    with house.work() as session:
        trouble, = retry.troubles(session, session.get_one(Case, case.id))
        assert (trouble.kind, trouble.node, trouble.attempts, trouble.next_at) == (
            "timer", "notice_ends", 1, timer.due_at + timedelta(minutes=5))
    again(house, case, kind=retry.TIMER, number=timer.id)
    with house.work() as session:
        assert timers.next_due(session, timer.due_at).id == timer.id


@pytest.mark.parametrize("said", ["done", "failed"])
def test_the_answer_to_what_was_withdrawn_is_recorded_and_moves_nothing(said):
    house, case = errand.sent()
    done(house, case, "prepare", note="急件")
    with house.work() as session:
        job, row = jobs.claim(session, house.now), session.get_one(Case, case.id)
        jobs.withdraw(session, row, [job.token], house.now)
    state = row.engine
    with house.work() as session:
        if said == "done":
            assert not answers.keep(session, job.id, job.claims, {"rung": True}, house.now)
            assert not answers.take_in(session, job.id, house.now)
        else:
            jobs.fail(session, job.id, "Unreachable: no answer", house.now)
    with house.work() as session:
        job, row = session.get_one(Job, job.id), session.get_one(Case, case.id)
        assert (job.state, job.stale) == (JobState.WITHDRAWN, {"rung": True} if said == "done" else None)
        assert (row.engine, row.facts.get("rung")) == (state, None)
        assert jobs.claim(session, house.now + timedelta(days=1)) is None
        assert [one.action for one in audit.events(session, f"case:{case.id}")].count("job.stale") == (said == "done")
