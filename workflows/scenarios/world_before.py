"""How the world stands before a scenario's first step: rates, households that already receive, funds."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from workflows.cases.tables import Household, Member
from workflows.office.tables import LocalRate
from workflows.payments import entitlements, funds
from workflows.payments.entitlements import Payee
from workflows.records.types import stored
from workflows.sample import fixture
from workflows.scenarios.shape import Given, GivenHousehold


def lay(session: Session, given: Given, now: datetime) -> None:
    """Write everything that is given."""
    _set_rates(session, given)
    for place, home in enumerate(given.households, start=1):
        _add_household(session, place, home, now)
    for source, yuan in given.funds.items():
        funds.allocate(session, source, _fen(yuan), "给定资金", now)


def _set_rates(session: Session, given: Given) -> None:
    """A scenario's rates take the place of the fixture's, whatever their day."""
    for row in session.exec(select(LocalRate).where(col(LocalRate.code).in_(given.rates))).all():
        session.delete(row)
    session.flush()
    session.add_all(LocalRate(code=code, scope=fixture.COUNTY, value=value, valid_from=date(2000, 1, 1),
                              source="scenario") for code, value in given.rates.items())


def _add_household(session: Session, place: int, home: GivenHousehold, now: datetime) -> None:
    row = Household(number=f"H{place:04d}", division_code=home.division, category=home.category)
    session.add(row)
    session.flush()
    people = [{"name": home.name, "id_number": home.id_number, "relation": "self"}, *home.members]
    session.add_all(Member(household_id=stored(row.id), name=one["name"], id_number=one["id_number"],
                           relation=one.get("relation", "other"),
                           died_on=home.died_on if one["id_number"] == home.id_number else None) for one in people)
    session.flush()
    if home.yuan:
        entitlements.grant(
            session, stored(row.id), None, f"给定{place}号", now.date(), _fen(home.yuan), 0, len(people), home.category,
            Payee(home.name, home.id_number, home.account, "ABC"), now, from_month=home.from_month,
            to_month=home.to_month, fund_source=home.fund, paid_till=home.paid_till)


def _fen(yuan: float) -> int:
    return round(yuan * 100)
