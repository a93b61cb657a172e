"""Complaints and objections registered on the case page."""

from sqlmodel import Session, select

from tests.api.conftest import Enter, case_of, post
from tests.api.html import Page
from workflows.cases.tables import Objection


def test_a_complaint_is_registered_on_the_case_page_and_not_shown_to_the_village(enter: Enter, db: Session):
    case = f"/cases/{case_of(db, '刘海燕').number}"
    client = enter("town_clerk1")
    said = {"text": "家中有轿车", "name": "告发人", "phone": "13900139000"}
    assert post(client, f"{case}/complaints", said, on=case).headers["location"] == case
    shown = Page(client.get(case).text).checked()
    assert "家中有轿车" in shown.text
    assert "告发人" in shown.text
    seen = Page(enter("village1").get(case).text).checked().text
    assert "家中有轿车" not in seen
    assert "登记投诉举报" not in seen


def test_only_who_may_register_is_offered_the_forms(enter: Enter, db: Session):
    case = f"/cases/{case_of(db, '刘海燕').number}"
    offered = {login for login in ("town_clerk1", "county_clerk1", "village1", "town_lead1", "auditor1")
               if "登记投诉举报" in enter(login).get(case).text}
    assert offered == {"town_clerk1", "county_clerk1"}
    assert post(enter("town_lead1"), f"{case}/complaints", {"text": "有车"}, on=case).status_code == 403


def test_an_objection_brought_to_the_counter_is_registered_while_the_notice_hangs(enter: Enter, db: Session):
    case = f"/cases/{case_of(db, '马桂兰').number}"
    client = enter("town_clerk1")
    assert "登记公示异议" in Page(client.get(case).text).checked().text
    post(client, f"{case}/objections", {"text": "家里有两套房"}, on=case)
    db.rollback()
    assert db.exec(select(Objection)).one().text == "家里有两套房"
    assert "登记公示异议" not in enter("village1").get(case).text
