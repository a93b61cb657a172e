"""The limits of a case as they stand, and which of them press on whose work."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from bpmn.schema import Process
from workflows.cases.tables import Case, Clock, WorkItem, WorkState
from workflows.records import ledger

Ends = Mapping[str, datetime]   # kind of a limit that runs and does not stand still -> the moment it ends
_ENDS = select(col(Clock.kind), col(Clock.due_at)).where(
    Clock.case_id == bindparam("case"), col(Clock.ended_on).is_(None), col(Clock.due_at).is_not(None))


def running(session: Session, case: Case) -> list[Clock]:
    """The limits that have not ended, in the order of their due days; those without one last."""
    found = select(Clock).where(Clock.case_id == case.id, col(Clock.ended_on).is_(None))
    return list(session.exec(found.order_by(col(Clock.due_at).is_(None), col(Clock.due_at), col(Clock.id))))


def of(session: Session, case: Case) -> list[Clock]:
    """All limits of a case, the first started first."""
    return list(session.exec(select(Clock).where(Clock.case_id == case.id).order_by(col(Clock.id))))


def latest(session: Session, case: Case) -> dict[str, Clock]:
    """The newest clock of each kind."""
    return {clock.kind: clock for clock in of(session, case)}


def ends(session: Session, case: Case, process: Process) -> Ends:
    """The moments at which the limits end that run now; nothing is asked for a process without limits."""
    return dict(ledger.ask(session, _ENDS, case=case.id).tuples().all()) if process.clocks else {}


def due_at(process: Process, running: Ends, node: str, now: datetime) -> datetime | None:
    """When work at that element lapses: with the nearest limit that presses on it; one of the bureau's that is past, on all."""
    pressing = [running[rule.kind] for rule in process.clocks if rule.kind in running and not rule.minimum and (
        "*" in rule.presses or node in rule.presses or (rule.binds == "bureau" and running[rule.kind] <= now))]
    return min(pressing, default=None)


def provisional(session: Session, numbers: Collection[str]) -> set[str]:
    """Which of these cases have work whose due day is provisional."""
    found = select(Case.number).join(Clock, col(Clock.case_id) == col(Case.id)).join(WorkItem, col(WorkItem.case_id) == col(Case.id)).where(
        col(Case.number).in_(numbers), col(Clock.ended_on).is_(None), col(Clock.provisional), WorkItem.state == WorkState.OPEN,
        col(WorkItem.due_at) == col(Clock.due_at))
    return set(session.exec(found)) if numbers else set()


def press(session: Session, case: Case, process: Process, now: datetime) -> None:
    """Give each open work item of the case the moment its nearest limit ends."""
    found = ends(session, case, process)
    open_items = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)
    for item in session.exec(open_items):
        item.due_at = due_at(process, found, item.node, now)
        session.add(item)
