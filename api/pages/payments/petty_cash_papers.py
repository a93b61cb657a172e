"""备用金 on paper: the ledger of a month or a year, a request for money; each as PDF and as a file to edit."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk import AtDesk, Desk, Number
from api.pages import files
from workflows import papers
from workflows.cases.papers import documents
from workflows.errors import NotFound
from workflows.office import permissions
from workflows.payments import own_papers
from workflows.payments.petty_cash import books, papers as cash_papers
from workflows.payments.petty_cash.counts import MONTH
from workflows.payments.petty_cash.tables import CashBook, CashRequest

router = APIRouter()
PDF = "application/pdf"


@router.get("/petty-cash/{book}/ledger.{kind}")
def ledger(desk: AtDesk, book: Number, kind: str, month: Annotated[str, Query(max_length=7)] = "") -> Response:
    """台账 of one month, or of the year so far."""
    found = _seen(desk, book)
    if month and (not MONTH.fullmatch(month) or int(month[:4]) != found.year):
        raise NotFound
    name = f"{own_papers.place(desk.session, found.division_code)} 备用金台账 {month or found.year}"
    return handed(cash_papers.ledger(desk.session, found, desk.now.date(), month), kind, name)


@router.get("/petty-cash/{book}/requests/{request}/paper.{kind}")
def request_paper(desk: AtDesk, book: Number, request: Number, kind: str) -> Response:
    """补充申请 as it was issued."""
    _seen(desk, book)
    asked = desk.session.get(CashRequest, request)
    if asked is None or asked.book_id != book or asked.document_id is None:
        raise NotFound
    document = documents.by_id(desk.session, asked.document_id)
    return files.paper(desk, document) if kind == "pdf" else files.copy(desk, document)


def handed(said: Mapping[str, Any], kind: str, name: str) -> Response:
    """What is printed for the file and bears no number, as PDF or as its workbook."""
    if kind == "pdf":
        return files.download(documents.sheet(said), f"{name}.pdf", PDF)
    if kind != said["file"]:
        raise NotFound
    return files.download(papers.copy(said), f"{name}.{kind}", files.MEDIA[kind], "attachment")


def _seen(desk: Desk, number: int) -> CashBook:
    book = books.get(desk.session, number)
    permissions.demand(permissions.why_not(desk.officer, "read_petty_cash", book.division_code))
    return book
