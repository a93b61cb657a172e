"""Who may read which register, and what of it a page shows: a list, one entry, its history and what falls due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, literal
from sqlmodel import Session, col, func, or_, select

from bpmn.register_files import Due, Register
from workflows.cases import access
from workflows.cases.shown import trail
from workflows.cases.tables import Case
from workflows.errors import NotFound
from workflows.office import jurisdiction, permissions, rates
from workflows.office.people import Officer
from workflows.records import audit
from workflows.registers import declared, entries, shape
from workflows.records.tables import AuditEvent
from workflows.registers.tables import RegisterChange, RegisterEntry, RegisterKey

PAGE = 50
READ = "register.read"
VALID, ENDED, DUE, ALL = "valid", "ended", "due", "all"
STATES = (VALID, DUE, ENDED, ALL)


@dataclass(frozen=True)
class Wish:
    """Which entries of a register are wanted: by a key's value or a part of the title, in which state, which page."""

    text: str = ""
    state: str = VALID
    page: int = 1


@dataclass(frozen=True)
class Coming:
    """A day of an entry before which somebody must act."""

    due: Due
    on: date
    past: bool


@dataclass(frozen=True)
class Listed:
    """A page of a register."""

    rows: Sequence[RegisterEntry]
    count: int
    more: bool
    coming: Mapping[int, Sequence[Coming]]      # by the entry's id
    falling_due: int                            # how many entries of the whole register


def readable(who: Officer) -> dict[str, Register]:
    """The registers that somebody may read."""
    return {name: register for name, register in declared.registers().items() if who.holds(*_readers(register))}


def demand(who: Officer, name: str) -> Register:
    """The register, or `NotFound`: one that may not be read is not even said to exist."""
    if name not in readable(who):
        raise NotFound("There is no register {name}.", name=name)
    return declared.named(name)


def listed(session: Session, who: Officer, name: str, wish: Wish, day: date, size: int = PAGE) -> Listed:
    """A page of the entries on the person's ground, by title."""
    register = demand(who, name)
    where = [*_on_ground(who, name, register), *_state(session, register, name, wish.state, day), *_named(name, wish.text)]
    count = session.exec(select(func.count()).select_from(RegisterEntry).where(*where)).one()
    found = list(session.exec(select(RegisterEntry).where(*where).order_by(col(RegisterEntry.title), col(RegisterEntry.id))
                              .offset((wish.page - 1) * size).limit(size + 1)))
    soon = _state(session, register, name, DUE, day)
    due = session.exec(select(func.count()).select_from(RegisterEntry).where(*_on_ground(who, name, register), *soon)).one()
    return Listed(found[:size], count, len(found) > size, _coming(session, register, name, found[:size], day), due)


def falling_due(session: Session, who: Officer, day: date) -> int:
    """How many entries somebody must act on soon, or should have, in all the books the person reads."""
    books = [(name, register) for name, register in readable(who).items() if register.dues]
    return sum(session.exec(select(func.count()).select_from(RegisterEntry).where(
        *_on_ground(who, name, register), *_state(session, register, name, DUE, day))).one() for name, register in books)


def entry(session: Session, who: Officer, name: str, entry_id: int) -> RegisterEntry:
    """One entry, for whoever reads the register on its ground or has had work in the case that entered it."""
    found = session.get(RegisterEntry, entry_id)
    if found is None or found.register_name != name:
        raise NotFound("This entry was not found.")
    register = declared.named(name)
    if any(held.role in _readers(register) and held.covers(found.division_code) for held in who.duties):
        return found
    case = session.get(Case, found.case_id) if found.case_id else None
    if case is None or not access.may_see(session, case, who) or (register.secret and not access.given_work(session, case, who)):
        raise NotFound("This entry was not found.")
    return found


def history(session: Session, entry_id: int) -> list[tuple[RegisterChange, Case | None]]:
    """Every change of an entry, the newest first, with the case behind it."""
    rows = select(RegisterChange, Case).join(Case, col(Case.id) == col(RegisterChange.case_id), isouter=True).where(
        RegisterChange.entry_id == entry_id).order_by(col(RegisterChange.id).desc())
    return [(change, case) for change, case in session.exec(rows)]


