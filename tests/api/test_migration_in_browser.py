"""A migration in a real browser: planned, tried, started by another person, taken back; nothing for axe to object to."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.api.conftest import NOW
from tests.api.test_browser import DESK, PHONE, Window, address, chromium, pytestmark  # noqa: F401  (fixtures)
from tests.versions import RENAMED, newer
from workflows.migration import work
from workflows.records.session import writing


@pytest.fixture
def machines(county: Engine, tmp_path) -> Iterator[None]:
    """A second version, and a worker that does what it is asked."""
    with writing(county) as session:
        newer(session, tmp_path / "newer", NOW, RENAMED)
    stop = threading.Event()

    def loop() -> None:
        while not stop.wait(0.05):
            work.turn(lambda _: NOW, county)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(5)


def confirmed(window: Window) -> None:
    """Give the reason that is asked for."""
    window.page.fill("#bulk-reason", "按新流程办理")
    window.page.click("main form button")


def test_plan_dry_run_move_and_back(chromium, address, machines):  # noqa: F811
    designer, lead = Window(chromium, address, "designer1", DESK), Window(chromium, address, "county_lead1", DESK)
    page = designer.page
    designer.goto("/processes")
    page.click("#dibao .plan-new button")
    page.wait_for_url("**/plans/1")
    page.select_option("[name='to:home_visit']", "house_visit")
    page.click("text=保存对应关系")
    page.wait_for_selector("text=人工指定")
    page.click("#progress .acts button >> text=预演")
    page.wait_for_selector("#reasons, #cases")
    assert page.inner_text("#progress .figures .key dd") == "6 件"
    designer.fine()
    lead.goto("/processes/dibao/plans/1")
    lead.page.click("text=开始迁移")
    confirmed(lead)
    lead.page.wait_for_selector("header .tag >> text=已迁移")
    lead.page.click("#cases tbody tr:first-child a.button")
    confirmed(lead)
    lead.page.wait_for_selector("#cases tbody tr:first-child >> text=已迁回")
    lead.page.click("text=全部迁回")
    confirmed(lead)
    lead.page.wait_for_selector("header .tag >> text=已迁回")
    assert lead.page.inner_text("#progress .figures .key dd") == "6 件"
    lead.fine()


def test_on_a_phone_axe_has_nothing_to_say(chromium, address, machines):  # noqa: F811
    window = Window(chromium, address, "designer1", PHONE)
    for path in ("/processes", "/processes/dibao/versions/1"):
        window.goto(path)
        window.fine()
    window.goto("/processes")
    window.page.click("#dibao .plan-new button")
    window.page.wait_for_url("**/plans/1")
    window.fine()
