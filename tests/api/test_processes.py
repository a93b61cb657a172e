"""The pages of a process's owner: versions with their cases, a drawing with counts, a plan with its mapping."""

import pytest
from sqlmodel import Session, select

from tests.api.conftest import NOW, Enter, post
from tests.api.html import Page
from tests.versions import RENAMED, TO_HOUSE, newer
from workflows.migration import work
from workflows.migration.tables import Plan
from workflows.records.session import writing
from workflows.records.tables import AuditEvent
from workflows.releases.tables import Release


@pytest.fixture
def two_versions(county, tmp_path):
    """The minimum living allowance has a second version, where the home visit has another id."""
    with writing(county) as session:
        newer(session, tmp_path / "newer", NOW, RENAMED)


def plan(enter: Enter, login: str = "designer1") -> str:
    """A plan from version 1 to 2; its address."""
    answer = post(enter(login), "/processes/dibao/plans", {"old": "1", "new": "2"}, on="/processes")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_every_process_shows_its_versions_and_who_is_under_way_on_which(screen, two_versions, db: Session):
    page = screen("designer1", "/processes")
    newest = db.exec(select(Release).where(Release.process == "dibao", Release.version == 2)).one()
    assert newest.hash[:12] in page.text
    rows = page.texts("//section[@id='dibao']//tbody/tr")
    assert [row.split()[1] for row in rows] == ["2", "1"]
    assert page.texts("//section[@id='dibao']//tbody/tr[2]/td[4]")[0].startswith("6")
    assert "/processes" in page.links()


def test_a_version_shows_where_its_cases_wait(screen, enter: Enter, two_versions):
    page = screen("admin1", "/processes/dibao/versions/1")
    for node, count in {"sign_opinion": "2", "review_materials": "1"}.items():
        assert page.texts(f"//tbody/tr[.//*[text()='{node}']]/td[3]") == [count]
    drawn = enter("admin1").get("/processes/dibao/versions/1/drawing?part=dibao").json()
    assert {"id": "sign_opinion", "text": "2 件", "light": "normal"} in drawn["now"]
    assert "<bpmn:definitions" in drawn["xml"]
    assert enter("admin1").get("/processes/dibao/versions/1/drawing?part=nowhere").status_code == 404
    assert enter("admin1").get("/processes/dibao/versions/9").status_code == 404


def test_who_works_with_cases_does_not_see_processes(enter: Enter):
    assert enter("town_clerk1").get("/processes").status_code == 403
    assert "/processes" not in Page(enter("town_clerk1").get("/inbox").text).links()
    assert enter("auditor1").get("/processes").status_code == 200


def test_a_plan_suggests_the_same_elements_and_says_which_have_none(enter: Enter, screen, two_versions, db: Session):
    where = plan(enter)
    page = screen("designer1", where)
    chosen = {select.get("name"): select.xpath("string(option[@selected]/@value)") for select in page.tree.xpath("//table//select")}
    assert chosen["to:sign_opinion"] == "sign_opinion"
    assert chosen["to:home_visit"] == ""
    assert "停留在此的办件不能迁移" in page.texts("//tbody/tr[1]")[0]
    answer = post(enter("designer1"), f"{where}/mapping", {"to:home_visit": "house_visit"}, on=where)
    assert answer.status_code == 303
    assert TO_HOUSE.items() <= db.exec(select(Plan)).one().mapping.items()
    assert "人工指定" in screen("designer1", where).text
    assert [e.action for e in db.exec(select(AuditEvent).where(AuditEvent.chain == "migration:1"))] == ["migration.make", "migration.edit"]


def test_a_mapping_to_another_kind_of_element_is_told(enter: Enter, screen, two_versions):
    where = plan(enter)
    post(enter("designer1"), f"{where}/mapping", {"to:home_visit": "nowhere", "to:sign_opinion": "notice_call"}, on=where)
    assert "新版本中没有元素“nowhere”。" in screen("designer1", where).text


