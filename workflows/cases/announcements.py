"""公告: papers that the law has published, for everybody to read on the public site as long as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from workflows.cases import chains
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Document
from workflows.errors import NotFound
from workflows.records import audit

PAGE = 30


@dataclass(frozen=True)
class Wish:
    """Which of them: whom they are about, of which matter, which page."""

    text: str = ""
    matter: str = ""
    page: int = 1


@dataclass(frozen=True)
class Listed:
    """A page of them, the newest first."""

    rows: Sequence[Document]
    count: int
    more: bool


def listed(session: Session, wish: Wish) -> Listed:
    """The announcements that stand."""
    where: list[ColumnElement[bool]] = [col(Document.announced_on).is_not(None)]
    if wish.matter:
        where.append(col(Case.process) == wish.matter)
    if text := wish.text.strip():
        where.append(or_(col(Case.subject).contains(text), col(Document.number) == text))
    joined = select(Document).join(Case, col(Case.id) == col(Document.case_id)).where(*where)
    count = session.exec(select(func.count()).select_from(joined.subquery())).one()
    newest = joined.order_by(col(Document.announced_on).desc(), col(Document.id).desc())
    rows = list(session.exec(newest.offset((wish.page - 1) * PAGE).limit(PAGE + 1)))
    return Listed(rows[:PAGE], count, len(rows) > PAGE)


def matters(session: Session) -> list[str]:
    """The processes that have announced anything."""
    found = select(Case.process).join(Document, col(Document.case_id) == col(Case.id)).where(col(Document.announced_on).is_not(None))
    return sorted(set(session.exec(found.distinct())))


def one(session: Session, number: int) -> Document:
    """One announcement, if it stands."""
    found = session.get(Document, number)
    if found is None or found.announced_on is None:
        raise NotFound("This announcement is not on display.")
    return found


@effect("withdraw_announcement")
def _withdraw(step: Step) -> Mapping[str, object]:
    """What the element announced is decided anew: it no longer stands on the public site."""
    found = step.session.exec(select(Document).where(
        Document.case_id == step.case.id, Document.kind == step.node.properties["document"], col(Document.announced_on).is_not(None))).all()
    for paper in found:
        paper.announced_on = None
        step.session.add(paper)
        audit.append(step.session, chains.of(step.case.id), step.actor, "announcement.withdraw", step.now, node=step.node.id,
                     summary=paper.number, after={"document": paper.id})
    return {}
