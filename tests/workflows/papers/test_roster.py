"""The roster as a workbook."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from workflows.papers.errors import PaperDataWrong
from workflows.papers.roster import BridgeStep, Change, Roster, RosterLine, roster_xlsx

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LINE = RosterLine(
    "990101000001",
    "张建国",
    "990101198001010014",
    "6228480712345676021",
    3,
    60000,
    5010,
    0,
    0,
    "示民低保决〔2024〕108号",
)


def _roster(*lines: RosterLine) -> Roster:
    total = sum(line.total_fen for line in lines)
    return Roster(
        bureau="示例县民政局",
        township="荣家湾镇",
        scheme="城市最低生活保障",
        month="2024-06",
        fund_source="中央、省、县财政",
        version=2,
        hash=HASH,
        made_on=date(2024, 5, 26),
        made_by="孙丽",
        lines=lines,
        last_households=len(lines),
        last_total_fen=total + 10000,
        bridge=(BridgeStep("新增", 1, 60000), BridgeStep("停发", -1, -70000)),
        changes=(Change("停发", "990101000009", "刘永贵", 70000, 0, "示民低保停〔2024〕1号", "死亡"),),
    )


def _opened(roster: Roster) -> Workbook:
    return openpyxl.load_workbook(BytesIO(roster_xlsx(roster)))


def test_identity_and_account_numbers_are_whole_and_text() -> None:
    sheet = _opened(_roster(LINE))["发放名册"]
    assert [sheet.cell(5, column).value for column in (2, 4, 5)] == [LINE.household_no, LINE.payee_id, LINE.account]
    assert [sheet.cell(5, column).data_type for column in (2, 4, 5)] == ["s", "s", "s"]


def test_money_is_a_number_with_two_decimals() -> None:
    sheet = _opened(_roster(LINE))["发放名册"]
    assert [sheet.cell(5, column).value for column in range(7, 12)] == [600, 50.1, 0, 0, 650.1]
    assert {sheet.cell(5, column).number_format for column in range(7, 12)} == {"#,##0.00"}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=10**13), min_size=1, max_size=8))
def test_every_cell_reads_back_to_the_exact_fen(amounts: list[int]) -> None:
    roster = _roster(*(replace(LINE, base_fen=fen, supplement_fen=0) for fen in amounts))
    sheet = _opened(roster)["发放名册"]
    read = [round(float(str(sheet.cell(5 + row, 11).value)) * 100) for row in range(len(amounts) + 1)]
    assert read == [*amounts, sum(amounts)]


def test_the_sum_stands_in_digits_and_in_capitals() -> None:
    sheet = _opened(_roster(LINE, LINE))["发放名册"]
    assert sheet["A7"].value == "合计（2户）"
    assert sheet["K7"].value == 1300.2
    assert sheet["F7"].value == 6
    assert sheet["A8"].value == "合计金额（大写）：人民币壹仟叁佰元贰角整"


def test_the_head_says_month_place_version_and_hash() -> None:
    sheet = _opened(_roster(LINE))["发放名册"]
    assert sheet["A1"].value == "示例县民政局2024年6月城市最低生活保障发放名册"
    assert "荣家湾镇" in sheet["A2"].value
    assert sheet["A3"].value == f"第2版　　校验值：{HASH}"


def test_it_prints_on_a4_landscape_with_its_head_on_each_page() -> None:
    for sheet in _opened(_roster(LINE)).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert str(sheet.print_title_rows).startswith("$1:")
        assert "&P" in str(sheet.oddFooter)
    assert _opened(_roster(LINE))["发放名册"].freeze_panes == "D5"


def test_four_offices_have_a_place_to_sign() -> None:
    sheet = _opened(_roster(LINE))["发放名册"]
    said = [cell.value for cell in sheet[9] if cell.value]
    assert said == ["制表人：孙丽", "乡镇（街道）审核：", "民政部门审核：", "财政部门审核："]


def test_the_second_sheet_walks_from_last_month_to_this() -> None:
    sheet = _opened(_roster(LINE))["变动明细"]
    steps = [tuple(cell.value for cell in row[:3]) for row in sheet.iter_rows(min_row=6, max_row=9)]
    assert steps == [("上月", 1, 750.1), ("新增", 1, 600), ("停发", -1, -700), ("本月", 1, 650.1)]
    assert [cell.value for cell in sheet[12]][1:8] == [
        "停发",
        "990101000009",
        "刘永贵",
        700,
        0,
        -700,
        "示民低保停〔2024〕1号",
    ]


def test_a_name_like_a_formula_stays_text() -> None:
    hostile = '=HYPERLINK("x")'
    roster = replace(_roster(replace(LINE, payee=hostile, remark="{=1+1}")), bureau="=1+1", township="=2+2")
    sheet = _opened(roster)["发放名册"]
    assert (sheet["C5"].value, sheet["C5"].data_type) == (hostile, "s")
    assert (sheet["M5"].value, sheet["M5"].data_type) == ("{=1+1}", "s")
    assert sheet["A1"].data_type == "s"


def test_the_same_roster_gives_the_same_bytes() -> None:
    assert roster_xlsx(_roster(LINE)) == roster_xlsx(_roster(LINE))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (replace(LINE, base_fen=0, supplement_fen=0), "nothing to pay"),
        (replace(LINE, recovery_fen=70000), "nothing to pay"),
        (replace(LINE, arrears_fen=-1), "whole fen"),
        (replace(LINE, base_fen=600.5), "whole fen"),  # type: ignore[arg-type]
    ],
)
def test_a_line_that_pays_nothing_or_no_whole_fen_is_refused(line: RosterLine, says: str) -> None:
    with pytest.raises(PaperDataWrong, match=says):
        roster_xlsx(_roster(line))


def test_a_bridge_that_does_not_reach_the_total_is_refused() -> None:
    with pytest.raises(PaperDataWrong, match="bridge"):
        roster_xlsx(replace(_roster(LINE), last_total_fen=0))
    with pytest.raises(PaperDataWrong, match="bridge"):
        roster_xlsx(replace(_roster(LINE), last_households=0))


def test_an_empty_roster_is_refused() -> None:
    with pytest.raises(PaperDataWrong, match="no lines"):
        roster_xlsx(_roster())
