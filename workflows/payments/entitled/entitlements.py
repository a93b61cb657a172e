"""What a decision grants, changes or stops."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from workflows.cases.tables import Case, Household
from workflows.errors import Conflict
from workflows.office.accrual import NEXT_MONTH, first_month
from workflows.office.people import Officer
from workflows.payments import duties, months
from workflows.payments.money import yuan
from workflows.payments.tables import Entitlement, PayeeException
from workflows.records import audit


@dataclass(frozen=True)
class Payee:
    """Where the money goes."""

    name: str
    id_number: str
    account_number: str
    bank_code: str


def grant(session: Session, household_id: int, case: Case | None, decision_no: str, decided_on: date,
          base_fen: int, supplement_fen: int, people: int, category: str, payee: Payee, now: datetime,
          who: Officer | None = None, *, scheme: str, accrual_start: str = NEXT_MONTH,
          from_month: str | None = None, to_month: str | None = None, fund_source: str = "01",
          paid_till: str | None = None, once: bool = False) -> Entitlement:
    """Grant a household an amount a month; `paid_till` marks what was paid before these books began.

    `once`: the amount of one month alone, which may come on top of another.
    """
    start = from_month or first_month(decided_on, accrual_start)
    if once:
        to_month = start
    else:
        _refuse_overlap(session, household_id, scheme, start, to_month)
    given = Entitlement(
        household_id=household_id, case_id=case.id if case else None, scheme=scheme, decision_no=decision_no,
        decided_on=decided_on, category=category, base_fen=base_fen, supplement_fen=supplement_fen, people=people,
        from_month=start, to_month=to_month, paid_till=paid_till, fund_source=fund_source, payee_name=payee.name,
        payee_id_number=payee.id_number, account_number=payee.account_number, bank_code=payee.bank_code)
    session.add(given)
    session.flush()
    _note(session, given, "entitlement.grant", f"{decision_no} 自{start}起每月{yuan(base_fen + supplement_fen)}元", now, who)
    return given


def stop(session: Session, given: Entitlement, from_month: str, reason: str, decision_no: str, now: datetime,
         who: Officer | None = None) -> Entitlement:
    """Nothing more from that month on."""
    if given.to_month is not None and given.to_month < from_month:
        raise Conflict("This entitlement has ended in {month} already.", month=given.to_month)
    given.to_month, given.stop_reason = months.before(from_month), reason
    session.add(given)
    _note(session, given, "entitlement.stop", f"{decision_no} 自{from_month}起停发:{reason}", now, who)
    return given


def change(session: Session, given: Entitlement, from_month: str, case: Case | None, decision_no: str,
           decided_on: date, base_fen: int, supplement_fen: int, people: int, now: datetime,
           who: Officer | None = None) -> Entitlement:
    """Another amount from that month on, by a new decision; earlier months keep the old one."""
    until = given.to_month
    given.to_month = months.before(from_month)
    session.add(given)
    session.flush()
    payee = Payee(given.payee_name, given.payee_id_number, given.account_number, given.bank_code)
    made = grant(session, given.household_id, case, decision_no, decided_on, base_fen, supplement_fen, people,
                 given.category, payee, now, who, scheme=given.scheme, from_month=from_month, to_month=until,
                 fund_source=given.fund_source, paid_till=given.paid_till)
    made.held_from, made.held_to, made.held_reason = given.held_from, given.held_to, given.held_reason
    made.stop_reason = given.stop_reason if until else ""
    session.add(made)
    return made


def hold(session: Session, given: Entitlement, from_month: str, to_month: str, reason: str, now: datetime,
         who: Officer | None = None) -> Entitlement:
    """Payment waits in these months, the right goes on."""
    given.held_from, given.held_to, given.held_reason = from_month, to_month, reason
    session.add(given)
    _note(session, given, "entitlement.suspend", f"{from_month}至{to_month}暂缓发放:{reason}", now, who)
    return given


def release(session: Session, given: Entitlement, now: datetime, who: Officer | None = None) -> Entitlement:
    """Payment waits no more: what waited is due again."""
    given.held_from, given.held_to, given.held_reason = None, None, ""
    session.add(given)
    _note(session, given, "entitlement.resume", "恢复发放", now, who)
    return given


def restore(session: Session, given: Entitlement, case: Case | None, decision_no: str, decided_on: date,
            now: datetime, who: Officer | None = None) -> Entitlement:
    """Undo a stop from its first month on, by a new decision: the months between are owed (PY-15)."""
    if given.to_month is None:
        raise Conflict("This entitlement was not stopped.")
    payee = Payee(given.payee_name, given.payee_id_number, given.account_number, given.bank_code)
    return grant(session, given.household_id, case, decision_no, decided_on, given.base_fen, given.supplement_fen,
                 given.people, given.category, payee, now, who, scheme=given.scheme,
                 from_month=months.after(given.to_month), fund_source=given.fund_source, paid_till=given.paid_till)


def change_account(session: Session, given: Entitlement, payee: Payee, now: datetime,
                   who: Officer | None = None) -> Entitlement:
    """Pay to another account from now on."""
    given.payee_name, given.payee_id_number = payee.name, payee.id_number
    given.account_number, given.bank_code = payee.account_number, payee.bank_code
    session.add(given)
    _note(session, given, "entitlement.change_account", "收款账户变更", now, who)
    return given


def file_exception(session: Session, household_id: int, payee: Payee, agreement_no: str, filed_on: date,
                   now: datetime, who: Officer | None = None, *, ends_on: date | None = None) -> PayeeException:
    """File a written agreement that lets somebody outside the household receive its money (A1 26)."""
    filed = PayeeException(household_id=household_id, payee_name=payee.name, payee_id_number=payee.id_number,
                           agreement_no=agreement_no, filed_on=filed_on, ends_on=ends_on)
    session.add(filed)
    session.flush()
    audit.append(session, f"household:{household_id}", duties.actor(who), "payee_exception.file", now,
                 summary=f"代领协议备案 {agreement_no}")
    return filed


def in_month(session: Session, month: str, scheme: str, division: str = "") -> list[Entitlement]:
    """All entitlements that cover that month, on that ground."""
    return list(session.exec(
        _on_ground(scheme, division).where(
            col(Entitlement.from_month) <= month,
            or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= month))
        .order_by(col(Entitlement.id))))


def until(session: Session, month: str, scheme: str, division: str, decided_by: date) -> list[Entitlement]:
    """All entitlements that began by that month and were decided by that day, ended ones too."""
    return list(session.exec(
        _on_ground(scheme, division).where(col(Entitlement.from_month) <= month,
                                           col(Entitlement.decided_on) <= decided_by)
        .order_by(col(Entitlement.household_id), col(Entitlement.from_month), col(Entitlement.id))))


def of_households(session: Session, scheme: str, homes: Collection[int]) -> dict[int, list[Entitlement]]:
    """All entitlements of these households, ended ones too."""
    found: dict[int, list[Entitlement]] = {}
    for given in session.exec(select(Entitlement).where(
            Entitlement.scheme == scheme, col(Entitlement.household_id).in_(homes)).order_by(col(Entitlement.id))):
        found.setdefault(given.household_id, []).append(given)
    return found


def covers(given: Entitlement, month: str) -> bool:
    """Whether something is due for that month."""
    return given.from_month <= month and (given.to_month is None or given.to_month >= month)


def owed(rows: Sequence[Entitlement], through: str) -> Mapping[str, int]:
    """What these decisions grant month by month up to and including `through`, without months paid elsewhere."""
    due: dict[str, int] = {}
    for given in rows:
        start = max(given.from_month, months.after(given.paid_till)) if given.paid_till else given.from_month
        for month in months.span(start, min(given.to_month or through, through)):
            due[month] = due.get(month, 0) + given.base_fen + given.supplement_fen
    return due


def _on_ground(scheme: str, division: str) -> SelectOfScalar[Entitlement]:
    return (select(Entitlement).join(Household, col(Household.id) == col(Entitlement.household_id))
            .where(Entitlement.scheme == scheme, col(Household.division_code).startswith(division)))


def _refuse_overlap(session: Session, household_id: int, scheme: str, start: str, end: str | None) -> None:
    others = session.exec(select(Entitlement).where(
        Entitlement.household_id == household_id, Entitlement.scheme == scheme,
        or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= start))).all()
    for other in others:
        ends_before_it_starts = other.to_month is not None and other.to_month < other.from_month
        if not ends_before_it_starts and (end is None or other.from_month <= end):
            raise Conflict("This household has an entitlement from {month} already, by decision {decision}.",
                           month=other.from_month, decision=other.decision_no)


def _note(session: Session, given: Entitlement, action: str, summary: str, now: datetime,
          who: Officer | None) -> None:
    audit.append(session, f"household:{given.household_id}", duties.actor(who), action, now, summary=summary,
                 after={"entitlement": given.id, "decision_no": given.decision_no, "from": given.from_month,
                        "to": given.to_month, "base_fen": given.base_fen, "supplement_fen": given.supplement_fen})
