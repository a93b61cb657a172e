"""The running product, and an officer at each desk with a browser of his own."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.people import Somebody
from tests.journeys.running import Product

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--lang=zh-CN"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
FAILED = pytest.StashKey[bool]()
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Meet = Callable[..., Somebody]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys share one running product, so one worker takes them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium; nothing is downloaded."""
    found = os.environ.get("YIMEN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return {**browser_type_launch_args, "executable_path": found, "args": ARGS,
            "env": {**os.environ, "LANGUAGE": "zh_CN"}}   # a date field shows 年/月/日 in the browser's own language


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product on the fixture county, begun at 9:00 on 4 March 2024."""
    running = Product.in_folder(tmp_path_factory.mktemp("var"))
    try:
        running.do("tests.journeys.county", "build")
        running.begin()
        yield running
    finally:
        running.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know how their test went."""
    report = yield
    item.stash.setdefault(FAILED, False)
    item.stash[FAILED] |= report.failed
    return report


@pytest.fixture
def meet(request: pytest.FixtureRequest, product: Product, browser: Browser, tmp_path: Path) -> Iterator[Meet]:
    """Somebody with a browser of his own, signed in where a login is given; a failure leaves everybody's last page."""
    met_ones: list[Somebody] = []

    def met(login: str = "", **options: Any) -> Somebody:
        context = browser.new_context(**{"base_url": product.url, "locale": "zh-CN", "bypass_csp": True,
                                         "viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(15_000)
        somebody = Somebody(context, login, scripts=bool(options.get("java_script_enabled", True)))
        met_ones.append(somebody)
        if login:
            somebody.sign_in()
        return somebody

    yield met
    for number, somebody in enumerate(met_ones):
        if request.node.stash.get(FAILED, False):
            somebody.page.screenshot(path=tmp_path / f"last-{number}-{somebody.login or 'visitor'}.png")
        somebody.context.close()
