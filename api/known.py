"""Who is asking, and whether the request comes from one of our own pages."""

import itertools
import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.session import SAFE_METHODS, Db
from workflows.errors import NotAllowed
from workflows.office import clock, sign_in
from workflows.office.people import Officer

SESSION_COOKIE = "yimen_session"
VISIT_COOKIE = "yimen_visit"
LANGUAGE_COOKIE = "yimen_language"
CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"
OPEN_TO_ALL = ("/public/", "/sign-in", "/language")
MOST_FIELDS = 5_000
MOST_FILES = 50


class SignInNeeded(Exception):
    """The page is for officers, and nobody is signed in."""


class SessionEnded(SignInNeeded):
    """Something was sent to the officers' pages by somebody who is no longer signed in."""

    def __init__(self, sent: FormData) -> None:
        """Keep what was sent."""
        self.sent = sent
        super().__init__()


@dataclass(frozen=True)
class Known:
    """An officer with his session's token, or a visitor with a token of his own."""

    officer: Officer | None
    csrf: str


async def posted(request: Request) -> FormData:
    """What was sent, read before the database is asked for anything: a slow sender holds nobody up."""
    _refuse_unstorable(request.scope["path"], *itertools.chain.from_iterable(request.query_params.multi_items()))
    if request.method in SAFE_METHODS:
        return FormData()
    sent = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    for name, value in sent.multi_items():
        _refuse_unstorable(name, value if isinstance(value, str) else value.filename or "")
    return sent


def _refuse_unstorable(*texts: str) -> None:
    """No database keeps the character NUL, and no keyboard writes it."""
    if any("\0" in text for text in texts):
        raise HTTPException(400)


Posted = Annotated[FormData, Depends(posted)]


def known(request: Request, session: Db) -> Known:
    """Who is asking, by the session of this request."""
    return look_up(request, session)


def look_up(request: Request, session: Session) -> Known:
    """Look the cookie up; a visitor's token lives in a cookie of its own."""
    token = request.cookies.get(SESSION_COOKIE, "")
    now = clock.now(session)
    row = sign_in.session_of(session, token, now)
    officer = sign_in.who(session, token, now) if row else None
    if row is not None and officer is not None:
        return Known(officer, row.csrf)
    return Known(None, request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24))


Who = Annotated[Known, Depends(known)]


def guard(request: Request, sent: Posted, who: Who) -> None:
    """Refuse every unsafe request that does not carry the token of a page of ours."""
    request.state.known = who
    if request.method in SAFE_METHODS:
        return
    given = sent.get(CSRF_FIELD) or request.headers.get(CSRF_HEADER) or ""
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if who.officer is None and not foreign and _ours(request) and not request.url.path.startswith(OPEN_TO_ALL):
        raise SessionEnded(sent)
    if foreign or not isinstance(given, str) or not _same(given, _expected(request, who)):
        raise NotAllowed("This page is out of date. Open it again and repeat what you did.")


def _ours(request: Request) -> bool:
    """Whether the browser itself says that a page of ours sent this: another site's words are carried nowhere."""
    return request.headers.get("sec-fetch-site") == "same-origin" \
        or urlsplit(request.headers.get("origin", "")).netloc == request.url.netloc


def _expected(request: Request, who: Known) -> str:
    return who.csrf if who.officer else request.cookies.get(VISIT_COOKIE, "")


def _same(given: str, expected: str) -> bool:
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())
