"""公示公告: what everybody may read without signing in, and objecting to it."""

from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Form as FormField, Query
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import col, func, select

from api.desk import AtDoor, Number, Visit, secure
from api.errors import Answered
from api.known import Posted
from api.pages.answering import Asking
from api.rendering.field_views import FormView
from bpmn.message import Message, Term
from forms.loader import parse
from forms.schema import Form
from workflows import releases
from workflows.cases import facts
from workflows.cases.notice import notices, objections
from workflows.cases.notice.objections import Receipt
from workflows.cases.tables import Notice, Objection
from workflows.errors import Conflict, Gone, Invalid, Refusal
from workflows.office.tables import Division
from workflows.settings import ROOT, settings

router = APIRouter()
Area = Annotated[str, Query(max_length=12)]
Matter = Annotated[str, Query(max_length=60)]
Short = Annotated[str, FormField(max_length=50)]
RECEIPT_COOKIE, RECEIPT_SECONDS = "yimen_receipt", 3600


@router.get("/public")
def listed(visit: AtDoor, area: Area = "", matter: Matter = "") -> Response:
    """Every notice on display, by township and matter."""
    everywhere = notices.current(visit.session, visit.now)
    towns = _names(visit, {notice.division_code[:9] for notice in everywhere})
    of = notices.matters(visit.session, everywhere)
    titles = {name: matter_title(visit, name) for name in sorted(set(of.values()))}
    shown = [one for one in everywhere if one.division_code.startswith(area) and matter in ("", of[one.id or 0])]
    return visit.page("public/list.html", notices=[(one, facts.decode(one.shown)) for one in shown], towns=towns,
                      area=area, area_name=towns.get(area, ""), matters=titles, matter=matter)


@router.get("/public/notices.atom")
def feed(visit: AtDoor, area: Area = "", matter: Matter = "") -> Response:
    """What is on display as a feed. It names nobody: a reader keeps what it has fetched, and a notice must vanish."""
    shown = notices.current(visit.session, visit.now, area, matter)
    places = _names(visit, {notice.division_code for notice in shown})
    answer = visit.page("public/feed.xml", notices=[(one, facts.decode(one.shown), places.get(one.division_code, "")) for one in shown],
                        root=str(visit.request.base_url).rstrip("/"))
    answer.headers["content-type"] = "application/atom+xml; charset=utf-8"
    return answer


@router.get("/public/notices/{notice}")
def one(visit: AtDoor, notice: Number) -> Response:
    """One notice, as it hangs in the village; when its days are over, a plain sentence and the way to complain."""
    try:
        return visit.page("public/notice.html", **_context(visit, notice))
    except Gone as gone:
        return visit.page("public/gone.html", 410, why=gone.message, late=_may_still_be_told(visit, notice), number=notice)


@router.get("/public/notices/{notice}/text")
def plain(visit: AtDoor, notice: Number) -> Response:
    """Its plain text, of which the proof keeps the SHA-256."""
    found = notices.public(visit.session, notice, visit.now)
    return PlainTextResponse(notices.text(found.shown), headers={"content-disposition": f'attachment; filename="notice-{notice}.txt"'})


@router.get("/public/notices/{notice}/objection")
def ask(visit: AtDoor, notice: Number) -> Response:
    """The objection form; no name is needed."""
    return _page(visit, notice, Asking(visit, objection_form()).fresh())


@router.post("/public/notices/{notice}/objection")
def object_to(visit: AtDoor, notice: Number, sent: Posted) -> Response:
    """Record an objection; the case is told."""
    asking = Asking(visit, objection_form())
    raw = asking.read(sent)
    again = asking.redrawn(sent, raw)
    if again:
        return _page(visit, notice, again)
    checked = asking.check(raw)
    if not checked.ok:
        raise Answered(_page(visit, notice, asking.refused(raw, Invalid(checked.errors)), 422))
    full = _why_full(visit, notice, str(checked.values.get("objector_name") or ""))
    if full:
        raise Answered(_page(visit, notice, asking.refused(raw, Invalid()), 429, full=full))
    said = {name: str(checked.values.get(name) or "") for name in ("text", "objector_name", "objector_phone")}
    kept = objections.object_to(visit.session, notice, said["text"], said["objector_name"], said["objector_phone"], visit.now)
    return handed_over(visit, notice, kept)


