"""Enter, change and close: the commands that write registers. Each keeps what stood before, and by whom and what it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from bpmn.message import Term
from bpmn.register_files import Register
from workflows.cases import facts
from workflows.cases.papers import documents
from workflows.errors import Conflict, NotFound
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored
from workflows.registers import declared, shape
from workflows.registers.tables import RegisterChange, RegisterEntry, RegisterKey

ENTER, CHANGE, CLOSE, UNDO = "enter", "change", "close", "undo"
DAY = timedelta(days=1)
PREFIX = "register:"     # of the audit chain of an entry
Changed = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Because:
    """Who writes, when, by which case and for what reason."""

    now: datetime
    actor: audit.Actor = audit.SYSTEM
    case_id: int | None = None
    node: str = ""
    reason: str = ""


class Taken(Conflict):
    """Another entry bears a value that must be one's alone."""

    says = "“{value}” stands in “{register}” already, as {field} of “{title}”."


def enter(session: Session, register: str, data: Mapping[str, Any], division: str, because: Because, *,
          valid_from: date | None = None, valid_to: date | None = None) -> RegisterEntry:
    """Put something on record from a day on, on wish till a day known beforehand."""
    rules = declared.named(register)
    numbered = _number(session, rules, register, division, because) if rules.numbered and not data.get(rules.numbered.field) else {}
    given = {**data, rules.numbered.field: numbered["number"]} if rules.numbered and numbered else data
    said = {field.key: [] if field.columns else None for field in rules.fields} | shape.fitted(rules, given, whole=True)
    shape.demand(rules, said)
    first = valid_from or because.now.date()
    if valid_to and valid_to < first:
        raise Conflict("The last day lies before the first.")
    entry = RegisterEntry(register_name=register, title=shape.title(rules, said), division_code=division, data=facts.encode(said),
                          valid_from=first, valid_to=valid_to, case_id=because.case_id,
                          series=numbered.get("series"), serial=numbered.get("serial"))
    session.add(entry)
    session.flush()
    _index(session, entry, first)
    _keep(session, entry, ENTER, first, {key: (None, value) for key, value in said.items() if value is not None}, because)
    return entry


def change(session: Session, entry_id: int, data: Mapping[str, Any], because: Because, *, on: date | None = None,
           valid_to: date | None = None, division: str = "") -> RegisterEntry:
    """Write some fields anew, as they are from a day on; a change of nothing leaves no trace."""
    entry = held(session, entry_id)
    rules, before, day = declared.named(entry.register_name), facts.decode(entry.data), on or because.now.date()
    if entry.closed_on:
        raise Conflict("“{title}” has been struck off; nothing of it can be changed.", title=entry.title)
    said = shape.fitted(rules, data, whole=False)
    changed = {key: (before.get(key), value) for key, value in said.items() if before.get(key) != value}
    changed |= {name: (old, new) for name, old, new in (("valid_to", entry.valid_to, valid_to or entry.valid_to), (
        "division", entry.division_code, division or entry.division_code)) if old != new}
    if changed:
        shape.demand(rules, shape.fitted(rules, {**before, **said}, whole=True))
        _write(session, entry, {key: after for key, (_, after) in changed.items()})
        _index(session, entry, day)
        _keep(session, entry, CHANGE, day, changed, because)
    return entry


def close(session: Session, entry_id: int, because: Because, *, on: date | None = None) -> RegisterEntry:
    """Strike an entry off: from that day on it holds no more, and stays in the register for ever."""
    entry, day = held(session, entry_id), on or because.now.date()
    if entry.closed_on:
        raise Conflict("“{title}” has been struck off already.", title=entry.title)
    entry.closed_on, entry.close_reason = day, because.reason
    entry.version += 1
    for key in _standing(session, entry):
        _end(session, key, day)
    _keep(session, entry, CLOSE, day, {"closed_on": (None, day)}, because)
    return entry


def undo(session: Session, case_id: int, node: str, because: Because) -> None:
    """What an element of a case wrote is undone, the newest first: the case has been taken back behind it."""
    rows = session.exec(select(RegisterChange).where(
        RegisterChange.case_id == case_id, RegisterChange.node == node).order_by(col(RegisterChange.id).desc())).all()
    undone = {str(row.fields.get("of")) for row in rows if row.what == UNDO}
    for row in rows:
        if row.what != UNDO and str(row.id) not in undone:
            _undo(session, row, replace(because, case_id=case_id, node=node))


def held(session: Session, entry_id: int) -> RegisterEntry:
    """An entry, held against every other writer till the transaction ends."""
    found = session.exec(select(RegisterEntry).where(RegisterEntry.id == entry_id).with_for_update().execution_options(
        populate_existing=True)).first()
    if found is None:
        raise NotFound("This entry was not found.")
    return found


