"""Who holds duties in several places reads them all, and nothing beside."""

from datetime import datetime

import pytest
from sqlmodel import Session

from workflows.cases.shown import trail
from workflows.cases.tables import Household
from workflows.errors import NotAllowed
from workflows.office.jurisdiction import widest
from workflows.office.people import Held, Officer
from workflows.office.tables import Role
from workflows.payments import sight
from workflows.payments.entitled import homes
from workflows.records import audit

EAST, WEST = "990101001", "990101002"


def holding(role: str, *grounds: str, person: int = 1) -> Officer:
    return Officer(person, "x", "x", duties=tuple(Held(role, n, "", "", ground) for n, ground in enumerate(grounds)))


def test_the_widest_grounds_are_those_in_no_other() -> None:
    assert widest([WEST, EAST, EAST + "001"]) == (EAST, WEST)
    assert widest([WEST, "990101", EAST]) == ("990101",)
    assert widest([]) == ()


def test_duties_in_two_townships_show_both(session: Session) -> None:
    both = holding(Role.COUNTY_CLERK, EAST, WEST)
    session.add_all(Household(number=f"H{n}", division_code=f"{town}001", category="rural", address="")
                    for n, town in enumerate((EAST, WEST, "990102001")))
    session.flush()
    assert [home.household.number for home in homes.search(session, both, "", "", 1).rows] == ["H0", "H1"]
    assert homes.townships(session, both) == [EAST, WEST]
    assert sight.grounds(holding(Role.TOWN_LEAD, EAST, WEST)) == (EAST, WEST)
    with pytest.raises(NotAllowed):
        sight.grounds(holding(Role.VILLAGE, EAST))


def test_a_county_lead_reads_no_other_countys_sign_ins(session: Session, now: datetime) -> None:
    audit.append(session, "sign_in:999999", audit.Actor(999999, "外县"), "sign_in", now)
    audit.append(session, "cycle:999999", audit.Actor(999999, "外县"), "cycle.open", now)
    audit.append(session, "office", audit.Actor(999999, "外县"), "password.set", now)

    def seen(who: Officer) -> set[str]:
        return {event.chain for event in trail.search(session, who, trail.Wish(person="外县")).events}

    assert seen(holding(Role.COUNTY_LEAD, "990101")) == set()
    assert seen(holding(Role.ADMIN, "990101")) == {"sign_in:999999", "cycle:999999", "office"}
