"""Cases that open and tell one another: what a drawing asks for with `open_case`, and with `to` on a message it throws."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import intake
from workflows.cases.messages import mailbox
from workflows.cases.effects import LATER, Step, effect
from workflows.cases.messages.tables import ChildCase
from workflows.cases.tables import Case
from workflows.errors import Conflict, NotFound
from workflows.records.types import stored

GENERATIONS = 10
YES = "yes"


@effect("open_case")
def open_case(step: Step) -> Mapping[str, object]:
    """Open a case of `process`, with `facts`, `subject` and `division` by FEEL; `wait` = yes waits for its end.

    Its end hands back `result` (FEEL over the child's facts), to the waiting step or as the message named `message`;
    what is known of the child becomes the fact `into`. `with_parent` = no lets it go on when this case is terminated.
    """
    drawn, parent, session = step.node.properties, step.case, step.session
    _refuse_too_deep(session, parent)
    waits = drawn.get("wait") == YES
    if waits:
        mailbox.wait(session, parent, step.token, step.node.id, mailbox.CHILD_ENDED)
    terms = ChildCase(case_id=0, parent_id=stored(parent.id), node=step.node.id, token=step.token if waits else "",
                      message=drawn.get("message", ""), result=drawn.get("result", ""), with_parent=drawn.get("with_parent", YES) == YES)
    child = intake.open_case(session, drawn.get("process", ""), str(_value(step, "subject") or parent.subject),
                             str(_value(step, "division") or parent.division_code), _context(step, "facts"),
                             step.who, step.now, child=terms)
    return LATER if waits else {drawn["into"]: {"number": child.number}}


@effect("send_message")
def send_message(step: Step) -> None:
    """Send the element's message `to` = parent, children, or the case numbers that a FEEL expression gives."""
    payload = _context(step, "payload")
    for case in _receivers(step):
        mailbox.put(step.session, case, step.node.message or "", payload, step.now, sender=step.case.number,
                    key=f"{step.case.version}:{step.token}:{case.number}")


def children(session: Session, case: Case) -> Sequence[Case]:
    """The cases that a case opened, the oldest first."""
    return session.exec(select(Case).where(Case.parent_id == case.id).order_by(col(Case.id))).all()


def _receivers(step: Step) -> Iterator[Case]:
    to = step.node.properties.get("to", "").strip()
    if to == "children":
        yield from (child for child in children(step.session, step.case) if child.ended_at is None)
    elif to == "parent":
        if step.case.parent_id is None:
            raise Conflict("Case {number} was opened by no other case.", number=step.case.number)
        yield step.session.get_one(Case, step.case.parent_id)
    else:
        numbers = _value(step, "to")
        for number in numbers if isinstance(numbers, list) else [numbers]:
            found = step.session.exec(select(Case).where(Case.number == str(number))).first()
            if found is None:
                raise NotFound("There is no case {number}.", number=number)
            yield found


def _value(step: Step, name: str) -> object:
    return mailbox.computed(step.node.properties.get(name, ""), step.facts, step.now)


def _context(step: Step, name: str) -> Mapping[str, Any]:
    found = _value(step, name)
    if found is not None and not isinstance(found, Mapping):
        raise Conflict("“{property}” of element {node} must give a context.", property=name, node=step.node.id)
    return found or {}


def _refuse_too_deep(session: Session, case: Case) -> None:
    generation, parent = 1, case.parent_id
    while parent is not None:
        generation += 1
        parent = session.get_one(Case, parent).parent_id
    if generation > GENERATIONS:
        raise Conflict("Cases may open one another {count} times deep at most.", count=GENERATIONS)
