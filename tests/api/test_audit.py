"""审计: the log over all chains, what changed in each, and its proof."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.api.conftest import Enter, case_of
from tests.api.html import Page
from workflows.records.session import writing

Screen = Callable[..., Page]


@pytest.mark.parametrize("login", ["auditor1", "admin1", "county_lead1"])
def test_the_log_is_read_by_who_may(screen: Screen, login: str):
    shown = screen(login, "/audit")
    assert len(shown.texts("//tbody/tr")) > 10
    assert "完整" in screen(login, "/audit?prove=true").texts("//*[@role='status']")[0]


@pytest.mark.parametrize("login", ["town_clerk1", "county_clerk1", "county_finance1", "finance1", "village1"])
def test_the_log_is_read_by_nobody_else(screen: Screen, login: str):
    screen(login, "/audit", 403)
    screen(login, "/audit?prove=true", 403)


def test_filters_narrow_it(screen: Screen, db: Session):
    number = case_of(db, "王建国").number
    rows = screen("auditor1", f"/audit?case={number}").texts("//tbody/tr")
    assert rows
    assert all(number in row for row in rows)
    assert all("窗口一" in row for row in screen("auditor1", "/audit?person=窗口一").texts("//tbody/tr"))
    assert all("case.open" in row for row in screen("auditor1", "/audit?action=case.open").texts("//tbody/tr"))
    assert "没有符合条件的记录。" in screen("auditor1", "/audit?day=2020-01-01").text
    screen("auditor1", "/audit?day=&case=&person=&action=")
    screen("auditor1", "/audit?day=nonsense", 400)


def test_fields_before_and_after_without_whole_identities(screen: Screen, db: Session):
    shown = screen("auditor1", f"/audit?case={case_of(db, '王建国').number}&action=case.open")
    fields = shown.texts("//details//dt")
    assert "申请人姓名" in fields or any("姓名" in field for field in fields)
    numbers = [value for value in shown.texts("//ins") if len(value) == 18]
    assert all("********" in value for value in numbers)


def test_a_changed_row_is_found(screen: Screen, county: Engine, db: Session):
    chain = f"case:{case_of(db, '赵德顺').id}"
    with writing(county) as session:
        session.execute(text("DROP TRIGGER audit_event_no_update"))
        session.execute(text("UPDATE audit_event SET summary = '篡改' WHERE chain = :chain AND seq = 2"), {"chain": chain})
    alert = screen("auditor1", "/audit?prove=true").texts("//*[@role='alert']")[0]
    assert chain in alert
    assert "第 2 条" in alert


def test_the_page_changes_nothing(enter: Enter):
    assert enter("auditor1").post("/audit").status_code in {403, 405}


def test_a_chain_that_lost_its_newest_event_is_named(county: Engine, enter: Enter, db: Session):
    chain = f"case:{case_of(db, '刘海燕').id}"
    with writing(county) as session:
        session.execute(text("DROP TRIGGER audit_event_no_delete"))
        last = session.execute(text("SELECT max(seq) FROM audit_event WHERE chain = :chain"), {"chain": chain}).scalar_one()
        session.execute(text("DELETE FROM audit_event WHERE chain = :chain AND seq = :last"), {"chain": chain, "last": last})
    shown = Page(enter("auditor1").get("/audit?prove=true").text)
    assert case_of(db, "刘海燕").number in shown.text or chain in shown.text
    assert f"{last}" in shown.text
