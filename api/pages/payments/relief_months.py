"""临时救助月报: what each township granted in a month, and the list of expenditure relief to be published."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDesk, Desk
from api.pages.payments import words as words
from api.pages.payments.petty_cash_papers import handed
from workflows.errors import NotAllowed, NotFound
from workflows.office.permissions import MAY
from workflows.payments import months, own_papers
from workflows.payments.relief import granted, monthly, published

router = APIRouter()
PAPERS = {"published": monthly.list_of, "summary": monthly.summary}


@router.get("/relief")
def newest(desk: AtDesk) -> Response:
    """The newest month in which anything was granted, else this one."""
    found = granted.months_of(desk.session, _ground(desk))
    return desk.to(f"/relief/{found[0] if found else months.of(desk.now.date())}")


@router.get("/relief/{month}")
def shown(desk: AtDesk, month: str) -> Response:
    """One month: each township's sums, and the list as it is or will be published."""
    ground = _ground(desk)
    rows = granted.of_month(desk.session, _month(month), ground)
    townships = granted.by_township(rows)
    return desk.page("relief/month.html", month=month, title=words.month_name(month), words=words, townships=townships,
                     place_name=own_papers.place(desk.session, ground), total=granted.total(townships),
                     over=month < months.of(desk.now.date()), due=published.due_on(desk.session, month, ground), others=_others(desk, month, ground),
                     codes={row.township: row.code for row in rows}, entries=published.of(desk.session, month, ground))


@router.get("/relief/{month}/{paper}.{kind}")
def paper(desk: AtDesk, month: str, paper: str, kind: str, township: str = "") -> Response:
    """The published list of the county or of one township, or the summary."""
    ground = _ground(desk)
    if paper not in PAPERS or not township.startswith(ground if township else ""):
        raise NotFound
    said = PAPERS[paper](desk.session, _month(month), township or ground, desk.now.date())
    return handed(said, kind, str(said["title"]))


def _ground(desk: Desk) -> str:
    """The county or the township that one's duty reaches."""
    held = [one.division_code for one in desk.officer.duties if one.role in MAY["read_petty_cash"]]
    if not held:
        raise NotAllowed("Your duty does not include this.")
    return min(held, key=len)


def _month(text: str) -> str:
    if not months.is_month(text):
        raise NotFound
    return text


def _others(desk: Desk, month: str, ground: str) -> Sequence[str]:
    return sorted({*granted.months_of(desk.session, ground), month}, reverse=True)
