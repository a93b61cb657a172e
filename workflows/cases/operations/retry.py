"""重试: what a machine could not do for a case, why, and trying it again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from workflows import engine, releases
from workflows.cases import due, jobs
from workflows.cases.operations import asking
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Job, JobState, Timer
from workflows.errors import Conflict, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records.types import stored

ACTION = "retry_case"
JOB, TIMER = "job", "timer"


@dataclass(frozen=True)
class Trouble:
    """A machine's work that failed: for which element (or only a topic), how often, why, and when it is tried next."""

    kind: str
    id: int
    node: str
    topic: str
    attempts: int
    error: str
    next_at: datetime | None    # None: given up

    @property
    def given_up(self) -> bool:
        """Whether it is tried no more by itself."""
        return self.next_at is None


def troubles(session: Session, case: Case) -> tuple[Trouble, ...]:
    """What has failed for a case and is not mended; the first asked first."""
    if case.ended_at is not None:
        return ()
    failed = [job for job in jobs.of_case(session, case) if job.error and job.state != JobState.RUNNING]
    late = session.exec(select(Timer).where(Timer.case_id == case.id, Timer.error != "").order_by(col(Timer.due_at))).all()
    nodes = _nodes(session, case) if failed else {}
    return (*(_of_job(job, nodes.get(job.token or "", "")) for job in failed),
            *(Trouble(TIMER, stored(one.id), one.node, "", one.attempts, one.error, one.retry_at or one.due_at) for one in late))


def retry(session: Session, case_id: int, kind: str, number: int, asked: Asked) -> Case:
    """Have it tried again at the worker's next look; who mends machines sees of the case only what failed."""
    mends = permissions.why_not_anywhere(asked.who, "mend_jobs") is None
    case = asking.begin(session, case_id, asked, unseen=mends)
    permissions.demand(why_not(case, asked.who))
    trouble = next((one for one in troubles(session, case) if (one.kind, one.id) == (kind, number)), None)
    if trouble is None:
        raise Conflict("This has been taken up already.")
    if kind == JOB:
        jobs.retry(session, number, asked.now)
    else:
        due.again(session, due.TIMER, number)
    asking.record(session, case, "retry", asked, asking.role_of(asked.who, ACTION, case), node=trouble.node,
                  before={"attempts": trouble.attempts, "error": trouble.error}, after={kind: number, "topic": trouble.topic})
    return case


def why_not(case: Case, who: Officer) -> Refusal | None:
    """Why somebody may not have a case's failed work tried again; None: he may."""
    return asking.stopped(case) or permissions.why_not(who, ACTION, case.division_code)


def node_of(session: Session, case: Case, job: Job) -> str:
    """The element that waits for a job; empty where none does any more."""
    return _nodes(session, case).get(job.token or "", "")


def _of_job(job: Job, node: str) -> Trouble:
    return Trouble(JOB, stored(job.id), node, job.topic, job.attempts, job.error,
                   None if job.state == JobState.FAILED else job.not_before)


def _nodes(session: Session, case: Case) -> dict[str, str]:
    """Which element waits under which token."""
    drawing = releases.load(session, case.release_id).drawing
    return {place.token: place.node.id for place in engine.waiting(drawing, case.engine)}
