"""The list by keyboard alone, every page on a phone, and the frame in English."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Meet
from tests.journeys.looks import wider_than_screen

PAGES = {
    "": ("/sign-in", "/public", "/public/payments"),
    "town_clerk1": ("/inbox", "/inbox?item=0", "/done", "/cases", "/intake/dibao", "/public", "/sample/clock"),
    "county_lead1": ("/inbox", "/payments", "/payments/trace", "/audit"),
    "county_clerk1": ("/households", "/payments"),
}
HAN = re.compile("[\u4e00-\u9fff]+")


def test_the_list_is_worked_by_keyboard_alone(meet: Meet) -> None:
    clerk = meet("town_clerk1")
    keys, rows, panel = clerk.page.keyboard, clerk.page.locator("[data-row]"), clerk.page.locator(".panel")
    expect(panel).to_have_attribute("data-item", str(rows.nth(0).get_attribute("data-row")))
    expect(rows.nth(0)).to_have_attribute("data-htmx-powered", "true")   # scripts are there
    keys.press("j")
    expect(rows.nth(1)).to_be_focused()
    keys.press("k")
    expect(rows.nth(0)).to_be_focused()
    keys.press("j")
    keys.press("Enter")
    expect(panel).to_have_attribute("data-item", str(rows.nth(1).get_attribute("data-row")))
    keys.press("Escape")
    expect(panel).to_have_count(0)
    expect(rows.nth(1)).to_be_focused()
    keys.press("?")
    expect(clerk.page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    clerk.look()
    keys.press("Escape")
    keys.press("/")
    expect(clerk.page.get_by_role("searchbox")).to_be_focused()
    keys.type("赵德顺")
    keys.press("Enter")
    expect(clerk.page.get_by_role("heading", name="案件查询", level=1)).to_be_visible()
    clerk.sees("赵德顺")
    clerk.look()


def test_the_form_is_reached_and_sent_by_keyboard(meet: Meet) -> None:
    clerk = meet("town_clerk1")
    clerk.go("/intake/dibao")
    keys = clerk.page.keyboard
    keys.press("Tab")
    expect(clerk.page.get_by_role("link", name="跳到正文")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    clerk.form.field("申请人姓名").focus()
    keys.type("王建国")
    keys.press("Enter")
    expect(clerk.page.get_by_role("alert")).to_be_focused()
    expect(clerk.form.field("申请人姓名")).to_have_value("王建国")


@pytest.mark.parametrize("login", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(meet: Meet, login: str) -> None:
    somebody = meet(login, **PHONE)
    wide = {}
    for path in PAGES[login]:
        somebody.go(path)
        wide[path] = wider_than_screen(somebody.page)
    assert not any(wide.values()), wide


def test_a_case_and_its_form_fit_a_phone(meet: Meet) -> None:
    clerk = meet("town_clerk1", **PHONE)
    clerk.page.locator("[data-row]").first.click()
    expect(clerk.page.locator(".panel")).to_be_visible()
    clerk.look()
    assert not wider_than_screen(clerk.page)
    clerk.go(str(clerk.page.locator(".panel h2 a").get_attribute("href")))
    assert not wider_than_screen(clerk.page)
    clerk.follow("办理")
    assert not wider_than_screen(clerk.page)


def test_the_frame_speaks_english_when_asked(meet: Meet) -> None:
    clerk = meet("town_clerk2")
    clerk.press("EN")
    frame = clerk.page.locator(".rail, .tabs, .work-head, .filters, .keys")
    expect(clerk.page.get_by_role("heading", name="My work", level=1)).to_be_visible()
    for place in frame.all():
        words = re.sub("城关镇|河西镇", "", place.evaluate("e => e.innerText + ' ' + (e.ariaLabel ?? '')"))
        assert not HAN.findall(words), words
    assert clerk.page.locator("html").get_attribute("lang") == "en"
    clerk.press("中文")
    expect(clerk.page.get_by_role("heading", name="我的待办", level=1)).to_be_visible()
