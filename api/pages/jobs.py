"""未完成的任务: what the machines gave up or doubt, why, and what an administrator can do about it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from api.desk import HIGHEST, AtDesk, Desk, Number
from api.errors import Answered
from api.pages.cases import failures
from workflows.cases import chains, delivery, due, incidents, jobs
from workflows.cases.operations import asking, retry
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Job, Notice, Timer
from workflows.errors import Conflict, Invalid
from workflows.office import clock, clock_jumps, people, permissions
from workflows.office.tables import Role
from workflows.records import audit
from workflows.releases.tables import StartRound

router = APIRouter()
Reason = Annotated[str, Form()]
Row = TypeVar("Row", Job, Timer, StartRound, Notice)


@router.get("/jobs")
def failed(desk: AtDesk, confirm: Annotated[int, Query(ge=0, le=HIGHEST)] = 0) -> Response:
    """Cases that can't go on, failed jobs, timers and messages, each with its error; and whether the clock is doubted."""
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_jobs"))
    return _page(desk, asked=confirm)


@router.post("/jobs/{job}/retry")
def retry_job(desk: AtDesk, job: Number, reason: Reason = "") -> Response:
    """Let the worker try a given-up job again; one that a case waits for is retried as that case's."""
    found = _failing(desk, jobs.failed(desk.session), job)
    with _reasoned(desk, reason):
        if found.case_id:
            retry.retry(desk.session, found.case_id, retry.JOB, job, Asked(desk.officer, reason, desk.now))
        else:
            _record(desk, "office", "job.retry", reason, after={"job": job, "topic": found.topic, "error": found.error})
            jobs.retry(desk.session, job, desk.now)
    return desk.to("/jobs")


@router.post("/jobs/timers/{timer}/retry")
def retry_timer(desk: AtDesk, timer: Number, reason: Reason = "") -> Response:
    """Let the worker fire a timer at its next look."""
    found = _failing(desk, due.failing(desk.session, due.TIMER), timer)
    with _reasoned(desk, reason):
        retry.retry(desk.session, found.case_id, retry.TIMER, timer, Asked(desk.officer, reason, desk.now))
    return desk.to("/jobs")


@router.post("/jobs/notices/{number}/retry")
def retry_notice(desk: AtDesk, number: Number, reason: Reason = "") -> Response:
    """Let the worker take a notice down at its next look."""
    found = _failing(desk, due.failing(desk.session, due.NOTICE), number)
    with _reasoned(desk, reason):
        _record(desk, chains.of(found.case_id), "timer.retry", reason, after={"notice": number, "error": found.error})
        due.again(desk.session, due.NOTICE, number)
    return desk.to("/jobs")


@router.post("/jobs/rounds/{number}/retry")
def retry_round(desk: AtDesk, number: Number, reason: Reason = "") -> Response:
    """Let a process begin by its start timer at the worker's next look."""
    found = _failing(desk, due.failing(desk.session, due.ROUND), number)
    with _reasoned(desk, reason):
        _record(desk, f"process:{found.process}", "timer.retry", reason, node=found.node,
                after={"due_at": found.due_at.isoformat(), "error": found.error})
        due.again(desk.session, due.ROUND, number)
    return desk.to("/jobs")


@router.post("/jobs/incidents/{incident}/settle")
def settle_incident(desk: AtDesk, incident: Number) -> Response:
    """Whatever kept a case from going on has been seen to."""
    incidents.settle(desk.session, incident, desk.officer, desk.now)
    return desk.to("/jobs")


@router.post("/jobs/messages/{message}/again")
def deliver_again(desk: AtDesk, message: Number) -> Response:
    """Let an undelivered message wait for its case anew."""
    delivery.again(desk.session, message, desk.officer, desk.now)
    return desk.to("/jobs")


@router.post("/jobs/messages/{message}/discard")
def discard(desk: AtDesk, message: Number, reason: Reason = "") -> Response:
    """Let an undelivered message go, with the reason."""
    with _reasoned(desk, reason):
        delivery.discard(desk.session, message, reason, desk.officer, desk.now)
    return desk.to("/jobs")


@router.post("/jobs/clock/{jump}/confirm")
def confirm_clock(desk: AtDesk, jump: Number) -> Response:
    """The clock is right: what waited for that goes on."""
    clock_jumps.confirm(desk.session, jump, desk.officer, clock.machine())
    return desk.to("/jobs")


def _failing(desk: Desk, failing: Iterable[Row], number: int) -> Row:
    """One of what fails, for who mends it; a colleague may have been faster."""
    permissions.demand(permissions.why_not_anywhere(desk.officer, "mend_jobs"))
    found = next((one for one in failing if one.id == number), None)
    if found is None:
        raise Conflict("This has been taken up already.")
    return found


@contextmanager
def _reasoned(desk: Desk, reason: str) -> Iterator[None]:
    """What is wrong with the reason is said beside its field, with what was typed; nothing else is kept."""
    try:
        yield
    except Invalid as refusal:
        raise Answered(_page(desk, 422, refusal=refusal, reason=reason)) from refusal


def _record(desk: Desk, chain: str, action: str, reason: str, *, after: Mapping[str, object], node: str = "") -> None:
    asking.demand_reason(reason)
    audit.append(desk.session, chain, desk.officer.actor(Role.ADMIN), action, desk.now, node=node, summary=reason.strip(), after=after)


def _page(desk: Desk, status: int = 200, refusal: Invalid | None = None, reason: str = "", asked: int = 0) -> Response:
    """The page; `refusal` is what is wrong with the reason just sent, `asked` the clock jump that needs a second word."""
    late = due.count(desk.session, desk.now) if asked else 0
    return desk.page("jobs/page.html", status, jobs=failures.of_jobs(desk), timers=failures.of_timers(desk),
                     rounds=failures.of_rounds(desk), hanging=failures.of_notices(desk), messages=failures.of_messages(desk),
                     incidents=failures.of_incidents(desk), doubts=clock_jumps.unsettled(desk.session),
                     refused=desk.request.url.path if refusal else "", refusal=refusal, reason=reason, asked=asked, due=late,
                     confirmers=people.holding(desk.session, Role.ADMIN),
                     jumps=[jump for jump in clock_jumps.recent(desk.session) if jump.settled_at],
                     may_mend=desk.officer.holds(*permissions.MAY["mend_jobs"]), reads_cases=desk.officer.holds(*permissions.READERS))
