"""Papers issued: number, day and data are frozen in the step that issues them; the file is made from those alone."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, func, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows import papers
from workflows.cases import attachments, facts, jobs, notices, paper_data
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Document, Notice
from workflows.errors import Conflict, Invalid, NotFound
from workflows.office.tables import Division
from workflows.records.session import alone
from workflows.records.types import stored
from workflows.settings import ROOT, settings

RENDER = "render_document"


def issue(session: Session, kind: str, data: Mapping[str, object], now: datetime, *, division_code: str,
          addressee: str = "", case_id: int | None = None, cycle_id: int | None = None,
          scheme: str = "低保") -> Document:
    """Give a paper its number and freeze it; `data` is all that the kind asks but number and day."""
    serial = _next(session, kind, now.year)
    mark = office_mark(session, division_code)
    number = papers.KINDS[kind].number(now.year, serial, mark, scheme)
    whole = {**data, "number": number, "issued_on": data.get("issued_on", now.date())}
    try:
        papers.check(kind, whole)
    except papers.PaperDataWrong as wrong:
        raise Conflict("“{paper}” can't be printed: {why}.", paper=papers.KINDS[kind].name, why=str(wrong)) from wrong
    document = Document(kind=kind, year=now.year, serial=serial, number=number, issued_on=now.date(),
                        addressee=addressee, data=facts.encode(whole), case_id=case_id, cycle_id=cycle_id)
    session.add(document)
    session.flush()
    jobs.ask(session, RENDER, f"document:{document.id}", {"document": document.id}, now)
    return document


def file_of(session: Session, document: Document) -> bytes:
    """The paper as PDF; made when first asked for, and the same bytes ever after."""
    if document.sha256 is None:
        content = papers.render(document.kind, facts.decode(document.data), _fonts().folders)
        document.sha256 = attachments.keep(content)
        session.add(document)
    return attachments.read(document.sha256)


def of_case(session: Session, case_id: int) -> list[Document]:
    """Everything issued in a case, oldest first."""
    return list(session.exec(select(Document).where(Document.case_id == case_id).order_by(col(Document.id))))


def by_id(session: Session, document_id: int) -> Document:
    """One issued paper."""
    found = session.get(Document, document_id)
    if found is None:
        raise NotFound("This document was not found.")
    return found


def office_mark(session: Session, division_code: str) -> str:
    """The county's mark in document numbers: 示民."""
    county = session.get(Division, division_code[:6])
    return f"{county.name[0]}民" if county else ""


@effect("issue_document")
def _issue_for_case(step: Step) -> Mapping[str, object]:
    """The drawing's send tasks: camunda property `document` names the kind."""
    kind = step.node.properties["document"]
    if kind == "acceptance_notice":
        step.case.accepted_at = step.case.accepted_at or step.now   # issued anew after a return: the limits run on
        step.session.add(step.case)
    data = paper_data.build(kind, step)
    document = issue(step.session, kind, data, step.now, division_code=step.case.division_code,
                     addressee=step.case.subject, case_id=step.case.id)
    return {"decision": {"number": document.number, "decided_on": step.now.date()}} if kind == "decision" else {}


@effect("prepare_notice")
def _prepare_notice(step: Step) -> Mapping[str, object]:
    """Make the masked notice for the village to print and post."""
    notice = Notice(case_id=stored(step.case.id), division_code=step.case.division_code, shown={})
    _fill(step, notice, step.now.date())
    return {}


@effect("redate_notice")
def redate_notice(step: Step) -> Mapping[str, object]:
    """Posted on another day than printed: the notice, and its paper, say the real days."""
    notice = notices.to_post(step)
    posted = str(step.answers.get("posted_on") or "")[:10]
    printed = notice.shown["starts_on"]["$date"]
    if posted < printed:  # else its days could be over before anybody has read it (A1 19)
        raise Invalid([FieldError("posted_on", Message("The notice was made on {day}; it can't have been posted before.",
                                                       {"day": printed}))])
    day = date.fromisoformat(posted)
    if notices.last_day(step.session, step.case, day) < step.now.date():   # else it would never be seen online
        raise Invalid([FieldError("posted_on", Message(
            "The days of this notice are over; it must be posted again and confirmed with that day."))])
    if posted > printed:
        _fill(step, notice, day)
    return {}


def _fill(step: Step, notice: Notice, starts_on: Any) -> None:
    data = paper_data.public_notice(step, starts_on)
    document = issue(step.session, "public_notice", data, step.now, division_code=step.case.division_code,
                     case_id=step.case.id)
    notice.shown = document.data
    step.session.add(notice)
    step.session.flush()


def _next(session: Session, kind: str, year: int) -> int:
    alone(session, f"{kind}:{year}")
    last = session.exec(select(func.max(Document.serial)).where(Document.kind == kind, Document.year == year)).one()
    return (last or 0) + 1


@lru_cache
def _fonts() -> papers.FontSet:
    return papers.find_fonts(settings().font_dirs, ROOT)


def case_of(session: Session, document: Document) -> Case | None:
    """The case a paper belongs to, if to any."""
    return session.get(Case, document.case_id) if document.case_id else None
