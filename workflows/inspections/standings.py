"""How far each organisation of a campaign is: what is done, what is late, and on whose desk it lies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import facts
from workflows.cases.tables import Case, Clock, WorkItem, WorkState
from workflows.inspections.tables import Campaign, CampaignLine, Chase
from workflows.office.tables import Person
from workflows.records.types import stored

NOT_OPENED, NOT_BEGUN, WITH_UNIT, SUPPLEMENTING, WITH_REGISTRAR, RECTIFYING, LISTING, MISSED, DONE = STATES = (
    "not_opened", "not_begun", "with_unit", "supplementing", "with_registrar", "rectifying", "listing", "missed", "done")
AT = {"fill_report": NOT_BEGUN, "fill_late_report": NOT_BEGUN, "confirm_missing": NOT_BEGUN, "give_opinion": WITH_UNIT,
      "report_rectification": RECTIFYING, "evaluate": RECTIFYING, "propose_listing": LISTING, "decide_listing": LISTING}
WINDOW = "window"       # the limit that only closes the filing


@dataclass(frozen=True)
class Standing:
    """One organisation: its case's state and desk, since when a limit is over, whether it filed late, and when it was chased."""

    line: CampaignLine
    case: Case | None
    state: str
    desk: str = ""
    overdue: date | None = None
    late: bool = False
    conclusion: str = ""
    chases: tuple[Chase, ...] = ()


def of(session: Session, made: Campaign, now: datetime) -> list[Standing]:
    """How far each organisation of the list is."""
    rows = session.exec(select(CampaignLine, Case).join(Case, col(Case.id) == col(CampaignLine.case_id), isouter=True).where(
        CampaignLine.campaign_id == made.id).order_by(col(CampaignLine.id))).all()
    cases = select(CampaignLine.case_id).where(CampaignLine.campaign_id == made.id)
    return list(_standings(rows, _desks(session, cases), _overdue(session, cases, now), _chases(session, made)))


def _standings(rows: Sequence[tuple[CampaignLine, Case | None]], desks: Mapping[int, tuple[str, str]], overdue: Mapping[int, date],
               chases: Mapping[int, tuple[Chase, ...]]) -> Iterator[Standing]:
    for line, case in rows:
        if case is None:
            yield Standing(line, None, NOT_OPENED)
            continue
        node, desk = desks.get(stored(case.id), ("", ""))
        known = facts.known(case)
        yield Standing(line, case, _state(case, node, known), desk, None if case.ended_at else overdue.get(stored(case.id)),
                       known.get("late_filing") is True, _conclusion(case, known), chases.get(stored(line.id), ()))


def _state(case: Case, node: str, known: Mapping[str, Any]) -> str:
    if case.ended_at:
        return MISSED if case.state == "penalty_opened" and not known.get("report") else DONE
    state = AT.get(node, WITH_REGISTRAR)
    return SUPPLEMENTING if state == NOT_BEGUN and known.get("receive") else state


def _conclusion(case: Case, known: Mapping[str, Any]) -> str:
    """What was concluded, once the organisation has been told."""
    examined = known.get("examine")
    return str(examined.get("conclusion", "")) if isinstance(examined, Mapping) and (known.get("tell") or case.ended_at) else ""


def _desks(session: Session, cases: Any) -> dict[int, tuple[str, str]]:
    """At which element each case waits, and who has taken it up: his name, else the role."""
    rows = select(WorkItem, Person.name).join(Person, col(Person.id) == col(WorkItem.claimed_by), isouter=True).where(
        col(WorkItem.case_id).in_(cases), WorkItem.state == WorkState.OPEN).order_by(col(WorkItem.id))
    return {item.case_id: (item.node, name or item.role) for item, name in session.exec(rows)}


def _overdue(session: Session, cases: Any, now: datetime) -> dict[int, date]:
    """The first day that was let pass, of limits that still run."""
    rows = select(Clock).where(col(Clock.case_id).in_(cases), col(Clock.ended_on).is_(None), Clock.kind != WINDOW,
                               col(Clock.due_at) <= now).order_by(col(Clock.due_on).desc())
    return {clock.case_id: clock.due_on for clock in session.exec(rows) if clock.due_on}


def _chases(session: Session, made: Campaign) -> dict[int, tuple[Chase, ...]]:
    found: dict[int, tuple[Chase, ...]] = {}
    for one in session.exec(select(Chase).join(CampaignLine, col(CampaignLine.id) == col(Chase.line_id)).where(
            CampaignLine.campaign_id == made.id).order_by(col(Chase.id))):
        found[one.line_id] = (*found.get(one.line_id, ()), one)
    return found
