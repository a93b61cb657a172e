"""Coming in, going out, and the language one is spoken to in."""

import pytest
from sqlmodel import Session, select

from tests.api.conftest import PASSWORD, Enter, item_of, post, token
from tests.api.html import Page
from workflows.office.tables import Person
from workflows.records.tables import AuditEvent


def test_an_officer_signs_in_and_comes_to_his_work(enter: Enter):
    client = enter()
    answer = post(client, "/sign-in", {"login": "town_clerk1", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/").headers["location"] == "/inbox"
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("yimen_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_over_https_cookies_travel_encrypted_only(enter: Enter):
    client = enter("town_clerk1", base_url="https://yimen.example")
    assert client.get("/inbox").headers["strict-transport-security"]
    assert all(cookie.secure for cookie in client.cookies.jar if cookie.name == "yimen_session")


def test_a_wrong_password_is_told_and_written_down(enter: Enter, db: Session):
    client = enter()
    answer = post(client, "/sign-in", {"login": "town_clerk1", "password": "wrong"})
    assert answer.status_code == 422
    assert "账号或密码不正确。" in Page(answer.text).checked().text
    assert "sign_in.fail" in [event.action for event in db.exec(select(AuditEvent))]
    assert client.get("/inbox").status_code == 303


def test_who_is_not_signed_in_comes_back_to_where_he_wanted(enter: Enter):
    client = enter()
    asked = client.get("/inbox?light=overdue")
    assert asked.headers["location"] == "/sign-in?next=/inbox%3Flight%3Doverdue"
    shown = Page(client.get(asked.headers["location"]).text)
    wanted = shown.tree.xpath("string(//main//input[@name='next']/@value)")
    answer = post(client, "/sign-in", {"login": "town_clerk1", "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == "/inbox?light=overdue"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/sign-in", "x", "/a\nb"])
def test_signing_in_never_leads_to_another_site(enter: Enter, target: str):
    answer = post(enter(), "/sign-in", {"login": "town_clerk1", "password": PASSWORD, "next": target})
    assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session_on_the_server(enter: Enter):
    client = enter("town_clerk1")
    kept = client.cookies["yimen_session"]
    assert post(client, "/sign-out", on="/inbox").status_code == 303
    client.cookies.set("yimen_session", kept)
    assert client.get("/inbox").status_code == 303


def test_the_demo_accounts_are_shown_in_the_sample_county_only(enter: Enter, monkeypatch: pytest.MonkeyPatch):
    client = enter()
    assert "town.clerk" in client.get("/sign-in").text
    monkeypatch.setattr("api.pages.office.settings", lambda: type("S", (), {"sample": False}))
    assert "town.clerk" not in client.get("/sign-in").text


def test_the_language_is_kept_for_the_person_and_for_the_browser(enter: Enter, db: Session):
    client = enter("town_clerk1")
    assert "我的待办" in client.get("/inbox").text
    answer = post(client, "/language", {"language": "en", "next": "/inbox"}, on="/inbox")
    assert answer.headers["location"] == "/inbox"
    assert "My work" in client.get("/inbox").text
    assert db.exec(select(Person.language).where(Person.login == "town_clerk1")).one() == "en"
    post(client, "/sign-out", on="/inbox")
    assert "Sign in" in client.get("/sign-in").text
    assert "我的待办" in enter("town_clerk2").get("/inbox").text


def test_an_unknown_language_is_chinese(enter: Enter):
    client = enter()
    post(client, "/language", {"language": "xx"})
    assert "登录" in client.get("/sign-in").text


def test_everybody_changes_his_own_password_and_stays(enter: Enter):
    client, elsewhere = enter("town_clerk1"), enter("town_clerk1")
    assert "/password" in client.get("/inbox").text
    Page(client.get("/password").text).checked()
    sent = {"present": PASSWORD, "new": "another one", "again": "another one"}
    answer = post(client, "/password", sent, on="/password")
    assert answer.headers["location"] == "/password?changed=1"
    assert "密码已修改。" in client.get("/password?changed=1").text
    assert elsewhere.get("/inbox").status_code == 303
    assert post(enter(), "/sign-in", {"login": "town_clerk1", "password": "another one"}).status_code == 303


@pytest.mark.parametrize(("changes", "says"), [
    ({"present": "wrong"}, "当前密码不正确。"), ({"again": "other words"}, "两次输入的新密码不一致。"),
    ({"new": "short", "again": "short"}, "密码须为")])
def test_a_password_that_does_not_do_changes_nothing(enter: Enter, db: Session, changes: dict[str, str], says: str):
    client = enter("town_clerk1")
    sent = {"present": PASSWORD, "new": "another one", "again": "another one", **changes}
    answer = post(client, "/password", sent, on="/password")
    assert answer.status_code == 422
    assert says in Page(answer.text).checked().text
    assert client.get("/inbox").status_code == 200
    assert ("sign_in.fail" in db.exec(select(AuditEvent.action))) is ("present" in changes)


def test_what_was_typed_when_the_session_ended_is_sent_after_signing_in(enter: Enter, db: Session):
    client, item = enter("town_clerk1"), item_of(db, "赵德顺", "home_visit")
    path = f"/work/{item.id}"
    sent = {"_csrf": Page(client.get(path).text).csrf, "respondent": '本人及"配偶"'}
    client.cookies.delete("yimen_session")
    assert client.post(path, data=sent).status_code == 403      # nobody says that our own page sent it
    assert client.post(path, data=sent, headers={"origin": "https://evil.example"}).status_code == 403
    ended = client.post(path, data=sent, headers={"origin": "http://testserver"})
    assert ended.status_code == 401
    shown = Page(ended.text).checked()
    assert "登录已过期" in shown.text
    kept = {"_csrf": token(client, "/sign-in"), "again": shown.tree.xpath("string(//main//input[@name='again']/@value)")}
    wrong = client.post("/sign-in", data={**kept, "login": "town_clerk1", "password": "wrong"})
    assert Page(wrong.text).tree.xpath("string(//main//input[@name='again']/@value)") == kept["again"]
    signed = client.post("/sign-in", data={**kept, "login": "town_clerk1", "password": PASSWORD})
    offered = Page(signed.text).checked()
    assert offered.tree.xpath("string(//main//form/@action)") == path
    again = {one.get("name"): one.get("value") for one in offered.tree.xpath("//main//form//input")}
    answer = client.post(path, data=again)
    assert answer.status_code == 422
    assert Page(answer.text).tree.xpath("string(//input[@name='respondent']/@value)") == sent["respondent"]


def test_nothing_is_sent_again_to_another_site_and_no_password_is_carried(enter: Enter):
    for again in ('["https://evil.example/", [], false]', '["//evil.example", [], false]', "nonsense", '[1, [[1, 2]], 0]'):
        answer = post(enter(), "/sign-in", {"login": "town_clerk1", "password": PASSWORD, "again": again})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    answer = post(enter(), "/password", {"present": "x", "new": "y"}, headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
