"""延长办理期限: signed by the county's lead for one of the law's reasons, and told to the applicant (A1 22)."""

from datetime import date, datetime

from sqlmodel import Session

from workflows import releases
from workflows.cases import access, chains, clocks, documents, paper_data, progress
from workflows.cases.tables import Case, Clock
from workflows.errors import NotFound
from workflows.office import jurisdiction, permissions
from workflows.office.people import Officer
from workflows.office.tables import Role
from workflows.records import audit

TOTAL = "total"


def sign(session: Session, case_id: int, reason: str, who: Officer, now: datetime) -> Clock:
    """Extend the whole limit; refuses an unknown reason, a second extension, and anybody but the county's lead."""
    case = progress.locked(session, case_id)
    access.demand_sight(session, case, who)
    permissions.demand(permissions.why_not(who, "extend_limit", case.division_code))
    published = releases.load(session, case.release_id)
    clock = clocks.extend(session, case, published.process, TOTAL, reason, who.name, now)
    clocks.press(session, case, published.process, now.date())
    _tell(session, case, clock, who, now)
    audit.append(session, chains.of(case.id), who.actor(Role.COUNTY_LEAD), "clock.extend", now,
                 summary=f"延长办理期限:{reason}", before={"due_on": (clock.extension or {})["due_before"]},
                 after={"due_on": clock.due_on.isoformat(), "reason": reason})
    session.add(case)
    progress.refresh(session, case, progress.Cause(now, who, Role.COUNTY_LEAD))
    return clock


def _tell(session: Session, case: Case, clock: Clock, who: Officer, now: datetime) -> None:
    if case.accepted_at is None:
        raise NotFound("No limit that could be extended is running.")
    unit = jurisdiction.unit_for(session, Role.COUNTY_LEAD, case.division_code)
    data = {"issuer": unit.name, "applicant": case.subject, "case_no": case.number, "phone": paper_data.phone(unit),
            "accepted_on": case.accepted_at.date(), "new_due_on": clock.due_on, "approved_by": who.name,
            "old_due_on": date.fromisoformat(str((clock.extension or {})["due_before"])),
            "reason": str((clock.extension or {})["reason"])}
    documents.issue(session, "extension_notice", data, now, division_code=case.division_code, addressee=case.subject,
                    case_id=case.id)
