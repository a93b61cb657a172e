"""What must hold of every page anybody visits: no script errors, one heading, nothing that shuts people out."""

import re
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from workflows.settings import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
FINDINGS = """async () => {
  for (const one of document.getAnimations()) one.currentTime = Math.max(one.currentTime, 1000);  // no half-faded toast
  return (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    v => ({id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.html.slice(0, 160))}));
}"""


class Watch:
    """Keeps what a browser complained about; axe reads each kind of page once on each size of screen."""

    read: ClassVar[set[tuple[object, ...]]] = set()

    def __init__(self, context: BrowserContext, *, scripts: bool) -> None:
        self.scripts = scripts
        self.complaints: list[str] = []
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))

    def _said(self, message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 422"   # a form shown again says so to the browser
        if message.type == "error" and expected not in message.text:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def check(self, page: Page) -> None:
        """This page, as it stands now."""
        expect(page.locator("h1")).to_have_count(1)
        where = f"{page.url} “{page.title()}”"
        kind = kind_of(page)
        if self.scripts and kind not in self.read:
            found = [one for one in findings(page) if one["impact"] in SERIOUS]
            assert not found, f"{where}: {found}"
            self.read.add(kind)
        assert not self.complaints, f"{where}: {self.complaints}"


def kind_of(page: Page) -> tuple[object, ...]:
    """Pages of one address and heading look alike, but for an open panel, an alert or a message."""
    address = re.sub(r"\d+", "", urlsplit(page.url).path)
    extras = [page.locator(what).count() > 0 for what in (".panel", "[role=alert]", ".toast", "dialog[open]")]
    return address, page.locator("h1").inner_text(), page.viewport_size and page.viewport_size["width"], *extras


def findings(page: Page) -> list[dict[str, Any]]:
    """What axe finds on a page."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    return list(page.evaluate(FINDINGS))


def wider_than_screen(page: Page) -> list[str]:
    """What makes a page, or its main part, scroll sideways."""
    return list(page.evaluate("""() => [document.documentElement, document.querySelector('main')]
        .filter(place => place.scrollWidth > place.clientWidth + 1)
        .flatMap(place => [...place.querySelectorAll('*')]
            .filter(e => e.getBoundingClientRect().right > place.getBoundingClientRect().right + 1)
            .map(e => e.outerHTML.slice(0, 120)).slice(0, 5))"""))


def _axe(kept: dict[Path, str] = {}) -> str:
    return kept.setdefault(AXE, "" if AXE in kept else AXE.read_text(encoding="utf-8"))
