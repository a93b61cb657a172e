"""名册: a month's lines, and one payment from its decision to the bank's serial number."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.datastructures import FormData

from api.desk import AtDesk, Desk, Number
from api.errors import Answered
from api.known import Posted
from api.pages.payments import words as words
from api.pages.small_forms import Ask
from api.pages.payments.months import head
from api.rendering.field_views import FormView
from workflows.cases.sources import BANKS
from workflows.cases.tables import Case, Document, Household
from workflows.errors import Invalid, NotFound, Refusal
from workflows.office import permissions
from workflows.payments import cycles, sight
from workflows.payments.bank import reconciliation, traces
from workflows.payments.roster import rosters, rows as roster_rows
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.roster.rosters import Edit
from workflows.payments.tables import Cycle, Line, LineState

router = APIRouter()
HOLD, CHANGE, DEFER, STATED = "hold_line", "change_line", "defer_line", "not_received"
PREFILLED = ("base_fen", "supplement_fen", "payee_name", "payee_id_number", "account_number", "bank_code")


class Wish(BaseModel):
    """Which lines of a roster are wanted."""

    township: str = Field("", max_length=9)
    state: str = Field("", max_length=20)
    change: str = Field("", max_length=20)
    q: str = Field("", max_length=100)
    page: int = Field(1, ge=1, le=10_000)

    def url(self, scheme: str, month: str, **changes: object) -> str:
        """The same wish, changed a little, as an address."""
        kept = {name: value for name, value in {**self.model_dump(), **changes}.items() if value not in ("", 1)}
        return f"/payments/{scheme}/{month}/roster" + (f"?{urlencode(kept)}" if kept else "")


@router.get("/payments/{scheme}/{month}/roster")
def roster(desk: AtDesk, scheme: str, month: str, wish: Annotated[Wish, Query()]) -> Response:
    """The roster's lines, what is held and why, and what is wrong."""
    cycle = sight.cycle(desk.session, desk.officer, scheme, month)
    grounds = sight.grounds(desk.officer)
    rows = roster_rows.page(desk.session, cycle, grounds, roster_rows.Wish(
        wish.township, wish.state, wish.change, wish.q, wish.page))
    errors = {line.id for line in rosters.open_errors(desk.session, cycle)}
    held = roster_rows.held(desk.session, cycle, grounds)
    codes = {line.village_code for line, _ in rows.lines} | {line.village_code for line, _ in held}
    return desk.page("payments/roster.html", **head(desk, cycle), wish=wish, rows=rows, held=held, errors=errors,
                     roster=rosters.current(desk.session, cycle), places=roster_rows.places(desk.session, codes),
                     states=roster_rows.states(desk.session, cycle, grounds))


@router.get("/payments/lines/{line}")
def one(desk: AtDesk, line: Number) -> Response:
    """One payment, traced both ways."""
    return _page(desk, sight.line(desk.session, desk.officer, line))


@router.post("/payments/lines/{line}/hold")
def hold(desk: AtDesk, line: Number, sent: Posted) -> Response:
    """Keep the line out of this month."""
    found = _editable(desk, line)
    values = _answers(desk, found, HOLD, sent)
    rosters.hold(desk.session, [found], str(values["hold_reason"]), desk.officer, desk.now)
    return desk.to(f"/payments/lines/{line}")


@router.post("/payments/lines/{line}/release")
def release(desk: AtDesk, line: Number) -> Response:
    """Let a held line be paid."""
    rosters.release(desk.session, _editable(desk, line), desk.officer, desk.now)
    return desk.to(f"/payments/lines/{line}")


@router.post("/payments/lines/{line}/change")
def change(desk: AtDesk, line: Number, sent: Posted) -> Response:
    """Change amount or account: a new version that nobody has signed."""
    found = _editable(desk, line)
    values = _answers(desk, found, CHANGE, sent)
    payee = Payee(*(str(values.get(name) or "") for name in PREFILLED[2:]))
    edit = Edit(int(values["base_fen"]), int(values.get("supplement_fen") or 0), payee)
    rosters.change_line(desk.session, found, edit, str(values["reason"]), desk.officer, desk.now)
    return desk.to(f"/payments/lines/{line}")


