"""Scenario words about operations: what officers do to a case out of its drawn way."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field
from sqlmodel import Session, col, select

from workflows import engine, releases
from workflows.cases.operations import resume, send_back, skip, suspend, take_back, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.send_back import Wish
from workflows.cases.tables import Case, WorkItem
from workflows.engine import Place
from workflows.errors import NotFound
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import verb

Operation = Callable[[Session, Case, Step, Asked], object]


class Reasoned(Shape):
    """Why it is done."""

    reason: str = ""


class Return(Reasoned):
    """Whereto, from where, and what becomes of the case's other places."""

    to: str
    start: str | None = Field(default=None, alias="from")
    others: Literal["cancel", "keep"] = "cancel"


class OneStep(Reasoned):
    """Which element."""

    step: str


def operation(name: str, says: str, answers: type[Reasoned] = Reasoned) -> Callable[[Operation], Operation]:
    """Register an operation as a verb; every one needs its `reason`."""
    def register(function: Operation) -> Operation:
        def act(bureau: Bureau, step: Step) -> None:
            with bureau.work() as session:
                case = bureau.case(session, step.case)
                asked = Asked(bureau.who(session, step.who), str(step.answers.get("reason", "")), bureau.now)
                function(session, case, step, asked)
                bureau.remember(step.case, case)

        verb(name, says, answers)(act)
        return function

    return register


@operation("send_back", "return the case: `reason`, `to` an element, `from` where it stands, `others` = cancel or keep", Return)
def _send_back(session: Session, case: Case, step: Step, asked: Asked) -> object:
    drawing = releases.load(session, case.release_id).drawing
    said = Return.model_validate(step.answers)
    token = next((place.token for place in engine.waiting(drawing, case.engine)
                  if place.node.id == said.start or (said.start is None and not place.attached_to)), "")
    known = send_back.places(session, case, token)
    target = next((place for place in known if place.node == said.to), Place(said.to))
    return send_back.send_back(session, case.id or 0, Wish(token, target, said.others), asked)


def _item(session: Session, case: Case, step: Step) -> int:
    """The newest work at the element that `step` names."""
    found = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == OneStep.model_validate(step.answers).step)
    item = session.exec(found.order_by(col(WorkItem.id).desc())).first()
    if item is None:
        raise NotFound("This item was not found.")
    return item.id or 0


@operation("take_back", "take back one's own last step: `reason`, `step` the element", OneStep)
def _take_back(session: Session, case: Case, step: Step, asked: Asked) -> object:
    return take_back.take_back(session, _item(session, case, step), asked)


@operation("skip", "leave an element undone: `reason`, `step` the element", OneStep)
def _skip(session: Session, case: Case, step: Step, asked: Asked) -> object:
    return skip.skip(session, _item(session, case, step), asked)


@operation("suspend", "let the case stand still: `reason`")
def _suspend(session: Session, case: Case, step: Step, asked: Asked) -> object:  # noqa: ARG001
    return suspend.suspend(session, case.id or 0, asked)


@operation("resume", "let it go on: `reason`")
def _resume(session: Session, case: Case, step: Step, asked: Asked) -> object:  # noqa: ARG001
    return resume.resume(session, case.id or 0, asked)


@operation("terminate", "end it: `reason`")
def _terminate(session: Session, case: Case, step: Step, asked: Asked) -> object:  # noqa: ARG001
    return terminate.terminate(session, case.id or 0, asked)
