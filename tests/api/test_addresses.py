"""A page drawn in answer to something sent: where its language button, its reload and its way back lead."""

import re

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import Session

from api.pages import jobs
from api.pages.cases import search as cases
from api.pages.payments import months as payments
from api.pages.processes import plans as processes_plans
from tests.api.conftest import Enter, item_of, post
from tests.api.html import Page


def sent_only(client: TestClient) -> list[str]:
    """The addresses, with 1 for each number, that take things in and draw nothing when asked for."""
    app = client.app
    routes = [route for family in (cases, jobs, payments, processes_plans) for route in family.router.routes if isinstance(route, APIRoute)]
    return [re.sub(r"{\w+}", "1", route.path) for route in routes if route.path not in app.state.readable]  # type: ignore[attr-defined]


def test_an_address_that_only_takes_things_in_leads_to_the_page_it_belongs_to(enter: Enter):
    client = enter("admin1")
    found = {path: client.get(path).headers["location"] for path in sent_only(client)}
    assert found["/payments/runs/1/retry"] == "/payments/runs"
    assert found["/payments/1/1/lateness"] == "/payments/1/1"
    assert {to for path, to in found.items() if path.startswith("/jobs")} == {"/jobs"}
    assert found["/processes/1/plans/1/mapping"] == "/processes/1/plans/1"
    assert client.get("/payments/1/1/lateness", headers={"accept": "application/json"}).status_code == 405


def test_the_language_of_a_refused_page_is_changed_on_a_page_that_can_be_asked_for(enter: Enter):
    client = enter("finance1")
    assert language_leads_to(post(client, "/payments/funds", {"amount_fen": "x"}, on="/payments")) == "/payments/funds"
    assert client.get("/payments/funds").text.count("<h1>") == 1
    for came, back in (("", "/payments/dibao/2024-02"), ("/payments/dibao/2024-02/checks", "/payments/dibao/2024-02/checks"), ("/payments/dibao/2024-02/close", "/payments/dibao/2024-02")):
        refused = client.post("/payments/dibao/2024-02/close", headers={"referer": f"http://testserver{came}"} if came else {})
        assert (refused.status_code, language_leads_to(refused)) == (403, back)


def language_leads_to(answer: Response) -> str:
    return str(Page(answer.text).tree.xpath("string(//form[@action='/language']/input[@name='next']/@value)"))


def test_a_panel_asked_for_by_itself_opens_beside_the_list(enter: Enter, db: Session):
    item = item_of(db, "刘海燕").id
    answer = enter("town_lead1").get(f"/inbox/items/{item}?light=near")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/inbox?light=near&item={item}")
