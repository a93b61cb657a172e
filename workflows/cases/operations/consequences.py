"""What an operation brings about beside its own step: told before it is done, and written down when it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from workflows import engine
from workflows.cases import clocks, facts, world
from workflows.cases.notice import notices
from workflows.cases.effects import EFFECTS, Step
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Clock, Document, Job, JobState, Notice, WorkItem, WorkState
from workflows.engine import Closed, Drawing
from workflows.releases import Published

ON_CANCEL = "on_cancel"     # camunda property: the effect run when what the element did is undone
TAKES_DOWN = "withdraw_notice"


@dataclass(frozen=True)
class Consequences:
    """`cancelled`: open work; `redone`: elements to be done anew; what limits run on or begin `anew`; what comes down."""

    cancelled: tuple[WorkItem, ...]
    redone: frozenset[str]
    clocks: tuple[Clock, ...]
    anew: tuple[Clock, ...]
    notice: Notice | None
    jobs: tuple[Job, ...]
    papers: tuple[Document, ...]    # they stay
    children: tuple[Case, ...] = ()    # they end with it


def foresee(session: Session, case: Case, published: Published, made: engine.Move, redone: Iterable[str],
            now: datetime) -> Consequences:
    """What a move not yet written will bring about."""
    nodes = frozenset(redone)
    hooked = _hooked(published.drawing, nodes, made.closed)
    notice = notices.in_force(session, case, now) if any(node.properties[ON_CANCEL] == TAKES_DOWN for node in hooked) else None
    run_on, anew = clocks.to_reopen(session, case, published.process, nodes)
    return Consequences(
        _items(session, case, made.closed), nodes, tuple(run_on), tuple(anew), notice, _jobs(session, case, made.closed),
        _papers(session, case))


def undo_outside(session: Session, case: Case, published: Published, closed: Iterable[Closed], redone: Iterable[str],
                 asked: Asked, role: str) -> None:
    """Run what the drawing says for elements whose doing is undone."""
    for node in _hooked(published.drawing, frozenset(redone), closed):
        step = Step(session, case, node, world.of(session, case, asked.now), {"reason": asked.reason.strip()}, asked.now,
                    asked.who, role)
        facts.write(session, case, EFFECTS[node.properties[ON_CANCEL]](step) or {}, node.id, asked.now)


def told(found: Consequences) -> Mapping[str, object]:
    """As the audit event keeps it."""
    return {"cancelled": [item.node for item in found.cancelled], "redone": sorted(found.redone),
            "clocks": [clock.kind for clock in found.clocks], "anew": [clock.kind for clock in found.anew],
            "notice": found.notice.id if found.notice else None, "jobs": [job.topic for job in found.jobs],
            "children": [child.number for child in found.children]}


def _hooked(drawing: Drawing, redone: frozenset[str], closed: Iterable[Closed]) -> list[engine.Node]:
    nodes = {one.node.id: one.node for one in closed if one.why == "cancelled"}
    nodes |= {name: drawing.nodes[name] for name in redone if name in drawing.nodes}
    return [node for _, node in sorted(nodes.items()) if ON_CANCEL in node.properties]


def _items(session: Session, case: Case, closed: Iterable[Closed]) -> tuple[WorkItem, ...]:
    tokens = [one.token for one in closed]
    found = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN,
                                   col(WorkItem.token).in_(tokens))
    return tuple(session.exec(found.order_by(col(WorkItem.id))))


def _jobs(session: Session, case: Case, closed: Iterable[Closed]) -> tuple[Job, ...]:
    tokens = [one.token for one in closed if one.node.topic]
    found = select(Job).where(Job.case_id == case.id, Job.state != JobState.DONE, col(Job.token).in_(tokens))
    return tuple(session.exec(found.order_by(col(Job.id))))


def _papers(session: Session, case: Case) -> tuple[Document, ...]:
    return tuple(session.exec(select(Document).where(Document.case_id == case.id).order_by(col(Document.id))))
