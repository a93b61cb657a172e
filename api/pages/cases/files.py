"""A case's drawing, papers and attachments."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk import AtDesk, Desk, Number
from api.pages import files, secret_reads
from api.pages.cases import standing
from api.pages.processes import drawings
from bpmn.message import Message
from workflows import papers, releases
from workflows.cases import access, attachments
from workflows.cases.papers import documents
from workflows.cases.shown import sights
from workflows.cases.shown.overview import CaseView
from workflows.cases.tables import Attachment, Case, Document
from workflows.errors import NotFound
from workflows.office import jurisdiction
from workflows.office.tables import Role

router = APIRouter()
Name = Annotated[str, Query(max_length=64)]


@router.get("/cases/{number}/diagram")
def diagram(desk: AtDesk, number: str, process: Name = "", node: Name = "") -> Response:
    """The drawing's XML and its colours."""
    view = secret_reads.case_view(desk, number)
    wanted = process or view.case.process
    colours = next((one for one in view.colours if one.process == wanted), None)
    if colours is None:
        raise NotFound
    where = standing.of(desk.session, view, wanted)
    now = sorted({*colours.current, *where.nodes}, key=lambda one: (one != node, one))
    return drawings.answer(desk, view.published, wanted, done=colours.done, flows=colours.flows, last=where.last, now=_now(desk, view, now))


@router.get("/documents/{document}.pdf")
def paper(desk: AtDesk, document: Number) -> Response:
    """An issued paper, for whoever may see its case."""
    found = documents.by_id(desk.session, document)
    _note(desk, found)
    return files.paper(desk, found)


@router.get("/documents/{document}/copy")
def copy(desk: AtDesk, document: Number) -> Response:
    """The copy of an issued paper that may be edited."""
    found = documents.by_id(desk.session, document)
    _note(desk, found)
    return files.copy(desk, found)


@router.get("/cases/{number}/forms/{fact}.pdf")
def form(desk: AtDesk, number: str, fact: str) -> Response:
    """An answered form as a sheet for the file, as far as this reader is shown it."""
    view = secret_reads.case_view(desk, number)
    section = next((one for one in view.sections if one.fact == fact), None)
    if section is None:
        raise NotFound
    process, item = view.published.process, next((one for one in view.items if one.fact == fact), None)
    office = item.unit if item else jurisdiction.unit_for(desk.session, Role.COUNTY_LEAD, view.case.division_code).name
    title = section.title or f"{process.short}申请"
    content = documents.sheet(papers.form_sheet(title=title, issuer=office, number=view.case.number, author=section.author,
                                                at=section.at or view.case.opened_at, shown=section.shown))
    return files.download(content, f"{view.case.number} {title}.pdf", "application/pdf")


@router.get("/attachments/{token}")
def attachment(desk: AtDesk, token: str) -> Response:
    """A file handed in, for whoever may see its case; a staged one for who sent it."""
    found = attachments.by_token(desk.session, token)
    _demand_sight(desk, found)
    return files.download(attachments.read(found.sha256), found.name, found.media_type)


def _note(desk: Desk, found: Document) -> None:
    secret_reads.note(desk, access.demand_sight(desk.session, documents.case_of(desk.session, found), desk.officer))


def _demand_sight(desk: Desk, found: Attachment) -> None:
    if found.case_id is not None:
        case = access.demand_sight(desk.session, desk.session.get(Case, found.case_id), desk.officer)
        secret_reads.note(desk, case)
        rule = releases.load(desk.session, case.release_id).process.sight
        if not sights.of(desk.officer, case.division_code, rule).attachments and found.uploaded_by != desk.officer.id:
            raise NotFound("This file was not found.")
    elif found.uploaded_by != desk.officer.id:
        raise NotFound("This file was not found.")


def _now(desk: Desk, view: CaseView, current: list[str]) -> list[dict[str, Any]]:
    """Where the case is, the reader's own step first."""
    words = {"overdue": Message("Current step · {days} days overdue", {"days": view.days}),
             "near": Message("Current step · due today") if not view.days
             else Message("Current step · {days} days left", {"days": view.days})}
    text = desk.say(words.get(view.light, Message("Current step")))
    return [{"id": node, "text": text, "light": view.light} for node in current]
