"""公示公告: what everybody may read without signing in, and objecting to it."""

from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel import col, func, select

from api.desk import AtDoor, Number, Visit
from api.errors import Answered
from api.known import Posted
from api.pages.answering import Asking
from api.rendering.field_views import FormView
from bpmn.message import Message
from forms.loader import parse
from forms.schema import Form
from workflows.cases import facts, notices, objections
from workflows.cases.tables import Objection
from workflows.errors import Invalid
from workflows.office.tables import Division
from workflows.settings import ROOT, settings

router = APIRouter()


@router.get("/public")
def listed(visit: AtDoor, area: Annotated[str, Query(max_length=12)] = "") -> Response:
    """Every notice on display, by township."""
    everywhere = notices.current(visit.session, visit.now)
    towns = _names(visit, {notice.division_code[:9] for notice in everywhere})
    shown = [notice for notice in everywhere if notice.division_code.startswith(area)]
    return visit.page("public/list.html", notices=[(one, facts.decode(one.shown)) for one in shown], towns=towns,
                      area=area, area_name=towns.get(area, ""))


@router.get("/public/notices/{notice}")
def one(visit: AtDoor, notice: Number) -> Response:
    """One notice, as it hangs in the village."""
    return visit.page("public/notice.html", **_context(visit, notice))


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
    objections.object_to(visit.session, notice, said["text"], said["objector_name"], said["objector_phone"], visit.now)
    return visit.to(f"/public/notices/{notice}/objection/received")


@router.get("/public/notices/{notice}/objection/received")
def received(visit: AtDoor, notice: Number) -> Response:
    """Thank you, and what happens next."""
    return visit.page("public/received.html", **_context(visit, notice))


@lru_cache
def objection_form() -> Form:
    """The form everybody objects with."""
    return parse((ROOT / "forms/public_notice/objection.form").read_bytes(), "public_notice/objection")


def _context(visit: Visit, notice: int) -> dict[str, Any]:
    found = notices.public(visit.session, notice, visit.now)
    return {"notice": found, "words": facts.decode(found.shown)}


def _page(visit: Visit, notice: int, form: FormView, status: int = 200, full: Message | None = None) -> Response:
    return visit.page("public/objection.html", status, form=form, full=full, **_context(visit, notice))


def _why_full(visit: Visit, notice: int, name: str) -> Message | None:
    """Why no further objection is taken just now; None: it is."""
    if not name.strip():
        waiting = select(func.count()).select_from(Objection).where(
            Objection.notice_id == notice, Objection.objector_name == "", col(Objection.answered_at).is_(None))
        if visit.session.exec(waiting).one() >= settings().objections_open:
            return Message("Many objections without a name wait for their answer here. Give your name, or call the bureau.")
    client = visit.request.client
    if not visit.request.app.state.objections.take(client.host if client else ""):
        return Message("Several objections came from your address just now. Wait a few minutes, or call the bureau.")
    return None


def _names(visit: Visit, codes: set[str]) -> dict[str, str]:
    found = select(Division).where(col(Division.code).in_(codes)).order_by(col(Division.code))
    return {division.code: division.name for division in visit.session.exec(found)}
