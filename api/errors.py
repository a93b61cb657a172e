"""A refusal becomes an answer: a page with the way back, or problem+json for who asks for JSON."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api import addresses, desk, rendering, returning
from api.known import LANGUAGE_COOKIE, VISIT_COOKIE, Known, SessionEnded, SignInNeeded, look_up
from bpmn.message import Message
from workflows.cases import incidents
from workflows.cases.incidents import Halted
from workflows.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Refusal, RowsInvalid
from workflows.messages import say, spoken
from workflows.office import clock
from workflows.records.session import reading, writing
from workflows.sample.accounts import ACCOUNTS
from workflows.settings import settings

log = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {Gone: 410, NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422, RowsInvalid: 422}
TITLES = {400: Message("This request could not be read"), 403: Message("Not allowed"), 404: Message("Not found"),
          401: Message("Not allowed"), 405: Message("Not found"), 410: Message("No longer on display"), 411: Message("This request could not be read"), 413: Message("This request could not be read"), 409: Message("This is no longer possible"),
          422: Message("Some answers need to be corrected"), 500: Message("Something went wrong on our side")}
FAILED = Message("Nothing was changed. Try again; if it happens again, tell your administrator the time.")


class Answered(Exception):  # an answer, not a failure
    """A finished answer that must leave nothing behind in the database: a form shown again."""

    def __init__(self, answer: Response) -> None:
        """Keep the answer."""
        self.answer = answer
        super().__init__()


@dataclass(frozen=True)
class Problem:
    """What went wrong, ready to be said."""

    status: int
    message: Message
    errors: tuple[tuple[str, Message], ...] = ()

    @property
    def title(self) -> Message:
        """The kind of problem, in a few words."""
        return TITLES.get(self.status, TITLES[400])


def install(app: FastAPI) -> None:
    """Answer every exception that a page function lets through."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Answered, _answered)
    app.add_exception_handler(SignInNeeded, _sign_in_first)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _failed)


def status_of(refusal: Refusal) -> int:
    """The status of a refusal's kind."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def problem_of(refusal: Refusal) -> Problem:
    """A refusal with the errors it carries."""
    errors: Iterable[tuple[str, Message]] = ()
    if isinstance(refusal, Invalid):
        errors = ((error.path, error.message) for error in refusal.errors)
    if isinstance(refusal, RowsInvalid):
        errors = ((f"{error.sheet} {error.column}{error.row}", error.message) for error in refusal.errors)
    return Problem(status_of(refusal), refusal.message, tuple(errors))


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, Halted):
        _keep(request, error)
    return _say(request, problem_of(error)) if isinstance(error, Refusal) else _failed(request, error)


def _keep(request: Request, halted: Halted) -> None:
    """The refused step is undone; that its case can't go on is written down by itself."""
    try:
        with writing(request.app.state.engine) as session:
            incidents.keep(session, halted, clock.now(session))
    except SQLAlchemyError:
        log.exception("an incident could not be kept: %s", halted)


def _answered(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, Halted):
        _keep(request, error.__cause__)
    return error.answer if isinstance(error, Answered) else Response(status_code=500)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405 and request.method in addresses.READS and not wants_json(request):
        return RedirectResponse(addresses.above(request), 303)      # it only takes things in: to the page that sends them
    message = Message("There is no such page.") if status in {404, 405} else Message("This request could not be read.")
    return _say(request, Problem(status, message))


def _unreadable(request: Request, error: Exception) -> Response:
    places = {part["loc"][0] for part in error.errors()} if isinstance(error, RequestValidationError) else set()
    if places <= {"path"}:
        return _say(request, Problem(404, Message("There is no such page.")))
    return _say(request, Problem(400, Message("This request could not be read.")))


def _failed(request: Request, error: Exception) -> Response:
    log.error("unexpected: %s %s", request.method, request.url.path, exc_info=error)
    return _say(request, Problem(500, FAILED))


def _sign_in_first(request: Request, error: Exception) -> Response:
    kept = returning.of(request, error.sent) if isinstance(error, SessionEnded) else None
    if kept and not wants_json(request):
        return _ended(request, kept)
    wanted = addresses.of(request)
    target = "/sign-in" if request.method != "GET" or wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    if wants_json(request):
        return as_json(request, Problem(401, Message("Sign in first.")))
    return RedirectResponse(target, 303)


def _ended(request: Request, kept: returning.Kept) -> Response:
    """The sign-in form in the place of the page, carrying what was sent."""
    inside = request.headers.get("hx-request") == "true"     # of the officers' page: no room for the sample's accounts
    answer = rendering.page(_shell(request), "office/sign_in.html", 401, after="", login="", wrong=False,
                            kept=kept, accounts=ACCOUNTS if settings().sample and not inside else ())
    if inside:
        answer.headers.update({"HX-Retarget": "#main", "HX-Reswap": "innerHTML", "HX-Reselect": "#main > *"})
    return desk.remember_visit(answer, request, _known(request))


def wants_json(request: Request) -> bool:
    """Whether the asker prefers JSON to a page."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _say(request: Request, problem: Problem) -> Response:
    if wants_json(request):
        return as_json(request, problem)
    shell = _shell(request)
    if request.headers.get("hx-request") == "true":
        return rendering.fragment(shell, "errors/toast.html", problem.status, problem=problem)
    answer = rendering.page(shell, "errors/page.html", problem.status, problem=problem, back=addresses.came_from(request) or addresses.above(request))
    return desk.remember_visit(answer, request, _known(request))


def as_json(request: Request, problem: Problem) -> Response:
    """A problem as problem+json (RFC 9457), in the asker's language."""
    language = _language(request)
    body = {"type": "about:blank", "title": say(problem.title, language), "status": problem.status,
            "detail": say(problem.message, language),
            "errors": [{"path": path, "message": say(message, language)} for path, message in problem.errors]}
    return JSONResponse(body, problem.status, media_type="application/problem+json")


def _known(request: Request) -> Known:
    """Who asked, also where no page function was reached; nobody, when the database can't tell."""
    if not isinstance(getattr(request.state, "known", None), Known):
        try:
            with reading(request.app.state.engine) as session:
                request.state.known = look_up(request, session)
        except SQLAlchemyError:
            request.state.known = Known(None, request.cookies.get(VISIT_COOKIE, "") or secrets.token_urlsafe(24))
    found: Known = request.state.known
    return found


def _language(request: Request) -> str:
    officer = _known(request).officer
    return spoken(officer.language if officer else request.cookies.get(LANGUAGE_COOKIE))


def _shell(request: Request) -> rendering.Shell:
    """The shell without the database, which may be the very thing that failed."""
    known, language = _known(request), _language(request)
    entries = desk.rail(request, known.officer, language, {}) if known.officer else ()
    return desk.shell_of(request, known, None, language, True, entries)
