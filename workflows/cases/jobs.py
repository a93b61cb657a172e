"""Work asked of machines: the outbox. Asked inside a step's transaction, done after it, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, case as when, col, or_, select, update

from workflows.cases.tables import Case, Job, JobState
from workflows.records.types import stored

ATTEMPTS = 8
LEASE = timedelta(minutes=10)
OPEN = (JobState.WAITING, JobState.RUNNING, JobState.ANSWERED, JobState.FAILED)


def ask(session: Session, topic: str, key: str, payload: Mapping[str, object], now: datetime, *,
        case_id: int | None = None, token: str | None = None) -> Job:
    """Ask for a piece of work; asked again under the same key it is the same piece."""
    found = session.exec(select(Job).where(Job.key == key)).first()
    if found:
        return found
    job = Job(key=key, topic=topic, payload=dict(payload), case_id=case_id, token=token, not_before=now)
    session.add(job)
    session.flush()
    return job


def claim(session: Session, now: datetime) -> Job | None:
    """Take the next job that is due, or one whose worker went silent; None where nothing is to do.

    A job whose worker went silent at its last attempt is given up, like one that failed.
    """
    while job := _next(session, now):
        if job.attempts < ATTEMPTS:
            job.state, job.claimed_at = JobState.RUNNING, now
            job.attempts, job.claims = job.attempts + 1, job.claims + 1
            session.add(job)
            session.flush()
            return job
        fail(session, stored(job.id), f"The worker went silent {job.attempts} times.", now, final=True)
        session.flush()
    return None


def _next(session: Session, now: datetime) -> Job | None:
    due = select(Job).where(
        or_((col(Job.state) == JobState.WAITING) & (col(Job.not_before) <= now),
            (col(Job.state) == JobState.RUNNING) & (col(Job.claimed_at) < now - LEASE)),
    ).order_by(col(Job.not_before), col(Job.id)).limit(1).with_for_update(skip_locked=True)
    return session.exec(due.execution_options(populate_existing=True)).first()


def locked(session: Session, job_id: int) -> Job:
    """The job, held against every other writer till the transaction ends."""
    return session.exec(select(Job).where(Job.id == job_id).with_for_update()
                        .execution_options(populate_existing=True)).one()


def finish(session: Session, job_id: int, now: datetime) -> Job:
    """The work is done; one that was withdrawn meanwhile stays so."""
    job = session.get_one(Job, job_id, populate_existing=True)
    if job.state != JobState.WITHDRAWN:
        job.state, job.finished_at, job.error = JobState.DONE, now, ""
    session.add(job)
    return job


def fail(session: Session, job_id: int, error: str, now: datetime, *, final: bool = False,
         claim: int | None = None) -> Job:
    """The work failed: tried again later and later, and given up after `ATTEMPTS`, for a person to look at.

    A failure told under a claim that was lost changes nothing.
    """
    job = locked(session, job_id)
    if claim is not None and (job.claims, job.state) != (claim, JobState.RUNNING):
        return job
    job.error = error[:2000]
    if job.state == JobState.WITHDRAWN:
        return job
    over = final or job.attempts >= ATTEMPTS
    job.state = JobState.FAILED if over else _again(job)
    job.not_before = now + pause(job.attempts)
    job.finished_at = now if over else None
    session.add(job)
    return job


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: longer each time, an hour at most."""
    return timedelta(seconds=min(3600, 5 * 2 ** attempts))


def keep(session: Session, job_id: int, claim: int, answer: Mapping[str, object], now: datetime, *, refused: str = "") -> bool:
    """Keep the answer that the holder of a claim brings back; False when the claim was lost since.

    A job that no step waits for is done with that. `refused` is the code by which the other side said no.
    """
    mine = (col(Job.id) == job_id, col(Job.claims) == claim, col(Job.state) == JobState.RUNNING)
    alone = col(Job.token).is_(None)
    kept = session.exec(update(Job).where(*mine).values(
        answer=dict(answer), refused=refused, error="", attempts=0, not_before=now,
        state=when((alone, JobState.DONE), else_=JobState.ANSWERED), finished_at=when((alone, now))))
    return kept.rowcount == 1


def withdraw(session: Session, case: Case, tokens: Sequence[str], now: datetime) -> None:
    """Ask no more for what nobody waits for; the answer of a job under way will be recorded, and move nothing."""
    theirs = (col(Job.case_id) == case.id, col(Job.token).in_(tokens), col(Job.state).in_(OPEN))
    session.exec(update(Job).where(*theirs).values(state=JobState.WITHDRAWN, finished_at=now))


def of_case(session: Session, case: Case) -> list[Job]:
    """What is asked of machines for a case and not done: waiting, under way or given up."""
    found = select(Job).where(Job.case_id == case.id, col(Job.state).in_(OPEN))
    return list(session.exec(found.order_by(col(Job.id))))


def give_up(session: Session, case: Case, token: str, answer: Mapping[str, object], error: str, now: datetime) -> None:
    """An answer that its case could not take in when it was resumed: tried again when a person says so."""
    session.exec(update(Job).where(col(Job.case_id) == case.id, col(Job.token) == token).values(
        state=JobState.FAILED, answer=dict(answer), error=error[:2000], finished_at=now))


def failed(session: Session) -> list[Job]:
    """What was given up."""
    return list(session.exec(select(Job).where(Job.state == JobState.FAILED).order_by(col(Job.id))))


def retry(session: Session, job_id: int, now: datetime) -> Job:
    """Try a given-up job again: the work itself, or only the way of its answer into the case."""
    job = session.get_one(Job, job_id)
    job.state, job.attempts, job.not_before, job.finished_at = _again(job), 0, now, None
    session.add(job)
    return job


def _again(job: Job) -> JobState:
    return JobState.WAITING if job.answer is None else JobState.ANSWERED
