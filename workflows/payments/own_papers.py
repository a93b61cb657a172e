"""Papers that no case issues: each room that has some declares them in a papers.toml beside its code and works out their values."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bpmn.papers import FILE, Paper, describe
from workflows import papers
from workflows.cases import facts
from workflows.cases.papers import documents
from workflows.cases.tables import Document
from workflows.errors import Conflict
from workflows.office import jurisdiction
from workflows.office.tables import Division

Values = Mapping[str, Any]


def declared(room: Path, kind: str) -> Paper:
    """One paper of the room whose folder it is."""
    return describe(room.name, {f"{room.name}/{FILE}": (room / FILE).read_bytes()})[kind]


def sheet(session: Session, paper: Paper, values: Values, ground: str, on: date, period: str) -> Mapping[str, Any]:
    """What a paper says that is printed for the file: it bears its period in place of a number."""
    return _said(session, paper, values, ground, {"number": period, "issued_on": on, "to": ""})


def issue(session: Session, paper: Paper, kind: str, values: Values, ground: str, *, short: str, to: str, now: datetime) -> Document:
    """Give the paper its number and freeze what it says; `kind` names the series, `short` the matter in the number."""
    numbered = documents.number(session, ground, kind, now.year, paper.number, short=short, mark=paper.mark)
    said = _said(session, paper, values, ground, {"number": numbered["number"], "issued_on": now.date(), "to": to})
    return documents.put(session, Document(
        **numbered, kind=kind, name=paper.name, english=paper.english, issued_on=now.date(), addressee=to,
        data=facts.encode({**values, "number": numbered["number"], "issued_on": now.date()}), said=dict(said)), now)


def place(session: Session, code: str) -> str:
    """What a place is called."""
    found = session.get(Division, code)
    return found.name if found else code


def _said(session: Session, paper: Paper, values: Values, ground: str, head: Mapping[str, Any]) -> Mapping[str, Any]:
    known = {key: values.get(key) for key in paper.keys}
    try:
        return papers.filled(paper, known, {**head, "issuer": jurisdiction.unit_for(session, paper.issuer, ground).name,
                                            "county": place(session, ground[:documents.COUNTY])})
    except papers.PaperDataWrong as wrong:
        raise Conflict("“{paper}” can't be printed: {why}.", paper=paper.name, why=str(wrong)) from wrong
