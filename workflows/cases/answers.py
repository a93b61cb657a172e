"""A machine has done what a case asked for: its answer is kept first, then the case goes on by it, once.

An answer that comes when another worker has the job, or when the case waits no more, is recorded and moves nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from workflows import engine, releases
from workflows.cases import chains, facts, held, jobs, progress
from workflows.cases.tables import Case, Job, JobState
from workflows.records import audit
from workflows.records.types import stored


def keep(session: Session, job_id: int, claim: int, answer: Mapping[str, object], now: datetime) -> bool:
    """Keep what the holder of a claim brings back; of a lost claim's answer no more than a record."""
    case_id = session.get_one(Job, job_id).case_id
    if case_id is not None:
        progress.locked(session, case_id)       # the case first, as everywhere
    kept = jobs.keep(session, job_id, claim, facts.encode(answer), now)
    if not kept:
        _record(session, session.get_one(Job, job_id), facts.encode(answer), now)
    return kept


def keep_refusal(session: Session, job_id: int, claim: int, code: str, now: datetime) -> bool:
    """Keep a refusal that an error event of the case's drawing will catch; False where none would, or the claim was lost."""
    job = session.get_one(Job, job_id)
    case = session.get(Case, job.case_id) if code and job.token else None
    if case is None or case.ended_at is not None or not awaits(session, case, job.token or ""):
        return False
    drawing = releases.load(session, case.release_id).drawing
    return engine.catches(drawing, case.engine, job.token or "", code) and jobs.keep(session, job_id, claim, {}, now, refused=code)


def take_in(session: Session, job_id: int, now: datetime) -> bool:
    """Let the case that waits hear a kept answer; whether it did, or will once it is resumed."""
    case = progress.locked(session, session.get_one(Job, job_id).case_id or 0)      # the case first, as everywhere
    job = jobs.locked(session, job_id)
    if job.state != JobState.ANSWERED:
        return False
    if case.ended_at is not None or not awaits(session, case, job.token or ""):
        job.state, job.finished_at = JobState.WITHDRAWN, now
        _record(session, job, job.answer or {}, now)
        return False
    jobs.finish(session, job_id, now)
    answer = facts.decode(job.answer or {})
    if job.refused:
        refuse = held.refusal if case.state == progress.SUSPENDED else go_astray
        refuse(session, case, job.token or "", job.refused, now)
    elif case.state == progress.SUSPENDED:
        held.answer(session, case, job.token or "", job.topic, answer, now)
    else:
        go_on(session, case, job.token or "", job.topic, answer, now)
    return True


def go_on(session: Session, case: Case, token: str, author: str, answer: Mapping[str, object], now: datetime) -> None:
    """The answer becomes facts, and the element that waited is done."""
    facts.write(session, case, answer, author, now)
    progress.move(session, case, lambda drawing, state, known: engine.complete(drawing, state, token, known, now),
                  progress.Cause(now))


def go_astray(session: Session, case: Case, token: str, code: str, now: datetime) -> None:
    """What the element asked for was refused: the drawing's error event takes over."""
    audit.append(session, chains.of(case.id), audit.SYSTEM, "job.refused", now, summary=f"对方拒绝:{code}", after={"code": code})
    progress.move(session, case, lambda drawing, state, known: engine.fail(drawing, state, token, code, known, now),
                  progress.Cause(now))


def awaits(session: Session, case: Case, token: str) -> bool:
    """Whether something in the case still waits under that token."""
    drawing = releases.load(session, case.release_id).drawing
    return any(place.token == token for place in engine.waiting(drawing, case.engine))


def postpone(session: Session, job_id: int, error: str, now: datetime) -> None:
    """The case could not take the answer in: tried again later and later, without doing the work again."""
    job = jobs.locked(session, job_id)
    if job.state == JobState.ANSWERED:
        job.attempts += 1
        jobs.fail(session, job_id, error, now)


def kept(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Kept answers that their cases have not heard, the oldest first."""
    found = select(Job.id).where(Job.state == JobState.ANSWERED, col(Job.not_before) <= now)
    return [stored(number) for number in session.exec(found.order_by(col(Job.not_before), col(Job.id)).limit(limit))]


def _record(session: Session, job: Job, answer: Mapping[str, object], now: datetime) -> None:
    """Nobody waits for it any more: kept to be read, moving nothing."""
    chain = chains.of(job.case_id) if job.case_id else "office"
    audit.append(session, chain, audit.SYSTEM, "job.stale", now, summary="办件已不再等待此结果",
                 after={"job": job.id, "topic": job.topic, "state": job.state})
    job.stale = dict(answer)
    session.add(job)
