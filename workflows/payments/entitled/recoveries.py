"""Money paid too much: asked back by decision, repaid, offset with consent, or written off (disbursement 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from workflows.errors import Conflict
from workflows.office.people import Officer
from workflows.payments import duties, months, rules
from workflows.payments.tables import Entitlement, Recovery
from workflows.records import audit

REPAYMENT, OFFSET, WRITE_OFF = "repayment", "offset", "write_off"


@dataclass(frozen=True)
class Ruling:
    """The decision that asks the money back."""

    decision_no: str
    decided_on: date
    reason: str
    way: str
    per_month_fen: int = 0
    consent: bool = False


def decide(session: Session, given: Entitlement, too_much: Mapping[str, int], ruling: Ruling, division: str,
           who: Officer | None, now: datetime) -> Recovery:
    """Ask money back, month by month; offsetting needs consent and stays below the limit."""
    role = duties.need(who, division, "decide_recovery")
    if not too_much or any(fen <= 0 or not months.is_month(month) for month, fen in too_much.items()):
        raise Conflict("Name each month and the amount paid too much.")
    if ruling.way == OFFSET:
        _check_offset(session, given, ruling, division)
    asked = Recovery(household_id=given.household_id, scheme=given.scheme, decision_no=ruling.decision_no,
                     decided_on=ruling.decided_on, reason=ruling.reason, months=dict(too_much), way=ruling.way,
                     per_month_fen=ruling.per_month_fen)
    session.add(asked)
    session.flush()
    _note(session, asked, "recovery.decide", f"{ruling.decision_no} 追回:{ruling.reason}", who, role, now)
    return asked


def repaid(session: Session, asked: Recovery, fen: int, receipt: str, division: str, who: Officer | None,
           now: datetime) -> None:
    """Money came back to the treasury; it never returns to a roster."""
    role = duties.need(who, division, "book_repayment")
    if not 0 < fen <= sum(asked.months.values()) - asked.settled_fen:
        raise Conflict("More than was asked back can't be repaid.")
    asked.settled_fen += fen
    session.add(asked)
    _note(session, asked, "recovery.repaid", f"退缴国库 {receipt}", who, role, now)


def _check_offset(session: Session, given: Entitlement, ruling: Ruling, division: str) -> None:
    limit = rules.of(session, ruling.decided_on, division).offset_limit_percent
    most = (given.base_fen + given.supplement_fen) * limit // 100
    if not ruling.consent:
        raise Conflict("Offsetting against later months needs the household's consent.")
    if not 0 < ruling.per_month_fen <= most:
        raise Conflict("At most {percent} % of a month may be kept back.", percent=limit)


def _note(session: Session, asked: Recovery, action: str, summary: str, who: Officer | None, role: str,
          now: datetime) -> None:
    audit.append(session, f"household:{asked.household_id}", duties.actor(who, role), action, now, summary=summary,
                 after={"recovery": asked.id, "months": asked.months, "way": asked.way, "settled": asked.settled_fen})
