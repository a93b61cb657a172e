"""Compare a case with what a scenario says must hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import access, clocks, documents, facts, notices, world
from workflows.cases.tables import Case, Objection, WorkItem, WorkState
from workflows.errors import NotFound
from workflows.office import people, permissions
from workflows.payments.tables import Entitlement, Line, LineState
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Then


def failures(bureau: Bureau, session: Session, label: str, then: Then) -> list[str]:
    """Every expectation that does not hold, in plain words."""
    if then == Then():
        return []
    case = bureau.case(session, label)
    return [*_standing(session, case, then), *_facts(session, case, then), *_clocks(session, case, then),
            *_papers(session, case, then), *_notice(session, bureau, case, then), *_grants(session, case, then),
            *_sight(session, case, then), *_paid(session, case, then)]


def _standing(session: Session, case: Case, then: Then) -> Iterator[str]:
    if then.state is not None and case.state != then.state:
        yield f"state: expected {then.state}, found {case.state}"
    if then.open is not None:
        found = {item.node for item in session.exec(select(WorkItem).where(
            WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN))}
        if found != set(then.open):
            yield f"open: expected {sorted(then.open)}, found {sorted(found)}"


def _facts(session: Session, case: Case, then: Then) -> Iterator[str]:
    known = facts.known(case) | {"notice": world.notice_of(session, case)}
    for path, expected in then.facts.items():
        found = _at(known, path)
        if found != expected and str(found) != str(expected):
            yield f"{path}: expected {expected!r}, found {found!r}"


def _clocks(session: Session, case: Case, then: Then) -> Iterator[str]:
    latest = clocks.latest(session, case)
    for kind, due in then.clocks.items():
        found = latest[kind].due_on if kind in latest else None
        if found != due:
            yield f"limit {kind}: expected {due}, found {found}"
    for kind, days in then.used.items():
        used = latest[kind].used if kind in latest else None
        if used != days:
            yield f"days used of {kind}: expected {days}, found {used}"


def _papers(session: Session, case: Case, then: Then) -> Iterator[str]:
    issued = {paper.kind for paper in documents.of_case(session, case.id or 0)}
    for kind in then.documents:
        if kind not in issued:
            yield f"document {kind} was not issued; issued: {sorted(issued)}"
    for kind in then.no_documents:
        if kind in issued:
            yield f"document {kind} was issued"


def _notice(session: Session, bureau: Bureau, case: Case, then: Then) -> Iterator[str]:
    if not then.notice:
        return
    notice = world.latest_notice(session, case)
    if notice is None:
        yield "there is no notice"
        return
    text = str(facts.decode(notice.shown))
    found = {"posted_on": notice.posted_on, "ends_on": notice.ends_on, "public": _public(session, notice.id or 0, bureau),
             **facts.decode(notice.shown)}
    for key, expected in then.notice.items():
        if key in ("shows", "hides"):
            yield from (f"notice {key} {part!r}: it does not" for part in expected if (part in text) != (key == "shows"))
        elif found.get(key) != expected:
            yield f"notice.{key}: expected {expected!r}, found {found.get(key)!r}"


def _public(session: Session, notice_id: int, bureau: Bureau) -> bool:
    try:
        notices.public(session, notice_id, bureau.now)
    except NotFound:
        return False
    return True


def _grants(session: Session, case: Case, then: Then) -> Iterator[str]:
    if not then.grants:
        return
    granted = session.exec(select(Entitlement).where(Entitlement.case_id == case.id)
                           .order_by(col(Entitlement.id).desc())).first()
    found = {"yuan": (granted.base_fen + granted.supplement_fen) / 100, "from": granted.from_month,
             "people": granted.people, "to": granted.to_month} if granted else {}
    for key, expected in then.grants.items():
        if found.get(key) != expected:
            yield f"grants.{key}: expected {expected!r}, found {found.get(key)!r}"


def _sight(session: Session, case: Case, then: Then) -> Iterator[str]:
    for login, expected in then.sees.items():
        if access.may_see(session, case, people.by_login(session, login)) != expected:
            yield f"{login} {'does not see' if expected else 'sees'} the case"
    named = session.exec(select(Objection).where(Objection.case_id == case.id)).first()
    for login in then.objector_hidden_from:
        who = people.by_login(session, login)
        if named and permissions.why_not(who, "read_objector", case.division_code) is None:
            yield f"{login} may read the objector's name"


def _paid(session: Session, case: Case, then: Then) -> Iterator[str]:
    for month, yuan in then.paid.items():
        lines = session.exec(select(Line).where(Line.household_id == case.household_id, Line.month == month,
                                                Line.state == LineState.PAID))
        found = sum(line.total_fen for line in lines) / 100
        if found != yuan:
            yield f"paid in {month}: expected {yuan}, found {found}"


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, list) and name.isdigit():
            value = value[int(name)] if int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value
