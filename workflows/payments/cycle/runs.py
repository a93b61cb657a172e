"""A month's flow, asked for by a person and run by machines: the web never runs it itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from workflows.cases import jobs
from workflows.cases.tables import Job, JobState
from workflows.errors import Conflict, NotFound
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.payments import cycles, months, schemes
from workflows.payments.entitled import entitlements
from workflows.payments.tables import CycleState
from workflows.records import audit

TOPIC = "run_cycle"
OFFERED = 3  # months: the last one, this one, the next


@dataclass(frozen=True)
class Offer:
    """A month of a scheme that may be started now; `suggested`: the first of its scheme that is not open yet."""

    scheme: str
    month: str
    suggested: bool = False


def offers(session: Session, division: str, now: datetime) -> list[Offer]:
    """The months of every scheme that may be started now, one of each suggested."""
    found = []
    for scheme in schemes.every(session):
        choices = offered(session, scheme, division, now)
        unopened = (month for month in choices if cycles.find(session, scheme, month, division) is None)
        best = next(unopened, choices[-1] if choices else "")
        found += [Offer(scheme, month, month == best) for month in choices]
    return found


def offered(session: Session, scheme: str, division: str, now: datetime) -> list[str]:
    """The months that may be started now: no later than the next, something due, and not closed yet."""
    last = months.after(months.of(now.date()))
    wanted = [months.add(last, -n) for n in reversed(range(OFFERED))]
    found = {month: cycles.find(session, scheme, month, division) for month in wanted}
    return [month for month, cycle in found.items()
            if (cycle.state != CycleState.CLOSED if cycle else _is_due(session, scheme, month, division))]


def ask(session: Session, scheme: str, month: str, division: str, who: Officer, now: datetime) -> Job:
    """Ask for the month's flow; asked again while it waits or runs, it is the same piece of work."""
    permissions.demand(permissions.why_not(who, "run_cycle", division))
    if month not in offered(session, scheme, division, now):
        raise Conflict("Payments of {month} can't be started now.", month=month)
    before = of_month(session, scheme, month, division)
    if before and before[0].state in (JobState.WAITING, JobState.RUNNING):
        return before[0]
    key = f"{_key(scheme, month, division)}:{len(before) + 1}"
    job = jobs.ask(session, TOPIC, key, {"scheme": scheme, "month": month, "division": division}, now)
    audit.append(session, "office", who.actor(), "cycle.ask", now, summary=f"发起{schemes.title(session, scheme).zh}{month}发放",
                 after={"job": job.id})
    return job


def retry(session: Session, job_id: int, who: Officer, now: datetime) -> Job:
    """Try a given-up run again."""
    job = session.get(Job, job_id)
    if job is None or job.topic != TOPIC:
        raise NotFound
    permissions.demand(permissions.why_not(who, "run_cycle", str(job.payload.get("division"))))
    if job.state != JobState.FAILED:
        raise Conflict("This has not failed.")
    audit.append(session, "office", who.actor(), "cycle.retry", now, summary="重试发放任务", after={"job": job.id})
    return jobs.retry(session, job_id, now)


def of_month(session: Session, scheme: str, month: str, division: str) -> list[Job]:
    """What was asked for a month, the newest first."""
    found = select(Job).where(Job.topic == TOPIC, col(Job.key).startswith(_key(scheme, month, division)))
    return list(session.exec(found.order_by(col(Job.id).desc())))


def unsettled(session: Session, division: str) -> Sequence[Job]:
    """Runs of the county that wait, go on or have failed, whoever asked: a person, a signature or a correction."""
    found = select(Job).where(Job.topic == TOPIC, col(Job.state).in_(jobs.OPEN)).order_by(col(Job.id).desc())
    return [job for job in session.exec(found) if job.payload.get("division") == division]


def before_cut_off(session: Session, division: str, now: datetime) -> list[tuple[Offer, date]]:
    """Months that were asked for and begin by themselves on their cut-off day."""
    found = []
    for offer in offers(session, division, now):
        day, _ = cycles.due_dates(session, offer.month, division)
        asked = of_month(session, offer.scheme, offer.month, division)
        if day > now.date() and asked and asked[0].state == JobState.DONE \
                and cycles.find(session, offer.scheme, offer.month, division) is None:
            found.append((offer, day))
    return found


def _is_due(session: Session, scheme: str, month: str, division: str) -> bool:
    """Whether any household has money coming for that month."""
    return any(given.paid_till is None or given.paid_till < month
               for given in entitlements.in_month(session, month, scheme, division))


def _key(scheme: str, month: str, division: str) -> str:
    return f"{TOPIC}:{scheme}:{division}:{month}"