@router.post("/payments/lines/{line}/defer")
def defer(desk: AtDesk, line: Number, sent: Posted) -> Response:
    """Give a returned line up for this month."""
    found = sight.line(desk.session, desk.officer, line)
    permissions.demand(_why_not_settle(desk, found))
    values = _answers(desk, found, DEFER, sent)
    reconciliation.defer(desk.session, found, str(values["defer_reason"]), desk.officer, desk.now)
    return desk.to(f"/payments/lines/{line}")


@router.post("/payments/lines/{line}/not-received")
def not_received(desk: AtDesk, line: Number, sent: Posted) -> Response:
    """Write down what the bank stated about a line that had no final answer."""
    found = sight.line(desk.session, desk.officer, line)
    permissions.demand(_why_not_settle(desk, found))
    values = _answers(desk, found, STATED, sent)
    reconciliation.record_not_received(desk.session, found, str(values["statement"]), desk.officer, desk.now)
    return desk.to(f"/payments/lines/{line}")


def _editable(desk: Desk, line: int) -> Line:
    found = sight.line(desk.session, desk.officer, line)
    permissions.demand(permissions.why_not(desk.officer, "edit_roster",
                                           cycles.get(desk.session, found.cycle_id).division_code))
    return found


def _why_not_settle(desk: Desk, line: Line) -> Refusal | None:
    """Deferring, and the bank's statement, lie with the county's finance section."""
    return permissions.why_not(desk.officer, "edit_roster", cycles.get(desk.session, line.cycle_id).division_code)


def _answers(desk: Desk, line: Line, name: str, sent: FormData) -> Any:
    """What was filled in, or the page again with the errors beside their fields."""
    asked = Ask(desk, name)
    try:
        return asked.checked(sent)
    except Invalid as refusal:
        raise Answered(_page(desk, line, {name: asked.again(sent, refusal)}, 422)) from refusal


def _page(desk: Desk, line: Line, forms: dict[str, FormView] | None = None, status: int = 200) -> Response:
    trace = traces.of(desk.session, line)
    home = desk.session.get_one(Household, line.household_id)
    case = desk.session.get(Case, trace.entitlement.case_id) if trace.entitlement.case_id else None
    return desk.page("payments/line.html", status, line=line, trace=trace, home=home, case=case, words=words,
                     cycle=trace.cycle, title=words.month_name(line.month), decision=_decision(desk, line, case),
                     address="".join(roster_rows.places(desk.session, {line.township_code, line.village_code}).values()),
                     scopes=roster_rows.places(desk.session, {signed.scope for signed, _ in trace.signers}),
                     others=[one for one in traces.of_household(desk.session, line.household_id) if one.id != line.id],
                     why_not=_why_not(desk, line, trace.cycle), wrong=_still_wrong(desk, line, trace.cycle),
                     reason=words.hold_reason(line), bank=BANKS.get(line.bank_code, line.bank_code), forms=_forms(desk, line) | (forms or {}),
                     may_settle=_why_not_settle(desk, line) is None,
                     open_form=next(iter(forms or {}), ""))


def _decision(desk: Desk, line: Line, case: Case | None) -> Document | None:
    """The decision's paper, where this house issued it."""
    if case is None:
        return None
    return desk.session.exec(select(Document).where(Document.case_id == case.id, Document.kind == "decision",
                                                    Document.number == line.decision_no)
                             .order_by(col(Document.id).desc())).first()


def _why_not(desk: Desk, line: Line, cycle: Cycle) -> Refusal | None:
    refusal = permissions.why_not(desk.officer, "edit_roster", cycle.division_code)
    if refusal is None and (cycle.state not in rosters.OPEN or line.state not in {LineState.PENDING, LineState.HELD}):
        return NotFound("The roster is approved and can no longer be changed.")
    return refusal


def _still_wrong(desk: Desk, line: Line, cycle: Cycle) -> Any:
    """Why a held line can't be released; the line itself is only looked at."""
    if line.state != LineState.HELD or cycle.state not in rosters.OPEN:
        return None
    errors = list(line.errors)
    try:
        return rosters.still_wrong(desk.session, line, cycle)
    finally:
        line.errors = errors


def _forms(desk: Desk, line: Line) -> dict[str, FormView]:
    values = {name: getattr(line, name) for name in PREFILLED}
    return {DEFER: Ask(desk, DEFER).fresh(), STATED: Ask(desk, STATED).fresh(), HOLD: Ask(desk, HOLD).fresh(),
            CHANGE: Ask(desk, CHANGE).fresh(values)}
