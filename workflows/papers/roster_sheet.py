"""Draw a roster as a workbook: money as numbers, identity and account numbers as text."""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from workflows.papers.roster_shape import Roster, RosterLine
from workflows.papers.words import chinese_date, chinese_month, money_words

Looks = dict[str, Any]  # xlsxwriter is untyped: its book, sheets and formats are Any here
Sheet = Any
A4: Final = 9
FONT: Final = "宋体"
COLUMNS: Final = (
    ("序号", 5),
    ("户编号", 16),
    ("领款人", 10),
    ("身份证号", 20),
    ("账号", 22),
    ("保障人数", 6),
    ("保障金额", 11),
    ("分类施保", 10),
    ("补发", 10),
    ("扣回", 10),
    ("合计", 12),
    ("决定书号", 22),
    ("备注", 12),
)
MONEY_FROM: Final = 6
MONEY_TO: Final = 10
BRIDGE: Final = (("项目", 18), ("户数", 12), ("金额", 16))
CHANGES: Final = (
    ("序号", 18),
    ("变动类型", 12),
    ("户编号", 16),
    ("领款人", 10),
    ("变动前", 12),
    ("变动后", 12),
    ("差额", 12),
    ("决定书号", 22),
    ("备注", 16),
)
SIGNERS: Final = ("制表人：", "乡镇（街道）审核：", "民政部门审核：", "财政部门审核：")
LOOKS: Final[dict[str, dict[str, object]]] = {
    "title": {"bold": True, "font_size": 18, "align": "center"},
    "plain": {},
    "right": {"align": "right"},
    "head": {"bold": True, "border": 1, "align": "center", "text_wrap": True},
    "text": {"border": 1, "num_format": "@", "shrink": True},
    "center": {"border": 1, "align": "center"},
    "money": {"border": 1, "num_format": "#,##0.00"},
    "signed": {"border": 1, "num_format": "+#,##0.00;-#,##0.00;0.00"},
    "count": {"border": 1, "num_format": "0", "align": "center"},
    "sum": {"border": 1, "bold": True, "num_format": "#,##0.00"},
    "label": {"border": 1, "bold": True, "align": "center"},
    "words": {"border": 1, "bold": True},
}


def write_workbook(roster: Roster) -> bytes:
    """Give the bytes of the workbook; the same roster gives the same bytes."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties(
        {
            "title": f"{chinese_month(roster.month)}{roster.scheme}发放名册",
            "author": roster.bureau,
            "created": datetime.combine(roster.made_on, time()),
        }
    )
    looks = {name: _look(book, wanted) for name, wanted in LOOKS.items()}
    _roster_sheet(book.add_worksheet("发放名册"), roster, looks)
    _changes_sheet(book.add_worksheet("变动明细"), roster, looks)
    book.close()
    return out.getvalue()


def _look(book: Any, wanted: dict[str, object]) -> Any:
    return book.add_format({"font_name": FONT, "font_size": 11, "valign": "vcenter", **wanted})


def _page(sheet: Sheet, widths: Sequence[tuple[str, int]], repeat_to: int, footer: str) -> None:
    """A4 landscape, one page wide, head repeated, page numbers."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_default_row(18)
    sheet.repeat_rows(0, repeat_to)
    sheet.set_footer(f"&L&9{footer}&R&9第 &P 页  共 &N 页")
    for column, (_, width) in enumerate(widths):
        sheet.set_column(column, column, width)


def _heading(sheet: Sheet, roster: Roster, title: str, last: int, looks: Looks) -> None:
    """Rows 0 to 2: title, what it is, and which version."""
    half = last // 2
    month = chinese_month(roster.month)
    where = f"乡镇（街道）：{roster.township}　　资金来源：{roster.fund_source}"
    when = f"制表日期：{chinese_date(roster.made_on)}　　单位：元"
    _across(sheet, 0, (0, last), f"{roster.bureau}{month}{roster.scheme}{title}", looks["title"])
    _across(sheet, 1, (0, half), where, looks["plain"])
    _across(sheet, 1, (half + 1, last), when, looks["right"])
    _across(sheet, 2, (0, last), f"第{roster.version}版　　校验值：{roster.hash}", looks["plain"])
    sheet.set_row(0, 32)


def _roster_sheet(sheet: Sheet, roster: Roster, looks: Looks) -> None:
    last = len(COLUMNS) - 1
    _page(sheet, COLUMNS, 3, f"{roster.township} 第{roster.version}版 {roster.hash[:16]}")
    _heading(sheet, roster, "发放名册", last, looks)
    _head_row(sheet, 3, COLUMNS, looks)
    for number, line in enumerate(roster.lines, start=1):
        _line(sheet, 3 + number, number, line, looks)
    _totals(sheet, 4 + len(roster.lines), roster, looks)
    sheet.freeze_panes(4, 3)


