"""What a case's decision grants, as the drawing's `grant_entitlement` says it in FEEL: an amount a month, or single months."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from workflows.cases.effects import Step, effect
from workflows.cases.tables import Member
from workflows.errors import Conflict
from workflows.office.accrual import first_month
from workflows.payments import months, schemes
from workflows.payments.entitled import asked, entitlements, households
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.entitled.households import Resident
from workflows.payments.tables import Entitlement, PayeeException
from workflows.records import days
from workflows.records.types import stored


@dataclass(frozen=True)
class Granted:
    """The decision, and the terms that hold for every month of it."""

    scheme: str
    number: str
    decided_on: date
    persons: int
    payee: Payee
    fund_source: str


@effect("grant_entitlement")
def grant(step: Step) -> Mapping[str, object]:
    """Register `people` as a household and grant it `amount_fen` a month, or the single months of `plan`.

    With `again` = yes who received this before, and does no more, comes back into the old household's file.
    """
    people = [_resident(step, one) for one in asked.rows(step, "people")]
    if step.node.properties.get("again") == "yes" and step.case.household_id is None:
        step.case.household_id = _old_file(step, people)
    home = households.of_case(step.session, step.case, people, asked.row(step, "home"), step.now)
    terms = _terms(step, len(people))
    given = [*_planned(step, stored(home.id), terms)] or [_monthly(step, stored(home.id), terms)]
    return {"entitlement": {"id": given[0].id, "from_month": given[0].from_month, "household": home.number}}


@effect("file_agreement")
def file_agreement(step: Step) -> None:
    """The `payee` may take this household's money by the written `agreement`, till the day `to` (A1 26); filed once."""
    said, home = asked.row(step, "payee"), step.case.household_id
    payee = Payee(*(str(said.get(word) or "") for word in ("name", "id_number", "account_number", "bank_code")))
    if home is None or not payee.id_number or not asked.text(step, "agreement"):
        raise Conflict("An agreement needs its number, and who takes the money for which household.")
    filed = select(PayeeException.id).where(PayeeException.household_id == home, PayeeException.agreement_no == asked.text(step, "agreement"),
                                            PayeeException.payee_id_number == payee.id_number)
    if step.session.exec(filed).first() is None:
        entitlements.file_exception(step.session, home, payee, asked.text(step, "agreement"), step.now.date(), step.now, step.who,
                                    ends_on=days.read(asked.value(step, "to")))


def _old_file(step: Step, people: list[Resident]) -> int | None:
    """The household whose head one of these people was when it received this, if it has ended."""
    scheme, month = asked.scheme(step), months.of(step.now.date())
    found = step.session.exec(select(Entitlement).join(Member, col(Member.household_id) == col(Entitlement.household_id)).where(
        Entitlement.scheme == scheme, Member.relation == "self", col(Member.id_number).in_([one.id_number for one in people]))
        .order_by(col(Entitlement.id).desc())).all()
    ended = bool(found) and all(one.to_month is not None and one.to_month <= month for one in found)
    return found[0].household_id if ended else None


def _terms(step: Step, people: int) -> Granted:
    scheme = asked.scheme(step)
    decision = asked.row(step, "decision")
    return Granted(scheme, str(decision.get("number") or step.case.number), days.read(decision.get("decided_on")) or step.now.date(),
                   asked.fen(step, "persons") or people, _payee(step),
                   str(asked.value(step, "fund_source") or schemes.rule(step.session, scheme).fund_source))


def _monthly(step: Step, home: int, terms: Granted) -> Entitlement:
    """From `from` on, else from the month the scheme's rule says; for so many `months`, else till it is stopped."""
    amount = asked.fen(step, "amount_fen")
    if not amount:
        raise Conflict("“{property}” of element {node} must give an amount.", property="amount_fen", node=step.node.id)
    accrual = schemes.accrual_start(step.session, terms.scheme, terms.decided_on, step.case.division_code)
    start = asked.month(step, asked.value(step, "from")) or first_month(terms.decided_on, accrual)
    count = asked.fen(step, "months")
    return _give(step, home, terms, start, amount, supplement=asked.fen(step, "supplement_fen"),
                 to_month=months.add(start, count - 1) if count else None)


def _planned(step: Step, home: int, terms: Granted) -> Iterator[Entitlement]:
    """One approval, paid in stages: each single month with its amount."""
    for stage in asked.rows(step, "plan"):
        month, amount = asked.month(step, stage.get("month")), int(stage.get("amount_fen") or 0)
        if not month or amount <= 0:
            raise Conflict("Every stage of a plan needs its month and its amount.")
        yield _give(step, home, terms, month, amount, once=True)


def _give(step: Step, home: int, terms: Granted, start: str, amount: int, *, supplement: int = 0,
          to_month: str | None = None, once: bool = False) -> Entitlement:
    category = str(asked.row(step, "home").get("category") or "")
    return entitlements.grant(
        step.session, home, step.case, terms.number, terms.decided_on, amount, supplement, terms.persons, category, terms.payee,
        step.now, step.who, scheme=terms.scheme, from_month=start, to_month=to_month, fund_source=terms.fund_source, once=once)


def _payee(step: Step) -> Payee:
    said = asked.row(step, "payee")
    return Payee(*(str(said.get(word) or "") for word in ("name", "id_number", "account_number", "bank_code")))


def _resident(step: Step, row: asked.Row) -> Resident:
    if not row.get("name") or not row.get("id_number"):
        raise Conflict("“{property}” of element {node} must give names and ID numbers.", property="people", node=step.node.id)
    return Resident(str(row["name"]), str(row["id_number"]), str(row.get("relation") or "other"))
