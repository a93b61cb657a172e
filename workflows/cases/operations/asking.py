"""Who asks for an operation and why; and what every operation leaves behind: its row, and one audit event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bpmn.message import Message
from forms.answers import FieldError
from sqlmodel import Session, col, select

from workflows.cases import access, chains, progress
from workflows.cases.tables import Case, Operation
from workflows.errors import Conflict, Invalid, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.types import stored

REASON_MAX = 500


@dataclass(frozen=True)
class Asked:
    """An operation that somebody asks for; `seen` is the version of the case he looked at, 0 for whichever it is."""

    who: Officer
    reason: str
    now: datetime
    seen: int = 0


def begin(session: Session, case_id: int, asked: Asked, *, unseen: bool = False) -> Case:
    """The case, held against every other writer; `Conflict` where it has gone on since it was looked at.

    `unseen`: asked by somebody who need not see what the case is about.
    """
    case = progress.locked(session, case_id)
    if not unseen:
        access.demand_sight(session, case, asked.who)
    if asked.seen and case.version != asked.seen + 1:
        raise Conflict("The case has gone on since you looked at it; please look again.")
    demand_reason(asked.reason)
    return case


def record(session: Session, case: Case, what: str, asked: Asked, role: str, *, node: str = "", target: str = "",
           before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None) -> Operation:
    """Write down that it was done, by whom and why."""
    reason = asked.reason.strip()
    done = Operation(case_id=stored(case.id), what=what, node=node, target=target, reason=reason, by=asked.who.id,
                     at=asked.now)
    session.add_all([case, done])
    session.flush()
    audit.append(session, chains.of(case.id), asked.who.actor(role), f"case.{what}", asked.now, node=target or node,
                 summary=reason, before=before, after={**(after or {}), "reason": reason})
    return done


def latest(session: Session, case: Case, what: str) -> Operation | None:
    """The newest operation of that kind on a case."""
    found = select(Operation).where(Operation.case_id == case.id, Operation.what == what)
    return session.exec(found.order_by(col(Operation.id).desc()).limit(1)).first()


def ended(case: Case) -> Refusal | None:
    """An ended case is left as it is."""
    return Conflict("This case has ended.") if case.ended_at else None


def stopped(case: Case) -> Refusal | None:
    """Neither an ended case nor a suspended one is moved."""
    return ended(case) or (Conflict("This case is suspended.") if case.state == progress.SUSPENDED else None)


def role_of(who: Officer, action: str, case: Case) -> str:
    """In which duty somebody does that on the case's ground."""
    return permissions.role_for(who, action, case.division_code)


def demand_reason(reason: str) -> None:
    """Nothing is done without a reason, nor with a longer one than is kept."""
    said = reason.strip()
    if not said:
        raise Invalid([FieldError("reason", Message("Please give the reason."))])
    if len(said) > REASON_MAX:
        raise Invalid([FieldError("reason", Message("The reason may have {n} characters at most.", {"n": REASON_MAX}))])
