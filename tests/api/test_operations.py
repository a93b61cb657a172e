"""办件操作 on the pages: the menu, its previews, a reason beside its field, and what the case says afterwards."""

from random import Random
from urllib.parse import urlencode

import pytest
from sqlmodel import Session, select

from tests.api.conftest import NOW, Enter, case_of, item_of, post, token
from tests.api.html import Page, filled
from workflows.cases.tables import Operation, WorkItem


def case_path(db: Session, subject: str, rest: str = "") -> str:
    return f"/cases/{case_of(db, subject).number}{rest}"


def confirmed(client, path, on="", **changes):
    """The form at an address, sent with these changes."""
    return client.post(path, data={**filled(client.get(on or path).text), **changes})


def return_path(db: Session, subject="赵德顺", node="home_visit", **choice) -> str:
    item = item_of(db, subject, node)
    return case_path(db, subject, f"/operations/send_back?{urlencode({'token': item.token, **choice})}")


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
    assert confirmed(clerk, path, reason="户口簿人数不一致").status_code == 303
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


def test_a_choice_that_was_not_read_is_shown_first_and_then_done(enter, db):
    clerk, path = enter("town_clerk1"), return_path(db)
    sent = {**filled(clerk.get(path).text), "reason": "人数不一致"}
    assert sent["others"] == "cancel"
    shown = clerk.post(path, data={**sent, "others": "keep"})
    page = Page(shown.text).checked()
    assert (shown.status_code, "取消待办：信息核对" in shown.text, page.texts("//textarea")) == (409, False, ["人数不一致"])
    assert "您已改选" in page.texts("//p[@role='alert']")[0]
    assert item_of(db, "赵德顺", "home_visit")
    assert clerk.post(path, data=filled(shown.text)).status_code == 303
    assert item_of(db, "赵德顺", "data_check") and item_of(db, "赵德顺", "review_materials")


def test_a_choice_is_looked_at_without_doing_it_and_the_reason_stays(enter, db):
    clerk, path = enter("town_clerk1"), return_path(db)
    looked = clerk.post(path, data={**filled(clerk.get(path).text), "others": "keep", "look": "true", "reason": "人数"})
    assert (looked.status_code, filled(looked.text)["shown"], filled(looked.text)["reason"]) == (200, "keep review_materials", "人数")
    assert item_of(db, "赵德顺", "home_visit")


def test_only_the_consequences_change_with_the_choice(enter, db):
    part = Page(enter("town_clerk1").get(return_path(db), headers={"hx-request": "true"}).text)
    choice = part.tree.xpath("//*[@hx-trigger='change']")[0]
    assert (choice.get("hx-target"), choice.get("hx-select")) == ("#operation-brings", "#operation-brings")
    assert part.tree.xpath("//*[@id='operation-brings']//input[@name='shown' or @name='seen']")
    assert not part.tree.xpath("//*[@id='operation-brings']//textarea") and not choice.xpath(".//textarea")


def test_a_case_that_has_gone_on_shows_the_fresh_consequences_and_keeps_the_reason(enter, db):
    clerk, path = enter("town_clerk1"), return_path(db)
    sent = {**filled(clerk.get(path).text), "reason": "人数不一致"}
    lead = enter("county_lead1")
    for what in ("suspend", "resume"):
        assert confirmed(lead, case_path(db, "赵德顺", f"/operations/{what}"), reason="核实").status_code == 303
    stale = clerk.post(path, data=sent)
    page = Page(stale.text).checked()
    assert (stale.status_code, page.texts("//textarea")) == (409, ["人数不一致"])
    assert "又有进展" in page.texts("//p[@role='alert']")[0] and "取消待办：信息核对" in stale.text
    assert clerk.post(path, data=filled(stale.text)).status_code == 303


def test_what_has_become_impossible_says_so_and_gives_the_reason_back(enter, db):
    lead, path = enter("county_lead1"), case_path(db, "赵德顺", "/operations/suspend")
    sent = {**filled(lead.get(path).text), "reason": "等待核实户籍"}
    assert confirmed(lead, case_path(db, "赵德顺", "/operations/terminate"), reason="重复申请").status_code == 303
    late = lead.post(path, data=sent)
    page = Page(late.text).checked()
    assert (late.status_code, page.tree.xpath("//textarea")) == (409, [])
    assert page.texts("//*[@id='operation-brings']") == ["此案已办结。"]
    assert page.texts("//*[@class='answer-long']") == ["等待核实户籍"]


