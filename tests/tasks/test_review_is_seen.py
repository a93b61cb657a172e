"""Who is asked to sign the county's roster must be able to open it."""

from typing import Any

from workflows.cases import access
from workflows.cases.tables import Case
from workflows.office.people import by_login
from workflows.records.session import reading


def test_a_township_sees_the_review_it_signs_and_nobody_else_of_the_township(county: Any) -> None:
    county.go()

    def sees(login: str) -> bool:
        with reading(county.source) as session:
            return access.may_see(session, session.get_one(Case, county.cycle().case_id), by_login(session, login))

    assert not sees("town_lead1")
    county.work("submit_roster", "county_finance1", bridge_checked=True)
    assert sees("town_lead1")
    assert sees("town_lead2")
    assert not sees("town_clerk1")
