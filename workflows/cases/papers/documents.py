"""Papers issued: number, day and data are frozen in the step that issues them; the file is made from those alone."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, func, select

from bpmn.papers import NUMBER
from workflows import papers, releases
from workflows.cases import attachments, facts, jobs
from workflows.cases.tables import Case, Document
from workflows.errors import Conflict, NotFound
from workflows.office.tables import Division
from workflows.records.session import alone
from workflows.settings import ROOT, settings

RENDER = "render_document"
COUNTY = 6      # digits of a county's code


def issue(session: Session, kind: str, data: Mapping[str, object], now: datetime, *, division_code: str,
          addressee: str = "", cycle_id: int | None = None, scheme: str = "低保") -> Document:
    """Issue one of the house's own papers; `data` is all that the kind asks but number and day."""
    asked = papers.KINDS[kind]
    numbered = number(session, division_code[:COUNTY], kind, now.year, NUMBER, short=scheme, mark=asked.mark)
    whole = {**data, "number": numbered["number"], "issued_on": data.get("issued_on", now.date())}
    try:
        papers.check(kind, whole)
    except papers.PaperDataWrong as wrong:
        raise Conflict("“{paper}” can't be printed: {why}.", paper=asked.name, why=str(wrong)) from wrong
    return put(session, Document(**numbered, kind=kind, name=asked.name, english=asked.english, issued_on=now.date(),
                                 addressee=addressee, data=facts.encode(whole), cycle_id=cycle_id), now)


def put(session: Session, document: Document, now: datetime) -> Document:
    """Keep a paper, and let the machines make its file."""
    session.add(document)
    session.flush()
    jobs.ask(session, RENDER, f"document:{document.id}", {"document": document.id}, now)
    return document


def number(session: Session, ground: str, series: str, year: int, pattern: str, *, short: str, mark: str) -> dict[str, Any]:
    """The next number of a series: each is counted by the ground of the unit that issues it, and by year."""
    alone(session, f"{ground}:{series}:{year}")
    last = session.exec(select(func.max(Document.serial)).where(
        Document.ground == ground, Document.series == series, Document.year == year)).one()
    serial = (last or 0) + 1
    said = pattern.format(office=office_mark(session, ground), short=short, mark=mark, year=year, n=serial, division=ground)
    return {"ground": ground, "series": series, "year": year, "serial": serial, "number": said}


def file_of(session: Session, document: Document) -> bytes:
    """The paper as PDF; made when first asked for, and the same bytes ever after."""
    if document.sha256 is None:
        document.sha256 = attachments.keep(printed(session, document))
        session.add(document)
    return attachments.read(document.sha256)


def copy_of(session: Session, document: Document) -> tuple[str, bytes]:
    """The copy that may be edited, with its ending; made when first asked for."""
    if document.copy_sha256 is None:
        content = copied(document)
        if content is None:
            raise NotFound("There is no copy of this paper to edit.")
        document.copy_sha256 = attachments.keep(content)
        session.add(document)
    return str((document.said or {})["file"]), attachments.read(document.copy_sha256)


def copied(document: Document) -> bytes | None:
    """The copy that may be edited, made anew from what the paper says; None where its kind has none."""
    return papers.copy(document.said) if document.said and document.said.get("file") else None


def printed(session: Session, document: Document) -> bytes:
    """The paper as PDF, made anew from what it says."""
    if document.said is None:
        return papers.render(document.kind, facts.decode(document.data), _fonts().folders)
    return papers.print_out(document.said, _fonts().folders, _own_template(session, document))


def _own_template(session: Session, document: Document) -> bytes | None:
    """The template of the process's folder, as it was published."""
    template = str((document.said or {}).get("template"))
    if papers.shared(template) or document.release_id is None:
        return None
    published = releases.load(session, document.release_id)
    return published.files[f"{published.drawing.process_id}/{template}"]


def sheet(said: Mapping[str, Any]) -> bytes:
    """Something that is printed for the file and issued to nobody: it bears no number and is not kept."""
    return papers.print_out(said, _fonts().folders)


def of_case(session: Session, case_id: int) -> list[Document]:
    """Everything issued in a case, oldest first."""
    return list(session.exec(select(Document).where(Document.case_id == case_id).order_by(col(Document.id))))


def by_id(session: Session, document_id: int) -> Document:
    """One issued paper."""
    found = session.get(Document, document_id)
    if found is None:
        raise NotFound("This document was not found.")
    return found


def office_mark(session: Session, ground: str) -> str:
    """Whose number it is (发文机关代字): of a county's bureau 示民, of a township its name."""
    found = session.get(Division, ground)
    if found is None:
        return ""
    return f"{found.name[0]}民" if len(ground) <= COUNTY else found.name


def case_of(session: Session, document: Document) -> Case | None:
    """The case a paper belongs to, if to any."""
    return session.get(Case, document.case_id) if document.case_id else None


@lru_cache
def _fonts() -> papers.FontSet:
    return papers.find_fonts(settings().font_dirs, ROOT)
