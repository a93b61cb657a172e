"""撤回: one's own last step is undone as if it had never been, while nobody has touched what followed from it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from bpmn.message import Term
from sqlmodel import Session, col, select

from workflows import engine, releases
from workflows.cases import clocks, elements, facts, intake, progress, steps
from workflows.cases.operations import asking
from workflows.cases.operations.asking import Asked
from workflows.cases.steps import CaseStep
from workflows.cases.tables import Case, FactChange, Job, JobState, WorkItem, WorkState
from workflows.errors import Conflict, NotAllowed, NotFound, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.releases import Published

TOUCHED = "Somebody has gone on with what followed; your step can't be taken back any more."


def take_back(session: Session, work_item_id: int, asked: Asked) -> Case:
    """Take one's last step back: the work waits again, the facts have their former values."""
    item = session.get(WorkItem, work_item_id)
    if item is None:
        raise NotFound("This item was not found.")
    case = asking.begin(session, item.case_id, asked)
    session.refresh(item)
    permissions.demand(why_not(session, case, item, asked.who, asked.now))
    step = steps.of(case, item)
    if step is None:
        raise Conflict(TOUCHED)
    published, happened, role = releases.load(session, case.release_id), _happened(step), item.role
    day = (item.done_at or asked.now).date()
    former = _former(session, case, step, item)
    before = {name: case.facts.get(name) for name in former}
    _restore(session, case, former, asked)
    clocks.unmark(session, case, published.process, happened, day)
    progress.move(session, case, lambda drawing, state, _seen: engine.undo(drawing, state, *step.states(), asked.now),
                  progress.Cause(asked.now, asked.who, role, takes_back=True))
    clocks.press(session, case, published.process, asked.now)
    progress.retime(session, case, asked.now)
    steps.drop(session, case, step)
    asking.record(session, case, "take_back", asked, role, node=item.node, before=before, after=facts.encode(former))
    progress.refresh(session, case, progress.Cause(asked.now, asked.who, role))
    return case


def why_not(session: Session, case: Case, item: WorkItem, who: Officer, now: datetime) -> Refusal | None:
    """Why somebody may not take that step back; None: he may."""
    published = releases.load(session, case.release_id)
    if not published.process.operations.take_back:
        return asking.ended(case) or Conflict("In a case of this kind no step is taken back.")
    if asking.stopped(case):
        return asking.stopped(case)
    if item.state != WorkState.DONE or item.done_by != who.id or who.duty(item.role, item.unit_id) is None:
        return NotAllowed("Only one's own step can be taken back.")
    step = steps.of(case, item)
    if step is None or step.release != case.release_id:
        return Conflict(TOUCHED)
    return _outside(session, case, published, step, item.node) or _touched(session, case, published, step, item, now)


def mine(session: Session, case: Case, who: Officer) -> list[WorkItem]:
    """The step that somebody has made last in a case, while it is kept; his older ones are past for him."""
    own = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.done_by == who.id)
    last = session.exec(own.order_by(col(WorkItem.done_at).desc(), col(WorkItem.id).desc()).limit(1)).first()
    return [last] if last and steps.of(case, last) else []


def _outside(session: Session, case: Case, published: Published, step: CaseStep, own: str) -> Refusal | None:
    """What the step did outside the case stays done: papers bear numbers, notices hang, machines have answered."""
    asked = select(Job).where(Job.case_id == case.id, col(Job.token).in_(_opened(step)), Job.state != JobState.WAITING)
    nodes = dict.fromkeys([*step.effects, *_asking(published, case, [job.token for job in session.exec(asked)])])
    if not nodes:
        return None
    names = [published.name_of(node) for node in nodes if node != own]
    if not names:
        return Conflict("Your step can't be taken back: what it did has already left the case.")
    return Conflict("Your step can't be taken back: with it “{what}” was done.",
                    what=Term("”“".join(name.zh for name in names), "”, “".join(str(name) for name in names)))


def _touched(session: Session, case: Case, published: Published, step: CaseStep, item: WorkItem,
             now: datetime) -> Refusal | None:
    followed = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, col(WorkItem.token).in_(_opened(step))))
    if any(one.claimed_by or one.state != WorkState.OPEN for one in followed):
        return Conflict(TOUCHED)
    newest = defaultdict[str, int](int)
    for name, version in session.exec(select(FactChange.name, FactChange.version).where(FactChange.case_id == case.id)
                                      .where(col(FactChange.version) >= step.version)):
        newest[name] = max(newest[name], version)
    if not item.scope and any(newest[name] > step.version for name in _names(session, case, step)):
        return Conflict(TOUCHED)
    try:
        engine.undo(published.drawing, case.engine, *step.states(), now)
    except engine.EngineError:
        return Conflict(TOUCHED)
    return None


def _former(session: Session, case: Case, step: CaseStep, item: WorkItem) -> dict[str, Any]:
    """The values that the step's facts had before it; of a repeated activity's list only its own row goes back."""
    found: dict[str, Any] = {}
    for name in _names(session, case, step):
        before = session.exec(select(FactChange.value).where(
            FactChange.case_id == case.id, FactChange.name == name, col(FactChange.version) < step.version)
            .order_by(col(FactChange.id).desc())).first()
        found[name] = facts.decode(before) if not item.scope else _row_back(facts.known_as(case, name), facts.decode(before), item.scope)
    return found


def _row_back(now: Any, before: Any, scope: str) -> Any:
    if not isinstance(now, list):
        return before
    own = [row for row in before or [] if elements.key_of(row) == scope]
    return elements.in_order([*(row for row in now if elements.key_of(row) != scope), *own]) or None


def _restore(session: Session, case: Case, former: dict[str, Any], asked: Asked) -> None:
    facts.write(session, case, former, asked.who.name, asked.now)
    if former.get(intake.APPLICATION):
        intake.take_in(session, case, former[intake.APPLICATION], asked.who, asked.now)


def _names(session: Session, case: Case, step: CaseStep) -> list[str]:
    changed = select(FactChange.name).where(FactChange.case_id == case.id, FactChange.version == step.version)
    return sorted(set(session.exec(changed)))


def _opened(step: CaseStep) -> list[str]:
    return [str(number) for number in range(step.first, step.last + 1) if number]


def _asking(published: Published, case: Case, found: list[str | None]) -> list[str]:
    return [place.node.id for place in engine.waiting(published.drawing, case.engine) if place.token in found]


def _happened(step: CaseStep) -> dict[str, list[str]]:
    happened = defaultdict[str, list[str]](list)
    for what, node in step.visits:
        happened[what].append(node)
    return happened
