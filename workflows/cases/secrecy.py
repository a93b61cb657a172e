"""Secret matters: who finds their cases in lists, and the log of who read one or looked for one in vain."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false
from sqlmodel import Session, and_, col, or_, select

from workflows import releases
from workflows.cases import access, chains
from workflows.cases.tables import Case, CasePerson
from workflows.office import jurisdiction, permissions
from workflows.office.people import Officer
from workflows.records import audit

READ, SOUGHT = "case.read", "case.seek"
MOST = 20       # cases one search is logged in


def on_ground(session: Session, who: Officer, roles: Collection[str] = permissions.READERS) -> ColumnElement[bool]:
    """Cases on the grounds of these roles; a secret matter's only on those of the roles it is open to."""
    secret = _secret(session)
    found: list[Any] = [and_(col(Case.process).not_in(secret), _within(who, roles))]
    found += [and_(col(Case.process) == process, _within(who, open_to)) for process, open_to in secret.items()]
    return or_(*found)


def sought(session: Session, who: Officer, text: str) -> list[Case]:
    """The secret cases that a search meets and may not show."""
    wanted, secret = text.strip(), _secret(session)
    if not wanted or not secret:
        return []
    found = select(Case).where(col(Case.process).in_(secret), met(wanted)).order_by(col(Case.id).desc()).limit(MOST)
    return [case for case in session.exec(found) if not access.may_see(session, case, who)]


def met(wanted: str) -> ColumnElement[bool]:
    """Cases by number or subject, or by a person's ID number or whole name."""
    people = select(CasePerson.case_id).where((CasePerson.id_number == wanted.upper()) | (CasePerson.name == wanted))
    return or_(col(Case.number).contains(wanted.upper()), col(Case.subject).contains(wanted), col(Case.id).in_(people))


def log_search(session: Session, who: Officer, text: str, now: datetime) -> None:
    """Who looks for a secret case in vain stands in that case's log; what he typed does not."""
    for case in sought(session, who, text):
        audit.append(session, chains.of(case.id), who.actor(), SOUGHT, now, summary="查找保密办件，未予显示")


def log_read(session: Session, case: Case, who: Officer, now: datetime) -> None:
    """Every reading of a secret case is logged."""
    audit.append(session, chains.of(case.id), who.actor(), READ, now, summary="查阅保密办件")


def number_for(session: Session, who: Officer, case: Case) -> str:
    """A case's number for a list of other things; empty where not even that is the person's to know."""
    return "" if is_secret(session, case) and not access.may_see(session, case, who) else case.number


def is_secret(session: Session, case: Case) -> bool:
    """Whether its version of the process says so."""
    return releases.load(session, case.release_id).process.sight.secret


def _secret(session: Session) -> Mapping[str, Collection[str]]:
    return {name: process.sight.open_to for name, process in releases.described(session).items() if process.sight.secret}


def _within(who: Officer, roles: Collection[str]) -> ColumnElement[bool]:
    grounds = {held.division_code for held in who.duties if held.role in roles}
    return jurisdiction.within(Case.division_code, grounds) if grounds else false()
