"""The file of a register that is taken over: its sheets by the register's own fields, and each row as data for an entry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from typing import Any

from bpmn.message import Message, Term
from bpmn.register_files import Column, Item, Register
from forms import checks
from workflows.errors import Conflict, Invalid, RowError
from workflows.records import tabular
from workflows.records.tabular import Row, Sheet
from workflows.registers import shape

DIVISION = "区划代码"
YES, NO = frozenset({"是", "Y", "yes", "1"}), frozenset({"否", "N", "no", "0"})
LONGEST = 2_000
CHECKS = {"id_number": checks.gb11643, "credit_code": checks.credit_code, "phone": checks.phone, "person_name": checks.person_name}
CSV, XLSX = ".csv", ".xlsx"


@dataclass(frozen=True)
class Given:
    """One entry as the file gives it."""

    row: Row
    division: str
    data: Mapping[str, Any]


def sheets(register: Register) -> list[Sheet]:
    """One sheet with an entry a row, and one for each item that holds rows, joined by what tells entries apart."""
    single = [field for field in _typed(register) if not field.columns]
    needed = frozenset(field.name for field in single if field.required)
    own = Sheet(register.item, (*(field.name for field in single), DIVISION), needed)
    join = _join(register)
    return [own, *(Sheet(field.name, (join.name, *(column.name for column in field.columns)), frozenset({join.name}), optional=True)
                   for field in register.fields if field.columns and join)]


def template(register: Register) -> bytes:
    """The empty workbook."""
    return tabular.workbook({sheet.name: sheet.columns for sheet in sheets(register)}, {})


def template_csv(register: Register) -> bytes:
    """The empty CSV file: the entries alone; with a mark by which spreadsheets know its encoding."""
    return (",".join(sheets(register)[0].columns) + "\r\n").encode("utf-8-sig")


def read(register: Register, content: bytes, file: str, today: date) -> tuple[list[Given], list[RowError]]:
    """Every entry that can be read, and what is wrong with any cell."""
    match PurePath(file).suffix.lower():
        case ".xlsx":
            rows, errors = tabular.workbook_rows(content, sheets(register))
        case ".csv":
            rows, errors = tabular.csv_rows(content, sheets(register)[0])
        case _:
            raise Invalid((), "Hand in an .xlsx workbook or a .csv file.")
    inner = _inner(register, rows, today, errors)
    join = _join(register)
    given = [one for row in rows[register.item]
             if (one := _entry(register, row, inner.pop(_key(row, join), {}), today, errors)) is not None]
    for left in inner.values():     # rows of nobody
        errors += [row.error(join.name if join else "", Message("No entry of the first sheet bears this."))
                   for some in left.values() for row, _ in some]
    return given, errors


def _typed(register: Register) -> list[Item]:
    """What a file can give: all but the number that the register counts itself."""
    return [field for field in register.fields if not register.numbered or field.key != register.numbered.field]


def _join(register: Register) -> Item | None:
    """The field by which the rows of the other sheets find their entry: that of the first key which is one's alone."""
    keys = [key.of for key in register.keys if key.unique]
    return next((field for of in keys for field in register.fields if of == f"entry.{field.key}"), None)


def _key(row: Row, join: Item | None) -> str:
    return checks.compact(row.cells[join.name]) if join else ""


Inner = dict[str, dict[str, list[tuple[Row, dict[str, Any]]]]]


def _inner(register: Register, rows: Mapping[str, Sequence[Row]], today: date, errors: list[RowError]) -> Inner:
    """What the other sheets say, by the entry they belong to and by field."""
    found: Inner = defaultdict(lambda: defaultdict(list))
    for field in register.fields if (join := _join(register)) else ():
        for row in rows.get(field.name, ()) if field.columns else ():
            found[_key(row, join)][field.key].append((row, {column.key: _cell(row, column, today, errors) for column in field.columns}))
    return found


def _entry(register: Register, row: Row, inner: Mapping[str, Sequence[tuple[Row, Any]]], today: date, errors: list[RowError]) -> Given | None:
    before = len(errors)
    data = {field.key: _cell(row, field, today, errors) for field in _typed(register) if not field.columns}
    data |= {key: [said for _, said in some] for key, some in inner.items()}
    if len(errors) == before:
        try:
            shape.fitted(register, data, whole=False)
        except Conflict as refusal:     # a rule of the register that no single cell breaks
            errors.append(row.error("", refusal.message))
        names = {field.key: field.name for field in register.fields}
        errors += [row.error(names[rule.field], Message("{sentence}", {"sentence": Term(rule.says, rule.en)}))
                   for rule in shape.broken(register, data)]
    return Given(row, checks.compact(row.cells[DIVISION]), data) if len(errors) == before else None


def _cell(row: Row, column: Column, today: date, errors: list[RowError]) -> Any:
    """A cell as the register keeps it; what is wrong with it goes to the errors."""
    text = row.cells[column.name]
    if not text:
        if column.required:
            errors.append(row.error(column.name, Message("“{label}” is missing.", {"label": column.title})))
        return None
    value = _value(column, text, today)
    if isinstance(value, Message):
        errors.append(row.error(column.name, value.with_params(label=column.title)))
        return None
    return value


def _value(column: Column, text: str, today: date) -> Any:  # noqa: PLR0911  # one return a kind
    match column.kind:
        case "date":
            return tabular.as_day(text) or Message("“{label}” must be a day, such as 2024-03-01.")
        case "money":
            return checks.fen(text)
        case "number":
            return _number(text)
        case "flag":
            return text in YES if text in YES | NO else Message("“{label}” must be one of: {allowed}.", {"allowed": "是、否"})
        case "choice":
            codes = {label: code for code, both in column.values.items() for label in (code, *both)}
            return codes.get(text) or Message("“{label}” must be one of: {allowed}.", {
                "allowed": "、".join(both[0] for both in column.values.values())})
        case "texts":
            return [part.strip() for part in text.replace(";", "；").replace("、", "；").split("；") if part.strip()]
    return _checked(column, text, today)


def _number(text: str) -> Decimal | int | Message:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return Message("“{label}” must be a number.")
    if not value.is_finite():
        return Message("“{label}” must be a number.")
    return int(value) if value == value.to_integral_value() else value


def _checked(column: Column, text: str, today: date) -> str | Message:
    if len(text) > LONGEST:
        return Message("“{label}” must have 1 to {most} characters.", {"most": LONGEST})
    if not column.check:
        return text
    plain = checks.name_text(text) if column.check == "person_name" else checks.compact(text)
    return CHECKS[column.check](plain, today) or plain
