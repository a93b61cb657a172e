"""办件操作 in a browser: out of the survey with its consequences shown, then taken on; and on a phone."""

import os

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Meet
from tests.journeys.looks import wider_than_screen

REASON = "户口簿与申请表人数不一致"


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


def test_the_forms_fit_a_phone(meet: Meet) -> None:
    lead = meet("county_lead1", **PHONE)
    lead.go("/cases?q=赵德顺")
    lead.page.get_by_role("link", name="赵德顺").first.click()
    lead.page.get_by_role("link", name="终止").click()
    expect(lead.page.locator(".operation")).to_be_visible()
    assert wider_than_screen(lead.page) == []
    shot(lead, "terminate-phone")
    lead.look()


def shot(somebody, name: str) -> None:
    """A picture, where a folder for pictures is named."""
    if folder := os.environ.get("YIMEN_SHOTS"):
        somebody.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
