"""备用金: each township's petty cash, its ledger, its requests for money and its monthly counts."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.desk import AtDesk, Desk, Number
from api.errors import Answered
from api.known import Posted
from api.pages.small_forms import Ask
from bpmn.message import Message
from workflows.errors import Invalid, NotAllowed
from workflows.office import permissions
from workflows.payments.petty_cash import books, counts, overview, requests
from workflows.payments.petty_cash.tables import CashBook

router = APIRouter()
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
    asked = Ask(desk, OPEN)
    values = _checked(asked, sent, lambda form: _list(desk, form))
    book = books.open_book(desk.session, str(values["division"]), int(values["year"]), int(values["quota_fen"]), desk.now, desk.officer)
    return desk.to(f"/petty-cash/{book.id}")


@router.get("/petty-cash/{book}")
def shown(desk: AtDesk, book: Number) -> Response:
    """One book."""
    return _page(desk, _seen(desk, book))


@router.post("/petty-cash/{book}/top-up")
def top_up(desk: AtDesk, book: Number, sent: Posted) -> Response:
    """Add money."""
    values = _answers(desk, book, TOP_UP, sent)
    books.top_up(desk.session, book, int(values["amount_fen"]), str(values["memo"]), desk.officer, desk.now)
    return desk.to(f"/petty-cash/{book}")


@router.post("/petty-cash/{book}/urgent")
def urgent(desk: AtDesk, book: Number, sent: Posted) -> Response:
    """Ask for money at once."""
    values = _answers(desk, book, URGENT, sent)
    requests.urgent(desk.session, book, int(values["amount_fen"]), str(values["reason"]), desk.officer, desk.now)
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
    _seen(desk, book)
    requests.decide(desk.session, request, approve=decision == "approve", opinion=opinion, who=desk.officer, now=desk.now)
    return desk.to(f"/petty-cash/{book}#requests")


@router.post("/petty-cash/{book}/count")
def count(desk: AtDesk, book: Number, sent: Posted) -> Response:
    """Enter a month's count."""
    said = _answers(desk, book, COUNT, sent)
    counts.count(desk.session, book, str(said["month"]), int(said["bank_fen"]), int(said["box_fen"]), str(said.get("reason") or ""),
                 desk.officer, desk.now)
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


def _answers(desk: Desk, number: int, name: str, sent: FormData) -> Mapping[str, Any]:
    book = _seen(desk, number)
    permissions.demand(permissions.why_not(desk.officer, NEEDS[name], book.division_code))
    return _checked(Ask(desk, name), sent, lambda form: _page(desk, book, {name: form}))


def _checked(asked: Ask, sent: FormData, again: Callable[[Any], Response]) -> Mapping[str, Any]:
    try:
        return asked.checked(sent)
    except Invalid as refusal:
        page = again(asked.again(sent, refusal))
        page.status_code = 422
        raise Answered(page) from refusal


def _list(desk: Desk, form: Any = None) -> Response:
    may_open = desk.officer.holds(*permissions.MAY["open_petty_cash"])
    opening = (form or Ask(desk, OPEN).fresh({"year": str(desk.now.year)})) if may_open else None
    return desk.page("petty_cash/list.html", rows=overview.visible(desk.session, desk.officer), opening=opening)


def _page(desk: Desk, book: CashBook, forms: Mapping[str, Any] | None = None) -> Response:
    may = {name: permissions.why_not(desk.officer, action, book.division_code) is None
           for name, action in {**NEEDS, "decide": "decide_petty_cash", "sign": "sign_petty_cash", "close": "open_petty_cash"}.items()}
    asked = {name: (forms or {}).get(name) or Ask(desk, name).fresh() for name in NEEDS if may[name] and book.closed_at is None}
    return desk.page("petty_cash/book.html", whole=overview.whole(desk.session, book, desk.now.date()), may=may, forms=asked,
                     kinds=KINDS, states=STATES, tones=TONES, request_kinds=REQUESTS, over=desk.now.year > book.year)
