"""What is said after something was decided."""

from sqlmodel import Session

from api.desk import Desk
from bpmn.message import Message
from workflows.cases.tables import Case, WorkItem, WorkState


def finished(desk: Desk, item: int | None) -> str:
    """“王秀英 · 入户调查: done”, for an item this very person has just completed; otherwise nothing."""
    found = _mine(desk.session, desk, item) if item else None
    if found is None:
        return ""
    work, case = found
    return desk.say(Message("{subject} · {node} is done", {"subject": case.subject, "node": work.name}))


def _mine(session: Session, desk: Desk, item: int) -> tuple[WorkItem, Case] | None:
    work = session.get(WorkItem, item)
    if work is None or work.state != WorkState.DONE or work.done_by != desk.officer.id:
        return None
    return work, session.get_one(Case, work.case_id)
