"""What people bring to the counter about a case: complaints, and objections to its notice."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import PlainTextResponse, Response

from api.desk import AtDesk, Number
from api.pages import secret_reads
from api.pages.public.notices import handed_over
from workflows.cases.notice import complaints, notices, objections
from workflows.cases.shown import overview
from workflows.errors import NotFound

router = APIRouter()
Text = Annotated[str, Form(max_length=2000)]
Short = Annotated[str, Form(max_length=50)]


@router.post("/cases/{number}/complaints")
def complain(desk: AtDesk, number: str, text: Text = "", name: Short = "", phone: Short = "") -> Response:
    """Register a complaint; the county will have to visit."""
    view = overview.case_view(desk.session, desk.officer, number, desk.now)
    complaints.register(desk.session, view.case.id or 0, text, name, phone, desk.officer, desk.now)
    return desk.to(f"/cases/{number}")


@router.post("/cases/{number}/objections")
def object_to(desk: AtDesk, number: str, text: Text = "", name: Short = "", phone: Short = "") -> Response:
    """Register an objection that somebody brought while the notice hangs."""
    view = overview.case_view(desk.session, desk.officer, number, desk.now)
    notice = view.notice_to_object or 0
    return handed_over(desk, notice, objections.register(desk.session, notice, text, name, phone, desk.officer, desk.now))


@router.post("/cases/{number}/objections/{objection}/answer")
def answer(desk: AtDesk, number: str, objection: Number, text: Text = "") -> Response:
    """Answer an objection that came after the notice's days."""
    overview.case_view(desk.session, desk.officer, number, desk.now)
    objections.answer(desk.session, objection, text, desk.officer, desk.now)
    return desk.to(f"/cases/{number}")


@router.get("/cases/{number}/notices/{notice}/text")
def shown(desk: AtDesk, number: str, notice: Number) -> Response:
    """The archived text of a notice, of which the proof keeps the SHA-256."""
    view = secret_reads.case_view(desk, number)
    found = next((one for one in view.notices if one.id == notice), None)
    if found is None:
        raise NotFound("This notice is not on display.")
    return PlainTextResponse(notices.text(found.shown), headers={"content-disposition": f'attachment; filename="notice-{notice}.txt"'})
