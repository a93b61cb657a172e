"""家庭: who is known and what is granted; and taking over a bureau's own workbook, all of it or nothing."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from api.desk import AtDesk, Desk
from api.errors import Answered
from api.known import Posted
from api.pages.payments import words as words
from api.pages.files import sheet
from bpmn.message import Message
from workflows.errors import Invalid, NotAllowed, RowsInvalid
from workflows.office import permissions
from workflows.payments import schemes
from workflows.payments.entitled import homes
from workflows.payments.roster import rows as roster_rows
from workflows.payments.taking_over import book as household_import, sheet as household_sheet

router = APIRouter()
SHOWN = 200     # wrong cells on one page
RELATIONS = {"self": Message("Head"), "spouse": Message("Spouse"), "child": Message("Child"),
             "parent": Message("Parent"), "other": Message("Other relative")}
CATEGORIES = {"urban": Message("Urban"), "rural": Message("Rural")}


@router.get("/households")
def listed(desk: AtDesk, q: Annotated[str, Query(max_length=100)] = "",
           township: Annotated[str, Query(max_length=9)] = "",
           page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """Households by number, name or ID number."""
    found = homes.search(desk.session, desk.officer, q, township, page)
    codes = {home.household.division_code for home in found.rows} | set(homes.townships(desk.session, desk.officer))
    return desk.page("households/list.html", found=found, q=q, township=township, page=page, relations=RELATIONS,
                     categories=CATEGORIES, places=roster_rows.places(desk.session, codes), words=words)


@router.get("/households/import")
def ask(desk: AtDesk) -> Response:
    """The template to fill in, what its families receive, and where to hand it in."""
    return _page(_allowed(desk))


@router.get("/households/import/template.xlsx")
def template(desk: AtDesk) -> Response:
    """The empty workbook."""
    _allowed(desk)
    return sheet(household_sheet.template_xlsx(), "家庭导入模板.xlsx")


@router.post("/households/import")
def take_in(desk: AtDesk, sent: Posted) -> Response:
    """Take the workbook in; one wrong cell, and nothing of it is kept."""
    name, content = _file(_allowed(desk), sent)
    try:
        done = household_import.take_in(desk.session, content, desk.officer, desk.now, str(sent.get("scheme") or ""))
    except RowsInvalid as refusal:
        shown = {"rows": refusal.errors[:SHOWN], "count": len(refusal.errors)}
        raise Answered(_page(desk, 422, name=name, error=refusal.message, **shown)) from refusal
    except Invalid as refusal:
        raise Answered(_page(desk, 422, name=name, error=refusal.message)) from refusal
    return _page(desk, name=name, done=done)


def _allowed(desk: Desk) -> Desk:
    if not desk.officer.holds(*permissions.MAY["import_households"]):
        raise NotAllowed("Only the county bureau imports households.")
    return desk


def _file(desk: Desk, sent: FormData) -> tuple[str, bytes]:
    file = sent.get("workbook")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Answered(_page(desk, 422, error=Message("Choose the workbook first.")))
    return file.filename, file.file.read(household_sheet.BYTES_MAX + 1)


def _page(desk: Desk, status: int = 200, **context: object) -> Response:
    empty: dict[str, object] = {"name": "", "error": None, "rows": (), "count": 0, "done": None}
    found = {name: schemes.title(desk.session, name) for name in schemes.every(desk.session)}
    return desk.page("households/import.html", status, **{**empty, **context}, columns=household_sheet.COLUMNS, optional=household_sheet.OPTIONAL, schemes=found,
                     most=household_sheet.ROWS_MAX)
