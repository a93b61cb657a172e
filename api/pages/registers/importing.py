"""登记簿导入: taking over a book kept elsewhere, all of it or nothing."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from api.desk import AtDesk, Desk
from api.errors import Answered
from api.known import Posted
from api.pages.files import sheet
from bpmn.message import Message, Term
from bpmn.register_files import Register
from workflows.errors import Invalid, NotFound, RowsInvalid
from workflows.records.tabular import BYTES_MAX
from workflows.registers import import_rows, importing, sight

router = APIRouter()
SHOWN = 200     # wrong cells on one page


@router.get("/registers/{name}/import")
def ask(desk: AtDesk, name: str) -> Response:
    """The template to fill in, and where to hand it in."""
    return _page(desk, name, _allowed(desk, name))


@router.get("/registers/{name}/import/template.xlsx")
def template(desk: AtDesk, name: str) -> Response:
    """The empty workbook."""
    register = _allowed(desk, name)
    return sheet(import_rows.template(register), f"{register.name}导入模板.xlsx")


@router.get("/registers/{name}/import/template.csv")
def template_csv(desk: AtDesk, name: str) -> Response:
    """The empty CSV file."""
    register = _allowed(desk, name)
    return sheet(import_rows.template_csv(register), f"{register.name}导入模板.csv")


@router.post("/registers/{name}/import")
def take_in(desk: AtDesk, name: str, sent: Posted) -> Response:
    """Take the file in; one wrong cell, and nothing of it is kept."""
    register = _allowed(desk, name)
    file, content = _file(desk, name, register, sent)
    try:
        done = importing.take_in(desk.session, name, content, file, desk.officer, desk.now)
    except RowsInvalid as refusal:
        shown = {"rows": refusal.errors[:SHOWN], "count": len(refusal.errors)}
        raise Answered(_page(desk, name, register, 422, file=file, error=refusal.message, **shown)) from refusal
    except Invalid as refusal:
        raise Answered(_page(desk, name, register, 422, file=file, error=refusal.message)) from refusal
    return _page(desk, name, register, file=file, done=done)


def _allowed(desk: Desk, name: str) -> Register:
    register = sight.demand(desk.officer, name)
    if not importing.importable(desk.officer, register):
        raise NotFound("There is no register {name} that you may import.", name=name)
    return register


def _file(desk: Desk, name: str, register: Register, sent: FormData) -> tuple[str, bytes]:
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Answered(_page(desk, name, register, 422, error=Message("Choose the file first.")))
    return file.filename, file.file.read(BYTES_MAX + 1)


def _page(desk: Desk, name: str, register: Register, status: int = 200, **context: object) -> Response:
    empty: dict[str, object] = {"file": "", "error": None, "rows": (), "count": 0, "done": None}
    return desk.page("registers/import.html", status, **{**empty, **context}, name=name, register=register,
                     title=Term(register.name, register.en), sheets=import_rows.sheets(register), most=importing.MOST)