def _undo(session: Session, row: RegisterChange, because: Because) -> None:
    entry, day = held(session, row.entry_id), because.now.date()
    if row.what == ENTER:
        entry.closed_on, entry.close_reason = entry.valid_from, because.reason
        for key in _standing(session, entry):
            _end(session, key, entry.valid_from)
    elif row.what == CLOSE:
        entry.closed_on, entry.close_reason = None, ""
    now = {"valid_to": facts.encode(entry.valid_to), "division": entry.division_code, **entry.data}
    back = {key: facts.decode(before) for key, (before, after) in row.fields.items() if row.what == CHANGE and now.get(key) == after}
    _write(session, entry, back)    # what somebody has written since stays
    if row.what != ENTER:
        _index(session, entry, day)
    _keep(session, entry, UNDO, day, {}, because, of=row.id)


def _number(session: Session, rules: Register, register: str, division: str, because: Because) -> dict[str, Any]:
    """The next number of a numbered register; each county counts its own by the year."""
    year, county = because.now.year, division[:documents.COUNTY]
    series = f"{county}:{year}"
    alone(session, f"register:{register}:{series}")
    last = session.exec(select(func.max(RegisterEntry.serial)).where(
        RegisterEntry.register_name == register, RegisterEntry.series == series)).one()
    serial, pattern = (last or 0) + 1, rules.numbered.pattern if rules.numbered else ""
    said = pattern.format(office=documents.office_mark(session, county), short="", mark="", year=year, n=serial, division=county)
    return {"series": series, "serial": serial, "number": said}


def _write(session: Session, entry: RegisterEntry, values: Mapping[str, Any]) -> None:
    """Lay values into the entry; the days and the ground stand in columns of their own."""
    own = dict(values)
    entry.valid_to = own.pop("valid_to", entry.valid_to)
    entry.division_code = own.pop("division", entry.division_code)
    now = {**facts.decode(entry.data), **own}
    entry.data, entry.title = facts.encode(now), shape.title(declared.named(entry.register_name), now)
    entry.version += 1
    session.add(entry)
    session.flush()


def _index(session: Session, entry: RegisterEntry, day: date) -> None:
    """Make the values it is found by agree with what it says from that day on; what must be its alone is asked for first."""
    wanted = shape.keys(declared.named(entry.register_name), shape.seen(entry))
    standing = {(key.kind, key.value): key for key in _standing(session, entry)}
    for (kind, value), unique in sorted(wanted.items()):
        if unique:
            _refuse_taken(session, entry, kind, value, day)
    for gone in standing.keys() - wanted.keys():
        _end(session, standing[gone], day)
    for kind, value in sorted(wanted.keys() - standing.keys()):
        session.add(RegisterKey(entry_id=stored(entry.id), register_name=entry.register_name, kind=kind, value=value, valid_from=day,
                                valid_to=entry.valid_to))
    for both in standing.keys() & wanted.keys():
        standing[both].valid_to = entry.valid_to
        session.add(standing[both])
    session.flush()


def _refuse_taken(session: Session, entry: RegisterEntry, kind: str, value: str, day: date) -> None:
    alone(session, f"register:{entry.register_name}:{kind}:{value}")     # two that ask for it at once
    others = select(RegisterEntry).join(RegisterKey, col(RegisterKey.entry_id) == col(RegisterEntry.id)).where(
        RegisterKey.register_name == entry.register_name, RegisterKey.kind == kind, RegisterKey.value == value,
        RegisterKey.entry_id != entry.id, or_(col(RegisterKey.valid_to).is_(None), col(RegisterKey.valid_to) >= day),
        *([] if entry.valid_to is None else [col(RegisterKey.valid_from) <= entry.valid_to]))
    if other := session.exec(others).first():
        rules = declared.named(entry.register_name)
        key = rules.key(kind)
        raise Taken("", value=value, register=Term(rules.name, rules.en), field=key.title if key else kind, title=other.title)


def chain(entry: RegisterEntry) -> str:
    """The audit chain of an entry."""
    return f"{PREFIX}{entry.register_name}:{entry.id}"


def _standing(session: Session, entry: RegisterEntry) -> Iterable[RegisterKey]:
    return session.exec(select(RegisterKey).where(RegisterKey.entry_id == entry.id, col(RegisterKey.replaced).is_(False))).all()


def _end(session: Session, key: RegisterKey, day: date) -> None:
    """From that day on the entry is not found by it, but among what once was."""
    key.replaced = True
    key.valid_to = min(filter(None, (key.valid_to, day - DAY)))
    session.add(key)


def _keep(session: Session, entry: RegisterEntry, what: str, on: date, changed: Changed, because: Because, of: int | None = None) -> None:
    fields = {key: [facts.encode(before), facts.encode(after)] for key, (before, after) in changed.items()}
    session.add(entry)
    session.add(RegisterChange(entry_id=stored(entry.id), version=entry.version, what=what, on=on, at=because.now,
                               author=because.actor.name, person_id=because.actor.id, case_id=because.case_id, node=because.node,
                               reason=because.reason, fields={**fields, **({"of": of} if of else {})}))
    audit.append(session, chain(entry), because.actor, f"register.{what}", because.now, node=because.node,
                 summary=entry.title, before={key: before for key, (before, _) in fields.items() if before is not None},
                 after={key: after for key, (_, after) in fields.items()})
    session.flush()
