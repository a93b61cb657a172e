"""A machine has done what a case asked for: the case goes on, unless it is suspended or waits for it no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from workflows import engine
from workflows.cases import facts, held, jobs, progress
from workflows.cases.tables import Case, Job, JobState
from workflows.records import audit


def take_in(session: Session, job_id: int, answer: Mapping[str, object], now: datetime) -> None:
    """Finish a job, and tell the case that waits for it."""
    job = session.get_one(Job, job_id)
    case = progress.locked(session, job.case_id) if job.token and job.case_id else None   # the case first, as everywhere
    job = jobs.finish(session, job_id, now)
    if case is None or job.token is None:
        return
    if job.state == JobState.WITHDRAWN or case.ended_at is not None:
        _record(session, case, job, answer, now)
    elif case.state == progress.SUSPENDED:
        held.answer(session, case, job.token, job.topic, answer, now)
    else:
        go_on(session, case, job.token, job.topic, answer, now)


def go_on(session: Session, case: Case, token: str, author: str, answer: Mapping[str, object], now: datetime) -> None:
    """The answer becomes facts, and the element that waited is done."""
    facts.write(session, case, answer, author, now)

    def complete(drawing: engine.Drawing, state: bytes, known: Mapping[str, Any]) -> engine.Move:
        return engine.complete(drawing, state, token, known, now)

    progress.move(session, case, complete, progress.Cause(now))


def _record(session: Session, case: Case, job: Job, answer: Mapping[str, object], now: datetime) -> None:
    """Nobody waits for it any more: kept to be read, moving nothing."""
    job.stale = facts.encode(answer)
    session.add(job)
    audit.append(session, progress.chain(case), audit.SYSTEM, "job.stale", now, summary="办件已不再等待此结果",
                 after={"job": job.id, "topic": job.topic})
