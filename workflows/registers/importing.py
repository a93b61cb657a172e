"""Take over a book kept elsewhere: every row is checked first, then all of it is entered, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from bpmn.message import Message, Term
from bpmn.register_files import Register
from workflows.cases import facts
from workflows.errors import NotAllowed, RowError, RowsInvalid
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import Division
from workflows.records import audit
from workflows.registers import declared, entries, found, import_rows, shape
from workflows.registers.entries import Because
from workflows.registers.found import Wanted
from workflows.registers.import_rows import DIVISION, Given

MOST = 5_000        # entries of one file
REASON = "存量登记导入"


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    entered: int
    already_there: int


def importable(who: Officer, register: Register) -> bool:
    """Whether somebody may take over such a book."""
    return who.holds(*(permissions.MAY["import_register"] & frozenset(register.importers)))


def take_in(session: Session, name: str, content: bytes, file: str, who: Officer, now: datetime) -> Imported:
    """Check every row of the .xlsx or CSV file; then enter all of it, or refuse it with every error (`RowsInvalid`)."""
    register = declared.named(name)
    if not importable(who, register):
        raise NotAllowed("Your duty does not include this.")
    given, errors = import_rows.read(register, content, file, now.date())
    errors += [*_grounds(session, register, given, who)]
    new, clashes = _new(session, name, register, given, now.date())
    errors += clashes
    if len(given) > MOST:
        errors.append(RowError(register.item, given[MOST].row.number, "", Message("A sheet has at most {most} rows.", {"most": MOST})))
    if errors:
        raise RowsInvalid(sorted(errors, key=lambda error: (error.sheet != register.item, error.sheet, error.row)))
    for one in new:
        since = shape.ask(register.since, one.data)
        entries.enter(session, name, one.data, one.division or _home(who, register), Because(now, who.actor(), reason=REASON),
                      valid_from=since if isinstance(since, date) else None)
    done = Imported(len(new), len(given) - len(new))
    audit.append(session, "office", who.actor(), "register.import", now,
                 summary=f"导入{register.name} {done.entered} 条，已有 {done.already_there} 条",
                 after={"register": name, "file": file, "entered": done.entered, "already_there": done.already_there})
    return done


def _home(who: Officer, register: Register) -> str:
    """The ground of whoever imports, where a row names none."""
    return next(held.division_code for held in who.duties if held.role in register.importers)


def _grounds(session: Session, register: Register, given: Sequence[Given], who: Officer) -> Iterator[RowError]:
    known = set(session.exec(select(Division.code)))
    for one in given:
        if one.division and one.division not in known:
            yield one.row.error(DIVISION, Message("There is no division {code}.", {"code": one.division}))
        elif one.division and permissions.why_not(who, "import_register", one.division, register.importers):
            yield one.row.error(DIVISION, Message("{code} is not on your unit's ground.", {"code": one.division}))


def _new(session: Session, name: str, register: Register, given: Sequence[Given], day: date) -> tuple[list[Given], list[RowError]]:
    """What is not there yet; the same entry is passed over, one that bears a taken value and says something else is refused."""
    new: list[Given] = []
    errors: list[RowError] = []
    first: dict[tuple[str, str], int] = {}
    for one in given:
        own = [key for key, unique in shape.keys(register, one.data).items() if unique]
        twice = next((key for key in own if key in first), None)
        there = {entry["id"]: entry for kind, value in own for entry in found.entries(session, Wanted(name, kind, (value,)), day)}
        if twice:
            errors.append(one.row.error(_heading(register, twice[0]), Message(
                "“{value}” already stands in row {row}.", {"value": twice[1], "row": first[twice]})))
        elif there and (differing := _differences(register, one.data, next(iter(there.values())))):
            errors.append(one.row.error("", Message("“{title}” is there already with other data: {what}.", {
                "title": shape.title(register, one.data), "what": Term("、".join(field.zh for field in differing), ", ".join(field.en for field in differing))})))
        elif not there:
            new.append(one)
        first |= {key: one.row.number for key in own if key not in first}
    return new, errors


def _differences(register: Register, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Term]:
    """The fields that the file gives and that stand otherwise in the register."""
    return [field.title for field in register.fields
            if new.get(field.key) not in (None, "", []) and facts.encode(new[field.key]) != facts.encode(old.get(field.key))]


def _heading(register: Register, kind: str) -> str:
    key = register.key(kind)
    field = next((field for field in register.fields if key and key.of == f"entry.{field.key}"), None)
    return field.name if field else ""
