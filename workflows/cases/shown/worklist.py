"""What awaits whom, ordered by what lapses first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session, and_, col, func, or_, select

from workflows.cases import access, progress, secrecy
from workflows.cases.tables import Case, Operation, Recusal, WorkItem, WorkState
from workflows.office import jurisdiction, permissions, working_days
from workflows.office.people import Officer
from workflows.office.tables import Division, Person

Light = Literal["overdue", "near", "normal"]
PAGE = 50


@dataclass(frozen=True)
class Row:
    """One line of an inbox."""

    id: int
    case_number: str
    subject: str
    process: str
    node: str
    node_name: str
    role: str
    township: str
    opened_at: datetime
    due_at: datetime | None
    light: Light
    days: int           # working days left, or overdue when the light is `overdue`; today is 0
    claimed_by: int | None
    suspended: bool = False
    returned: bool = False
    outcome: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True)
class Suspended:
    """A case that stands still, and the operation that stopped it."""

    case: Case
    operation: Operation
    by: str


@dataclass(frozen=True)
class Worklist:
    """A page of an inbox, and how many items bear each light."""

    rows: list[Row]
    counts: dict[str, int] = field(default_factory=dict)
    processes: list[str] = field(default_factory=list)
    townships: list[tuple[str, str]] = field(default_factory=list)
    more: bool = False


def of(session: Session, who: Officer, now: datetime, *, light: str = "", process: str = "", township: str = "",
       text: str = "", page: int = 1) -> Worklist:
    """The person's open items; filters narrow the rows and, but for `light`, the counts."""
    edge = near_until(session, now)
    chosen = [*_mine(who), *_filters(process, township, text)]
    counts = _counts(session, chosen, now, edge)
    query = _select(*chosen, *_by_light(light, now, edge)).order_by(
        col(WorkItem.due_at).is_(None), col(WorkItem.due_at), col(WorkItem.id)).offset((page - 1) * PAGE).limit(PAGE + 1)
    found = session.exec(query).all()
    rows = [_row(session, item, case, now, edge) for item, case in found[:PAGE]]
    return Worklist(rows, counts, *_choices(session, who), more=len(found) > PAGE)


def count(session: Session, who: Officer) -> int:
    """How many items await the person."""
    return int(session.exec(select(func.count()).select_from(WorkItem).where(*_mine(who))).one())


