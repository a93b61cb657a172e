"""A register as a workbook: a line an entry, a column an item; what is hidden stays in the house."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from bpmn.register_files import Column, Item, Register
from workflows.registers import shape
from workflows.registers.tables import RegisterEntry

WIDTH = 18
ABOUT = ("登记自", "有效期至", "销号日期", "销号原因")


def workbook(register: Register, rows: Iterable[RegisterEntry]) -> bytes:
    """All these entries; rows of an item stand in one cell, a line each."""
    target = BytesIO()
    book: Any = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                             "default_date_format": "yyyy-mm-dd"})
    page, head, body = book.add_worksheet(register.name[:31]), book.add_format({"bold": True, "bottom": 1}), book.add_format(
        {"text_wrap": True, "valign": "top"})
    fields = [field for field in register.fields if not field.hidden]
    page.freeze_panes(1, 1)
    page.set_column(0, len(fields) + len(ABOUT) - 1, WIDTH)
    page.write_row(0, 0, [*(field.name for field in fields), *ABOUT], head)
    for place, entry in enumerate(rows, start=1):
        said = shape.seen(entry)
        cells = [*(_cell(field, said.get(field.key)) for field in fields), entry.valid_from, entry.valid_to, entry.closed_on,
                 entry.close_reason]
        for column, value in enumerate(cells):
            if value is not None:
                page.write(place, column, value, None if isinstance(value, date) else body)
    page.autofilter(0, 0, 0, len(fields) + len(ABOUT) - 1)
    book.close()
    return target.getvalue()


def _cell(field: Item, value: Any) -> Any:
    if field.columns:
        shown = [column for column in field.columns if not column.hidden]
        return "\n".join("，".join(f"{column.name}：{text}" for column in shown if (text := words(column, row.get(column.key)))) for row in value or [])
    return value if isinstance(value, date) else money(value) if field.kind == "money" and value is not None else words(field, value)


def money(fen: int) -> float:
    """Fen as the yuan of a spreadsheet."""
    return float(Decimal(fen) / 100)


def words(field: Column, value: Any) -> str:
    """One value as a clerk reads it."""
    if value is None or value == "":
        return ""
    if field.kind == "choice":
        both: Mapping[str, tuple[str, str]] = field.values
        return both[value][0] if value in both else str(value)
    if field.kind == "flag":
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list) else str(value)
