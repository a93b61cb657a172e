"""A returned line's account, corrected by one person and approved by another (PY-5)."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from workflows.cases.tables import Member
from workflows.errors import Conflict, NotFound
from workflows.office.people import Officer
from workflows.payments import cycles, duties
from workflows.payments.entitled import entitlements
from workflows.payments.roster import checks as roster_checks
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.refusals import NotFinal, WrongState
from workflows.payments.tables import Correction, Cycle, Entitlement, Line, LineState, PayeeException
from workflows.records.types import stored


def correct(session: Session, line: Line, payee: Payee, reason: str, who: Officer, now: datetime, *,
            case_id: int | None = None) -> Correction:
    """Say where the money should go; it goes nowhere until another person approves."""
    cycle = cycles.hold_line(session, line)
    role = duties.need(who, cycle.division_code, "correct_account")
    _need_returned(line)
    _check(session, line, payee, now)
    made = open_one(session, line)
    if made:
        made.rejected_at = now  # the newer one stands in its place
        session.add(made)
    made = Correction(line_id=stored(line.id), case_id=case_id, payee_name=payee.name,
                      payee_id_number=payee.id_number, account_number=payee.account_number,
                      bank_code=payee.bank_code, reason=reason, made_by=who.id, made_at=now)
    session.add(made)
    session.flush()
    cycles.note(session, cycle, "correction.make", f"账户更正:{reason}", now, who, role,
                after={"line": line.id, "correction": made.id})
    return made


def approve(session: Session, made: Correction, who: Officer, now: datetime) -> Line:
    """A second person agrees: the line may be sent again, and later months go to the new account."""
    line, cycle = _held(session, made)
    role = duties.need(who, cycle.division_code, "approve_correction")
    duties.apart(who, [made.made_by])
    _need_open(made)
    _need_returned(line)
    made.approved_by, made.approved_at = who.id, now
    line.state = LineState.CORRECTED
    session.add_all([made, line])
    _pay_there_from_now_on(session, line, made, now, who)
    cycles.note(session, cycle, "correction.approve", "账户更正已核准", now, who, role,
                after={"line": line.id, "correction": made.id})
    return line


def reject(session: Session, made: Correction, comment: str, who: Officer, now: datetime) -> None:
    """The second person does not agree: the clerk has to correct again."""
    line, cycle = _held(session, made)
    role = duties.need(who, cycle.division_code, "approve_correction")
    duties.apart(who, [made.made_by])
    _need_open(made)
    made.rejected_at = now
    session.add(made)
    cycles.note(session, cycle, "correction.reject", f"账户更正退回:{comment}", now, who, role,
                after={"line": line.id, "correction": made.id})


def _held(session: Session, made: Correction) -> tuple[Line, Cycle]:
    """The correction's line and cycle, held and read anew, as is the correction itself."""
    line = session.get_one(Line, made.line_id)
    cycle = cycles.hold_line(session, line)
    session.refresh(made)
    return line, cycle


def open_one(session: Session, line: Line) -> Correction | None:
    """The correction that awaits approval, if any."""
    return session.exec(select(Correction).where(
        Correction.line_id == line.id, col(Correction.approved_at).is_(None), col(Correction.rejected_at).is_(None))
        .order_by(col(Correction.id).desc())).first()


def must_open(session: Session, line: Line) -> Correction:
    """The correction that awaits approval."""
    made = open_one(session, line)
    if made is None:
        raise NotFound("There is no correction to approve.")
    return made


def _need_returned(line: Line) -> None:
    if line.state in (LineState.UNKNOWN, LineState.SENT):
        raise NotFinal
    if line.state != LineState.RETURNED:
        raise WrongState


def _need_open(made: Correction) -> None:
    if made.approved_at is not None or made.rejected_at is not None:
        raise WrongState


def _check(session: Session, line: Line, payee: Payee, now: datetime) -> None:
    """The account's form, and whose it is: the real holder, not the one whose number is in the books (V9)."""
    if not roster_checks.ACCOUNT.fullmatch(payee.account_number):
        raise Conflict(roster_checks.WRONG["bad_account"].text)
    if not payee.name.strip():
        raise Conflict(roster_checks.WRONG["no_payee"].text)
    members = session.exec(select(Member).where(Member.household_id == line.household_id)).all()
    filed = session.exec(select(PayeeException).where(PayeeException.household_id == line.household_id)).all()
    if not roster_checks.holder_allowed(payee, line, members, filed, now.date()):
        raise Conflict("The holder is no member of the household: give the holder's ID number and the filed agreement.")


def _pay_there_from_now_on(session: Session, line: Line, made: Correction, now: datetime, who: Officer) -> None:
    payee = Payee(made.payee_name, made.payee_id_number, made.account_number, made.bank_code)
    for given in session.exec(select(Entitlement).where(
            Entitlement.household_id == line.household_id, Entitlement.scheme == line.scheme,
            or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= line.month))):
        if given.account_number == line.account_number or given.id == line.entitlement_id:
            entitlements.change_account(session, given, payee, now, who)
