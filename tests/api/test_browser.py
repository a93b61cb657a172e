"""The pages in a real browser: nothing that axe objects to, no error in the console, and the keys."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine
from sqlmodel import Session

from api.app import create_app
from api.rendering.assets import DIST
from tests.api.conftest import PASSWORD, case_of, item_of
from workflows.cases.tables import WorkItem, WorkState
from workflows.settings import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
AXE = ROOT / "node_modules/axe-core/axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser"),
              pytest.mark.skipif(not (CHROMIUM and AXE.exists() and (DIST / "manifest.json").exists()),
                                 reason="needs Chromium and the built bundles")]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def address(county: Engine) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(county), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


class Window:
    """One person's browser window; remembers what went wrong in it."""

    def __init__(self, browser: Browser, address: str, login: str, size: dict[str, int]) -> None:
        self.page: Page = browser.new_context(viewport=size, locale="zh-CN", base_url=address).new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        if login:
            self.page.goto("/sign-in")
            self.page.fill("[name=login]", login)
            self.page.fill("[name=password]", PASSWORD)
            self.page.click("[data-sign-in]")
            self.page.wait_for_url("**/inbox")

    def goto(self, path: str) -> None:
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")

    def fine(self) -> None:
        """Nothing in the console, nothing too wide, and axe has nothing to say."""
        assert self.wrong == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        self.page.context.new_cdp_session(self.page).send("Runtime.evaluate", {"expression": AXE.read_text()})
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("login", "paths"), [
    ("", ["/sign-in", "/public", "/public/notices/{notice}", "/public/notices/{notice}/objection", "/nope"]),
    ("town_clerk1", ["/inbox", "/inbox?item={item}", "/done", "/cases", "/cases/{case}", "/work/{item}", "/sample/clock"]),
    ("window_clerk1", ["/intake/dibao"]),
    ("county_lead1", ["/cases/{case}"]),
    ("admin1", ["/jobs", "/password"]),
    ("finance1", ["/payments"]),
])
def test_axe_has_nothing_to_say(chromium: Browser, address: str, db: Session, login: str, paths: list[str],
                                size: dict[str, int]):
    window = Window(chromium, address, login, size)
    names = {"notice": 2, "item": item_of(db, "赵德顺", "home_visit").id, "case": case_of(db, "马桂兰").number}
    for path in paths:
        window.goto(path.format(**names))
        if path == "/nope":
            window.wrong.clear()        # the browser itself reports the 404
        window.fine()


def test_the_inbox_is_worked_by_keys_and_the_next_item_opens(chromium: Browser, address: str, db: Session):
    window = Window(chromium, address, "town_lead1", DESK)
    page = window.page
    following = item_of(db, "孙立军").id
    page.wait_for_selector(".diagram svg")
    assert page.inner_text(".panel h2") == "刘海燕"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("孙立军")
    assert page.url.endswith(f"/inbox?item={following}")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("刘海燕")
    page.fill("#opinion", "同意")
    page.click("button[value=agree]")
    page.wait_for_selector(".toast")
    assert page.inner_text(".panel h2") == "孙立军"
    assert page.inner_text("#rail-count-inbox") == "1"
    assert page.locator("[data-row]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".panel").count() == 0
    window.fine()


@pytest.mark.parametrize("path", ["/inbox?item={item}", "/work/{item}"])
def test_a_double_click_sends_once(chromium: Browser, address: str, db: Session, path: str):
    window = Window(chromium, address, "town_lead1", DESK)
    page, item = window.page, item_of(db, "刘海燕").id
    window.goto(path.format(item=item))
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    button = page.locator(".panel button[value=agree], main form .form-end button").first
    with page.expect_request(lambda one: one.method == "POST"):
        button.evaluate("one => { one.click(); one.click(); }")
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1


def test_a_decision_sent_when_the_session_has_ended_is_sent_after_signing_in(chromium: Browser, address: str, db: Session):
    window = Window(chromium, address, "town_lead1", DESK)
    page, item = window.page, item_of(db, "刘海燕").id
    window.goto(f"/inbox?item={item}")
    page.fill("#opinion", "同意其申请")
    page.context.clear_cookies(name="yimen_session")
    page.click("button[value=agree]")
    page.fill("#main [name=login]", "town_lead1")
    page.fill("#main [name=password]", PASSWORD)
    page.click("[data-sign-in]")
    page.click("main form .button-main")
    page.wait_for_url("**/inbox?*")
    db.rollback()
    assert db.get(WorkItem, item).state == WorkState.DONE


def test_keys_do_nothing_while_somebody_types(chromium: Browser, address: str):
    window = Window(chromium, address, "town_lead1", DESK)
    window.page.keyboard.press("/")
    window.page.keyboard.type("j?k")
    assert window.page.input_value("[data-seek]") == "j?k"
    assert not window.page.is_visible("#keys")
    window.page.focus("main")
    window.page.keyboard.press("?")
    assert window.page.is_visible("#keys")


def test_on_a_phone_the_panel_covers_the_list_and_closes_again(chromium: Browser, address: str):
    window = Window(chromium, address, "town_lead1", PHONE)
    page = window.page
    assert not page.is_visible(".panel")
    page.click("[data-row] >> nth=1")
    page.wait_for_selector(".panel .diagram svg")
    assert page.locator(".panel").bounding_box()["width"] == PHONE["width"]
    window.fine()
    page.click("[data-close]")
    assert page.is_visible("[data-row] >> nth=1")
    window.fine()


def test_a_demo_account_fills_the_form_in(chromium: Browser, address: str):
    window = Window(chromium, address, "", DESK)
    window.goto("/sign-in")
    window.page.click("[data-fill='town.clerk']")
    assert window.page.input_value("[name=login]") == "town.clerk"
    assert window.page.input_value("[name=password]")
