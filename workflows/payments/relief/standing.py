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
from workflows.records import days
from workflows.registers import found
from workflows.registers.found import Wanted

RECEIVING = ("destitute", "dibao")     # schemes that stand for a category of their own, the stronger first
RECOGNISED = {"marginal": ("dibao_marginal", "person"), "rigid": ("rigid_expenditure", "id_number")}
FLAGGED = ("relief_flag", "id_number")
OTHER = "other"


@effect("relief_standing")
def standing(step: Step) -> Mapping[str, object]:
    """What the people of the case receive or are recognised as, whether their means were checked lately, whether they are flagged."""
    numbers = list(step.session.exec(select(CasePerson.id_number).where(CasePerson.case_id == step.case.id)))
    today = step.now.date()
    return {"standing": {"category": _category(step.session, numbers, today), "report_valid": _checked(step.session, step.case, numbers, today),
                         "flagged": _listed(step.session, FLAGGED, numbers, today)}}


def _category(session: Session, numbers: Sequence[str], today: date) -> str:
    received = _received(session, numbers, today)
    recognised = (name for name, register in RECOGNISED.items() if _listed(session, register, numbers, today))
    return next((one for one in RECEIVING if one in received), None) or next(recognised, OTHER)


def _received(session: Session, numbers: Sequence[str], today: date) -> set[str]:
    paid = select(Entitlement.scheme).join(Household, col(Household.id) == col(Entitlement.household_id)).join(
        Member, col(Member.household_id) == col(Household.id)).where(
        col(Member.id_number).in_(numbers), col(Entitlement.scheme).in_(RECEIVING), col(Member.died_on).is_(None),
        or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= months.of(today)))
    return set(session.exec(paid.distinct()))


def _listed(session: Session, register: tuple[str, str], numbers: Sequence[str], today: date) -> bool:
    return bool(found.entries(session, Wanted(*register, tuple(numbers)), today))


def _checked(session: Session, case: Case, numbers: Sequence[str], today: date) -> bool:
    """Whether a check of these people's means, made for another case, is still fresh."""
    fresh = rates.value(session, "dibao.check_fresh_months", today, case.division_code)
    others = session.exec(select(Case).join(CasePerson, col(CasePerson.case_id) == col(Case.id)).where(
        col(CasePerson.id_number).in_(numbers), Case.id != case.id).distinct())
    checks = (facts.known(other).get("data_check") for other in others)
    queried = (days.read(check.get("queried_on")) for check in checks if isinstance(check, Mapping))
    return any(on is not None and _months_ago(on, today) < int(str(fresh)) for on in queried)


def _months_ago(then: date, today: date) -> int:
    return (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
