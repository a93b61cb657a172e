"""Coming in and going out, and the language one is spoken to in."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from api import returning
from api.desk import YEAR, AtDesk, AtDoor, Desk, Visit, keep
from api.known import LANGUAGE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, Known
from api.returning import Kept
from bpmn.message import Message
from workflows.errors import Invalid
from workflows.messages import spoken
from workflows.office import sign_in
from workflows.office.tables import Person, SignIn
from workflows.sample.accounts import ACCOUNTS
from workflows.settings import settings

router = APIRouter()
Target = Annotated[str, Form(max_length=500)]
Password = Annotated[str, Form(max_length=200)]


@router.get("/")
def front(visit: AtDoor) -> Response:
    """Officers to their work, everybody else to the notices."""
    return visit.to("/inbox" if visit.known.officer else "/public")


@router.get("/sign-in")
def door(visit: AtDoor, after: Annotated[str, Query(alias="next", max_length=500)] = "") -> Response:
    """The sign-in form."""
    return _form(visit, after)


@router.post("/sign-in")
def come_in(visit: AtDoor, login: Annotated[str, Form(max_length=100)] = "",
            password: Annotated[str, Form(max_length=200)] = "",
            after: Annotated[str, Form(alias="next", max_length=500)] = "",
            again: Annotated[str, Form(max_length=returning.LONGEST)] = "") -> Response:
    """Check the password; a wrong one is written down, so the answer is an ordinary one."""
    kept = returning.unpacked(again)
    found = sign_in.sign_in(visit.session, login, password, visit.now)
    if found is None:
        return _form(visit, after, login, wrong=True, kept=kept)
    if kept and inside(kept.target) == kept.target:
        return _once_more(visit, found, kept)
    return _entered(visit, found, inside(after))


@router.get("/password")
def own_password(desk: AtDesk, changed: bool = False) -> Response:
    """Change one's own password."""
    return _password_form(desk, changed=changed)


@router.post("/password")
def change_password(desk: AtDesk, present: Password = "", new: Password = "", again: Password = "") -> Response:
    """Set it, end all other sessions, and go on in a new one; a wrong guess is written down."""
    if not sign_in.confirmed(desk.session, desk.officer, present, desk.now):
        return _password_form(desk, Message("The present password is not right."))
    if new != again:
        return _password_form(desk, Message("The two new passwords differ."))
    try:
        sign_in.set_password(desk.session, desk.officer.id, new, desk.officer, desk.now)
    except Invalid as refusal:
        return _password_form(desk, refusal.message)
    found = sign_in.sign_in(desk.session, desk.officer.login, new, desk.now)
    return _entered(desk, found, "/password?changed=1") if found else desk.to("/sign-in")


@router.post("/sign-out")
def go_out(desk: AtDesk) -> Response:
    """End this browser's session."""
    sign_in.sign_out(desk.session, desk.request.cookies.get(SESSION_COOKIE, ""), desk.now)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.post("/language")
def speak(visit: AtDoor, language: Annotated[str, Form(max_length=10)],
          after: Annotated[str, Form(alias="next", max_length=8000)] = "/") -> Response:
    """Keep the language, for the person and for the browser."""
    chosen = spoken(language)
    if visit.known.officer:
        visit.session.get_one(Person, visit.known.officer.id).language = chosen
    answer = RedirectResponse(inside(after), 303)
    keep(answer, visit.request, LANGUAGE_COOKIE, chosen, YEAR)
    return answer


def inside(target: str) -> str:
    """An address of our own, or the front."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if ours and not target.startswith(("/sign-in", "/language")) else "/"


def _entered(visit: Visit, found: tuple[str, SignIn], target: str) -> Response:
    """Into a new session."""
    return _signed_in(visit, found, RedirectResponse(target, 303))


def _once_more(visit: Visit, found: tuple[str, SignIn], kept: Kept) -> Response:
    """Into a new session, to what was sent when the last one had ended."""
    token, row = found
    known = Known(sign_in.who(visit.session, token, visit.now), row.csrf)
    return _signed_in(visit, found, replace(visit, known=known).page("office/again.html", kept=kept))


def _signed_in(visit: Visit, found: tuple[str, SignIn], answer: Response) -> Response:
    token, row = found
    keep(answer, visit.request, SESSION_COOKIE, token, int((row.expires_at - row.started_at).total_seconds()))
    answer.delete_cookie(VISIT_COOKIE)
    return answer


def _password_form(desk: Desk, wrong: Message | None = None, *, changed: bool = False) -> Response:
    return desk.page("office/password.html", 422 if wrong else 200, wrong=wrong, changed=changed,
                     least=sign_in.SHORTEST, most=sign_in.LONGEST)


def _form(visit: Visit, after: str, login: str = "", *, wrong: bool = False, kept: Kept | None = None) -> Response:
    return visit.page("office/sign_in.html", 422 if wrong else 200, after=after, login=login, wrong=wrong, kept=kept,
                      accounts=ACCOUNTS if settings().sample else ())
