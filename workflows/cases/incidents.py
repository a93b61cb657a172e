"""A case that can't go on: the refusal that says where and why, and what is kept of it for those who can mend it.

The refusal undoes its step, so the door keeps the incident in a transaction of its own. It is open while the case
stands exactly where it could not go on; where not even a case began, till an administrator says that it is settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bpmn.message import Message, Term
from sqlmodel import Session, col, or_, select

from workflows import engine
from workflows.cases import chains
from workflows.cases.tables import Case, Incident
from workflows.errors import Conflict
from workflows.messages import CHINESE, ENGLISH, say
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import Role
from workflows.records import audit
from workflows.records.types import stored
from workflows.releases import Published

REASONS: Mapping[type[engine.EngineError], Message] = MappingProxyType({
    engine.NoFlowTaken: Message("none of the ways out of it applies, and none is drawn as the default"),
    engine.ExpressionFailed: Message("“{source}” can't be computed ({why})"),
    engine.Stuck: Message("nothing would wait any more, and no end is reached"),
    engine.RanAway: Message("it goes on and on without anybody ({why})"),
    engine.NotSkippable: Message("it only accompanies other work and can't be left out by itself"),
    engine.NotWaiting: Message("what came is not waited for there"),
    engine.NotExpected: Message("what came is not waited for there"),
    engine.NotDue: Message("what came is not waited for there"),
    engine.TouchedSince: Message("what followed has gone on since"),
})
UNREADABLE = Message("its stored state can't be read with this version of the process")


@dataclass(frozen=True)
class Standing:
    """Where a case stood when its step began; `case_id` None: it was about to begin."""

    process: str
    case_id: int | None
    state: bytes


class Halted(Conflict):
    """The drawing can't be followed any further; nothing of the step is kept."""

    says = "The case can't go on at “{element}”: {reason}."

    def __init__(self, standing: Standing, published: Published, failure: engine.EngineError) -> None:
        """Say in plain words what the engine said no to."""
        self.standing, self.node = standing, _node_of(failure)
        element = published.name_of(self.node) if self.node else Term(published.process.title, published.process.en)
        super().__init__(element=element, reason=_reason(failure))


def keep(session: Session, halted: Halted, now: datetime) -> None:
    """Write down that a case could not go on; the same trouble at the same place is one incident."""
    at, (zh, en) = halted.standing, (say(halted.message, language) for language in (CHINESE, ENGLISH))
    found = session.exec(select(Incident).where(
        Incident.process == at.process, Incident.case_id == at.case_id, Incident.state == at.state, Incident.en == en,
        col(Incident.settled_at).is_(None)).with_for_update()).first()
    incident = found or Incident(process=at.process, case_id=at.case_id, state=at.state, node=halted.node, zh=zh, en=en, at=now)
    incident.at, incident.times = now, incident.times + 1
    session.add(incident)


def unsettled(session: Session) -> list[tuple[Incident, Case | None]]:
    """Each with its case, None where none began; a case that has gone on since is no incident any more."""
    found = select(Incident, Case).join(Case, col(Case.id) == col(Incident.case_id), isouter=True).where(
        col(Incident.settled_at).is_(None),
        or_(col(Incident.case_id).is_(None), (col(Case.engine) == col(Incident.state)) & col(Case.ended_at).is_(None)))
    return [(incident, case) for incident, case in session.exec(found.order_by(col(Incident.id)))]


def settle(session: Session, incident_id: int, who: Officer, now: datetime) -> None:
    """An administrator has seen to it."""
    permissions.demand(permissions.why_not_anywhere(who, "mend_jobs"))
    found = session.get(Incident, incident_id, with_for_update=True)
    if found is None or found.settled_at:
        raise Conflict("This has been taken up already.")
    found.settled_at = now
    session.add(found)
    audit.append(session, chains.of(found.case_id) if found.case_id else f"process:{found.process}", who.actor(Role.ADMIN),
                 "incident.settle", now, node=found.node, summary=f"处理流程受阻:{found.zh}"[:200],
                 after={"incident": stored(found.id), "times": found.times})


def _node_of(failure: engine.EngineError) -> str:
    return str(getattr(failure, "node", "") or next(iter(getattr(failure, "nodes", ())), ""))



def _reason(failure: engine.EngineError) -> Message | Term:
    if isinstance(failure, engine.NotReturnable):
        return Term(failure.message_zh, failure.message_en)
    said = {"source": getattr(failure, "source", ""), "why": getattr(failure, "reason", getattr(failure, "what", ""))}
    return next((words.with_params(**said) for kind, words in REASONS.items() if isinstance(failure, kind)), UNREADABLE)
