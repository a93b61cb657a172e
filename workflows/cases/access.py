"""Who may see a case and who may do a piece of its work."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Integer, and_, bindparam, literal, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from bpmn import feel
from bpmn.message import Term
from workflows import releases
from workflows.cases import applicants, facts, progress
from workflows.cases.applicants import APPLICATION
from workflows.cases.names import names_since
from workflows.cases.tables import Case, Recusal, WorkItem, WorkState
from workflows.errors import Conflict, NotAllowed, NotFound, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import Person
from workflows.records import ledger

_CASE, _WHO = bindparam("case", type_=Integer), bindparam("who", type_=Integer)
_RECUSED = select(Recusal.id).where(Recusal.case_id == _CASE, Recusal.person_id == _WHO)
_HANDLED = and_(
    col(WorkItem.case_id) == _CASE, col(WorkItem.state) == WorkState.DONE,
    or_(col(WorkItem.node).in_(bindparam("nodes", expanding=True)), col(WorkItem.release_id) != bindparam("release")))
# Of the case who of its own did what, and in each row, or alone in a single one, whether the person is a near relative.
_STANDING = columns(_RECUSED.exists(), *(col(column) for column in (
    WorkItem.node, WorkItem.release_id, WorkItem.scope, WorkItem.version, WorkItem.name, WorkItem.done_by))).select_from(
    columns(literal(1)).subquery().outerjoin(WorkItem, _HANDLED)).order_by(col(WorkItem.version).desc())


def recused(session: Session, case: Case, who: Officer) -> bool:
    """Whether the person is registered as a near relative in this case (A1 11)."""
    return ledger.ask_plainly(session, _RECUSED, case=case.id, who=who.id).first() is not None


def kept_away(session: Session, case: Case) -> set[str]:
    """The names of the officers who are near relatives in this case, and of the relative its application names."""
    officers = select(Person.name).join(Recusal, col(Recusal.person_id) == col(Person.id)).where(Recusal.case_id == case.id)
    process = releases.load(session, case.release_id).process
    declared = applicants.read(process, facts.known(case).get(APPLICATION) or {}).relative
    return {*session.exec(officers), *([declared.name] if declared else [])}


def may_see(session: Session, case: Case, who: Officer) -> bool:
    """A case is seen from its own ground and by who was given work in it, and never by a near relative.

    A secret matter's case is seen from its ground by the roles alone to which its process opens it, and by who took it in.
    """
    return (_on_ground(session, case, who) or given_work(session, case, who)) and not recused(session, case, who)


def _on_ground(session: Session, case: Case, who: Officer) -> bool:
    sight = releases.load(session, case.release_id).process.sight
    if not sight.secret:
        return permissions.covers(who, case.division_code)
    return case.opened_by == who.id or any(held.role in sight.open_to and held.covers(case.division_code) for held in who.duties)


def given_work(session: Session, case: Case, who: Officer) -> bool:
    """Whether an item of the case lies, or lay, with one of the person's duties: a township signs the county's roster."""
    items = session.exec(select(WorkItem.role, WorkItem.unit_id).where(WorkItem.case_id == case.id))
    return any(who.duty(role, unit_id) for role, unit_id in items)


def demand_sight(session: Session, case: Case | None, who: Officer) -> Case:
    """The case, or `NotFound`: one that may not be seen is not even said to exist."""
    if case is None or not may_see(session, case, who):
        raise NotFound("This case was not found.")
    return case


def why_not(session: Session, case: Case, item: WorkItem, who: Officer) -> Refusal | None:
    """Why somebody may not complete that work item now; None: he may."""
    if item.state != WorkState.OPEN:
        return Conflict("This item has already been handled.")
    if still := _standing_still(session, case, item.node):
        return still
    if who.duty(item.role, item.unit_id) is None:
        return NotAllowed("This item lies with another duty or unit.")
    related, earlier = _standing(session, case, item.node, who)
    if related:
        return NotAllowed("You are registered as a near relative in this case and may not handle it.")
    if item.claimed_by not in (None, who.id):
        return Conflict("A colleague has claimed this item.")
    return NotAllowed("You handled “{node}” of this case; another person must do this step.", node=earlier) if earlier else None


def _standing_still(session: Session, case: Case, node: str) -> Refusal | None:
    """Why nobody may do work there now: the case is suspended, or frozen by its process's own rule."""
    if case.state == progress.SUSPENDED:
        return Conflict("This case is suspended.")
    for freeze in releases.load(session, case.release_id).process.freezes:
        if node not in freeze.but and feel.compile(freeze.while_).evaluate(facts.known(case)) is True:
            return Conflict("{sentence}", sentence=Term(freeze.says, freeze.en))
    return None


def kept_apart(session: Session, case: Case, node: str, who: Officer) -> Refusal | None:
    """Why somebody who did another step may not have a say in this one; None: he may."""
    _, earlier = _standing(session, case, node, who)
    return NotAllowed("You handled “{node}” of this case; another person must do this step.", node=earlier) if earlier else None


def _standing(session: Session, case: Case, node: str, who: Officer) -> tuple[bool, str]:
    """Whether somebody is a near relative in the case, and which step he did that is kept apart from this one: one question."""
    process = releases.load(session, case.release_id).process
    rivals = sorted({rival for rule in process.apart if node in rule.tasks for rival in rule.tasks} - {node})
    if not rivals:
        return recused(session, case, who), ""
    found = ledger.ask(session, _STANDING, case=case.id, who=who.id, release=case.release_id, nodes=rivals).tuples().all()
    handled = (row for _, *row in found if row[0] is not None)
    return bool(found[0][0]), next((name for name, hand in _hands(session, case, rivals, handled) if hand == who.id), "")


def _hands(session: Session, case: Case, asked: Sequence[str], handled: Iterable[Sequence[Any]]) -> Iterator[tuple[str, int | None]]:
    """Who did each of those elements the last time it was done; what was taken back was never done.

    Who did it before a return counts on until somebody else has done it anew, and then no longer.
    """
    newest, names = dict[tuple[str, str], int](), names_since(session, case)
    for old, release, scope, version, name, hand in handled:
        node = names.now(old, release)
        if node in asked and version == newest.setdefault((node, scope), version):
            yield name, hand
