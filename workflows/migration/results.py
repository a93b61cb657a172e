"""What a plan has found or done, case by case: counted by reason, a page at a time, as a file, as text."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from bpmn.message import Message, Term
from workflows import messages, releases
from workflows.cases import secrecy
from workflows.cases.tables import Case
from workflows.migration import plans
from workflows.migration.reasons import WARNINGS, Reason
from workflows.migration.tables import CaseState, Plan, PlanCase, PlanReason, PlanState
from workflows.office.people import Officer
from workflows.releases import Published

PAGE = 50
SECRET = Message("Secret case")
BATCH = 500
PLANS: Mapping[str, Message] = {
    PlanState.DRAFT: Message("Draft"), PlanState.CHECKING: Message("Dry run under way"), PlanState.CHECKED: Message("Tried"),
    PlanState.CARRYING: Message("Moving cases"), PlanState.RETURNING: Message("Going back"),
    PlanState.PAUSED: Message("Paused"), PlanState.STOPPED: Message("Stopped by itself"), PlanState.DONE: Message("Moved"),
    PlanState.RETURNED: Message("Gone back"), PlanState.DROPPED: Message("Given up")}
STATES: Mapping[str, Message] = {
    CaseState.MOVABLE: Message("Can move"), CaseState.REFUSED: Message("Can't move"), CaseState.WAITING: Message("Not yet looked at"),
    CaseState.MOVED: Message("Moved"), CaseState.FAILED: Message("Failed"), CaseState.BACK: Message("Gone back"),
    CaseState.KEPT: Message("Can't go back")}


@dataclass(frozen=True)
class Group:
    """Cases with the same reason at the same element; `sentence` is that of one of them."""

    code: str
    node: str
    cases: int
    warning: bool
    sentence: Message | Term


@dataclass(frozen=True)
class Line:
    """One case: what became of it, and why; without a number where it is a secret to the reader."""

    number: str
    division_code: str
    state: str
    at: datetime
    reasons: tuple[tuple[Reason, Message | Term], ...]


def groups(session: Session, plan: Plan) -> list[Group]:
    """Every reason with its number of cases: what refuses first, the most frequent first."""
    query = select(PlanReason.code, PlanReason.node, func.count(col(PlanReason.case_id).distinct()), func.min(PlanReason.id)).join(
        PlanCase, (col(PlanCase.plan_id) == col(PlanReason.plan_id)) & (col(PlanCase.case_id) == col(PlanReason.case_id))).where(
        PlanReason.plan_id == plan.id).group_by(col(PlanReason.code), col(PlanReason.node))
    found, kept = [], col(PlanCase.state) == CaseState.KEPT
    for there, those in ((False, ~kept), (True, kept)):
        for code, node, cases, sample in session.exec(query.where(those)):
            said = _reason(session.get_one(PlanReason, sample)).say(*_sides(session, plan, there=there))
            found.append(Group(code, node, cases, code in WARNINGS, said))
    return sorted(found, key=lambda group: (group.warning, -group.cases, group.code, group.node))


def lines(session: Session, plan: Plan, *, state: str = "", code: str = "", node: str = "", page: int = 1,
          who: Officer | None = None) -> tuple[list[Line], bool]:
    """A page of cases, and whether more follow; `who` reads them."""
    where: list[Any] = [PlanCase.plan_id == plan.id]
    if state:
        where.append(PlanCase.state == state)
    if code:
        where.append(col(PlanCase.case_id).in_(select(PlanReason.case_id).where(
            PlanReason.plan_id == plan.id, PlanReason.code == code, PlanReason.node == node)))
    ids = list(session.exec(select(PlanCase.case_id).where(*where).order_by(col(PlanCase.case_id))
                            .offset((page - 1) * PAGE).limit(PAGE + 1)))
    return _lines(session, plan, ids[:PAGE], who), len(ids) > PAGE


def table(session: Session, plan: Plan, language: str, who: Officer | None = None) -> Iterator[str]:
    """Every case as a line of comma-separated values, a batch at a time; Excel sees that it is UTF-8."""
    yield "\ufeff" + _row([messages.say(words, language) for words in ("Case number", "Result", "Code", "Element", "Reason")])
    last = 0
    while True:
        ids = list(session.exec(select(PlanCase.case_id).where(PlanCase.plan_id == plan.id, col(PlanCase.case_id) > last)
                                .order_by(col(PlanCase.case_id)).limit(BATCH)))
        if not ids:
            return
        last = ids[-1]
        for line in _lines(session, plan, ids, who):
            state = messages.say(STATES[line.state], language)
            for reason, said in line.reasons or ((Reason(""), Term("")),):
                yield _row([line.number or messages.say(SECRET, language), state, reason.code, reason.node, messages.say(said, language)])
        session.expunge_all()


def text(session: Session, plan: Plan, language: str) -> str:
    """The plan in a few lines, for the command line."""
    old, new = (releases.load(session, release) for release in (plan.from_release_id, plan.to_release_id))
    found = [messages.say(Message("Plan {number}: {process}, version {old} to version {new}: {state}", {
        "number": plan.id, "process": plan.process, "old": old.version, "new": new.version, "state": PLANS[plan.state]}), language)]
    found += [f"  {n:>7}  {messages.say(STATES[state], language)}" for state, n in sorted(plans.counts(session, plan).items())]
    found += [f"  {group.cases:>7}  [{group.code}] {group.node}  {messages.say(group.sentence, language)}"
              for group in groups(session, plan)]
    return "\n".join(found)


def _lines(session: Session, plan: Plan, ids: list[int], who: Officer | None) -> list[Line]:
    told: dict[int, list[Reason]] = {}
    for row in session.exec(select(PlanReason).where(PlanReason.plan_id == plan.id, col(PlanReason.case_id).in_(ids))
                            .order_by(col(PlanReason.id))):
        told.setdefault(row.case_id, []).append(_reason(row))
    query = select(PlanCase, Case).join(Case, col(Case.id) == col(PlanCase.case_id)).where(
        PlanCase.plan_id == plan.id, col(PlanCase.case_id).in_(ids)).order_by(col(PlanCase.case_id))
    sides = {there: _sides(session, plan, there=there) for there in (False, True)}
    return [Line(secrecy.number_for(session, who, case) if who else case.number, case.division_code, row.state, row.at, tuple(
        (reason, reason.say(*sides[row.state == CaseState.KEPT])) for reason in told.get(row.case_id, ())))
        for row, case in session.exec(query)]


def _reason(row: PlanReason) -> Reason:
    return Reason(row.code, row.node, row.params)


def _sides(session: Session, plan: Plan, *, there: bool) -> tuple[Published, Published]:
    """The version that a case stands on and the other one; what keeps a case from going back is told from the new version."""
    old, new = releases.load(session, plan.from_release_id), releases.load(session, plan.to_release_id)
    return (new, old) if there else (old, new)


def _row(values: list[str]) -> str:
    """One line; a value that a spreadsheet would take for a formula is quoted as text."""
    made = io.StringIO()
    csv.writer(made).writerow(["'" + value if value[:1] in ("=", "+", "-", "@") else value for value in values])
    return made.getvalue()
