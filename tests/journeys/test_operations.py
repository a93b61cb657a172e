"""办件操作 in a browser: out of the survey with its consequences shown, then taken on; and on a phone."""

import os

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Meet
from tests.journeys.looks import wider_than_screen
from tests.journeys.people import Somebody

REASON = "户口簿与申请表人数不一致"
TOO_EARLY = "尚未核对收入证明"


def test_a_clerk_sends_a_case_back_and_sees_before_what_that_brings_about(meet: Meet) -> None:
    clerk = meet("town_clerk1")
    clerk.go("/cases?q=赵德顺")
    clerk.page.get_by_role("link", name="赵德顺").first.click()
    clerk.look()
    clerk.page.get_by_role("link", name="退回：入户调查").click()
    form = clerk.page.locator(".operation")
    expect(form.get_by_text("取消待办：信息核对")).to_be_visible()
    form.get_by_label("保留：继续办理，结果有效").check()
    expect(form.get_by_text("取消待办：信息核对")).to_have_count(0)
    shot(clerk, "send-back")
    form.get_by_label("理由（记入经办记录）").fill(REASON)
    form.get_by_role("button", name="退回", exact=True).click()
    expect(clerk.page.get_by_text(REASON).first).to_be_visible()
    clerk.look()
    expect(clerk.page.locator(".todo").get_by_text("审查材料")).to_be_visible()


def test_a_step_is_taken_back_while_nobody_has_gone_on_and_refused_clearly_once_somebody_has(meet: Meet) -> None:
    clerk, lead = meet("town_clerk1"), meet("town_lead1")
    draft_opinion(clerk)
    assert waits(lead) == 1
    ask_back(clerk)
    clerk.press("撤回")
    clerk.sees("撤回：拟初审意见", TOO_EARLY)
    assert waits(lead) == 0
    draft_opinion(clerk)
    ask_back(clerk)
    lead.decide("刘海燕", "同意", "同意")
    with clerk.page.expect_navigation():
        clerk.page.locator(".operation").get_by_role("button", name="撤回", exact=True).click()
    expect(clerk.page.get_by_role("alert")).to_have_text("后续环节已有人办理，不能再撤回。")
    clerk.sees(TOO_EARLY)
    clerk.watch.complaints.clear()      # the browser names the 409
    clerk.look()
    shot(clerk, "take-back-refused")


def draft_opinion(clerk: Somebody) -> None:
    clerk.take_up("刘海燕", "拟初审意见")
    clerk.form.pick("办理结论", "拟予保障")
    clerk.form.answer("初审意见", "经入户调查，符合条件，拟予保障。")
    clerk.hand_in()


def ask_back(clerk: Somebody) -> None:
    """The small form to take one's step back, with the reason typed."""
    clerk.go("/cases?q=刘海燕")
    clerk.page.get_by_role("link", name="刘海燕").first.click()
    clerk.page.get_by_role("link", name="撤回：拟初审意见").click()
    clerk.page.locator(".operation").get_by_label("理由（记入经办记录）").fill(TOO_EARLY)


def waits(somebody: Somebody) -> int:
    somebody.go("/inbox")
    return somebody.page.locator("[data-row]").filter(has_text="刘海燕").count()


def test_the_forms_fit_a_phone(meet: Meet) -> None:
    lead = meet("county_lead1", **PHONE)
    lead.go("/cases?q=赵德顺")
    lead.page.get_by_role("link", name="赵德顺").first.click()
    lead.page.get_by_role("link", name="终止").click()
    expect(lead.page.locator(".operation")).to_be_visible()
    assert wider_than_screen(lead.page) == []
    shot(lead, "terminate-phone")
    lead.look()


def shot(somebody: Somebody, name: str) -> None:
    """A picture, where a folder for pictures is named."""
    if folder := os.environ.get("YIMEN_SHOTS"):
        somebody.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
