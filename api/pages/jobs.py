"""未完成的任务: what the machines gave up, why, and trying again; for the administrator."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDesk, Desk, Number
from workflows.cases import jobs, timers
from workflows.errors import Conflict, NotAllowed
from workflows.office.tables import Role
from workflows.records import audit

router = APIRouter()


@router.get("/jobs")
def failed(desk: AtDesk) -> Response:
    """Failed jobs and timers, each with its error."""
    _demand(desk)
    return desk.page("jobs/page.html", jobs=jobs.failed(desk.session), timers=timers.failing(desk.session))


@router.post("/jobs/{job}/retry")
def retry_job(desk: AtDesk, job: Number) -> Response:
    """Let the worker try a given-up job again."""
    _demand(desk)
    found = next((one for one in jobs.failed(desk.session) if one.id == job), None)
    if found is None:
        raise Conflict("This has been taken up already.")
    jobs.retry(desk.session, job, desk.now)
    audit.append(desk.session, "office", desk.officer.actor(Role.ADMIN), "job.retry", desk.now, summary=f"重试任务 {job}",
                 after={"job": job, "topic": found.topic, "error": found.error})
    return desk.to("/jobs")


@router.post("/jobs/timers/{timer}/retry")
def retry_timer(desk: AtDesk, timer: Number) -> Response:
    """Let the worker fire a timer at its next look."""
    _demand(desk)
    found = next((one for one, _ in timers.failing(desk.session) if one.id == timer), None)
    if found is None:
        raise Conflict("This has been taken up already.")
    audit.append(desk.session, "office", desk.officer.actor(Role.ADMIN), "timer.retry", desk.now, summary=f"重试定时 {timer}",
                 after={"timer": timer, "node": found.node, "error": found.error})
    timers.again(desk.session, timer)
    return desk.to("/jobs")


def _demand(desk: Desk) -> None:
    if not desk.officer.holds(Role.ADMIN):
        raise NotAllowed("Your duty does not include this.")
