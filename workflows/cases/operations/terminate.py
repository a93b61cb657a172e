"""终止: an officer ends a case that reached no end of its own; no refusal, and open to those the process names only."""

from dataclasses import replace

from sqlmodel import Session, delete, select

from workflows import engine, releases
from workflows.cases import clocks, progress, steps, world
from workflows.cases.papers import issuing
from workflows.cases.effects import Step
from workflows.cases.messages import mailbox
from workflows.cases.operations import asking, consequences
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.consequences import Consequences
from workflows.cases.names import names_since
from workflows.cases.tables import Case, Held, Visit
from workflows.errors import Conflict, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.releases import Published

ACTION, PAPER = "terminate_case", "termination_notice"


def terminate(session: Session, case_id: int, asked: Asked) -> Case:
    """End a case: what is open is cancelled, what was posted comes down, what was asked of machines is withdrawn."""
    case = asking.begin(session, case_id, asked)
    permissions.demand(why_not(session, case, asked.who))
    return _end(session, case, asked, _duty(session, case, asked.who))


def with_parent(session: Session, case: Case, asked: Asked) -> Case:
    """A case ends with the one that opened it: by the same officer, for the same reason, whatever its own kind allows."""
    return _end(session, case, asked, "")


def _end(session: Session, case: Case, asked: Asked, role: str) -> Case:
    found, before = preview(session, case, asked), {"state": case.state}
    case.state = progress.RUNNING      # a suspended case may be ended too
    moves = progress.move(session, case, lambda drawing, state, _seen: engine.terminate(drawing, state),
                          progress.Cause(asked.now, asked.who, role))
    published = releases.load(session, case.release_id)
    consequences.undo_outside(session, case, published, moves[0].closed, found.redone, asked, role)
    session.execute(delete(Held).where(Held.case_id == case.id))    # type: ignore[arg-type]
    case.state, case.ended_at = progress.TERMINATED, asked.now
    clocks.end_all(session, case, asked.now)
    steps.forget(session, case)
    _tell(session, case, published, asked, role)
    mailbox.abandon(session, case, asked.reason.strip(), asked.who.id, asked.now)
    asking.record(session, case, "terminate", asked, role, before=before,
                  after={"state": progress.TERMINATED, **consequences.told(found)})
    return case


def _tell(session: Session, case: Case, published: Published, asked: Asked, role: str) -> None:
    """The applicant is told, where the process has a paper for it."""
    if PAPER in published.papers:
        begun = next(node for node in published.drawing.nodes.values() if node.kind == "startEvent")
        step = Step(session, case, begun, world.of(session, case, asked.now), {}, asked.now, asked.who, role)
        issuing.issue(step, PAPER, given={"termination": {"reason": asked.reason.strip(), "approved_by": asked.who.name}})


def preview(session: Session, case: Case, asked: Asked) -> Consequences:
    """What ending it now would bring about."""
    published = releases.load(session, case.release_id)
    names = names_since(session, case)
    past = session.exec(select(Visit.node, Visit.release_id).where(Visit.case_id == case.id, Visit.what == "completed").distinct())
    done = frozenset(names.now(*one) for one in past)
    found = consequences.foresee(session, case, published, engine.terminate(published.drawing, case.engine), done, asked.now)
    return replace(found, clocks=(), anew=(), children=tuple(mailbox.bound(session, case)))


def why_not(session: Session, case: Case, who: Officer) -> Refusal | None:
    """Why somebody may not end that case; None: he may."""
    named = _named(releases.load(session, case.release_id))
    if asking.ended(case) or not named:
        return asking.ended(case) or Conflict("A case of this kind can't be terminated.")
    return permissions.why_not(who, ACTION, case.division_code, among=named)


def _named(published: Published) -> tuple[str, ...]:
    return published.process.operations.terminate


def _duty(session: Session, case: Case, who: Officer) -> str:
    return permissions.role_for(who, ACTION, case.division_code, among=_named(releases.load(session, case.release_id)))