@pytest.mark.parametrize(("login", "subject", "asked"), [
    ("auditor1", "赵德顺", "terminate"), ("auditor1", "赵德顺", "suspend"), ("window_clerk1", "赵德顺", "terminate"),
    ("county_lead1", "赵德顺", "resume"), ("county_lead1", "赵德顺", "retry"), ("county_lead1", "赵德顺", "retry?kind=job&job=7"),
    ("county_lead1", "赵德顺", "skip?item={item}"), ("county_lead1", "赵德顺", "send_back?token=999"),
    ("auditor1", "赵德顺", "send_back?token={token}"), ("town_clerk2", "赵德顺", "take_back?item={item}"),
])
def test_who_may_not_reads_why_and_gets_no_form(screen, db, login, subject, asked):
    item = item_of(db, subject, "home_visit")
    page = screen(login, case_path(db, subject, f"/operations/{asked.format(item=item.id, token=item.token)}"))
    assert page.tree.xpath("//form[contains(@action, '/operations/')]") == []
    assert page.texts("//*[@id='operation-brings']")[0]


def test_an_ended_case_offers_no_form_for_anything(screen, enter, db):
    path = case_path(db, "赵德顺", "/operations/terminate")
    assert confirmed(enter("county_lead1"), path, reason="重复申请").status_code == 303
    for what in ("suspend", "terminate", "resume", "retry"):
        assert screen("county_lead1", case_path(db, "赵德顺", f"/operations/{what}")).tree.xpath("//textarea") == []


def test_the_language_changes_and_the_page_stays(enter, db):
    clerk, path = enter("town_clerk1"), return_path(db, to="review_materials", others="keep")
    there = Page(clerk.get(path).text).tree.xpath("string(//form[@action='/language']/input[@name='next']/@value)")
    assert there == path
    assert post(clerk, "/language", {"language": "en", "next": there}, on=path).headers["location"] == path
    assert "What this brings about" in clerk.get(path).text
    assert post(clerk, "/language", {"language": "en", "next": f"//evil.example{path}"}, on=path).headers["location"] == "/"


def test_a_return_that_two_duties_share_is_told_once(enter, db):
    operation = Operation(case_id=case_of(db, "赵德顺").id, what="send_back", reason="两处核对不一致", by=1, at=NOW)
    db.add(operation)
    db.flush()
    for node in ("home_visit", "data_check"):
        item = next(one for one in db.exec(select(WorkItem).where(WorkItem.case_id == operation.case_id)) if one.node == node)
        item.operation_id = operation.id
    db.commit()
    page = Page(enter("town_clerk1").get(case_path(db, "赵德顺")).text)
    assert len([one for one in page.texts("//p[@role='note']") if "两处核对不一致" in one]) == 1


def test_a_wait_is_named_after_its_stage_and_not_after_its_timer(enter, db):
    links = Page(enter("county_lead1").get(case_path(db, "马桂兰")).text).texts("//ul[contains(@class, 'operations')]//a")
    returns = [one for one in links if one.startswith("退回")]
    assert returns == ["退回：公示"]


def steps(page: Page) -> list[str]:
    return page.texts("//ol[@class='steps']/li")


@pytest.mark.parametrize(("subject", "last"), [("赵德顺", ["核对调查 在此终止", "初审", "公示", "确认", "发放"]),
                                               ("马桂兰", ["核对调查 已完成", "初审 已完成", "公示 已撤下", "确认", "发放"])])
def test_the_stepper_of_a_terminated_case_ticks_nothing_that_was_broken_off(screen, enter, db, subject, last):
    lead, path = enter("county_lead1"), case_path(db, subject, "/operations/terminate")
    assert post(lead, path, {"reason": "全家迁出本县"}, on=path).status_code == 303
    assert steps(screen("county_lead1", case_path(db, subject)))[1:] == last


def test_a_suspended_case_says_what_stands_still_and_what_goes_on(screen, enter, db):
    lead, path, case = enter("county_lead1"), case_path(db, "马桂兰", "/operations/suspend"), case_path(db, "马桂兰")
    before = screen("county_lead1", case).texts("//span[starts-with(@class,'light')]")[0]
    assert "公示照常进行" in lead.get(path).text
    assert post(lead, path, {"reason": "等待核实户籍"}, on=path).status_code == 303
    shown = screen("county_lead1", case)
    assert shown.texts("//span[starts-with(@class,'light')]")[0] == before
    for said in ("暂停：", "不停：", "公示照常进行，照常受理异议。"):
        assert said in shown.texts("//p[@role='note']")[0]
    assert "公示照常进行" not in lead.get(case_path(db, "赵德顺", "/operations/suspend")).text
