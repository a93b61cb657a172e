"""年检与抽查: the pages of a year's campaign, of draws by lot and of the public, and who may see them."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from tests.workflows.registers.conftest import OTHER_CODE, on, organisation
from workflows import releases
from workflows.cases.tables import Case
from workflows.inspections import campaigns, lots, standings
from workflows.office import people
from workflows.records.session import writing
from workflows.registers import entries
from tests.api.conftest import NOW, PASSWORD, post

YEAR = "/inspections/2024"


def send(web, path, data):
    """As the page of inspections sends it."""
    return post(web, path, data, on=YEAR if path.startswith(YEAR) else "/random-inspections")


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
        assert [one.line.name for one in standings.of(session, made, NOW)] == ["示例县物业管理协会"]
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


def test_whoever_is_late_is_chased_from_the_page_and_stands_there_with_the_day(enter, screen, registered):
    with writing(registered) as session:
        who = people.by_login(session, "reg_auth1")
        campaigns.open_cases(session, campaigns.freeze(session, 2024, "990101", who, NOW), who, NOW)
    web = enter("reg_auth1")
    assert send(web, f"{YEAR}/chase?state=not_begun", {"every": "1"}).status_code == 303
    assert screen("reg_auth1", YEAR).texts("//td[@data-chased]")[0].startswith("03-04 周一 登记员一")
    again = send(web, f"{YEAR}/chase", {"every": "1"})
    assert (again.status_code, "今天都已经催办过" in again.text, "示例县物业管理协会" in again.text) == (409, True, True)


def test_a_draw_is_made_by_two_and_anybody_repeats_it_from_the_public_page(enter, screen, registered):
    web = enter("reg_auth1")
    said = {"name": "2024年定期抽查", "kind": "regular", "content": ["report", "finances"], "ratio": "2"}
    assert "不得低于百分之 3" in send(web, "/random-inspections", said).text
    assert send(web, "/random-inspections", {**said, "ratio": ""}).headers["location"] == "/random-inspections/1"
    urn = {"seed": "seed-7", "source": "双色球", "roster": "周正\n吴平、郑和", "witness": "reg_auth2", "password": "wrong"}
    assert "登录名或者密码不正确" in send(web, "/random-inspections/1/draw", urn).text
    assert send(web, "/random-inspections/1/draw", {**urn, "password": PASSWORD}).status_code == 303
    assert "seed-7" in screen("auditor1", "/random-inspections/1").text
    drawn = lots.draw("seed-7", web.get("/public/inspections/1/population.txt").text.split()[::2], 1)
    assert screen("", "/public/inspections/1").texts("//td/div") == drawn
    assert send(enter("county_lead1"), "/random-inspections/1/void", {"reason": "名单漏录"}).status_code == 303
    assert "名单漏录" in screen("", "/public/inspections/1").text
    for paper in re.findall(r"/random-inspections/papers/\d+\.pdf", web.get("/random-inspections/1").text):
        assert web.get(paper).content.startswith(b"%PDF")


@pytest.mark.parametrize("path", ["/public/inspections", "/public/organisations", "/public/organisations?list=serious_list", "/public/organisations/inspected"])
def test_the_public_reads_draws_lists_and_conclusions(screen, registered, path):
    with writing(registered) as session:
        said = {"organisation": OTHER_CODE, "name": "示例县晨光培训学校"}
        entries.enter(session, "abnormal_list", {**said, "cause": "not_reported"}, "990101", on(2023, 7, 6))
        entries.enter(session, "annual_report", {**said, "year": 2022, "conclusion": "missed"}, "990101", on(2023, 7, 6))
    text = screen("", path).text
    assert ("示例县晨光培训学校" in text) == (path in ("/public/organisations", "/public/organisations/inspected"))


@pytest.mark.parametrize("login", ["town_clerk1", "village1", "finance1", "supervising_unit1"])
def test_nobody_else_sees_it(screen, registered, login):
    screen(login, YEAR, 403)
