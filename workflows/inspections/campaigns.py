"""A year's campaign: freeze who must take part, open a case each, and see who has done what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bpmn import dmn
from sqlmodel import Session, col, select

from workflows import releases
from workflows.cases import facts, intake
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.errors import Conflict, NotFound
from workflows.inspections import lots
from workflows.inspections.tables import Campaign, CampaignLine
from workflows.office import permissions, rates
from workflows.office.people import Officer
from workflows.office.tables import Person
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored
from workflows.registers import found
from workflows.registers.found import Wanted

PROCESS, OUT = "annual_inspection", "none"
NOT_OPENED, NOT_BEGUN, WITH_UNIT, WITH_REGISTRAR, RECTIFYING, MISSED, DONE = STATES = (
    "not_opened", "not_begun", "with_unit", "with_registrar", "rectifying", "missed", "done")
AT = {"fill_report": NOT_BEGUN, "fill_late_report": NOT_BEGUN, "give_opinion": WITH_UNIT, "report_rectification": RECTIFYING,
      "evaluate": RECTIFYING, "confirm_missing": MISSED, "propose_listing": MISSED, "decide_listing": MISSED}


@dataclass(frozen=True)
class Standing:
    """How far one organisation is, on whose desk its case lies, and whether it filed late."""

    line: CampaignLine
    case: Case | None
    state: str
    desk: str = ""
    late: bool = False
    conclusion: str = ""


def freeze(session: Session, year: int, division: str, who: Officer, now: datetime) -> Campaign:
    """Write down who must take part, by the rules in force today; a year is frozen once."""
    permissions.demand(permissions.why_not(who, "run_campaign", division))
    alone(session, f"campaign:{division}:{year}")
    if campaign(session, year, division):
        raise Conflict("The list of {year} has been frozen already.", year=year)
    lines = [one for one in found.entries(session, Wanted("organisation"), now.date()) if str(one["division"]).startswith(division)]
    published = releases.load(session, stored(releases.newest(session, PROCESS).id))
    table = published.drawing.decisions["scope"]
    rules = rates.in_force(session, PROCESS, now.date(), division)

    def takes_part(entry: Mapping[str, object]) -> bool:
        answer = dmn.evaluate(table, "scope", {"application": {"year": year}, "found": [entry], "rules": rules}, now=now).value
        return isinstance(answer, Mapping) and answer.get("result") != OUT
    lines = [one for one in lines if takes_part(one)]
    made = Campaign(year=year, division_code=division, frozen_at=now, frozen_by=who.id, digest=lots.digest([str(one["code"]) for one in lines]))
    session.add(made)
    session.flush()
    session.add_all(CampaignLine(campaign_id=stored(made.id), code=str(one["code"]), name=str(one["name"]), kind=str(one["kind"]),
                                 supervising_unit=str(one["supervising_unit"] or "")) for one in lines)
    audit.append(session, f"campaign:{division}:{year}", who.actor(), "campaign.freeze", now, summary=str(year),
                 after={"count": len(lines), "digest": made.digest})
    session.flush()
    return made


def open_cases(session: Session, made: Campaign, who: Officer, now: datetime, most: int = 1000) -> int:
    """A case for each organisation that has none yet, so many at a time; how many were opened. Again: the rest."""
    permissions.demand(permissions.why_not(who, "run_campaign", made.division_code))
    alone(session, f"campaign:{made.division_code}:{made.year}")
    waiting = session.exec(select(CampaignLine).where(CampaignLine.campaign_id == made.id, col(CampaignLine.case_id).is_(None)).order_by(
        col(CampaignLine.id)).limit(most)).all()
    for line in waiting:
        told = {"year": made.year, "code": line.code, "name": line.name}
        line.case_id = intake.open_case(session, PROCESS, line.name, made.division_code, {intake.APPLICATION: told}, who, now).id
        session.add(line)
    if waiting:
        audit.append(session, f"campaign:{made.division_code}:{made.year}", who.actor(), "campaign.open", now, summary=str(made.year),
                     after={"opened": len(waiting)})
    return len(waiting)


def campaign(session: Session, year: int, division: str) -> Campaign | None:
    """The frozen campaign of a year."""
    return session.exec(select(Campaign).where(Campaign.year == year, Campaign.division_code == division)).first()


def must(session: Session, year: int, division: str) -> Campaign:
    """The same; `NotFound` where its list has not been frozen."""
    if made := campaign(session, year, division):
        return made
    raise NotFound("The list of {year} has not been frozen.", year=year)


def standings(session: Session, made: Campaign) -> list[Standing]:
    """How far each organisation of the list is."""
    rows = session.exec(select(CampaignLine, Case).join(Case, col(Case.id) == col(CampaignLine.case_id), isouter=True).where(
        CampaignLine.campaign_id == made.id).order_by(col(CampaignLine.id))).all()
    desks = _desks(session, [stored(case.id) for _, case in rows if case])
    return list(_standings(rows, desks))


def _standings(rows: Sequence[tuple[CampaignLine, Case | None]], desks: Mapping[int, tuple[str, str]]) -> Iterator[Standing]:
    for line, case in rows:
        if case is None:
            yield Standing(line, None, NOT_OPENED)
            continue
        known = facts.known(case)
        node, desk = desks.get(case.id or 0, ("", ""))
        late, examined = known.get("late_filing") is True, known.get("examine")
        conclusion = str(examined.get("conclusion", "")) if isinstance(examined, Mapping) and (known.get("tell") or case.ended_at) else ""
        state = MISSED if case.state == "penalty_opened" and not examined else DONE if case.ended_at else AT.get(node, WITH_REGISTRAR)
        yield Standing(line, case, state, desk, late, conclusion)


def _desks(session: Session, cases: Sequence[int]) -> dict[int, tuple[str, str]]:
    """At which element each case waits, and who has taken it up: his name, else the role."""
    rows = select(WorkItem, Person.name).join(Person, col(Person.id) == col(WorkItem.claimed_by), isouter=True).where(
        col(WorkItem.case_id).in_(cases), WorkItem.state == WorkState.OPEN).order_by(col(WorkItem.id))
    return {item.case_id: (item.node, name or item.role) for item, name in session.exec(rows)}
