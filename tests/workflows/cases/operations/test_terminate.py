"""终止: everything open is cancelled, nothing waits, nothing posted hangs on; and only for those the process names."""

import pytest
from sqlmodel import col, select

from tests import errand
from tests.makers import WAY, applied, done, everything, standing, whole
from workflows import releases
from workflows.cases import answers, clocks, jobs, timers
from workflows.cases.notice import notices
from workflows.cases.operations import resume, retry, suspend, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Document, Job, JobState, Notice, Timer, WorkItem, WorkState
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.office import people
from workflows.records import audit
from workflows.scenarios.bureau import Bureau

REASON = "申请人全家迁出本县"
BY_ID = select(Document.kind, Document.number).order_by(col(Document.id))


def ended(house: Bureau, case: Case, login="county_lead1", reason=REASON, operation=terminate.terminate):
    """The case, ended by that officer."""
    with house.work() as session:
        return operation(session, case.id, Asked(people.by_login(session, login), reason, house.now))


def test_all_that_is_open_is_cancelled_and_every_limit_ends():
    house, case = standing("home_visit")
    ended(house, case)
    with house.work() as session:
        row = session.get_one(Case, case.id)
        assert (row.state, row.ended_at) == ("terminated", house.now)
        found = session.exec(select(WorkItem).where(WorkItem.node.in_(["home_visit", "data_check"])))
        assert {item.state for item in found} == {WorkState.CANCELLED}
        assert clocks.running(session, row) == []
        assert session.exec(select(Timer)).all() == []
        event = audit.events(session, f"case:{case.id}")[-1]
        assert (event.action, event.before["state"], event.after["state"], event.after["reason"], event.after["cancelled"]) == (
            "case.terminate", "running", "terminated", REASON, ["home_visit", "data_check"])
        assert whole(session)


def test_the_preview_says_what_will_be_cancelled_and_what_stays():
    house, case = standing("home_visit")
    before = everything(house.engine)
    with house.work() as session:
        found = terminate.preview(session, session.get_one(Case, case.id), Asked(people.by_login(session, "county_lead1"), "", house.now))
        assert [item.node for item in found.cancelled] == ["home_visit", "data_check"]
        assert [paper.kind for paper in found.papers] == ["receipt", "acceptance_notice", "check_request"]
    assert everything(house.engine) == before


def test_a_notice_on_display_comes_down_with_the_reason_and_the_papers_stay():
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])
    with house.work() as session:
        papers = session.exec(BY_ID).all()
        assert terminate.preview(session, session.get_one(Case, case.id), Asked(
            people.by_login(session, "county_lead1"), "", house.now)).notice is not None
    ended(house, case)
    with house.work() as session:
        notice = session.exec(select(Notice)).one()
        assert (notice.taken_down_at, notice.withdrawn) == (house.now, REASON)
        assert notices.current(session, house.now) == []
        *kept, (told, _) = session.exec(BY_ID).all()
        assert (kept, told) == (papers, "termination_notice")
        assert timers.next_due(session, notice.ends_at) is None


@pytest.mark.parametrize("login", ["town_clerk1", "county_clerk1", "finance1", "auditor1"])
def test_only_those_the_process_names_may(login):
    house, case = standing("home_visit")
    before = everything(house.engine)
    with pytest.raises(NotAllowed):
        ended(house, case, login)
    assert everything(house.engine) == before


def test_a_reason_is_compulsory():
    house, case = standing("home_visit")
    with pytest.raises(Invalid):
        ended(house, case, reason=" ")


def test_a_suspended_case_may_be_ended_and_an_ended_one_not_again():
    house, case = standing("home_visit")
    ended(house, case, operation=suspend.suspend)
    ended(house, case)
    for operation in (terminate.terminate, suspend.suspend, resume.resume):
        with pytest.raises(Conflict, match="has ended"):
            ended(house, case, operation=operation)


@pytest.mark.parametrize("claimed", [True, False])
def test_a_job_is_withdrawn_and_one_under_way_completes_nothing(claimed):
    house, case = errand.sent()
    done(house, case, "prepare", note="急件")
    with house.work() as session:
        job = jobs.claim(session, house.now) if claimed else session.exec(select(Job)).one()
    ended(house, case)
    with house.work() as session:
        assert session.get_one(Job, job.id).state == JobState.WITHDRAWN
        assert jobs.claim(session, house.now) is None
        assert not answers.keep(session, job.id, job.claims, {"rung": True}, house.now)
        assert not answers.take_in(session, job.id, house.now)
        row = session.get_one(Case, case.id)
        assert (row.state, row.facts, session.get_one(Job, job.id).stale) == ("terminated", {"prepare": {"note": "急件"}}, {"rung": True})
        assert retry.troubles(session, row) == ()


def test_the_family_may_apply_again():
    house, case = standing("home_visit")
    ended(house, case)
    house.pass_time(house.now)
    assert applied(house).number == "DB-2024-03-0002"


def test_a_process_that_names_nobody_can_be_ended_by_nobody():
    house, case = standing("home_visit")
    with house.work() as session:
        review = session.get_one(Case, case.id)
        release = releases.newest(session, "monthly_review")
        refusal = terminate.why_not(session, review.model_copy(update={"release_id": release.id}),
                                    people.by_login(session, "county_lead1"))
    assert "can't be terminated" in str(refusal)
