"""备用金: each township's petty cash, its ledger, its requests for money and its monthly counts."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.desk import AtDesk, Desk, Number
from api.errors import Answered
from api.known import Posted
from api.pages.payments.words import month_name
from api.pages.small_forms import Ask
from api.rendering.field_views import FormView
from bpmn.message import Message
from workflows.errors import Invalid, NotAllowed
from workflows.office import permissions, rates
from workflows.payments.petty_cash import books, counts, overview, requests
from workflows.payments.petty_cash.tables import CashBook

router = APIRouter()
Values = Mapping[str, Any]
Done = TypeVar("Done")
QUOTA = "emergency_relief.petty_cash_quota"
OPEN, TOP_UP, URGENT, COUNT = "cash_open", "cash_top_up", "cash_urgent", "cash_count"
NEEDS = {TOP_UP: "top_up_petty_cash", URGENT: "ask_petty_cash", COUNT: "count_petty_cash"}
KINDS = {"quota": Message("Quota"), "top_up": Message("Top-up"), "release": Message("Paid out"), "return": Message("Given back"),
         "replenish": Message("Replenished"), "year_end": Message("Year end"), "carried": Message("Carried over")}
STATES = {"asked": Message("Asked"), "approved": Message("Approved"), "refused": Message("Refused")}
TONES = {"asked": "blue", "approved": "green", "refused": "red"}
REQUESTS = {"replenish": Message("Replenish releases"), "urgent": Message("Urgent top-up")}


@router.get("/petty-cash")
def listed(desk: AtDesk) -> Response:
    """The books on one's ground; a township's own desk goes straight to its book."""
    _reader(desk)
    return _list(desk)


@router.post("/petty-cash")
def open_book(desk: AtDesk, sent: Posted) -> Response:
    """Open a township's book of a year."""
    def act(values: Values) -> CashBook:
        return books.open_book(desk.session, str(values["division"]), int(values["year"]), int(values["quota_fen"]), desk.now, desk.officer)

    book = _acted(Ask(desk, OPEN), sent, act, lambda form: _list(desk, form))
    return desk.to(f"/petty-cash/{book.id}")


@router.get("/petty-cash/{book}")
def shown(desk: AtDesk, book: Number) -> Response:
    """One book."""
    return _page(desk, _seen(desk, book))


@router.post("/petty-cash/{book}/top-up")
def top_up(desk: AtDesk, book: Number, sent: Posted) -> Response:
    """Add money."""
    _asked(desk, book, TOP_UP, sent, lambda said: books.top_up(
        desk.session, book, int(said["amount_fen"]), str(said["memo"]), desk.officer, desk.now))
    return desk.to(f"/petty-cash/{book}")


@router.post("/petty-cash/{book}/urgent")
def urgent(desk: AtDesk, book: Number, sent: Posted) -> Response:
    """Ask for money at once."""
    _asked(desk, book, URGENT, sent, lambda said: requests.urgent(
        desk.session, book, int(said["amount_fen"]), str(said["reason"]), desk.officer, desk.now))
    return desk.to(f"/petty-cash/{book}#requests")


@router.post("/petty-cash/{book}/replenish")
def replenish(desk: AtDesk, book: Number) -> Response:
    """Ask for every unreimbursed release to be replaced."""
    _seen(desk, book)
    requests.replenish(desk.session, book, desk.officer, desk.now)
    return desk.to(f"/petty-cash/{book}#requests")


@router.post("/petty-cash/{book}/requests/{request}")
def decide(desk: AtDesk, book: Number, request: Number, decision: Annotated[str, Form(max_length=10)],
           opinion: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Approve a request, or refuse it."""
    found = _seen(desk, book)
    try:
        requests.decide(desk.session, request, approve=decision == "approve", opinion=opinion, who=desk.officer, now=desk.now)
    except Invalid as refusal:
        raise Answered(_page(desk, found, refused={request: desk.say(refusal.errors[0].message)}, status=422)) from refusal
    return desk.to(f"/petty-cash/{book}#requests")


@router.post("/petty-cash/{book}/count")
def count(desk: AtDesk, book: Number, sent: Posted) -> Response:
    """Enter a month's count."""
    _asked(desk, book, COUNT, sent, lambda said: counts.count(
        desk.session, book, str(said["month"]), int(said["bank_fen"]), int(said["box_fen"]), str(said.get("reason") or ""), desk.officer, desk.now))
    return desk.to(f"/petty-cash/{book}#counts")


@router.post("/petty-cash/{book}/counts/{row}")
def sign(desk: AtDesk, book: Number, row: Number) -> Response:
    """Sign what a colleague counted."""
    _seen(desk, book)
    counts.sign(desk.session, row, desk.officer, desk.now)
    return desk.to(f"/petty-cash/{book}#counts")


@router.post("/petty-cash/{book}/close")
def close(desk: AtDesk, book: Number, how: Annotated[str, Form(max_length=20)]) -> Response:
    """Close a year."""
    _seen(desk, book)
    books.close_year(desk.session, book, how, desk.officer, desk.now)
    return desk.to(f"/petty-cash/{book}")


def _reader(desk: Desk) -> None:
    if not desk.officer.holds(*permissions.MAY["read_petty_cash"]):
        raise NotAllowed("Your duty does not include this.")


def _seen(desk: Desk, number: int) -> CashBook:
    book = books.get(desk.session, number)
    permissions.demand(permissions.why_not(desk.officer, "read_petty_cash", book.division_code))
    return book


def _asked(desk: Desk, number: int, name: str, sent: FormData, act: Callable[[Values], Any]) -> None:
    book = _seen(desk, number)
    permissions.demand(permissions.why_not(desk.officer, NEEDS[name], book.division_code))
    _acted(Ask(desk, name), sent, act, lambda form: _page(desk, book, {name: form}))


def _acted(asked: Ask, sent: FormData, act: Callable[[Values], Done], again: Callable[[FormView], Response]) -> Done:
    """Do what the form says; the page again, each mistake beside its field, where form or rule refuses it."""
    try:
        return act(asked.checked(sent))
    except Invalid as refusal:
        page = again(asked.again(sent, refusal))
        page.status_code = 422
        raise Answered(page) from refusal


def _list(desk: Desk, form: FormView | None = None) -> Response:
    may_open = desk.officer.holds(*permissions.MAY["open_petty_cash"])
    ground = desk.officer.duties[0].division_code
    usual = {"year": str(desk.now.year), "quota_fen": rates.value(desk.session, QUOTA, desk.now.date(), ground)}
    opening = (form or Ask(desk, OPEN).fresh(usual)) if may_open else None
    return desk.page("petty_cash/list.html", rows=overview.visible(desk.session, desk.officer), opening=opening)


def _page(desk: Desk, book: CashBook, forms: Mapping[str, FormView] | None = None, refused: Mapping[int, str] | None = None,
          status: int = 200) -> Response:
    may = {name: permissions.why_not(desk.officer, action, book.division_code) is None
           for name, action in {**NEEDS, "decide": "decide_petty_cash", "sign": "sign_petty_cash", "close": "open_petty_cash"}.items()}
    asked = {name: (forms or {}).get(name) or Ask(desk, name).fresh() for name in NEEDS if may[name] and book.closed_at is None}
    page = desk.page("petty_cash/book.html", whole=overview.whole(desk.session, book, desk.now.date()), may=may, forms=asked, kinds=KINDS,
                     states=STATES, tones=TONES, request_kinds=REQUESTS, over=desk.now.year > book.year, refused=refused or {},
                     month_name=month_name)
    page.status_code = status
    return page
