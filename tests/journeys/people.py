"""Somebody at a browser: goes to pages, fills forms by their labels, and looks at every page he comes to."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from tests.journeys.county import PASSWORD
from tests.journeys.looks import Watch
from workflows.scenarios.bureau import PICTURE
from workflows.settings import ROOT

IMAGES = ROOT / "docs" / "images"
MUST = r"\s*\*?\s*(必填)?"


class Form:
    """Fields under the labels that people read; of a whole page, or of one row."""

    def __init__(self, place: Locator) -> None:
        self.place = place

    def field(self, label: str) -> Locator:
        """The field with that label."""
        return self.place.get_by_label(re.compile(rf"^{re.escape(label)}{MUST}$"))

    def write(self, **answers: str) -> None:
        """Type into fields, one after the other; a choice is made by what it is called."""
        for label, text in answers.items():
            self.answer(label, text)

    def answer(self, label: str, text: str) -> None:
        """Type a text, or choose an option by its words."""
        field = self.field(label)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=text)
        else:
            field.fill(text)

    def attach(self, label: str) -> None:
        """Hand in a picture."""
        self.field(label).set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": PICTURE})

    def pick(self, question: str, *choices: str) -> None:
        """Tick choices under a question."""
        group = self.place.locator("fieldset", has=self.place.page.locator(
            "legend", has_text=re.compile(rf"^\s*{re.escape(question)}{MUST}$")))
        for choice in choices:
            group.get_by_label(choice, exact=True).check()

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.field(label).check()

    def row(self, title: str) -> "Form":
        """One row of a list, such as 成员 2."""
        return Form(self.place.get_by_role("group", name=title, exact=True))

    def error_of(self, label: str) -> Locator:
        """What is wrong with a field, said beside it."""
        return self.place.locator(f"#{self.field(label).get_attribute('id')}-error")


class Somebody:
    """An officer at his desk, or a visitor."""

    def __init__(self, context: BrowserContext, login: str = "", *, scripts: bool = True) -> None:
        self.context, self.login = context, login
        self.watch = Watch(context, scripts=scripts)
        self.page: Page = context.new_page()

    @property
    def form(self) -> Form:
        """The page's main form."""
        return Form(self.page.locator("main"))

    def sign_in(self) -> None:
        """By the form, as everybody."""
        self.go("/sign-in")
        self.page.get_by_label("账号").fill(self.login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("heading", name="我的待办", level=1)).to_be_visible()
        self.look()

    def go(self, path: str) -> Response | None:
        """Open a page and look at it."""
        answer = self.page.goto(path)
        self.look()
        return answer

    def look(self) -> None:
        """Nothing is wrong with the page as it is now."""
        self.page.wait_for_load_state()
        self.watch.check(self.page)

    def photograph(self, name: str) -> None:
        """Keep this page as a picture for the README, when that is wanted."""
        if os.environ.get("YIMEN_SCREENSHOTS"):
            drawing = self.page.locator(".diagram").first
            if drawing.is_visible():
                expect(drawing.locator("svg .djs-element").first).to_be_visible()
            self.page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")

    def press(self, button: str, *, stays: bool = False) -> None:
        """Click a button by its words; where it leads is looked at."""
        found = self.page.get_by_role("button", name=button, exact=True).filter(visible=True).last
        if stays:
            found.click()
            return
        with self.page.expect_navigation():
            found.click()
        self.look()

    def follow(self, link: str) -> None:
        """Click a link of the page's main part by its words."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=link, exact=True).first.click()
        self.look()

    def sees(self, *texts: str) -> None:
        """The page's main part says all this."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def sees_nothing_of(self, *texts: str) -> None:
        """Not even the page's source says any of this."""
        source = self.page.content()
        assert not [text for text in texts if text in source]

    def take_up(self, subject: str, step: str) -> None:
        """Open one's work item from the list, then its form."""
        self._come_for(subject, step).click()
        panel = self.page.locator(".panel")
        expect(panel.get_by_role("heading", name=subject)).to_be_visible()
        panel.get_by_role("link", name=re.compile(f"完整表单|办理：{step}")).click()
        expect(self.page.get_by_role("heading", name=step, level=1)).to_be_visible()
        self.look()

    def decide(self, subject: str, choice: str, opinion: str, photograph: str = "") -> None:
        """Decide from the panel beside the list, with an opinion."""
        self._come_for(subject).click()
        panel = self.page.locator(".panel")
        expect(panel.get_by_role("heading", name=subject)).to_be_visible()
        panel.get_by_label("办理意见").fill(opinion)
        if photograph:
            self.photograph(photograph)
        panel.get_by_role("button", name=choice, exact=True).click()
        expect(self.page.locator(".toast")).to_be_visible()
        self.look()

    def _come_for(self, *words: str) -> Locator:
        """The list's row that says all this; it may come only when the machines have done their part."""
        row = self.page.locator("[data-row]")
        for word in words:
            row = row.filter(has_text=word)
        self.until("/inbox", lambda answer: row.count() > 0)
        return row.first

    def until(self, path: str, ready: Callable[[Response], bool], patience: float = 60) -> None:
        """Come back to a page till the machines have done their part."""
        ends = time.monotonic() + patience
        while not ready(cast(Response, self.page.goto(path))):
            assert time.monotonic() < ends, f"{path}: {self.page.locator('main').inner_text()[:2000]}"
            self.page.wait_for_timeout(300)
        self.watch.complaints.clear()
        self.look()

    def hand_in(self) -> None:
        """Send the work item's form; the list comes back."""
        self.press("提交")
        expect(self.page).to_have_url(re.compile(r"/inbox\?done="))

    def download(self, link: Locator, to: Path) -> Path:
        """Save what a link leads to."""
        answer = self.context.request.get(str(link.get_attribute("href")))
        assert answer.ok, answer.status
        to.write_bytes(answer.body())
        return to

    def move_clock(self, moment: str) -> None:
        """Put the sample county's clock forward on its own page."""
        self.go("/sample/clock")
        self.page.get_by_label("到指定时刻").fill(moment)
        self.press("拨到该时刻")
