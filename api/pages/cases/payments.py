"""What a case's household is granted and was paid, and the list of a changed standard, for who may read payments there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from api.desk import AtDesk, Desk, Number
from fastapi import APIRouter
from fastapi.responses import Response
from workflows.cases.shown.overview import CaseView
from workflows.cases.tables import Case
from workflows.errors import NotAllowed, NotFound
from workflows.office.permissions import PAYMENT_READERS, covers
from workflows.payments.bank import traces
from workflows.payments.entitled import readjustments
from workflows.payments.entitled.readjustments import PAGE
from workflows.payments.tables import Entitlement, Line, Readjustment

router = APIRouter()


@dataclass(frozen=True)
class Money:
    """What the case page shows of payments."""

    paid: Sequence[Line] = ()
    grants: Sequence[Entitlement] = ()      # the household's, the oldest month first
    readjusted: Readjustment | None = None

    def state(self, given: Entitlement) -> str:
        """Whether it holds, waits, ends or never came to hold."""
        if given.to_month is not None and given.to_month < given.from_month:
            return "void"
        if given.held_from:
            return "suspended"
        return "open" if given.to_month is None else "ending"


def money(desk: Desk, view: CaseView) -> Money:
    """The lines and the entitlements, the oldest month first."""
    case = view.case
    if not covers(desk.officer, case.division_code, PAYMENT_READERS):
        return Money()
    grants = desk.session.exec(select(Entitlement).where(Entitlement.household_id == case.household_id).order_by(
        col(Entitlement.from_month), col(Entitlement.id))).all() if case.household_id else ()
    return Money(traces.of_case(desk.session, case.id or 0), grants, readjustments.of_case(desk.session, case))


@router.get("/readjustments/{number}")
def lines(desk: AtDesk, number: Number, page: Number = 1) -> Response:
    """Each household's old amount, new amount and difference; before the signature a preview."""
    made = desk.session.get(Readjustment, number)
    if made is None:
        raise NotFound("This was not found.")
    if not covers(desk.officer, made.division_code, PAYMENT_READERS):
        raise NotAllowed("Your duty does not include this.")
    rows = readjustments.page(desk.session, made, max(page, 1))
    return desk.page("payments/readjustment.html", made=made, rows=rows[:PAGE], more=len(rows) > PAGE, page=max(page, 1),
                     case=desk.session.get_one(Case, made.case_id), totals=readjustments.totals(desk.session, made))
