"""What the bureau knows of a family that asks for relief: by the books, never by what was typed."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from workflows.cases import facts
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, CasePerson, Household, Member
from workflows.office import rates
from workflows.payments import months
from workflows.payments.tables import Entitlement
from workflows.registers import found
from workflows.registers.found import Wanted


@effect("relief_standing")
def standing(step: Step) -> Mapping[str, object]:
    """Whether the people of the case receive dibao, are recognised as a rigid-expenditure family, or are flagged."""
    numbers = list(step.session.exec(select(CasePerson.id_number).where(CasePerson.case_id == step.case.id)))
    today = step.now.date()
    category = "dibao" if _receives(step.session, numbers, today) else \
        "rigid" if _known(step.session, "rigid_expenditure", numbers, today) else "other"
    return {"standing": {"category": category, "report_valid": _checked(step.session, step.case, numbers, today),
                         "flagged": _known(step.session, "relief_flag", numbers, today)}}


def _receives(session: Session, numbers: Sequence[str], today: date) -> bool:
    paid = select(Entitlement.id).join(Household, col(Household.id) == col(Entitlement.household_id)).join(
        Member, col(Member.household_id) == col(Household.id)).where(
        col(Member.id_number).in_(numbers), Entitlement.scheme == "dibao", col(Member.died_on).is_(None),
        or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= months.of(today)))
    return session.exec(paid).first() is not None


def _known(session: Session, register: str, numbers: Sequence[str], today: date) -> bool:
    return bool(found.entries(session, Wanted(register, "id_number", tuple(numbers)), today))


def _checked(session: Session, case: Case, numbers: Sequence[str], today: date) -> bool:
    """Whether a check of these people's means, made for another case, is still fresh."""
    fresh = rates.value(session, "dibao.check_fresh_months", today, case.division_code)
    others = session.exec(select(Case).join(CasePerson, col(CasePerson.case_id) == col(Case.id)).where(
        col(CasePerson.id_number).in_(numbers), Case.id != case.id).distinct())
    return any(_months_ago(str(check["queried_on"]), today) < int(str(fresh)) for other in others
               if isinstance(check := facts.known(other).get("data_check"), Mapping) and check.get("queried_on"))


def _months_ago(day: str, today: date) -> int:
    then = date.fromisoformat(day[:10])
    return (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
