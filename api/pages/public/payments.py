"""按月公布: the villages' lists of who was paid, masked as the law wants it."""

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk import AtDoor, Visit
from api.pages.payments import words as words
from bpmn.message import Term
from workflows.errors import NotFound
from workflows.payments import schemes
from workflows.payments.cycle import published
from workflows.payments.roster import rows as roster_rows
from workflows.payments.tables import Cycle

router = APIRouter()


@router.get("/public/payments")
def newest(visit: AtDoor) -> Response:
    """The newest list there is."""
    cycles = published.current(visit.session)
    if not cycles:
        return visit.page("public/payments.html", cycle=None, villages=[], places={}, village="", title=None, lists=[])
    return visit.to(_address(cycles[0]))


@router.get("/public/payments/{scheme}/{month}")
def listed(visit: AtDoor, scheme: str, month: str, village: Annotated[str, Query(max_length=12)] = "") -> Response:
    """One scheme's month, village by village."""
    shown = published.current(visit.session)
    cycle = next((one for one in shown if (one.scheme, one.month) == (scheme, month)), None)
    if cycle is None:
        raise NotFound("This list is not on display.")
    entries = published.of(visit.session, cycle)
    villages = {code: list(some) for code, some in groupby(entries, lambda entry: entry.village_code)}
    codes = {part for code in villages for part in (code, code[:9])}
    return visit.page("public/payments.html", cycle=cycle, title=words.month_name(month), village=village,
                      scheme=schemes.title(visit.session, scheme), lists=[_list(visit, one) for one in shown],
                      villages=[(code, some) for code, some in villages.items() if code.startswith(village)],
                      towns={code[:9] for code in villages}, places=roster_rows.places(visit.session, codes))


def _address(cycle: Cycle) -> str:
    return f"/public/payments/{cycle.scheme}/{cycle.month}"


def _list(visit: Visit, cycle: Cycle) -> tuple[str, Term, Term]:
    """Where a list is, and what it is called."""
    return _address(cycle), schemes.title(visit.session, cycle.scheme), words.month_name(cycle.month)