def _across(sheet: Sheet, row: int, columns: tuple[int, int], said: str, look: Any) -> None:
    """Write text over several columns, as text even when it looks like a formula."""
    first, last = columns
    sheet.merge_range(row, first, row, last, "", look)
    sheet.write_string(row, first, said, look)


def _head_row(sheet: Sheet, row: int, columns: Sequence[tuple[str, int]], looks: Looks) -> None:
    for column, (name, _) in enumerate(columns):
        sheet.write_string(row, column, name, looks["head"])
    sheet.set_row(row, 30)


def _line(sheet: Sheet, row: int, number: int, line: RosterLine, looks: Looks) -> None:
    sheet.write_number(row, 0, number, looks["count"])
    for column, said in enumerate((line.household_no, line.payee, line.payee_id, line.account), start=1):
        sheet.write_string(row, column, said, looks["text"])
    sheet.write_number(row, 5, line.persons, looks["count"])
    for column, fen in enumerate(_amounts(line), start=MONEY_FROM):
        _money(sheet, row, column, fen, looks["money"])
    sheet.write_string(row, 11, line.decision_no, looks["text"])
    sheet.write_string(row, 12, line.remark, looks["text"])


def _amounts(line: RosterLine) -> tuple[int, ...]:
    return line.base_fen, line.supplement_fen, line.arrears_fen, line.recovery_fen, line.total_fen


def _money(sheet: Sheet, row: int, column: int, fen: int, look: Any) -> None:
    """Yuan as a number: fen / 100 is the nearest double, which prints back to the same two decimals."""
    sheet.write_number(row, column, fen / 100, look)


def _totals(sheet: Sheet, row: int, roster: Roster, looks: Looks) -> None:
    """Write sums as values in digits and capitals: the hash binds them, nothing recalculates them."""
    _across(sheet, row, (0, 4), f"合计（{len(roster.lines)}户）", looks["label"])
    sheet.write_number(row, 5, sum(line.persons for line in roster.lines), looks["count"])
    sums = [sum(column) for column in zip(*map(_amounts, roster.lines), strict=True)]
    for column, fen in enumerate(sums, start=MONEY_FROM):
        _money(sheet, row, column, fen, looks["sum"])
    _across(sheet, row, (MONEY_TO + 1, len(COLUMNS) - 1), "", looks["label"])
    words = f"合计金额（大写）：{money_words(roster.total_fen)}"
    _across(sheet, row + 1, (0, len(COLUMNS) - 1), words, looks["words"])
    _signers(sheet, row + 3, roster, looks)


def _signers(sheet: Sheet, row: int, roster: Roster, looks: Looks) -> None:
    said = (f"{SIGNERS[0]}{roster.made_by}", *SIGNERS[1:])
    places = ((0, 2), (3, 4), (5, 9), (10, 12))
    for (first, last), name in zip(places, said, strict=True):
        _across(sheet, row, (first, last), name, looks["plain"])
        _across(sheet, row + 1, (first, last), "日期：", looks["plain"])
    sheet.set_row(row, 30)


def _changes_sheet(sheet: Sheet, roster: Roster, looks: Looks) -> None:
    """First the bridge of totals, then every change with its decision."""
    _page(sheet, CHANGES, 2, f"{roster.township} 第{roster.version}版 {roster.hash[:16]}")
    _heading(sheet, roster, "变动明细", len(CHANGES) - 1, looks)
    row = _bridge(sheet, 4, roster, looks)
    _head_row(sheet, row + 1, CHANGES, looks)
    for number, change in enumerate(roster.changes, start=1):
        at = row + 1 + number
        sheet.write_number(at, 0, number, looks["count"])
        for column, said in enumerate((change.kind, change.household_no, change.payee), start=1):
            sheet.write_string(at, column, said, looks["text"])
        _money(sheet, at, 4, change.before_fen, looks["money"])
        _money(sheet, at, 5, change.after_fen, looks["money"])
        _money(sheet, at, 6, change.after_fen - change.before_fen, looks["signed"])
        sheet.write_string(at, 7, change.decision_no, looks["text"])
        sheet.write_string(at, 8, change.remark, looks["text"])


def _bridge(sheet: Sheet, row: int, roster: Roster, looks: Looks) -> int:
    """Last month + changes = this month; gives the row after it."""
    _head_row(sheet, row, BRIDGE, looks)
    steps = [(step.name, step.households, step.amount_fen, "signed") for step in roster.bridge]
    first = ("上月", roster.last_households, roster.last_total_fen, "money")
    final = ("本月", len(roster.lines), roster.total_fen, "sum")
    for name, households, fen, look in (first, *steps, final):
        row += 1
        sheet.write_string(row, 0, name, looks["center"])
        sheet.write_number(row, 1, households, looks["count"])
        _money(sheet, row, 2, fen, looks[look])
    return row + 1