def is_secret(entry: RegisterEntry) -> bool:
    """Whether the register it stands in says so."""
    return declared.named(entry.register_name).secret


def log_read(session: Session, found: Iterable[RegisterEntry], who: Officer, now: datetime) -> None:
    """Every reading of an entry of a secret register stands in the entry's own chain."""
    for entry in found:
        audit.append(session, entries.chain(entry), who.actor(), READ, now, summary="查阅保密登记")


def _audited(who: Officer) -> list[ColumnElement[bool]]:
    """The log of a secret register's entries is read by who reads the entries."""
    return [or_(col(AuditEvent.chain).not_like(f"{entries.PREFIX}{name}:%"), col(AuditEvent.chain).in_(
        select(literal(f"{entries.PREFIX}{name}:") + cast(col(RegisterEntry.id), String)).where(*_on_ground(who, name, register))))
        for name, register in declared.registers().items() if register.secret]


trail.SIGHTS.append(_audited)


def coming(session: Session, found: RegisterEntry, day: date) -> Sequence[Coming]:
    """What falls due of one entry."""
    register = declared.named(found.register_name)
    return _coming(session, register, found.register_name, [found], day).get(found.id or 0, ())


def warn_until(session: Session, due: Due, day: date, division: str) -> date:
    """Till which day a day is shown as coming; where no rule says how long before, on the day itself."""
    try:
        days = rates.value(session, due.warn, day, division)
    except (NotFound, rates.NotInForce):
        days = 0
    return day + timedelta(days=days if isinstance(days, int) else 0)


def _readers(register: Register) -> frozenset[str]:
    return permissions.MAY["read_registers"] & frozenset(register.readers)


def _on_ground(who: Officer, name: str, register: Register) -> list[ColumnElement[bool]]:
    grounds = jurisdiction.widest(held.division_code for held in who.duties if held.role in _readers(register))
    return [col(RegisterEntry.register_name) == name, jurisdiction.within(RegisterEntry.division_code, grounds)]


def _state(session: Session, register: Register, name: str, state: str, day: date) -> list[ColumnElement[bool]]:
    ended = or_(col(RegisterEntry.closed_on) <= day, col(RegisterEntry.valid_to) < day)
    holds = [or_(col(RegisterEntry.closed_on).is_(None), col(RegisterEntry.closed_on) > day),
             or_(col(RegisterEntry.valid_to).is_(None), col(RegisterEntry.valid_to) >= day)]
    match state:
        case "ended":
            return [ended]
        case "due":
            soon = [select(RegisterKey.entry_id).where(
                RegisterKey.register_name == name, RegisterKey.kind == due.kind, col(RegisterKey.replaced).is_(False),
                col(RegisterKey.value) <= warn_until(session, due, day, "").isoformat()) for due in register.dues]
            return [*holds, or_(*[col(RegisterEntry.id).in_(one) for one in soon])] if soon else [col(RegisterEntry.id) < 0]
        case "all":
            return []
    return holds


def _named(name: str, text: str) -> list[ColumnElement[bool]]:
    """By a part of the title, or exactly by a key that stands or once stood."""
    wanted = text.strip()
    if not wanted:
        return []
    keys = select(RegisterKey.entry_id).where(RegisterKey.register_name == name, RegisterKey.value == shape.compared(wanted))
    return [or_(col(RegisterEntry.title).contains(wanted), col(RegisterEntry.id).in_(keys))]


def _coming(session: Session, register: Register, name: str, rows: Sequence[RegisterEntry], day: date) -> dict[int, list[Coming]]:
    until = {due.kind: (due, warn_until(session, due, day, "")) for due in register.dues}
    keys = session.exec(select(RegisterKey).where(
        RegisterKey.register_name == name, col(RegisterKey.kind).in_(until), col(RegisterKey.replaced).is_(False),
        col(RegisterKey.entry_id).in_([row.id for row in rows])).order_by(col(RegisterKey.value)))
    found: dict[int, list[Coming]] = {}
    for key in keys:
        due, last = until[key.kind]
        on = date.fromisoformat(key.value)
        if on <= last:
            found.setdefault(key.entry_id, []).append(Coming(due, on, on < day))
    return found

