"""办件操作 on the pages: the menu, its previews, a reason beside its field, and what the case says afterwards."""

from random import Random

import pytest
from sqlmodel import Session, select

from tests.api.conftest import Enter, case_of, item_of, post, token
from workflows.cases.tables import Operation


def case_path(db: Session, subject: str, rest: str = "") -> str:
    return f"/cases/{case_of(db, subject).number}{rest}"


def test_a_lead_suspends_with_a_reason_and_everybody_reads_it(screen, enter: Enter, db: Session):
    path = case_path(db, "赵德顺", "/operations/suspend")
    assert screen("county_lead1", path)
    lead = enter("county_lead1")
    assert path in lead.get(case_path(db, "赵德顺")).text
    assert "法定时限照常计算" in lead.get(path).text
    refused = post(lead, path, {"reason": " "}, on=path)
    assert (refused.status_code, "请说明理由" in refused.text) == (422, True)
    assert post(lead, path, {"reason": "等待核实户籍"}, on=path).status_code == 303
    for login, place in (("town_clerk1", case_path(db, "赵德顺")), ("county_lead1", "/cases"), ("county_lead1", case_path(db, "赵德顺"))):
        assert screen(login, place)
        assert "等待核实户籍" in enter(login).get(place).text
    assert "已挂起" in enter("town_clerk1").get("/inbox").text


@pytest.mark.parametrize("others", ["cancel", "keep"])
def test_a_return_shows_what_becomes_of_the_branch_beside_it_and_leaves_its_reason_on_the_work(screen, enter, db, others):
    number, item = case_of(db, "赵德顺").number, item_of(db, "赵德顺", "home_visit")
    path = f"/cases/{number}/operations/send_back?token={item.token}&to=review_materials&others={others}"
    assert screen("town_clerk1", path)
    clerk = enter("town_clerk1")
    assert ("取消待办：信息核对" in clerk.get(path).text) == (others == "cancel")
    assert clerk.get(path, headers={"hx-request": "true"}).text.lstrip().startswith("<div")
    assert post(clerk, path, {"reason": "户口簿人数不一致"}, on=path).status_code == 303
    again = item_of(db, "赵德顺", "review_materials")
    assert screen("town_clerk2", f"/work/{again.id}")
    assert "户口簿人数不一致" in enter("town_clerk2").get(f"/work/{again.id}").text


def test_ones_own_last_step_is_taken_back_from_the_case_page(screen, enter, db):
    path = case_path(db, "刘海燕")
    assert screen("town_clerk1", path)
    clerk = enter("town_clerk1")
    link = next(part for part in clerk.get(path).text.split('"') if "/operations/take_back" in part)
    assert post(clerk, link.replace("&amp;", "&"), {"reason": "意见写错"}, on=link.replace("&amp;", "&")).status_code == 303
    assert item_of(db, "刘海燕", "draft_opinion")


def test_what_was_looked_at_must_still_be_so(enter, db):
    path, seen = case_path(db, "赵德顺", "/operations/suspend"), case_of(db, "赵德顺").version
    lead = enter("county_lead1")
    assert post(lead, path, {"reason": "核实", "seen": str(seen - 1 or 99)}, on=path).status_code == 409


def test_who_may_not_gets_no_menu_and_is_refused(enter, db):
    auditor = enter("auditor1")
    assert "办件操作" not in auditor.get(case_path(db, "赵德顺")).text
    path = case_path(db, "赵德顺", "/operations/terminate")
    assert post(auditor, path, {"reason": "x"}, on=case_path(db, "赵德顺")).status_code == 403


def test_a_reason_too_long_is_said_beside_its_field_and_nothing_typed_is_lost(enter, db):
    path, long = case_path(db, "赵德顺", "/operations/suspend"), "理" * 501
    refused = post(enter("county_lead1"), path, {"reason": long}, on=path)
    assert (refused.status_code, "500" in refused.text, long in refused.text) == (422, True, True)
    assert post(enter("county_lead1"), path, {"reason": "理" * 500}, on=path).status_code == 303


JUNK = ("", "-1", "0", "7", "x", "9" * 30, "../..", "a/b/c", "一", "%00", "%F0%9F%98%80", "x" * 500, "cancel", "nan")
OPERATIONS = ("send_back", "take_back", "skip", "suspend", "resume", "terminate", "retry", "explode")


@pytest.mark.parametrize("what", OPERATIONS)
def test_junk_in_the_address_or_the_form_is_answered_by_a_page_that_says_so(enter, db, what):
    random = Random(what)
    path, lead = case_path(db, "赵德顺"), enter("county_lead1")
    csrf = token(lead, path)
    for _ in range(25):
        asked = "&".join(f"{name}={random.choice(JUNK)}" for name in ("token", "item", "to", "others", "kind", "job")
                         if random.random() < 0.5)
        address = f"{path}/operations/{what}?{asked}"
        shown = lead.get(address)
        assert shown.status_code in (200, 400, 403, 404, 409), address
        sent = {"_csrf": csrf, "reason": random.choice(("", " ", "理" * 501)), "seen": random.choice(("", "x", "-1", "9" * 30, "0"))}
        answer = lead.post(address, data=sent)
        assert answer.status_code in (400, 403, 404, 409, 422), address
        for page in (shown, answer):
            assert "<h1" in page.text
    assert lead.get(path).status_code == 200


def test_what_no_database_keeps_is_left_out_of_a_reason(enter, db):
    path = case_path(db, "赵德顺", "/operations/suspend")
    assert post(enter("county_lead1"), path, {"reason": "等待\0核实"}, on=path).status_code == 303
    db.rollback()
    assert db.exec(select(Operation.reason)).all() == ["等待核实"]
