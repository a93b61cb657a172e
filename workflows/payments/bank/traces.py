"""From a bank serial to the decision and back, in one look (V12, PY-18)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from workflows.errors import NotFound
from workflows.office.tables import Person
from workflows.payments.tables import Attempt, BankFile, Cycle, Entitlement, Line, Roster, Signature


@dataclass(frozen=True)
class Trace:
    """One payment with all that it rests on."""

    line: Line
    entitlement: Entitlement
    cycle: Cycle
    roster: Roster
    signers: Sequence[tuple[Signature, str]]
    attempts: Sequence[Attempt]
    files: Sequence[BankFile]


def by_serial(session: Session, serial: str) -> Trace:
    """The payment with that bank serial number."""
    attempt = session.exec(select(Attempt).where(Attempt.bank_serial == serial)).first()
    if attempt is None or not serial:
        raise NotFound("There is no payment with the serial number {serial}.", serial=serial)
    return of(session, session.get_one(Line, attempt.line_id))


def of(session: Session, line: Line) -> Trace:
    """The trace of a line."""
    cycle = session.get_one(Cycle, line.cycle_id)
    roster = session.exec(select(Roster).where(Roster.cycle_id == cycle.id).order_by(col(Roster.version).desc())).first()
    if roster is None:
        raise NotFound
    signers = session.exec(select(Signature, Person.name).join(Person, col(Person.id) == col(Signature.person_id))
                           .where(Signature.roster_id == roster.id, col(Signature.voided_at).is_(None))
                           .order_by(col(Signature.level), col(Signature.id))).all()
    attempts = session.exec(select(Attempt).where(Attempt.line_id == line.id).order_by(col(Attempt.number))).all()
    files = [session.get_one(BankFile, attempt.file_id) for attempt in attempts]
    return Trace(line, session.get_one(Entitlement, line.entitlement_id), cycle, roster, list(signers), attempts, files)


def of_household(session: Session, household_id: int) -> list[Line]:
    """All of a household's lines, the newest month first."""
    return list(session.exec(select(Line).where(Line.household_id == household_id)
                             .order_by(col(Line.month).desc(), col(Line.id).desc())))


def of_case(session: Session, case_id: int) -> list[Line]:
    """All that was paid on the decisions of a case, month by month."""
    return list(session.exec(select(Line).join(Entitlement, col(Entitlement.id) == col(Line.entitlement_id))
                             .where(Entitlement.case_id == case_id).order_by(col(Line.month))))