def test_a_lead_reads_a_plan_and_may_not_make_one(enter: Enter, screen, two_versions):
    where = plan(enter)
    assert screen("county_lead1", where).texts("//table//select") == []
    assert post(enter("county_lead1"), "/processes/dibao/plans", {"old": "1", "new": "2"}, on="/processes").status_code == 403
    assert post(enter("designer1"), "/processes/dibao/plans", {"old": "1", "new": "1"}, on="/processes").status_code == 409


def act(enter: Enter, where: str, name: str, login: str, status: int = 303, **data):
    answer = post(enter(login), f"{where}/{name}", data, on="/processes")
    assert answer.status_code == status, answer.text
    return answer


def through(county, where: str) -> Plan:
    return work.finish(int(where.rsplit("/", 1)[1]), lambda _: NOW, county)


def test_a_plan_from_its_dry_run_to_the_way_back(enter: Enter, screen, county, two_versions):
    where = plan(enter)
    act(enter, where, "check", "designer1")
    assert screen("county_lead1", where).tree.xpath("//*[@id='progress']/@hx-get") == [f"{where}/progress"]
    assert "hx-refresh" not in enter("county_lead1").get(f"{where}/progress").headers
    through(county, where)
    assert enter("county_lead1").get(f"{where}/progress").headers["hx-refresh"] == "true"
    page = screen("county_lead1", where)
    assert page.texts("//section[@id='progress']//dd") == ["5 件", "1 件"]
    assert "该环节" in page.texts("//section[@id='reasons']//tbody/tr[1]")[0]
    refused = page.tree.xpath("//section[@id='reasons']//tbody/tr[1]//a/@href")[0].split("#")[0]
    assert len(screen("county_lead1", refused).texts("//section[@id='cases']//tbody/tr")) == 1
    table = enter("county_lead1").get(f"{where}/cases.csv").text.splitlines()
    assert len(table) == 7
    assert sum("不能迁移" in line and "gone" in line for line in table) == 1
    act(enter, where, "confirm/start", "designer1", 403, reason="按新流程办理")
    act(enter, where, "confirm/start", "county_lead1", reason="按新流程办理")
    through(county, where)
    assert screen("county_lead1", where).texts("//section[@id='progress']//dd") == ["1 件", "5 件"]
    number = screen("county_lead1", f"{where}?state=moved").texts("//section[@id='cases']//tbody/tr[1]//a[@class='strong']")[0]
    act(enter, where, f"confirm/back_one?case={number}", "county_lead1", reason="按新流程办理")
    act(enter, where, "confirm/back", "county_lead1", reason="按新流程办理")
    through(county, where)
    page = screen("county_lead1", where)
    assert page.texts("//section[@id='progress']//dd") == ["1 件", "5 件"]
    assert "已迁回" in page.texts("//header//span[contains(@class, 'tag')]")


def test_an_administrator_reads_numbers_and_no_cases(enter: Enter, screen, county, two_versions):
    where = plan(enter)
    act(enter, where, "check", "designer1")
    through(county, where)
    assert not [link for link in screen("admin1", where).links() if link.startswith("/cases/")]
    assert [link for link in screen("county_lead1", where).links() if link.startswith("/cases/")]


def test_an_english_reader_reads_english(enter: Enter, county, two_versions):
    where = plan(enter)
    act(enter, where, "check", "designer1")
    through(county, where)
    client = enter("county_lead1")
    post(client, "/language", {"language": "en", "next": where}, on=where)
    text = Page(client.get(where).text).checked().text
    assert "the new drawing has no such node" in text
    assert "Move the cases" in text
    assert "Can’t move" in text or "Can&#39;t move" in text


def test_two_plans_do_not_fight_for_one_case(enter: Enter, county, two_versions):
    first, second = plan(enter), plan(enter)
    for where in (first, second):
        act(enter, where, "check", "designer1")
        through(county, where)
    act(enter, first, "confirm/start", "county_lead1", reason="按新流程办理")
    act(enter, second, "confirm/start", "county_lead1", 409, reason="按新流程办理")
    through(county, first)
    act(enter, second, "confirm/start", "county_lead1", reason="按新流程办理")