def done_by(session: Session, who: Officer, now: datetime, page: int = 1) -> Worklist:
    """What the person has handled, the latest first."""
    query = _select(WorkItem.done_by == who.id, WorkItem.state == WorkState.DONE).order_by(
        col(WorkItem.done_at).desc(), col(WorkItem.id).desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
    found = session.exec(query).all()
    edge = near_until(session, now)
    return Worklist([_row(session, item, case, now, edge) for item, case in found[:PAGE]], more=len(found) > PAGE)


def search(session: Session, who: Officer, text: str, limit: int = 50) -> list[Case]:
    """Cases by number, applicant or ID number (exact), as far as the person may see them."""
    wanted = text.strip()
    found = select(Case).where(secrecy.met(wanted)) if wanted else select(Case)
    found = found.where(secrecy.on_ground(session, who)).order_by(col(Case.id).desc()).limit(limit * 2)
    return [case for case in session.exec(found) if access.may_see(session, case, who)][:limit]


def suspended(session: Session, who: Officer) -> list[Suspended]:
    """The cases that stand still, for whoever may resume them; the longest first."""
    grounds = {held.division_code for held in who.duties if held.role in permissions.MAY["suspend_case"]}
    if not grounds:
        return []
    newest = select(func.max(Operation.id)).where(Operation.what == "suspend").group_by(col(Operation.case_id))
    found = select(Case, Operation, Person.name).join(Operation, col(Operation.case_id) == col(Case.id)).join(
        Person, col(Person.id) == col(Operation.by)).where(
        Case.state == progress.SUSPENDED, jurisdiction.within(Case.division_code, grounds), col(Operation.id).in_(newest))
    return [Suspended(case, operation, name) for case, operation, name in session.exec(found.order_by(col(Operation.at)))
            if access.may_see(session, case, who)]


def near_until(session: Session, now: datetime) -> datetime:
    """Items due up to then are yellow: today and the next working day."""
    calendar = working_days.calendar(session)
    return working_days.end_of(calendar.next_working(now.date() + timedelta(days=1)))


def light_of(due_at: datetime | None, now: datetime, edge: datetime) -> Light:
    """The colour of a deadline."""
    if due_at is None or due_at > edge:
        return "normal"
    return "overdue" if due_at <= now else "near"


def days_of(session: Session, due_at: datetime | None, now: datetime) -> int:
    """Working days left till the due day, or since it; 0 on the day itself."""
    if due_at is None:
        return 0
    last = (due_at - timedelta(seconds=1)).date()
    early, late = sorted((last, now.date()))
    return working_days.calendar(session).used(early, late, "WD")


def _mine(who: Officer) -> list[Any]:
    desks = [and_(WorkItem.role == held.role, WorkItem.unit_id == held.unit_id) for held in who.duties]
    recused = select(Recusal.case_id).where(Recusal.person_id == who.id)
    return [WorkItem.state == WorkState.OPEN, or_(*desks) if desks else col(WorkItem.id).is_(None),
            or_(col(WorkItem.claimed_by).is_(None), WorkItem.claimed_by == who.id),
            col(WorkItem.case_id).not_in(recused)]


def _filters(process: str, township: str, text: str) -> list[Any]:
    chosen: list[Any] = []
    if process:
        chosen.append(Case.process == process)
    if township:
        chosen.append(col(Case.division_code).startswith(township))
    if text.strip():
        chosen.append(or_(col(Case.number).contains(text.strip().upper()), col(Case.subject).contains(text.strip())))
    return chosen


def _by_light(light: str, now: datetime, edge: datetime) -> list[Any]:
    due = col(WorkItem.due_at)
    return {"overdue": [due <= now], "near": [due > now, due <= edge],
            "normal": [or_(due.is_(None), due > edge)]}.get(light, [])


def _counts(session: Session, chosen: Sequence[Any], now: datetime, edge: datetime) -> dict[str, int]:
    def count(*more: Any) -> int:
        query = select(func.count()).select_from(WorkItem).join(Case, col(Case.id) == col(WorkItem.case_id))
        return int(session.exec(query.where(*chosen, *more)).one())

    lights = {light: count(*_by_light(light, now, edge)) for light in ("overdue", "near", "normal")}
    return {"all": sum(lights.values()), **lights}


def _select(*where: Any) -> Any:
    return select(WorkItem, Case).join(Case, col(Case.id) == col(WorkItem.case_id)).where(*where)


def _choices(session: Session, who: Officer) -> tuple[list[str], list[tuple[str, str]]]:
    query = select(Case.process, func.substr(Case.division_code, 1, 9)).join(
        WorkItem, col(Case.id) == col(WorkItem.case_id)).where(*_mine(who)).distinct()
    found = session.exec(query).all()
    towns = sorted({town for _, town in found if len(town) == 9})
    return sorted({process for process, _ in found}), [(town, _name(session, town)) for town in towns]


def _row(session: Session, item: WorkItem, case: Case, now: datetime, edge: datetime) -> Row:
    return Row(id=item.id or 0, case_number=case.number, subject=case.subject, process=case.process, node=item.node,
               node_name=item.name, role=item.role, township=_name(session, case.division_code[:9]),
               opened_at=item.opened_at, due_at=item.due_at, light=light_of(item.due_at, now, edge),
               days=days_of(session, item.due_at, now), claimed_by=item.claimed_by,
               suspended=case.state == progress.SUSPENDED, returned=item.operation_id is not None, outcome=item.outcome,
               done_at=item.done_at)


def _name(session: Session, code: str) -> str:
    division = session.get(Division, code)
    return division.name if division else ""
