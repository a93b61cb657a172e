"""Files that a page hands out."""

from collections.abc import Iterator
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from api.desk import Desk
from workflows.cases.papers import documents
from workflows.cases.tables import Document
from workflows.records.session import writing
from workflows.records.types import stored

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "xlsx": XLSX}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


def download(content: bytes, name: str, media_type: str, how: str = "inline") -> Response:
    """A file under its own name, which may be Chinese."""
    return Response(content, media_type=media_type, headers={
        "content-disposition": f"{how}; filename*=UTF-8''{quote(name)}", "content-security-policy": POLICY})


def stream(lines: Iterator[str], name: str, media_type: str) -> Response:
    """A long file to be saved, sent while it is made."""
    return StreamingResponse(lines, media_type=media_type, headers={
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "content-security-policy": POLICY})


def paper(desk: Desk, document: Document) -> Response:
    """An issued paper; one that is rendered here for the first time is remembered, so that it is rendered once."""
    name, known = f"{document.number}.pdf", document.sha256
    content = documents.file_of(desk.session, document)
    if known is None:
        _remember(desk, document, "sha256")
    return download(content, name, "application/pdf")


def copy(desk: Desk, document: Document) -> Response:
    """The copy of an issued paper that may be edited, remembered likewise."""
    known = document.copy_sha256
    kind, content = documents.copy_of(desk.session, document)
    name = f"{document.number}.{kind}"
    if known is None:
        _remember(desk, document, "copy_sha256")
    return download(content, name, MEDIA[kind], "attachment")


def _remember(desk: Desk, document: Document, column: str) -> None:
    """This session only reads; the hash is written by one of its own."""
    number, made = stored(document.id), getattr(document, column)
    desk.session.rollback()
    with writing(desk.request.app.state.engine) as session:
        kept = documents.by_id(session, number)
        setattr(kept, column, getattr(kept, column) or made)
        session.add(kept)


def sheet(content: bytes, name: str) -> Response:
    """A workbook to be saved."""
    return download(content, name, XLSX, "attachment")
