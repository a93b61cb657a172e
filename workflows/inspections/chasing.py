"""催办: whoever is late is sent the paper that its state asks for, many at once; who was chased when stays on record."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from workflows import releases
from workflows.cases import chains, world
from workflows.cases.papers import issuing
from workflows.cases.effects import Step
from workflows.cases.tables import Case
from workflows.errors import Conflict
from workflows.inspections import campaigns, standings
from workflows.inspections.standings import Standing
from workflows.inspections.tables import Campaign, Chase
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored

PAPERS = {standings.NOT_BEGUN: "reminder", standings.SUPPLEMENTING: "supplement_reminder", standings.WITH_UNIT: "unit_reminder",
          standings.RECTIFYING: "rectification_reminder"}


def chasable(one: Standing) -> bool:
    """Whether anybody outside the bureau is waited for, who can be chased."""
    return one.state in PAPERS and one.case is not None


def send(session: Session, made: Campaign, lines: Collection[int], who: Officer, now: datetime) -> int:
    """Chase these organisations of the campaign, each once a day; how many were."""
    permissions.demand(permissions.why_not(who, "run_campaign", made.division_code))
    alone(session, campaigns.chain(made.division_code, made.year))
    wanted = [one for one in standings.of(session, made, now) if one.line.id in lines]
    if not wanted:
        raise Conflict("Choose whom to chase.")
    if done := next((one for one in wanted if not chasable(one)), None):
        raise Conflict("“{name}” has nothing to hand in now: nothing to chase.", name=done.line.name)
    due = [one for one in wanted if not (one.chases and one.chases[-1].chased_at.date() == now.date())]
    if not due:
        raise Conflict("They have all been chased today already.")
    for one in due:
        if one.case is not None:
            _chase(session, one, one.case, who, now)
    return len(due)


def _chase(session: Session, one: Standing, case: Case, who: Officer, now: datetime) -> None:
    begun = next(node for node in releases.load(session, case.release_id).drawing.nodes.values() if node.kind == "startEvent")
    step = Step(session, case, begun, world.of(session, case, now), {}, now, who)
    document = issuing.issue(step, PAPERS[one.state])
    session.add(Chase(line_id=stored(one.line.id), state=one.state, chased_at=now, chased_by=who.name, document_id=stored(document.id)))
    audit.append(session, chains.of(case.id), who.actor(), "case.chase", now, summary=f"催办：{document.number}",
                 after={"document": document.number, "to": document.addressee})
