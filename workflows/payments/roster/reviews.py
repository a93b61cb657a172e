"""The review of a month's roster, where payments and its drawn process meet."""

from datetime import datetime

from sqlmodel import Session, select

from workflows.cases import progress
from workflows.cases.tables import Case
from workflows.office.people import Officer
from workflows.payments.tables import Cycle

CHANGED = "roster_changed"


def hold(session: Session, cycle_id: int) -> None:
    """Take the review's row before the month's, as every signature does."""
    case_id = session.exec(select(Cycle.case_id).where(Cycle.id == cycle_id)).first()
    if case_id is not None:
        progress.locked(session, case_id)


def start_again(session: Session, cycle: Cycle, who: Officer, now: datetime) -> None:
    """The roster was changed: whoever is asked to sign is asked no more, and the maker submits anew (PY-11)."""
    if cycle.case_id is None:
        return
    case = session.get_one(Case, cycle.case_id)
    if case.ended_at is None:
        progress.tell(session, case, CHANGED, progress.Cause(now, who))
