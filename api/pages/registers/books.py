"""登记簿: which there are, a register's list, one entry with its history and the cases behind it, and a workbook."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import AtDesk, Desk, Number
from api.pages import secret_reads
from api.pages.files import sheet
from bpmn.message import Message, Term
from bpmn.register_files import Column, Item, Register
from forms.checks import yuan
from forms.display import NO, YES
from workflows.cases import facts
from workflows.registers import declared, importing, sight, sheet as sheets
from workflows.registers.sight import Wish
from workflows.registers.tables import RegisterChange, RegisterEntry
from workflows.registers.found import MOST

router = APIRouter()
STATES = {"valid": Message("In force"), "due": Message("Falling due"), "ended": Message("Ended"), "all": Message("All")}
WHAT = {"enter": Message("Entered"), "change": Message("Changed"), "close": Message("Struck off"), "undo": Message("Undone")}
ABOUT = {"valid_to": Message("Valid to"), "division": Message("Division"), "closed_on": Message("Struck off on")}


class Asked(BaseModel):
    """Which entries are wanted, as it stands in the address."""

    q: str = Field("", max_length=100)
    state: str = Field("valid", pattern="^(valid|due|ended|all)$")
    page: int = Field(1, ge=1, le=10_000)

    @property
    def wish(self) -> Wish:
        """In the domain's words."""
        return Wish(self.q, self.state, self.page)

    def url(self, name: str, **changes: object) -> str:
        """The same wish, changed a little, as an address."""
        kept = {key: value for key, value in {**self.model_dump(), **changes}.items() if value not in ("", 1, "valid")}
        return f"/registers/{name}" + (f"?{urlencode(kept)}" if kept else "")


@router.get("/registers")
def books(desk: AtDesk) -> Response:
    """The registers that the person may read."""
    found = {name: (register, sight.listed(desk.session, desk.officer, name, Wish(), desk.now.date(), 1))
             for name, register in sight.readable(desk.officer).items()}
    return desk.page("registers/books.html", books=found)


@router.get("/registers/{name}")
def listed(desk: AtDesk, name: str, asked: Annotated[Asked, Query()]) -> Response:
    """One register's entries."""
    register = sight.demand(desk.officer, name)
    found = sight.listed(desk.session, desk.officer, name, asked.wish, desk.now.date())
    if asked.q.strip():
        secret_reads.note_entries(desk, *found.rows)
    columns = [field for field in register.fields if field.listed]
    cells = {row.id: [said(desk, field, facts.decode(row.data.get(field.key))) for field in columns] for row in found.rows}
    return desk.page("registers/list.html", name=name, register=register, title=Term(register.name, register.en), found=found, asked=asked,
                     states=STATES, columns=columns, cells=cells, day=desk.now.date(), importable=importing.importable(desk.officer, register))


@router.get("/registers/{name}/sheet.xlsx")
def workbook(desk: AtDesk, name: str, asked: Annotated[Asked, Query()]) -> Response:
    """The same entries as a workbook, all pages."""
    register = sight.demand(desk.officer, name)
    found = sight.listed(desk.session, desk.officer, name, Wish(asked.q, asked.state), desk.now.date(), MOST)
    secret_reads.note_entries(desk, *found.rows)
    return sheet(sheets.workbook(register, found.rows), f"{register.name}.xlsx")


@router.get("/registers/{name}/{entry}")
def one(desk: AtDesk, name: str, entry: Number) -> Response:
    """One entry: what it says, every change of it, and the cases."""
    found = sight.entry(desk.session, desk.officer, name, entry)
    secret_reads.note_entries(desk, found)
    register = declared.named(name)
    changes = sight.history(desk.session, entry)
    cases = {case.number: case for _, case in changes if case}
    return desk.page("registers/entry.html", name=name, register=register, title=Term(register.name, register.en), entry=found,
                     items=_items(desk, register, found), tables=_tables(desk, register, found), cases=cases,
                     changes=[(change, case, _changed(desk, register, change)) for change, case in changes], what=WHAT,
                     coming=sight.coming(desk.session, found, desk.now.date()), holds=found.holds_on(desk.now.date()))


def said(desk: Desk, field: Column, value: Any) -> str:
    """One value in the reader's language."""
    if value is None or value in ("", []):
        return ""
    match field.kind:
        case "choice":
            return desk.say(Term(*field.values[value])) if value in field.values else str(value)
        case "flag":
            return desk.say(YES if value else NO)
        case "money":
            return yuan(int(value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _items(desk: Desk, register: Register, entry: RegisterEntry) -> list[tuple[Term, str, bool]]:
    """Every single value that is there; whether it stays off paper."""
    data = facts.decode(entry.data)
    found = [(field, said(desk, field, data.get(field.key))) for field in register.fields if not field.columns]
    return [(field.title, text, field.hidden) for field, text in found if text]


def _tables(desk: Desk, register: Register, entry: RegisterEntry) -> list[tuple[Item, list[list[str]]]]:
    """Every item that holds rows, and its rows."""
    data = facts.decode(entry.data)
    return [(field, [[said(desk, column, row.get(column.key)) for column in field.columns] for row in data[field.key]])
            for field in register.fields if field.columns and data.get(field.key)]


def _changed(desk: Desk, register: Register, change: RegisterChange) -> list[tuple[Message | Term, str, str]]:
    """What a change did, field by field; rows are only counted."""
    fields = {field.key: field for field in register.fields}
    found: list[tuple[Message | Term, str, str]] = []
    for key, both in change.fields.items():
        if key == "of":
            continue
        before, after = (facts.decode(value) for value in both)
        if key in fields and fields[key].columns:
            counted = [desk.say(Message("{n} rows", {"n": len(rows or [])})) for rows in (before, after)]
            found.append((fields[key].title, counted[0], counted[1]))
        elif key in fields:
            found.append((fields[key].title, said(desk, fields[key], before), said(desk, fields[key], after)))
        else:
            found.append((ABOUT.get(key, Message("Division")), str(before or ""), str(after or "")))
    return found

