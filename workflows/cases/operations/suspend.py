"""挂起: nothing moves the case till it is resumed. Statutory limits run on: only what the law names stops them."""

from sqlmodel import Session

from workflows import releases
from workflows.cases import progress, timers
from workflows.cases.operations import asking
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case
from workflows.errors import Conflict, Refusal
from workflows.office import permissions
from workflows.office.people import Officer

ACTION = "suspend_case"


def suspend(session: Session, case_id: int, asked: Asked) -> Case:
    """Let a case stand still."""
    case = asking.begin(session, case_id, asked)
    permissions.demand(why_not(session, case, asked.who))
    case.state = progress.SUSPENDED
    timers.hold(session, case, True)
    asking.record(session, case, "suspend", asked, asking.role_of(asked.who, ACTION, case),
                  before={"state": progress.RUNNING}, after={"state": progress.SUSPENDED})
    return case


def why_not(session: Session, case: Case, who: Officer) -> Refusal | None:
    """Why somebody may not suspend that case; None: he may."""
    if not releases.load(session, case.release_id).process.operations.suspend:
        return asking.ended(case) or Conflict("A case of this kind can't be suspended.")
    return asking.stopped(case) or permissions.why_not(who, ACTION, case.division_code)
