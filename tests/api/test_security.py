"""What no request may do."""

import re

import pytest
from fastapi.routing import APIRoute
from sqlmodel import Session, select

from api.app import _routers
from tests.api.conftest import Enter, case_of, item_of, post, token
from workflows.cases.tables import Objection, WorkState

UNSAFE = sorted({(method, route.path) for router in _routers() for route in router.routes if isinstance(route, APIRoute)
                 for method in route.methods if method not in {"GET", "HEAD"}})


@pytest.mark.parametrize(("method", "path"), UNSAFE)
@pytest.mark.parametrize("login", ["", "town_clerk1"])
def test_nothing_is_written_without_the_pages_token(enter: Enter, method: str, path: str, login: str):
    client = enter(login)
    for sent in ({}, {"_csrf": ""}, {"_csrf": "guessed"}):
        answer = client.request(method, re.sub(r"{\w+}", "1", path), data=sent)
        assert answer.status_code == 403, path
        assert "页面已过期" in answer.text


def test_one_persons_token_is_no_use_to_another(enter: Enter, db: Session):
    item = item_of(db, "刘海燕")
    stolen = token(enter("town_clerk1"), "/inbox")
    answer = enter("town_lead1").post(f"/inbox/items/{item.id}", data={"_csrf": stolen, "outcome": "agree"})
    assert answer.status_code == 403
    assert item_of(db, "刘海燕").state == WorkState.OPEN


def test_another_sites_form_is_refused_even_with_a_token(enter: Enter):
    client = enter("town_lead1")
    answer = post(client, "/language", {"language": "en"}, on="/inbox", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_a_refused_request_leaves_nothing_behind(enter: Enter, db: Session):
    client = enter()
    assert client.post("/public/notices/1/objection", data={"text": "假的"}).status_code == 403
    assert db.exec(select(Objection)).all() == []


def test_every_answer_carries_the_headers(enter: Enter):
    for path in ("/sign-in", "/nope", "/public", "/inbox"):
        headers = enter().get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_a_body_too_large_is_not_even_read(enter: Enter):
    answer = enter().post("/sign-in", content=b"", headers={"content-length": str(10**9)})
    assert answer.status_code == 413


def test_a_case_of_other_ground_is_not_even_said_to_exist(enter: Enter, db: Session):
    case, item = case_of(db, "马桂兰"), item_of(db, "刘海燕")
    client = enter("town_clerk3")
    for path in (f"/cases/{case.number}", f"/cases/{case.number}/diagram", f"/work/{item.id}", f"/inbox/items/{item.id}",
                 "/documents/1.pdf", "/attachments/none"):
        assert client.get(path).status_code == 404, path
    assert case.number not in client.get("/cases?q=马桂兰").text


def test_an_item_of_another_duty_is_shown_and_not_done(enter: Enter, db: Session):
    item = item_of(db, "刘海燕")
    client = enter("town_clerk1")
    assert "此事项由其他岗位或单位办理" in client.get(f"/inbox/items/{item.id}", headers={"hx-request": "true"}).text
    answer = post(client, f"/inbox/items/{item.id}", {"outcome": "agree"}, on="/inbox")
    assert answer.status_code == 403
    assert item_of(db, "刘海燕").state == WorkState.OPEN


def test_only_the_counter_takes_applications_in(enter: Enter):
    assert enter("county_lead1").get("/intake/dibao").status_code == 403
    assert enter("auditor1").get("/sample/clock").status_code == 404


def test_a_character_that_no_database_keeps_is_refused_wherever_it_stands(enter: Enter):
    client = enter("town_lead1")
    assert client.get("/inbox?after=%00").status_code == 400
    assert client.get("/cases/%00").status_code in (400, 404)
    assert post(client, "/language", {"language": "e\0n"}, on="/inbox").status_code == 400
