"""临时救助公布名单: each month's expenditure relief, masked as the rules want it."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDoor
from api.pages.payments import words as words
from workflows.errors import NotFound
from workflows.payments.relief import published

router = APIRouter()


@router.get("/public/relief")
def newest(visit: AtDoor) -> Response:
    """The newest list there is."""
    months = published.on_display(visit.session, visit.now)
    if not months:
        return visit.page("public/relief.html", month=None, title=None, due=None, entries=[], months=[], words=words)
    return visit.to(f"/public/relief/{months[0]}")


@router.get("/public/relief/{month}")
def listed(visit: AtDoor, month: str) -> Response:
    """One month's list."""
    months = published.on_display(visit.session, visit.now)
    if month not in months:
        raise NotFound("This list is not on display.")
    return visit.page("public/relief.html", month=month, title=words.month_name(month), months=months, words=words,
                      due=published.due_on(visit.session, month), entries=published.of(visit.session, month))
