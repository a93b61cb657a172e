"""跳过: go on without a piece of work that process.toml says may be left undone; never any other."""

from sqlmodel import Session

from workflows import engine, releases
from workflows.cases import access, progress
from workflows.cases.operations import asking
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.errors import Conflict, NotAllowed, NotFound, Refusal
from workflows.office import permissions
from workflows.office.people import Officer

ACTION = "skip_step"


def skip(session: Session, work_item_id: int, asked: Asked) -> Case:
    """Leave a piece of work undone; the history says so."""
    item = session.get(WorkItem, work_item_id)
    if item is None:
        raise NotFound("This item was not found.")
    case = asking.begin(session, item.case_id, asked)
    session.refresh(item)
    permissions.demand(why_not(session, case, item, asked.who))
    role = asking.role_of(asked.who, ACTION, case)
    progress.move(session, case, lambda drawing, state, seen: engine.skip(drawing, state, item.token, seen, asked.now),
                  progress.Cause(asked.now, asked.who, role))
    asking.record(session, case, "skip", asked, role, node=item.node, before={"state": WorkState.OPEN}, after={"state": "skipped"})
    return case


def why_not(session: Session, case: Case, item: WorkItem, who: Officer) -> Refusal | None:
    """Why somebody may not have that work left undone; None: he may."""
    if item.node not in releases.load(session, case.release_id).process.operations.skip:
        return asking.ended(case) or NotAllowed("This step may not be left out.")
    if asking.stopped(case) or item.state != WorkState.OPEN:
        return asking.stopped(case) or Conflict("This item has already been handled.")
    return permissions.why_not(who, ACTION, case.division_code) or access.kept_apart(session, case, item.node, who)
