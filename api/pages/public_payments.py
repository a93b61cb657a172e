"""按月公布: the villages' lists of who was paid, masked as the law wants it."""

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel import col, select

from api.desk import AtDoor, Visit
from api.pages import payment_words as words
from workflows.errors import NotFound
from workflows.payments import months, published, roster_rows, sight
from workflows.payments.tables import Cycle

router = APIRouter()


@router.get("/public/payments")
def newest(visit: AtDoor) -> Response:
    """The newest list there is."""
    cycles = _public(visit)
    if not cycles:
        return visit.page("public/payments.html", cycle=None, villages=[], places={}, village="", title=None)
    return visit.to(f"/public/payments/{cycles[0].month}")


@router.get("/public/payments/{month}")
def listed(visit: AtDoor, month: str, village: Annotated[str, Query(max_length=12)] = "") -> Response:
    """One month, village by village."""
    cycle = next((one for one in _public(visit) if months.is_month(month) and one.month == month), None)
    if cycle is None:
        raise NotFound("This list is not on display.")
    entries = published.of(visit.session, cycle)
    villages = {code: list(some) for code, some in groupby(entries, lambda entry: entry.village_code)}
    codes = {part for code in villages for part in (code, code[:9])}
    return visit.page("public/payments.html", cycle=cycle, title=words.month_name(month), village=village,
                      villages=[(code, some) for code, some in villages.items() if code.startswith(village)],
                      towns={code[:9] for code in villages}, places=roster_rows.places(visit.session, codes))


def _public(visit: Visit) -> list[Cycle]:
    """The months on display: the newest reconciled one of each county."""
    divisions = visit.session.exec(select(Cycle.division_code).distinct().order_by(col(Cycle.division_code)))
    found = (published.newest(visit.session, sight.SCHEME, division) for division in divisions)
    return sorted((cycle for cycle in found if cycle), key=lambda cycle: cycle.month, reverse=True)
