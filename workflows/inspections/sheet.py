"""A campaign as a workbook: a line an organisation."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import xlsxwriter

from workflows.inspections.standings import Standing

HEADS = ("名称", "统一社会信用代码", "组织类型", "业务主管单位", "办件编号", "进度", "在谁处", "逾期", "结论")
WIDTH = 20


def workbook(title: str, rows: Iterable[Standing], words: Callable[[str], str]) -> bytes:
    """All these organisations; `words` says a type, a state, a desk or a conclusion in words."""
    target = BytesIO()
    book: Any = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, head = book.add_worksheet(title[:31]), book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 1)
    page.set_column(0, len(HEADS) - 1, WIDTH)
    page.write_row(0, 0, HEADS, head)
    for place, one in enumerate(rows, start=1):
        page.write_row(place, 0, [
            one.line.name, one.line.code, words(one.line.kind), one.line.supervising_unit, one.case.number if one.case else "",
            words(one.state), words(one.desk), "是" if one.late else "", words(one.conclusion)])
    page.autofilter(0, 0, 0, len(HEADS) - 1)
    book.close()
    return target.getvalue()
