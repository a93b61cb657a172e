"""The papers of a process, issued as `papers.toml` says: FEEL over the case gives the values, the text is filled with them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from bpmn import feel
from bpmn.papers import Paper, holes
from workflows import papers, releases
from workflows.cases import facts
from workflows.cases.papers import documents, world as paper_world
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Document
from workflows.errors import Conflict
from workflows.office import jurisdiction
from workflows.office.tables import Division
from workflows.records.types import stored


def issue(step: Step, kind: str, *, given: Mapping[str, Any] | None = None, day: date | None = None) -> Document:
    """Give a paper of the case's process its number and freeze what it says; `given` is what the house adds to the facts."""
    published = releases.load(step.session, step.case.release_id)
    paper = published.papers.get(kind)
    if paper is None:
        raise Conflict("The process says nothing of a paper “{kind}”.", kind=kind)
    around = paper_world.of(step, paper, given or {})
    day, to = day or step.now.date(), str(_value(paper, "to", paper.to, around, step.now) or "") if paper.to else ""
    values = _values(paper, around, step.now)
    if paper.public:
        values = _shown(paper, values, step, day)
    former = _former(step, kind, to) if paper.replaces else None
    numbered = documents.number(step.session, _ground(step, paper), f"{published.drawing.process_id}.{kind}", step.now.year,
                                paper.number, short=published.process.short, mark=paper.mark)
    head = {"number": numbered["number"], "issued_on": day, "issuer": around["issuer"]["name"], "to": to,
            "county": _county(step.session, step.case.division_code), "replaces": [f"本文书替代原{former.number}"] if former else []}
    try:
        said = papers.filled(paper, values, head)
    except papers.PaperDataWrong as wrong:
        raise _refused(paper, str(wrong)) from wrong
    kept = {**values, "number": numbered["number"], "issued_on": day, "issuer": head["issuer"]}
    if former and former.announced_on:
        former.announced_on = None
    return documents.put(step.session, Document(
        **numbered, kind=kind, name=said["title"] if holes(paper.title) else paper.name, english=paper.english,
        issued_on=step.now.date(), announced_on=day if paper.announced else None, addressee=to, data=facts.encode(kept), said=said, case_id=step.case.id, release_id=step.case.release_id,
        replaces_id=former.id if former else None), step.now)


def issue_apart(session: Session, process: str, kind: str, given: Mapping[str, Any], division: str, now: datetime) -> Document:
    """Issue a paper of a process that belongs to none of its cases, made of what is given alone."""
    release = releases.newest(session, process)
    published = releases.load(session, stored(release.id))
    paper, office = published.papers[kind], jurisdiction.unit_for(session, published.papers[kind].issuer, division)
    values, to = _values(paper, given, now), str(_value(paper, "to", paper.to, given, now) or "")
    numbered = documents.number(session, office.division_code[:jurisdiction.TOWNSHIP], f"{process}.{kind}", now.year, paper.number, short=published.process.short, mark=paper.mark)
    head = {"number": numbered["number"], "issued_on": now.date(), "issuer": office.name, "to": to, "county": _county(session, division)}
    try:
        said = papers.filled(paper, values, head)
    except papers.PaperDataWrong as wrong:
        raise _refused(paper, str(wrong)) from wrong
    return documents.put(session, Document(
        **numbered, kind=kind, name=paper.name, english=paper.english, issued_on=now.date(), addressee=to, said=said,
        data=facts.encode({**values, "number": numbered["number"], "issued_on": now.date(), "issuer": office.name}),
        release_id=release.id), now)


@effect("issue_document")
def _issue_for_case(step: Step) -> Mapping[str, object]:
    """The drawing's send tasks: camunda property `document` names the kind, `into` the fact that keeps number and day."""
    properties = step.node.properties
    kind, into = properties["document"], properties.get("into", "decision" if properties["document"] == "decision" else "")
    published = releases.load(step.session, step.case.release_id)
    if kind in published.papers and published.papers[kind].accepts:
        step.case.accepted_at = step.case.accepted_at or step.now   # issued anew after a return: the limits run on
        step.session.add(step.case)
    document = issue(step, kind)
    return {into: {"number": document.number, "decided_on": step.now.date()}} if into else {}


# ---- values ------------------------------------------------------------------------------------------------------

def _values(paper: Paper, around: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values = {key: _value(paper, key, source, around, now) for key, source in {**paper.data, **paper.may}.items()}
    for key, source in paper.data.items():
        if values[key] in (None, "", []):
            raise Conflict("“{paper}” can't be printed: {fact} is not known.", paper=paper.name, fact=f"{key} = {source.strip()}")
    return values


def _shown(paper: Paper, values: Mapping[str, Any], step: Step, day: date) -> dict[str, Any]:
    """The values of a public paper, masked as it says."""
    try:
        shown = papers.masked(paper, values, day)
        papers.demand_clean(paper, shown, {name: facts.decode(value) for name, value in step.case.facts.items()})
    except papers.PaperDataWrong as wrong:
        raise _refused(paper, str(wrong)) from wrong
    return shown


def _value(paper: Paper, key: str, source: str, around: Mapping[str, Any], now: datetime) -> Any:
    try:
        return feel.to_python(feel.compile(source.strip()).evaluate(around, now))
    except feel.FeelError as wrong:
        raise _refused(paper, f"{key}: {wrong}") from wrong


def _refused(paper: Paper, why: str) -> Conflict:
    return Conflict("“{paper}” can't be printed: {why}.", paper=paper.name, why=why)


def _ground(step: Step, paper: Paper) -> str:
    """Of the unit that issues it, never finer than a township's: whose numbers the paper is counted among."""
    return paper_world.unit(step, paper.issuer).division_code[:jurisdiction.TOWNSHIP]


def _former(step: Step, kind: str, to: str) -> Document | None:
    """The paper of that kind to the same addressee that nothing has replaced yet."""
    found = select(Document).where(Document.case_id == step.case.id, Document.kind == kind, Document.addressee == to)
    return step.session.exec(found.order_by(col(Document.id).desc()).limit(1)).first()


def _county(session: Session, division: str) -> str:
    county = session.get(Division, division[:documents.COUNTY])
    return county.name if county else ""
