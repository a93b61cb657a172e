"""Every page, as everybody: what must hold of each is asked by the `screen` fixture."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from tests.api.conftest import Enter, case_of, item_of
from tests.api.html import Page

Screen = Callable[..., Page]


@pytest.mark.parametrize(("login", "path", "heading"), [
    ("", "/sign-in", "登录"), ("", "/public", "公示公告"), ("town_clerk1", "/public", "公示公告"),
    ("town_clerk1", "/inbox", "我的待办"), ("town_clerk1", "/inbox?item=0", "我的待办"),
    ("town_clerk1", "/inbox?light=overdue", "我的待办"), ("auditor1", "/inbox", "我的待办"),
    ("town_clerk1", "/done", "我的已办"), ("auditor1", "/done", "我的已办"),
    ("town_clerk1", "/cases", "案件查询"), ("town_clerk1", "/cases?q=nobody", "案件查询"),
    ("window_clerk1", "/intake/dibao", "最低生活保障申请表"), ("town_clerk1", "/sample/clock", "示例时钟"),
])
def test_a_page_is_whole(screen: Screen, login: str, path: str, heading: str):
    assert screen(login, path).heading == heading


@pytest.mark.parametrize(("login", "path"), [("town_clerk1", "/nope"), ("", "/nope"), ("", "/public/notices/999"),
                                             ("town_clerk1", "/cases/DB-1"), ("town_clerk1", "/work/999"),
                                             ("town_clerk1", "/work/abc")])
def test_what_is_not_there_is_a_page_with_a_way_back(screen: Screen, login: str, path: str):
    assert screen(login, path, 404).texts("//main//a")[-1] == "返回"


def test_every_page_is_whole_in_english(screen: Screen, enter: Enter):
    for path in ("/inbox", "/cases", "/done", "/sample/clock"):
        client = enter("town_lead1")
        client.post("/language", data={"_csrf": Page(client.get(path).text).csrf, "language": "en"})
        shown = Page(client.get(path).text).checked()
        assert shown.tree.get("lang") == "en"
        assert not any("一" <= c <= "鿿" for c in shown.heading)


@pytest.mark.parametrize("subject", ["王建国", "赵德顺", "刘海燕", "陈国强", "马桂兰"])
@pytest.mark.parametrize("login", ["town_clerk1", "town_lead1", "county_lead1", "auditor1"])
def test_a_case_is_whole_at_every_stage(screen: Screen, db: Session, login: str, subject: str):
    shown = screen(login, f"/cases/{case_of(db, subject).number}")
    assert shown.heading == subject
    assert "收到申请" in shown.texts("//ol[@class='log']//b")


@pytest.mark.parametrize(("login", "subject"), [("town_clerk1", "王建国"), ("town_clerk1", "赵德顺"),
                                                ("town_lead1", "刘海燕"), ("village1", "陈国强")])
def test_a_work_item_has_its_form(screen: Screen, db: Session, login: str, subject: str):
    role = {"village1": "VILLAGE", "town_lead1": "TOWN_LEAD"}.get(login, "TOWN_CLERK")
    item = item_of(db, subject, role=role)
    assert screen(login, f"/work/{item.id}").texts("//form[@class='form']//button")[-1] == "提交"


def test_no_link_of_any_page_leads_nowhere(screen: Screen, enter: Enter, db: Session):
    client = enter("town_clerk1")
    waiting, seen = ["/inbox", f"/cases/{case_of(db, '马桂兰').number}", "/public"], set()
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code in {200, 303}, path
        seen.add(path)
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html") and len(seen) < 25:
            found = Page(answer.text).links() - seen - set(waiting)
            waiting += [link for link in found if not link.endswith(".pdf")]


def test_a_navigation_entry_leads_to_a_page_of_that_name(enter: Enter):
    for login in ("window_clerk1", "town_clerk1", "county_lead1", "county_finance1", "auditor1", "admin1", "county_clerk1"):
        client = enter(login)
        rail = Page(client.get("/inbox").text).tree.xpath("//nav[@class='rail']/a/@href")
        assert rail[:4] == ["/inbox", "/done", "/cases", "/public"]
        answers = {path: client.get(path, follow_redirects=True).status_code for path in rail}
        assert set(answers.values()) == {200}, answers
