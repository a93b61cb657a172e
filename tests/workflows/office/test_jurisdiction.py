"""Which desk work lies at."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from workflows.errors import NotFound
from workflows.office import jurisdiction
from workflows.office.people import Officer
from workflows.office.tables import Person, Role

VILLAGE, TOWN, COUNTY = "990101001002", "990101001", "990101"


@pytest.mark.parametrize(("role", "ground", "unit"), [
    (Role.VILLAGE, VILLAGE, "北门村村民委员会"),
    (Role.TOWN_CLERK, VILLAGE, "城关镇人民政府"),
    (Role.TOWN_LEAD, TOWN, "城关镇人民政府"),
    (Role.WINDOW_CLERK, "990101002001", "河西镇人民政府"),
    (Role.COUNTY_CLERK, VILLAGE, "示例县民政局"),
    (Role.COUNTY_FINANCE, COUNTY, "示例县民政局"),
    (Role.REG_AUTH, COUNTY, "示例县民政局"),
    (Role.CHECK_ORG, VILLAGE, "示例县核对中心"),
    (Role.FINANCE, COUNTY, "示例县财政局"),
    (Role.AUDITOR, TOWN, "示例县审计局"),
    (Role.THIRD_PARTY, VILLAGE, "示例县社工服务中心"),
    (Role.SUPERVISING_UNIT, COUNTY, "示例县教育局"),
])
def test_work_lies_with_the_unit_of_its_ground(session: Session, role: Role, ground: str, unit: str) -> None:
    assert jurisdiction.unit_for(session, role, ground).name == unit


def test_every_role_has_a_kind_of_unit() -> None:
    assert set(jurisdiction.ROLE_UNIT_KIND) == set(Role)


def test_a_ground_without_anybody_says_so(session: Session) -> None:
    with pytest.raises(jurisdiction.NoDesk, match="TOWN_CLERK for 示例县"):
        jurisdiction.unit_for(session, Role.TOWN_CLERK, COUNTY)
    with pytest.raises(jurisdiction.NoDesk, match="990101001009"):
        jurisdiction.unit_for(session, Role.VILLAGE, "990101001009")
    with pytest.raises(NotFound):
        jurisdiction.unit_for(session, "APPLICANT", COUNTY)


def test_a_dismissed_person_holds_no_desk(session: Session, officer: Callable[[str], Officer]) -> None:
    session.get_one(Person, officer("village2").id).active = False
    session.flush()
    with pytest.raises(jurisdiction.NoDesk):
        jurisdiction.unit_for(session, Role.VILLAGE, VILLAGE)


def test_names_are_told_from_the_county_down(session: Session) -> None:
    assert jurisdiction.name_of(session, VILLAGE) == "示例县城关镇北门村"
    assert jurisdiction.name_of(session, COUNTY) == "示例县"
    with pytest.raises(NotFound):
        jurisdiction.name_of(session, "990101001999")


def test_children_are_listed_in_order(session: Session) -> None:
    assert [town.name for town in jurisdiction.townships(session, COUNTY)] == ["城关镇", "河西镇"]
    assert [village.name for village in jurisdiction.villages(session, TOWN)] == ["东街社区", "北门村"]
