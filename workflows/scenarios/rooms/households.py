"""Scenario words about households that already receive before the first step."""

from datetime import date

from pydantic import Field

from workflows.cases.tables import Household, Member
from workflows.payments.entitled import entitlements
from workflows.payments.taking_over import registered as taken_over
from workflows.payments.entitled.entitlements import Payee
from workflows.records.audit import SYSTEM
from workflows.records.types import stored
from workflows.scenarios.shape import Shape, fen
from workflows.scenarios.words import Before, given


class GivenHousehold(Shape):
    """A household that already receives: by its head's name; amounts in yuan."""

    name: str
    id_number: str
    scheme: str = Field(default="", description="what it receives; left out: the scenario's process")
    members: list[dict[str, str]] = Field(default_factory=list, description="name, id_number, relation")
    division: str = "990101001001"
    category: str = "urban"
    yuan: int | float = 0
    from_month: str = "2024-01"
    to_month: str | None = None
    paid_till: str | None = Field(default=None, description="last month paid before the scenario begins")
    died_on: date | None = Field(default=None, description="the head's death, as the registers say")
    account: str = "6228480012345678909"
    fund: str = "01"
    taken_over: bool = Field(default=False, description="also in the matter's register, as an import enters it")
    income: float | None = Field(default=None, description="with `taken_over`: yuan the family earns a month, where it is known")


@given("household", list[GivenHousehold], "a household that already receives: name, id_number, yuan a month, from_month, …")
def _households(before: Before, homes: list[GivenHousehold]) -> None:
    for place, home in enumerate(homes, start=1):
        _add_household(before, place, home)


def _add_household(before: Before, place: int, home: GivenHousehold) -> None:
    session, row = before.session, Household(number=f"H{place:04d}", division_code=home.division, category=home.category)
    session.add(row)
    session.flush()
    people = [{"name": home.name, "id_number": home.id_number, "relation": "self"}, *home.members]
    session.add_all(Member(household_id=stored(row.id), name=one["name"], id_number=one["id_number"],
                           relation=one.get("relation", "other"),
                           died_on=home.died_on if one["id_number"] == home.id_number else None) for one in people)
    session.flush()
    if home.yuan:
        given = entitlements.grant(
            session, stored(row.id), None, f"给定{place}号", before.now.date(), fen(home.yuan), 0, len(people), home.category,
            Payee(home.name, home.id_number, home.account, "ABC"), before.now, scheme=home.scheme or before.process,
            from_month=home.from_month, to_month=home.to_month, fund_source=home.fund, paid_till=home.paid_till)
        if home.taken_over:
            taken_over.Register(session, given.scheme, SYSTEM, before.now).enter(
                row, given, taken_over.Known(income_fen=None if home.income is None else fen(home.income)))
