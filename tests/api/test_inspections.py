"""年检: the page of a year's campaign, and who may see it."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from tests.workflows.registers.conftest import OTHER_CODE, on, organisation
from workflows import releases
from workflows.cases.tables import Case
from workflows.inspections import campaigns, draws
from workflows.office import people
from workflows.records.session import writing
from workflows.registers import entries
from tests.api.conftest import NOW

YEAR = "/inspections/2024"


@pytest.fixture
def registered(county):
    """A direct-registered association, and a unit that was entered too late to take part."""
    with writing(county) as session:
        for process in ("find_organisation", "org_penalty", "annual_inspection", "random_inspection"):
            releases.publish(session, process, NOW)
        said = {"established_on": "2020-05-06", "registration_mode": "direct", "residence": "解放路 8 号", "scope": "行业自律", "fund_fen": 3_000_000}
        entries.enter(session, "organisation", organisation(**said), "990101", on(2020, 5, 6))
        late = organisation(name="示例县晨光培训学校", code=OTHER_CODE, kind="non_enterprise", people=[], **{**said, "established_on": "2023-07-01"})
        entries.enter(session, "organisation", late, "990101", on(2023, 7, 1))
    return county


def test_the_list_is_frozen_opened_and_told_by_type_unit_and_person(screen, registered):
    assert "名单尚未固定。" in screen("reg_auth1", YEAR).text
    with writing(registered) as session:
        who = people.by_login(session, "reg_auth1")
        made = campaigns.freeze(session, 2024, "990101", who, NOW)
        assert [one.line.name for one in campaigns.standings(session, made)] == ["示例县物业管理协会"]
        assert campaigns.open_cases(session, made, who, NOW) == 1
        assert campaigns.open_cases(session, made, who, NOW) == 0, "one each, however often"
        number = session.exec(select(Case.number).where(Case.process == "annual_inspection")).one()
    page = screen("county_lead1", YEAR)
    assert page.texts(f"//a[@href='/cases/{number}']") == ["示例县物业管理协会"]
    assert "按经办人" in page.text
    assert "没有处于该状态的组织。" in screen("auditor1", f"{YEAR}?state=done").text


def test_the_workbook_says_the_same(enter, registered):
    with writing(registered) as session:
        campaigns.freeze(session, 2024, "990101", people.by_login(session, "reg_auth1"), NOW)
    answer = enter("reg_auth1").get(f"{YEAR}/sheet.xlsx")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["名称", "示例县物业管理协会"]
    assert rows[1][5] == "未立案"


def test_a_draw_stands_on_the_page_with_its_seed(screen, registered):
    with writing(registered) as session:
        one, other = (people.by_login(session, login) for login in ("reg_auth1", "reg_auth2"))
        draws.draw(session, "2024年定期抽查", "990101", "seed-7", ["周正", "吴平", "郑和"], one, other, NOW)
    text = screen("reg_auth1", YEAR).text
    assert "种子 seed-7" in text
    assert "2 家中抽取 1 家" in text


@pytest.mark.parametrize("login", ["town_clerk1", "village1", "finance1", "supervising_unit1"])
def test_nobody_else_sees_it(screen, registered, login):
    screen(login, YEAR, 403)
