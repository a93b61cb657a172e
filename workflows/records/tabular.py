"""Tables that people hand in, .xlsx or CSV: read as text, never trusted, every complaint at its cell."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from openpyxl import load_workbook

from bpmn.message import Message
from workflows.errors import Invalid, RowError

BYTES_MAX = 20 * 2**20
UNPACKED_MAX = 200 * 2**20
ROWS_MAX = 20_000
LINES_MAX = 100_000  # blank ones included
ENCODINGS = ("utf-8-sig", "gb18030")    # as browsers and as spreadsheets in China save CSV
_EXACT = 10**15  # a spreadsheet's number keeps 15 digits


@dataclass(frozen=True)
class Row:
    """One line of a sheet; `number` as the spreadsheet counts."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def error(self, column: str, message: Message) -> RowError:
        """What is wrong with one of its cells."""
        return RowError(self.sheet, self.number, column, message)


@dataclass(frozen=True)
class Sheet:
    """What a sheet may say: its columns, those that must be there, and whether it may be left out."""

    name: str
    columns: tuple[str, ...]
    needed: frozenset[str]
    optional: bool = False


Read = tuple[dict[str, list[Row]], list[RowError]]


def workbook_rows(content: bytes, sheets: Sequence[Sheet]) -> Read:
    """Every sheet's rows that aren't blank, and what is wrong with the sheets themselves."""
    _refuse_foreign(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except Exception as error:
        raise Invalid((), "This file can't be read as an .xlsx workbook.") from error
    rows: dict[str, list[Row]] = {}
    errors: list[RowError] = []
    try:
        for sheet in sheets:
            rows[sheet.name], wrong = _sheet(book[sheet.name], sheet) if sheet.name in book.sheetnames else ([], _missing(sheet))
            errors += wrong
    finally:
        book.close()
    return rows, errors


def csv_rows(content: bytes, sheet: Sheet) -> Read:
    """The rows of a CSV file, as one sheet."""
    if len(content) > BYTES_MAX:
        raise Invalid((), "The file is larger than {most} MB.", most=BYTES_MAX // 2**20)
    text = next((said for said in (_decoded(content, encoding) for encoding in ENCODINGS) if said is not None), None)
    if text is None or "\0" in text:
        raise Invalid((), "This file can't be read as CSV: save it as “CSV UTF-8”.")
    try:
        rows, errors = _lines(csv.reader(io.StringIO(text), strict=True), sheet)
    except csv.Error as error:
        raise Invalid((), "This file can't be read as CSV: save it as “CSV UTF-8”.") from error
    return {sheet.name: rows}, errors


def workbook(sheets: Mapping[str, Sequence[str]], rows: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """A workbook with these headings and rows, all cells text so that no digit is lost."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001  (a file's property, the same each time)
    head, text = book.add_format({"bold": True, "bg_color": "#E8EEF4"}), book.add_format({"num_format": "@"})
    for name, columns in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(columns) - 1, 18, text)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, columns, head)
        for n, row in enumerate(rows.get(name, ()), start=1):
            sheet.write_row(n, 0, row, text)
    book.close()
    return target.getvalue()


def as_day(text: str) -> date | None:
    """A day as typed: 2024-03-01, 2024/3/1, 2024.3.1, 2024年3月1日, 20240301."""
    found = re.fullmatch(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", text)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _refuse_foreign(content: bytes) -> None:
    """Only a plain .xlsx of a sensible size goes on to the reader: no macros, no bombs, no entities."""
    if len(content) > BYTES_MAX:
        raise Invalid((), "The file is larger than {most} MB.", most=BYTES_MAX // 2**20)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            size = sum(member.file_size for member in packed.infolist())
            doctype = any(b"<!DOCTYPE" in packed.open(name).read(1024) for name in names if name.endswith(".xml"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise Invalid((), "This is not an .xlsx file. Save the workbook as .xlsx and upload it again.") from None
    if "xl/workbook.xml" not in names or "xl/vbaProject.bin" in names:
        raise Invalid((), "This is not an .xlsx file. Save the workbook as .xlsx and upload it again.")
    if size > UNPACKED_MAX or doctype:
        raise Invalid((), "This file can't be read as an .xlsx workbook.")


def _missing(sheet: Sheet) -> list[RowError]:
    return [] if sheet.optional else [RowError(sheet.name, 1, "", Message("The sheet is missing."))]


def _sheet(found: Any, sheet: Sheet) -> tuple[list[Row], list[RowError]]:
    found.reset_dimensions()  # what a file says of its size is not to be trusted
    return _lines(found.iter_rows(values_only=True), sheet)


def _lines(lines: Iterator[Sequence[object]], sheet: Sheet) -> tuple[list[Row], list[RowError]]:
    heading = [_text(cell) for cell in next(lines, ())]
    while heading and not heading[-1]:
        heading.pop()
    errors = list(_heading_errors(sheet, heading))
    if errors:
        return [], errors
    rows: list[Row] = []
    for number, line in enumerate(lines, start=2):
        lost = [column for column, cell in zip(heading, line, strict=False) if _lost(cell)]
        errors += [RowError(sheet.name, number, column, Message(
            "“{column}” was stored as a number and has lost digits. Format the cell as text and type it again.",
            {"column": column})) for column in lost]
        cells = dict(zip(heading, (_text(cell) for cell in line), strict=False))
        if any(cells.values()):
            rows.append(Row(sheet.name, number, {column: cells.get(column, "") for column in sheet.columns}))
        if len(rows) > ROWS_MAX or number > LINES_MAX:
            return rows, [RowError(sheet.name, number, "", Message("A sheet has at most {most} rows.", {"most": ROWS_MAX}))]
    return rows, errors


def _heading_errors(sheet: Sheet, heading: list[str]) -> Iterator[RowError]:
    for column in sheet.columns:
        if heading.count(column) > 1 or (column in sheet.needed and column not in heading):
            yield RowError(sheet.name, 1, column, Message("The column “{column}” must be there once.", {"column": column}))
    for column in heading:
        if column and column not in sheet.columns:
            yield RowError(sheet.name, 1, column, Message("The column “{column}” is not known.", {"column": column}))


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _lost(cell: object) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= _EXACT


def _text(cell: object) -> str:
    """A cell as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0")
    return str(cell).strip()
