"""双随机抽查: plans, the draw in the presence of two, and voiding it; every draw stays to be read."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import col, select
from starlette.datastructures import FormData

from api.desk import AtDesk, Desk, Number
from api.errors import Answered
from api.known import Posted
from api.pages import files
from api.pages.inspections import words as words
from api.pages.small_forms import Ask
from bpmn.message import Message
from workflows.cases.papers import documents
from workflows.cases.tables import Case, Document
from workflows.errors import Invalid, NotFound
from workflows.inspections import draws, lots, plans
from workflows.inspections.draws import Urn
from workflows.inspections.tables import Plan
from workflows.office import people, permissions, sign_in
from workflows.office.people import Officer

router = APIRouter()
FOLDER, REGULAR = "inspections", "regular"
Short = Annotated[str, Form(max_length=200)]


@router.get("/random-inspections")
def listed(desk: AtDesk) -> Response:
    """Every plan of the ground, and the form for another."""
    return _list(desk)


@router.post("/random-inspections")
def make(desk: AtDesk, sent: Posted) -> Response:
    """Make a plan."""
    ground = words.ground(desk)
    said = _checked(desk, "plan", sent, lambda form: _list(desk, form))
    try:
        made = plans.make(desk.session, plans.Wish.of(str(said["name"]), said["kind"] == REGULAR, said), ground, desk.officer, desk.now)
    except Invalid as refusal:
        raise Answered(_status(_list(desk, Ask(desk, "plan", FOLDER).again(sent, refusal)), 422)) from refusal
    return desk.to(f"/random-inspections/{made.id}")


@router.get("/random-inspections/{plan}")
def shown(desk: AtDesk, plan: Number) -> Response:
    """A plan, from whom it would draw today, and its draws."""
    return _page(desk, _seen(desk, plan))


@router.post("/random-inspections/{plan}/draw")
def draw(desk: AtDesk, plan: Number, sent: Posted, witness: Short = "", password: Short = "") -> Response:
    """Draw by lot, the second person having confirmed with the own password; a case for each one drawn."""
    found = _seen(desk, plan)
    said = _checked(desk, "draw", sent, lambda form: _page(desk, found, {"draw": form}))
    other = _witness(desk, witness, password)
    if other is None:       # returned, not raised: the failed attempt stays on record
        again = Ask(desk, "draw", FOLDER).again(sent, Invalid(()))
        return _status(_page(desk, found, {"draw": again}, Message("Login or password of the second person is wrong.")), 422)
    urn = Urn(str(said["roster"]).replace("、", "\n").splitlines(), str(said.get("seed") or ""), str(said.get("source") or ""), said.get("stand_back") or [])
    made = draws.draw(desk.session, found, urn, desk.officer, other, desk.now)
    draws.open_cases(desk.session, made.id or 0, desk.officer, desk.now)
    return desk.to(f"/random-inspections/{plan}#draw-{made.id}")


@router.post("/random-inspections/{plan}/void")
def void(desk: AtDesk, plan: Number, sent: Posted) -> Response:
    """Void the draw that stands."""
    found = _seen(desk, plan)
    permissions.demand(permissions.why_not(desk.officer, "void_draw", found.division_code))
    said = _checked(desk, "void", sent, lambda form: _page(desk, found, {"void": form}))
    valid = draws.standing(desk.session, found)
    if valid is None:
        raise NotFound("There is no such draw.")
    draws.void(desk.session, valid.id or 0, str(said["reason"]), desk.officer, desk.now)
    return desk.to(f"/random-inspections/{plan}")


@router.get("/random-inspections/papers/{document}.pdf")
def paper(desk: AtDesk, document: Number) -> Response:
    """抽查方案 or 抽签记录."""
    return files.paper(desk, _paper(desk, document))


@router.get("/random-inspections/papers/{document}/copy")
def copy(desk: AtDesk, document: Number) -> Response:
    """Its copy that may be edited."""
    return files.copy(desk, _paper(desk, document))


def _paper(desk: Desk, number: int) -> Document:
    ground, found = words.ground(desk), documents.by_id(desk.session, number)
    if found.case_id is not None or not found.series.startswith(plans.PROCESS) or not found.ground.startswith(ground):
        raise NotFound("This document was not found.")
    return found


def _seen(desk: Desk, number: int) -> Plan:
    found = plans.by_id(desk.session, number)
    permissions.demand(permissions.why_not(desk.officer, "read_inspections", found.division_code))
    return found


def _witness(desk: Desk, login: str, password: str) -> Officer | None:
    """The second person present, if that is the password; guesses count like those at the door."""
    try:
        other = people.by_login(desk.session, login.strip())
    except NotFound:
        return None
    return other if sign_in.confirmed(desk.session, other, password, desk.now) else None


def _checked(desk: Desk, name: str, sent: FormData, again: Callable[[Any], Response]) -> Mapping[str, Any]:
    asked = Ask(desk, name, FOLDER)
    if redrawn := asked.redrawn(sent):
        raise Answered(again(redrawn))
    try:
        return asked.checked(sent)
    except Invalid as refusal:
        raise Answered(_status(again(asked.again(sent, refusal)), 422)) from refusal


def _status(page: Response, status: int) -> Response:
    page.status_code = status
    return page


def _list(desk: Desk, form: Any = None) -> Response:
    ground = words.ground(desk)
    asking = (form or Ask(desk, "plan", FOLDER).fresh()) if words.may(desk, "draw_inspections", ground) else None
    rows = [(plan, draws.of_plan(desk.session, plan)) for plan in plans.of(desk.session, ground)]
    return desk.page("inspections/plans.html", rows=rows, asking=asking, least=plans.floor(desk.session, ground, desk.now), scope=plans.scope)


def _page(desk: Desk, plan: Plan, forms: Mapping[str, Any] | None = None, wrong: Message | None = None) -> Response:
    made, forms = draws.of_plan(desk.session, plan), forms or {}
    valid = next((one for one in made if one.voided_at is None), None)
    may_draw = valid is None and words.may(desk, "draw_inspections", plan.division_code)
    may_void = valid is not None and words.may(desk, "void_draw", plan.division_code)
    n = len(plans.population(desk.session, plan, desk.now))
    return desk.page("inspections/plan.html", plan=plan, draws=made, cases=_cases(desk, made), n=n, size=lots.size(Decimal(plan.ratio), n),
                     scope=plans.scope(plan), wrong=wrong, content=[plans.CONTENT[one] for one in plan.content], results=words.RESULTS,
                     drawing=forms.get("draw") or (Ask(desk, "draw", FOLDER).fresh() if may_draw else None),
                     voiding=forms.get("void") or (Ask(desk, "void", FOLDER).fresh() if may_void else None))


def _cases(desk: Desk, made: Any) -> dict[int, Case]:
    """The cases of these draws."""
    wanted = {pair["case_id"] for one in made for pair in one.pairs.values() if pair.get("case_id")}
    return {case.id or 0: case for case in desk.session.exec(select(Case).where(col(Case.id).in_(wanted)))}
