"""A list or register as a workbook that the bureau may edit: its tables with amounts as numbers, everything else as text."""

from collections.abc import Mapping
from datetime import datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from workflows.papers.letter_copy import WIDE

Book = Any      # xlsxwriter is untyped
FONT, A4 = "宋体", 9
LOOKS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 18, "align": "center"}, "plain": {"text_wrap": True, "valign": "top"},
    "head": {"bold": True, "border": 1, "align": "center", "text_wrap": True}, "text": {"border": 1, "num_format": "@", "text_wrap": True},
    "count": {"border": 1, "num_format": "0", "align": "center"}, "money": {"border": 1, "num_format": "#,##0.00"}}
NARROW, SHARE, LEAST = 6, 90, 8     # width of the numbers' column; of all others together; of one at least


def sheet_copy(said: Mapping[str, Any]) -> bytes:
    """The paper's blocks as .xlsx, one under the other."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{said['title']} {said['data']['number']}", "author": said["data"]["issuer"],
                         "created": datetime.combine(datetime(*said["day"]), time())})  # noqa: DTZ001  a workbook knows no zones
    _Sheet(book, said).write()
    book.close()
    return out.getvalue()


class _Sheet:
    """Writes downwards."""

    def __init__(self, book: Book, said: Mapping[str, Any]) -> None:
        self.said, self.sheet, self.row = said, book.add_worksheet(said["title"][:28]), 0
        self.looks = {name: book.add_format({"font_name": FONT, "font_size": 11, "valign": "vcenter", **look}) for name, look in LOOKS.items()}
        self.columns = max([4, *(len(block["heads"]) for block in said["blocks"] if block["kind"] == "table")])

    def write(self) -> None:
        """Everything the paper says."""
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C第&P页 共&N页")
        if self.said["template"] in WIDE:
            self.sheet.set_landscape()
        self._line(self.said["title"], "title")
        self._line(f"{self.said['data']['issuer']}　{self.said['data']['number']}　{self.said['data']['issued_on']}")
        for block in self.said["blocks"]:
            self._block(block)
        for text in (self.said["remedies"], *self.said["remarks"]):
            if text:
                self._line(text)

    def _block(self, block: Mapping[str, Any]) -> None:
        if block["kind"] == "table":
            self._table(block)
        elif block["kind"] == "rows":
            for label, value, *_ in (pair for line in block["lines"] for pair in line):
                self.sheet.write_string(self.row, 0, label, self.looks["head"])
                self.sheet.merge_range(self.row, 1, self.row, self.columns - 1, value, self.looks["text"])
                self.row += 1
        else:
            for text in block.get("lines") or [block["text"]]:
                self._line(text)

    def _table(self, block: Mapping[str, Any]) -> None:
        widths = block["widths"] or [1] * (len(block["heads"]) - 1)
        self.sheet.set_column(0, 0, NARROW)
        for place, width in enumerate(widths, 1):
            self.sheet.set_column(place, place, max(LEAST, SHARE * width / sum(widths)))
        for place, head in enumerate(block["heads"]):
            self.sheet.write_string(self.row, place, head, self.looks["head"])
        self.sheet.repeat_rows(self.row)
        for number, (shown, raw) in enumerate(zip(block["rows"], block["raw"], strict=True), 1):
            self.row += 1
            self.sheet.write_number(self.row, 0, number, self.looks["count"])
            for place, (text, value, money) in enumerate(zip(shown[1:], raw, block["right"], strict=True), 1):
                if money and isinstance(value, int):
                    self.sheet.write_number(self.row, place, value / 100, self.looks["money"])
                else:
                    self.sheet.write_string(self.row, place, text, self.looks["text"])
        for place, text in enumerate(["", *block["total"]] if block["total"] else []):
            self.sheet.write_string(self.row + 1, place, text, self.looks["head"])
        self.row += 2 if block["total"] else 1

    def _line(self, text: str, look: str = "plain") -> None:
        self.sheet.merge_range(self.row, 0, self.row, self.columns - 1, text, self.looks[look])
        self.row += 1
