"""The household that a case leaves behind in the register."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from workflows.cases.tables import Case, Household, Member
from workflows.payments.entitlements import Payee
from workflows.records.session import alone
from workflows.records.types import stored


def from_application(session: Session, case: Case, application: Mapping[str, Any], now: datetime) -> Household:
    """The case's household: made when it has none, brought up to date when it has one."""
    home = session.get(Household, case.household_id) if case.household_id else None
    if home is None:
        home = Household(number=_number(session, case.division_code, now), division_code=case.division_code, category="urban")
    home.category = str(application.get("protection_category") or home.category)
    home.division_code = str(application.get("registered_division") or case.division_code)
    home.address = str(application.get("residence_address") or application.get("registered_address") or home.address)
    home.phone = str(application.get("phone") or home.phone)
    session.add(home)
    session.flush()
    case.household_id = home.id
    session.add(case)
    _members(session, home, application)
    return home


def payee(application: Mapping[str, Any]) -> Payee:
    """Who receives the money: the member the account is in the name of, else the applicant."""
    holder = str(application.get("account_holder") or application["applicant_name"])
    named = next((m["id_number"] for m in application.get("members") or [] if m.get("name") == holder), None)
    return Payee(holder, str(named or application["applicant_id_number"]), str(application.get("account_number") or ""),
                 str(application.get("bank_code") or ""))


def _members(session: Session, home: Household, application: Mapping[str, Any]) -> None:
    """Who is counted in the household (A1 7); who is no longer declared leaves it, the dead stay on record."""
    counted = [m for m in application.get("members") or [] if not m.get("excluded_reason")]
    declared = {str(m["id_number"]): m for m in counted}
    applicant = str(application["applicant_id_number"])
    declared.setdefault(applicant, {"name": application["applicant_name"], "relation": "self"})
    known = {m.id_number: m for m in session.exec(select(Member).where(Member.household_id == home.id))}
    for number, member in declared.items():
        row = known.get(number) or Member(household_id=stored(home.id), id_number=number, name="", relation="")
        row.name, row.relation = str(member["name"]), str(member.get("relation") or "other")
        session.add(row)
    for number, row in known.items():
        if number not in declared and row.died_on is None:
            session.delete(row)
    session.flush()


def _number(session: Session, division: str, now: datetime) -> str:
    """County, year and a running number, never used twice; numbers of another make, from an import, don't count."""
    head = f"{division[:6]}{now:%Y}"
    alone(session, head)
    ours = select(Household.number).where(col(Household.number).regexp_match(f"^{head}[0-9]{{5,7}}$"))
    last = session.exec(ours.order_by(func.length(Household.number).desc(), col(Household.number).desc())).first()
    return f"{head}{int(last.removeprefix(head)) + 1 if last else 1:05d}"
