"""投诉举报: registered while a case runs; the county must then visit the home itself (A1 20)."""

from datetime import datetime

from sqlmodel import Session

from workflows.cases import access, chains, facts, progress
from workflows.cases.tables import Case
from workflows.errors import Conflict, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit

FACT = "complaint"
ACTION = "complaint.register"


def register(session: Session, case_id: int, text: str, name: str, phone: str, who: Officer, now: datetime) -> Case:
    """Keep a complaint about a running case; who complained stands in no log and is not shown to the village."""
    case = progress.locked(session, case_id)
    access.demand_sight(session, case, who)
    permissions.demand(why_not(case, who))
    if not text.strip():
        raise Conflict("Please say what the complaint is about.")
    role = permissions.role_for(who, "register_complaint", case.division_code)
    audit.append(session, chains.of(case.id), who.actor(role), ACTION, now, summary="登记投诉举报")
    keep(session, case, (text, name, phone), progress.Cause(now, who, role))
    return case


def keep(session: Session, case: Case, told: tuple[str, str, str], cause: progress.Cause) -> None:
    """Text, name and phone become a fact of a running case."""
    text, name, phone = (part.strip()[:most] for part, most in zip(told, (2000, 50, 30), strict=True))
    said = {"text": text, "name": name, "phone": phone, "received_on": cause.now.date()}
    progress.note(session, case, {FACT: [*(facts.known_as(case, FACT) or []), said]}, audit.SYSTEM.name, cause)


def why_not(case: Case, who: Officer) -> Refusal | None:
    """Why somebody may not register a complaint about that case; None: he may."""
    if case.ended_at is not None:
        return Conflict("This case has ended.")
    return permissions.why_not(who, "register_complaint", case.division_code)
