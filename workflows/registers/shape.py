"""An entry's data against its register's fields: what may stand there, as which type, and by what it is found."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bpmn import feel
from bpmn.message import Term
from bpmn.register_files import Column, Item, Register, Rule
from forms.world import layered
from workflows.cases import facts
from workflows.errors import Conflict
from workflows.records import days
from workflows.registers.tables import RegisterEntry

_BLANK = re.compile(r"\s+")


def fitted(register: Register, data: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """The data with days as days and numbers as numbers; `Conflict` for what the register does not hold.

    `whole`: every field that must be there is asked for; else only those named are looked at.
    """
    fields = {field.key: field for field in register.fields}
    if strangers := data.keys() - fields.keys():
        raise Conflict("The register “{register}” does not hold {names}.", register=Term(register.name, register.en), names="、".join(sorted(strangers)))
    said = {key: _fit(register, fields[key], value) for key, value in data.items()}
    for field in register.fields if whole else ():
        if field.required and said.get(field.key) in (None, "", []):
            raise Conflict("An entry of “{register}” needs “{field}”.", register=Term(register.name, register.en), field=field.title)
    return said


def demand(register: Register, data: Mapping[str, Any]) -> None:
    """Refuse what the register's own rules say can't stand in it."""
    if wrong := next(broken(register, data), None):
        raise Conflict("{sentence}", sentence=Term(wrong.says, wrong.en))


def broken(register: Register, data: Mapping[str, Any]) -> Iterator[Rule]:
    """The register's rules that an entry with these data breaks."""
    yield from (rule for rule in register.rules if ask(rule.refuse_when, data) is True)


def seen(entry: RegisterEntry, case_number: str = "") -> dict[str, Any]:
    """An entry as expressions see it."""
    return {"id": entry.id, "title": entry.title, "division": entry.division_code, "case": case_number,
            "valid_from": entry.valid_from, "valid_to": entry.valid_to, "closed_on": entry.closed_on,
            "close_reason": entry.close_reason, **facts.decode(entry.data)}


def ask(source: str, entry: Mapping[str, Any], around: Mapping[str, Any] | None = None, now: datetime | None = None) -> Any:
    """A FEEL expression over `entry`, and what stands around it."""
    return feel.to_python(feel.compile(source).evaluate(layered({"entry": entry}, around or {}), now))


def title(register: Register, data: Mapping[str, Any]) -> str:
    """What an entry with these data is called."""
    return str(ask(register.title, data) or "")


def keys(register: Register, entry: Mapping[str, Any]) -> dict[tuple[str, str], bool]:
    """Kind and value of everything the entry is found by, and whether it must be its alone."""
    found = {(key.kind, value): key.unique for key in register.keys for value in _values(ask(key.of, entry))}
    return found | {(due.kind, value): False for due in register.dues for value in _values(ask(due.of, entry))}


def compared(value: object) -> str:
    """A key's value as it is stored and compared: half-width, capitals, no blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", str(value))).upper()


def _values(found: object) -> Iterator[str]:
    for one in found if isinstance(found, (list, tuple)) else [found]:
        if one not in (None, ""):
            yield compared(one)


def _fit(register: Register, field: Column, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, Item) and field.columns:
        return [_row(register, field, row) for row in value] if isinstance(value, list) else _refuse(register, field, value)
    fits = {"text": isinstance(value, str), "flag": isinstance(value, bool), "choice": value in field.values if field.values else False,
            "number": _is_number(value), "money": _is_number(value) and value == int(value),
            "texts": isinstance(value, list) and all(isinstance(one, str) for one in value), "date": days.read(value) is not None}
    if not fits[field.kind]:
        return _refuse(register, field, value)
    return days.read(value) if field.kind == "date" else int(value) if field.kind == "money" else value


def _row(register: Register, field: Item, row: Any) -> dict[str, Any]:
    columns = {column.key: column for column in field.columns}
    if not isinstance(row, Mapping) or row.keys() - columns.keys():
        _refuse(register, field, row)
    return {key: _fit(register, columns[key], value) for key, value in row.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _refuse(register: Register, field: Column, value: object) -> Any:
    raise Conflict("“{value}” can't stand under “{field}” in the register “{register}”.", value=str(value)[:100], field=field.title,
                   register=Term(register.name, register.en))
