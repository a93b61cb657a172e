"""What a page function works with: the person, the moment, the session, and the ways to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from api import addresses, navigation, rendering
from api.known import LANGUAGE_COOKIE, VISIT_COOKIE, Known, SignInNeeded, Who
from api.rendering.pages import Entry
from api.rendering.words import Words
from api.session import Db
from bpmn.message import Message, Term
from workflows.cases import delivery, due, incidents, jobs, matters
from workflows.cases.notice import notices
from workflows.cases.shown import worklist
from workflows.messages import say, spoken
from workflows.office import clock, clock_jumps, working_days
from workflows.office.people import Officer
from workflows.office.permissions import MAY
from workflows.office.tables import Unit
from workflows.registers import sight
from workflows.settings import settings

YEAR = 366 * 24 * 3600
HIGHEST = 2**53   # the largest number that every browser and the database can hold
Number = Annotated[int, Path(ge=0, le=HIGHEST)]   # of a row, in an address


@dataclass(frozen=True)
class Visit:
    """One request of anybody."""

    request: Request
    session: Session
    known: Known
    now: datetime

    @property
    def language(self) -> str:
        """The officer's own language, or the visitor's."""
        officer = self.known.officer
        return spoken(officer.language if officer else self.request.cookies.get(LANGUAGE_COOKIE))

    @property
    def by_htmx(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return self.request.headers.get("hx-request") == "true" \
            and self.request.headers.get("hx-history-restore-request") != "true"

    def say(self, words: Message | Term | str) -> str:
        """In the reader's language."""
        return say(words, self.language)

    def cited(self, source: str) -> str:
        """The law or document a rule comes from, as far as it is known in the reader's language."""
        return Words(self.language).cited(source)

    def page(self, template: str, status: int = 200, **context: object) -> Response:
        """Render a page in the shell of whoever asks."""
        answer = rendering.page(self.shell(), template, status, **context)
        return remember_visit(answer, self.request, self.known)

    def to(self, url: str) -> Response:
        """Send the browser on, after something was done."""
        return RedirectResponse(url, 303)

    def shell(self) -> rendering.Shell:
        """What stands around the page."""
        around = shell_of(self.request, self.known, self.now, self.language,
                          working_days.calendar(self.session).is_working(self.now.date()), self._entries(), self._bureau())
        officer = self.known.officer
        if officer is None or not clock_jumps.unsettled(self.session):
            return around
        link = "confirm" if officer.holds(*MAY["mend_jobs"]) else "see" if officer.holds(*MAY["read_jobs"]) else ""
        return replace(around, doubted=True, doubt_link=link)

    def _bureau(self) -> str:
        """Whose desk it is; for a visitor the county's bureau."""
        officer = self.known.officer
        if officer and officer.duties:
            return officer.duties[0].unit_name
        county = self.session.exec(select(Unit.name).where(Unit.kind == "COUNTY").order_by(col(Unit.id))).first()
        return county or ""

    def _entries(self) -> tuple[Entry, ...]:
        officer = self.known.officer
        if officer is None:
            return ()
        return rail(self.request, officer, self.language, self._counts(officer), bool(matters.open_to(self.session, officer)))

    def _counts(self, officer: Officer) -> Mapping[str, int]:
        ground = officer.duties[0].division_code if officer.duties else ""
        return {"registers": sight.falling_due(self.session, officer, self.now.date()), "inbox": worklist.count(self.session, officer),
                "public": len(notices.current(self.session, self.now, ground)),
                "jobs": self._troubles() if officer.holds(*MAY["read_jobs"]) else 0}

    def _troubles(self) -> int:
        return len(jobs.failed(self.session)) + due.failures(self.session) + len(delivery.troubled(self.session)) \
            + len(incidents.unsettled(self.session)) \
            + len(clock_jumps.unsettled(self.session))


@dataclass(frozen=True)
class Desk(Visit):
    """One request of an officer."""

    @property
    def officer(self) -> Officer:
        """Who is signed in."""
        if self.known.officer is None:
            raise SignInNeeded
        return self.known.officer


def at_door(request: Request, session: Db, who: Who) -> Visit:
    """Anybody may come in."""
    return Visit(request, session, who, clock.now(session))


def at_desk(request: Request, session: Db, who: Who) -> Desk:
    """Officers only."""
    if who.officer is None:
        raise SignInNeeded
    return Desk(request, session, who, clock.now(session))


AtDoor = Annotated[Visit, Depends(at_door)]
AtDesk = Annotated[Desk, Depends(at_desk)]


def rail(request: Request, officer: Officer, language: str, counts: Mapping[str, int],
         may_start: bool = False) -> tuple[Entry, ...]:
    """The officer's rail."""
    return tuple(navigation.entries(officer, request.app.state.paths, navigation.Around(settings().sample, may_start),
                                    lambda words: say(words, language), counts))


def shell_of(request: Request, known: Known, now: datetime | None, language: str, working: bool,
             entries: tuple[Entry, ...], bureau: str = "") -> rendering.Shell:
    """The shell for a request, whether or not the database could be asked."""
    return rendering.Shell(bureau=bureau, language=language, csrf=known.csrf, officer=known.officer, now=now, working=working,
                           sample=settings().sample, path=request.url.path, address=addresses.of(request), entries=entries)


def remember_visit(answer: Response, request: Request, known: Known) -> Response:
    """Give a visitor's page the cookie that its forms are checked against."""
    if known.officer is None and request.cookies.get(VISIT_COOKIE) != known.csrf:
        keep(answer, request, VISIT_COOKIE, known.csrf)
    return answer


def keep(answer: Response, request: Request, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that no script reads and no other site sends."""
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure(request))


def secure(request: Request) -> bool:
    """Whether cookies travel encrypted only: by setting, and wherever the page itself did."""
    return request.url.scheme == "https" or settings().secure_cookies
