"""A refusal becomes an answer."""

import re

import pytest

from api import errors
from tests.api.conftest import Enter, post
from tests.api.html import Page
from workflows.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, Refusal, RowError, RowsInvalid
from bpmn.message import Message
from workflows.settings import ROOT


@pytest.mark.parametrize(("refusal", "status"), [
    (NotFound(), 404), (NotAllowed(), 403), (Conflict(), 409), (Invalid(), 422), (RowsInvalid([]), 422)])
def test_each_kind_has_its_status(refusal: Refusal, status: int):
    assert errors.problem_of(refusal).status == status


def test_who_asks_for_json_gets_problem_json(enter: Enter):
    answer = enter("town_clerk1").get("/cases/none", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "未找到此案件。"
    assert enter().get("/inbox", headers={"accept": "application/json"}).status_code == 401


def test_wrong_answers_are_named_one_by_one():
    problem = errors.problem_of(Invalid([FieldError("members[1].name", Message("Not given"))]))
    assert problem.errors[0][0] == "members[1].name"
    rows = errors.problem_of(RowsInvalid([RowError("家庭", 7, "B", Message("Not given"))]))
    assert rows.errors[0][0] == "家庭 B7"


def test_htmx_gets_a_word_instead_of_a_page(enter: Enter):
    answer = enter("town_clerk1").get("/inbox/items/999", headers={"hx-request": "true"})
    assert answer.status_code == 404
    assert 'hx-target="#toasts"' in answer.text
    assert "<html" not in answer.text


def test_htmx_without_a_session_is_sent_to_the_door(enter: Enter):
    answer = enter().get("/inbox/items/1", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_the_way_back_leads_to_a_page_of_ours(enter: Enter):
    client = enter("town_clerk1")
    for came, back in (("http://testserver/done?page=1", "/done?page=1"), ("https://evil.example/x", "/cases"), ("", "/cases")):
        shown = Page(client.get("/cases/none", headers={"referer": came}).text)
        assert shown.tree.xpath("string(//main//a/@href)") == back


def test_a_failure_of_ours_says_so_and_shows_nothing_inside(enter: Enter, monkeypatch: pytest.MonkeyPatch):
    client = enter("town_clerk1", raise_server_exceptions=False)

    def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.pages.cases.search.worklist.done_by", broken)
    answer = client.get("/done")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert Page(answer.text).checked().heading == "系统出错了"


def test_a_commit_that_fails_is_not_told_as_done(enter: Enter, monkeypatch: pytest.MonkeyPatch):
    client = enter("town_clerk1", raise_server_exceptions=False)
    data = {"_csrf": Page(client.get("/inbox").text).csrf, "language": "en"}
    monkeypatch.setattr("sqlmodel.Session.commit", lambda _session: (_ for _ in ()).throw(OSError("disk full")))
    assert client.post("/language", data=data).status_code == 500


def test_a_path_that_is_not_a_number_is_no_page(enter: Enter):
    assert post(enter("town_clerk1"), "/work/abc", on="/inbox").status_code == 404


@pytest.mark.parametrize(("path", "status"), [
    ("/public/notices/{}", 404), ("/public/notices/{}/objection", 404), ("/work/{}", 404), ("/documents/{}.pdf", 404),
    ("/inbox/items/{}", 404), ("/inbox?item={}", 400), ("/inbox?done={}", 400), ("/payments/lines/{}", 404)])
def test_a_number_larger_than_any_is_no_page(enter: Enter, path: str, status: int):
    client = enter("town_clerk1")
    assert [client.get(path.format(number)).status_code for number in ("9" * 23, "-" + "9" * 23)] == [status] * 2


def test_every_icon_is_named_alone_where_the_build_looks_for_it():
    for template in ROOT.glob("api/templates/**/*.html"):
        assert not re.search(r'\bicon(?:_name)?(?:\(|=)"[a-z0-9-]+" +if\b', template.read_text()), template
