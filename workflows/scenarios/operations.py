"""What a scenario's officers do to a case out of its drawn way."""

from collections.abc import Callable

from sqlmodel import Session, col, select

from workflows import engine, releases
from workflows.cases.operations import resume, send_back, skip, suspend, take_back, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.send_back import Wish
from workflows.cases.tables import Case, WorkItem
from workflows.engine import Place
from workflows.errors import NotFound
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Step

Act = Callable[[Session, Case, Step, Asked], object]


def do(bureau: Bureau, step: Step) -> None:
    """Do one of them; `with` says the reason, and what else it needs to know."""
    with bureau.work() as session:
        case = bureau.case(session, step.case)
        asked = Asked(bureau.who(session, step.who), str(step.answers.get("reason", "")), bureau.now)
        ACTS[step.does](session, case, step, asked)
        bureau.remember(step.case, case)


def _send_back(session: Session, case: Case, step: Step, asked: Asked) -> object:
    """`from`: where the case stands, if in several places; `to`: where to; `others`: cancel or keep."""
    drawing = releases.load(session, case.release_id).drawing
    start = step.answers.get("from")
    token = next((place.token for place in engine.waiting(drawing, case.engine)
                  if place.node.id == start or (start is None and not place.attached_to)), "")
    known = send_back.places(session, case, token)
    target = next((place for place in known if place.node == step.answers["to"]), Place(str(step.answers["to"])))
    return send_back.send_back(session, case.id or 0, Wish(token, target, step.answers.get("others", "cancel")), asked)


def _item(session: Session, case: Case, step: Step) -> int:
    """The newest work at the element that `step` names."""
    found = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == step.answers["step"])
    item = session.exec(found.order_by(col(WorkItem.id).desc())).first()
    if item is None:
        raise NotFound("This item was not found.")
    return item.id or 0


ACTS: dict[str, Act] = {
    "send_back": _send_back,
    "take_back": lambda session, case, step, asked: take_back.take_back(session, _item(session, case, step), asked),
    "skip": lambda session, case, step, asked: skip.skip(session, _item(session, case, step), asked),
    "suspend": lambda session, case, _step, asked: suspend.suspend(session, case.id or 0, asked),
    "resume": lambda session, case, _step, asked: resume.resume(session, case.id or 0, asked),
    "terminate": lambda session, case, _step, asked: terminate.terminate(session, case.id or 0, asked),
}