@router.get("/public/notices/{notice}/objection/received")
def received(visit: AtDoor, notice: Number) -> Response:
    """Thank you, the receipt, and what happens next."""
    found = notices.posted(visit.session, notice)
    number, _, secret = visit.request.cookies.get(RECEIPT_COOKIE, "").partition(" ")
    return visit.page("public/received.html", notice=found, words=facts.decode(found.shown), number=number, secret=secret,
                      late=objections.read(visit.session, number, secret).late if secret else notices.over(found, visit.now))


@router.get("/public/objections")
def ask_answer(visit: AtDoor) -> Response:
    """Where somebody who objected asks what became of it."""
    return visit.page("public/answer.html", number="", found=None, refusal=None)


@router.post("/public/objections")
def read_answer(visit: AtDoor, number: Short = "", secret: Short = "") -> Response:
    """The answer, for whoever holds the receipt."""
    try:
        if not visit.request.app.state.receipts.take(_address(visit)):
            raise Conflict("Several receipts were asked for from your address just now. Wait a few minutes.")
        found = objections.read(visit.session, number, secret)
    except Refusal as refusal:
        status = 429 if isinstance(refusal, Conflict) else 404
        return visit.page("public/answer.html", status, number=number, found=None, refusal=refusal.message)
    return visit.page("public/answer.html", number=number, found=found, refusal=None)


def handed_over(visit: Visit, notice: int, receipt: Receipt) -> Response:
    """On to the receipt; it travels in a cookie for that page alone, so that looking again sends nothing twice."""
    path = f"/public/notices/{notice}/objection/received"
    answer = visit.to(path)
    answer.set_cookie(RECEIPT_COOKIE, f"{receipt.number} {receipt.secret}", max_age=RECEIPT_SECONDS, path=path, httponly=True,
                      samesite="strict", secure=secure(visit.request))
    return answer


@lru_cache
def objection_form() -> Form:
    """The form everybody objects with."""
    return parse((ROOT / "forms/public_notice/objection.form").read_bytes(), "public_notice/objection")


def _context(visit: Visit, notice: int) -> dict[str, Any]:
    found = notices.public(visit.session, notice, visit.now)
    return {"notice": found, "words": facts.decode(found.shown), "fingerprint": notices.fingerprint(found)}


def _page(visit: Visit, notice: int, form: FormView, status: int = 200, full: Message | None = None) -> Response:
    found = notices.posted(visit.session, notice)
    late = notices.over(found, visit.now)
    return visit.page("public/objection.html", status, form=form, full=full, notice=found, late=late,
                      words=None if late else facts.decode(found.shown))


def _may_still_be_told(visit: Visit, notice: int) -> bool:
    """Whether a complaint about a notice that is gone is taken: not where it was withdrawn."""
    found = visit.session.get(Notice, notice)
    return found is not None and not found.withdrawn


def _address(visit: Visit) -> str:
    client = visit.request.client
    return client.host if client else ""


def _why_full(visit: Visit, notice: int, name: str) -> Message | None:
    """Why no further objection is taken just now; None: it is."""
    if not name.strip():
        waiting = select(func.count()).select_from(Objection).where(
            Objection.notice_id == notice, Objection.objector_name == "", col(Objection.answered_at).is_(None))
        if visit.session.exec(waiting).one() >= settings().objections_open:
            return Message("Many objections without a name wait for their answer here. Give your name, or call the bureau.")
    if not visit.request.app.state.objections.take(_address(visit)):
        return Message("Several objections came from your address just now. Wait a few minutes, or call the bureau.")
    return None


def matter_title(visit: Visit, process: str) -> Term:
    """What a matter is called."""
    rules = releases.current(visit.session, process).process
    return Term(rules.title, rules.en)


def _names(visit: Visit, codes: set[str]) -> dict[str, str]:
    found = select(Division).where(col(Division.code).in_(codes)).order_by(col(Division.code))
    return {division.code: division.name for division in visit.session.exec(found)}
