"""The household import's workbook: its two sheets, read as text and never trusted."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from bpmn.message import Message
from workflows.errors import Invalid, RowError

HOUSEHOLDS, MEMBERS = "家庭", "成员"
NUMBER, VILLAGE, CATEGORY, ADDRESS, PHONE = "户编号", "村(社区)代码", "保障类别", "住址", "联系电话"
DECISION, DECIDED, FROM, PAID_TILL = "决定书号", "决定日期", "起始月份", "已发至月份"
AMOUNT, PEOPLE, FUND = "月保障金额(元)", "保障人数", "资金来源"
PAYEE, PAYEE_ID, BANK, ACCOUNT = "领款人", "领款人身份证号", "开户行代码", "账号"
NAME, ID_NUMBER, RELATION = "姓名", "身份证号", "与户主关系"
INCOME, REVIEW_DUE, WORK = "家庭月收入(元)", "下次核查日期", "劳动能力"

COLUMNS = {
    HOUSEHOLDS: (NUMBER, VILLAGE, CATEGORY, ADDRESS, PHONE, DECISION, DECIDED, FROM, PAID_TILL, AMOUNT, PEOPLE, FUND,
                 PAYEE, PAYEE_ID, BANK, ACCOUNT),
    MEMBERS: (NUMBER, NAME, ID_NUMBER, RELATION),
}
OPTIONAL = {HOUSEHOLDS: (INCOME, REVIEW_DUE), MEMBERS: (WORK,)}     # a bureau may not know them
GRANT = (DECISION, DECIDED, FROM, PAID_TILL, AMOUNT, PEOPLE, FUND, PAYEE, PAYEE_ID, BANK, ACCOUNT)

BYTES_MAX = 20 * 2**20
UNPACKED_MAX = 200 * 2**20
ROWS_MAX = 20_000
LINES_MAX = 100_000  # blank ones included
_EXACT = 10**15  # a spreadsheet's number keeps 15 digits


@dataclass(frozen=True)
class Row:
    """One line of a sheet; `number` as the spreadsheet counts."""

    sheet: str
    number: int
    cells: dict[str, str]

    def error(self, column: str, message: Message) -> RowError:
        """What is wrong with one of its cells."""
        return RowError(self.sheet, self.number, column, message)


def read(content: bytes) -> tuple[dict[str, list[Row]], list[RowError]]:
    """Both sheets' rows that aren't blank, and what is wrong with the sheets themselves."""
    _refuse_foreign(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except Exception as error:
        raise Invalid((), "This file can't be read as an .xlsx workbook.") from error
    rows: dict[str, list[Row]] = {}
    errors: list[RowError] = []
    try:
        for sheet in COLUMNS:
            if sheet in book.sheetnames:
                rows[sheet], wrong = _sheet(book[sheet], sheet)
            else:
                rows[sheet], wrong = [], [RowError(sheet, 1, "", Message("The sheet is missing."))]
            errors += wrong
    finally:
        book.close()
    return rows, errors


def template_xlsx() -> bytes:
    """The empty workbook: both sheets with their headings, all cells text so that no digit is lost."""
    return workbook({HOUSEHOLDS: [], MEMBERS: []})


def workbook(rows: dict[str, Sequence[Sequence[str]]]) -> bytes:
    """A workbook of the import's shape."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001  (a file's property, the same each time)
    head, text = book.add_format({"bold": True, "bg_color": "#E8EEF4"}), book.add_format({"num_format": "@"})
    for name, needed in COLUMNS.items():
        columns = (*needed, *OPTIONAL[name])
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(columns) - 1, 18, text)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, columns, head)
        for n, row in enumerate(rows[name], start=1):
            sheet.write_row(n, 0, row, text)
    book.close()
    return target.getvalue()


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


def _sheet(sheet: ReadOnlyWorksheet, name: str) -> tuple[list[Row], list[RowError]]:
    sheet.reset_dimensions()  # what a file says of its size is not to be trusted
    lines = sheet.iter_rows(values_only=True)  # type: ignore[misc]  # the stubs know only the full Worksheet
    heading = [_text(cell) for cell in next(lines, ())]
    while heading and not heading[-1]:
        heading.pop()
    errors = list(_heading_errors(name, heading))
    if errors:
        return [], errors
    rows: list[Row] = []
    for number, line in enumerate(lines, start=2):
        lost = [column for column, cell in zip(heading, line, strict=False) if _lost(cell)]
        errors += [RowError(name, number, column, Message(
            "“{column}” was stored as a number and has lost digits. Format the cell as text and type it again.",
            {"column": column})) for column in lost]
        cells = dict(zip(heading, (_text(cell) for cell in line), strict=False))
        if any(cells.values()):
            rows.append(Row(name, number, {column: cells.get(column, "") for column in (*COLUMNS[name], *OPTIONAL[name])}))
        if len(rows) > ROWS_MAX or number > LINES_MAX:
            return rows, [RowError(name, number, "", Message("A sheet has at most {most} rows.", {"most": ROWS_MAX}))]
    return rows, errors


def _heading_errors(name: str, heading: list[str]) -> Iterator[RowError]:
    for column in COLUMNS[name]:
        if heading.count(column) != 1:
            yield RowError(name, 1, column, Message("The column “{column}” must be there once.", {"column": column}))
    for column in heading:
        if column and column not in COLUMNS[name] and (column not in OPTIONAL[name] or heading.count(column) > 1):
            yield RowError(name, 1, column, Message("The column “{column}” is not known.", {"column": column}))


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


def as_month(text: str) -> str | None:
    """A month as typed: 2024-05, 2024/5, 2024年5月, 202405, or any day of it."""
    day = as_day(text) if re.fullmatch(r"\d{4}\D\d{1,2}\D\d{1,2}日?", text) else None
    if day:
        return f"{day:%Y-%m}"
    found = re.fullmatch(r"(\d{4})(?:[-/.年]?)(\d{1,2})月?", text)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return f"{found[1]}-{int(found[2]):02}"
