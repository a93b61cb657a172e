"""A year's campaign: freeze who must take part, and open a case each. How far they are: standings.py; chasing them: chasing.py."""

from collections.abc import Mapping
from datetime import datetime

from bpmn import dmn
from sqlmodel import Session, col, select

from workflows import releases
from workflows.cases import intake
from workflows.errors import Conflict, NotFound
from workflows.inspections import grounds, lots
from workflows.inspections.tables import Campaign, CampaignLine
from workflows.office import permissions, rates
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored

PROCESS, OUT = "annual_inspection", "none"


def freeze(session: Session, year: int, division: str, who: Officer, now: datetime) -> Campaign:
    """Write down who must take part, by the rules in force today; a year is frozen once."""
    permissions.demand(permissions.why_not(who, "run_campaign", division))
    alone(session, chain(division, year))
    if campaign(session, year, division):
        raise Conflict("The list of {year} has been frozen already.", year=year)
    published = releases.current(session, PROCESS)
    table = published.drawing.decisions["scope"]
    rules = rates.in_force(session, PROCESS, now.date(), division)

    def takes_part(entry: Mapping[str, object]) -> bool:
        answer = dmn.evaluate(table, "scope", {"application": {"year": year}, "found": [entry], "rules": rules}, now=now).value
        return isinstance(answer, Mapping) and answer.get("result") != OUT
    lines = [one for one in grounds.registered(session, division, now.date()) if takes_part(one)]
    made = Campaign(year=year, division_code=division, frozen_at=now, frozen_by=who.id, digest=lots.digest([str(one["code"]) for one in lines]))
    session.add(made)
    session.flush()
    session.add_all(CampaignLine(campaign_id=stored(made.id), code=str(one["code"]), name=str(one["name"]), kind=str(one["kind"]),
                                 supervising_unit=str(one["supervising_unit"] or "")) for one in lines)
    audit.append(session, chain(division, year), who.actor(), "campaign.freeze", now, summary=f"固定{year}年年检名单",
                 after={"count": len(lines), "digest": made.digest})
    session.flush()
    return made


def open_cases(session: Session, made: Campaign, who: Officer, now: datetime, most: int = 1000) -> int:
    """A case for each organisation that has none yet, so many at a time; how many were opened. Again: the rest."""
    permissions.demand(permissions.why_not(who, "run_campaign", made.division_code))
    alone(session, chain(made.division_code, made.year))
    waiting = session.exec(select(CampaignLine).where(CampaignLine.campaign_id == made.id, col(CampaignLine.case_id).is_(None)).order_by(
        col(CampaignLine.id)).limit(most)).all()
    for line in waiting:
        told = {"year": made.year, "code": line.code, "name": line.name}
        line.case_id = intake.open_case(session, PROCESS, line.name, made.division_code, {intake.APPLICATION: told}, who, now).id
        session.add(line)
    if waiting:
        audit.append(session, chain(made.division_code, made.year), who.actor(), "campaign.open", now, summary=f"{made.year}年年检立案",
                     after={"count": len(waiting)})
    return len(waiting)


def campaign(session: Session, year: int, division: str) -> Campaign | None:
    """The frozen campaign of a year."""
    return session.exec(select(Campaign).where(Campaign.year == year, Campaign.division_code == division)).first()


def must(session: Session, year: int, division: str) -> Campaign:
    """The same; `NotFound` where its list has not been frozen."""
    if made := campaign(session, year, division):
        return made
    raise NotFound("The list of {year} has not been frozen.", year=year)


def chain(division: str, year: int) -> str:
    """The audit chain of a year's campaign, under which it is also run by one at a time."""
    return f"campaign:{division}:{year}"
