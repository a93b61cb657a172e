"""What people bring to the counter about a case: complaints, and objections to its notice."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.desk import AtDesk
from workflows.cases import complaints, objections
from workflows.cases.shown import overview

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
    objections.register(desk.session, view.notice_to_object or 0, text, name, phone, desk.officer, desk.now)
    return desk.to(f"/cases/{number}")
