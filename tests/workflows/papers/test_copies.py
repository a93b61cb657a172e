"""The copies of a paper that may be edited: the same words as printed, in Word and in a workbook."""

from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest

from workflows.papers import GENERIC, copy

from .test_print_out import HEAD, VALUES, said


def letter(**changes: Any) -> Any:
    return docx.Document(BytesIO(copy(said(file="docx", **changes))))


def book(values: Any = VALUES, **changes: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(copy(said(values, file="xlsx", **changes)))).active


def test_a_letter_says_what_is_printed_in_the_same_order() -> None:
    lines = [paragraph.text for paragraph in letter(remedies=True).paragraphs if paragraph.text]
    assert lines[:4] == ["示例县民政局", "临时救助告知书", "示民救字〔2024〕7号", "张建国："]
    assert lines[5:9] == ["家庭财产超过规定。", "另有车辆一辆。", "1.残疾证复印件", "2.户口簿"]
    assert "一、第一，6021。" in lines
    assert "行政复议" in lines[-5]
    assert lines[-4:] == ["示例县民政局", "2024年4月8日", "（印章）", "（联系电话：0730-1）"]


def test_a_letter_has_its_tables_with_heads_that_come_again() -> None:
    table, rows = letter().tables
    assert [cell.text for cell in table.rows[1].cells] == ["1", "张三", "600.00"]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert [cell.text for cell in rows.rows[0].cells] == ["金额", "1,234.56", "收件人", "张建国"]


@pytest.mark.parametrize("template", sorted(GENERIC))
@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_every_template_can_be_copied_and_the_same_paper_gives_the_same_bytes(template: str, kind: str) -> None:
    assert copy(said(template=template, file=kind)) == copy(said(template=template, file=kind))


def test_a_workbook_has_amounts_to_calculate_with_and_everything_else_as_text() -> None:
    sheet = book({**VALUES, "rows": [{"who": "=1+1", "sum_fen": 60005}]}, template="list")
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    row = next(row for row in cells if "=1+1" in row)
    assert row[:3] == [1, "=1+1", 600.05]
    found = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "=1+1")
    assert found.data_type == "s"
    assert cells[0][0] == "临时救助告知书"
    assert HEAD["number"] in cells[1][0]
