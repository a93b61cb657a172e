"""Answered forms as sheets for the file."""

from datetime import datetime
from pathlib import Path
from typing import Any

from bpmn.message import Term
from forms.display import Shown
from workflows.papers import form_sheet, print_out


def one(label: str, *value: str, kind: str = "text", unit: str = "", rows: Any = ()) -> Shown:
    return Shown(label, Term(label), tuple(Term(each) for each in value), kind, Term(unit), tuple(tuple(row) for row in rows))


def sheet(*shown: Shown, title: str = "入户调查") -> dict[str, Any]:
    return form_sheet(title=title, issuer="城关镇人民政府", number="DB-1", author="张伟", at=datetime(2024, 3, 6, 9), shown=shown)


def test_answers_stand_beside_their_labels_lists_in_tables_and_headings_between() -> None:
    said = sheet(one("基本情况", kind="heading"), one("被访人", "王建国"), one("面积", "60", unit="平方米"), one("没答"), one("入户时间", "2024-03-06 08:30"),
                 one("收入", kind="rows", rows=[[one("成员", "王建国"), one("金额", "900", unit="元")], [one("成员", "李秀兰")]]),
                 one("支出", kind="rows"), one("原因", "疾病", "失业", kind="long"))
    assert [block["kind"] for block in said["blocks"]] == ["text", "rows", "text", "table", "text", "rows", "rows"]
    assert said["blocks"][1]["lines"] == [[["被访人", "王建国"], ["面积", "60平方米"]], [["入户时间", "2024年3月6日8时30分"]]]
    assert said["blocks"][3]["rows"] == [["1", "王建国", "900元"], ["2", "李秀兰", ""]]
    assert said["blocks"][4]["text"] == "支出：无"
    assert said["blocks"][5]["lines"] == [[["原因", "疾病、失业"]]]


def test_rows_of_many_answers_are_printed_one_by_one() -> None:
    member = [one(f"项目{n}", str(n)) for n in range(9)]
    blocks = sheet(one("家庭成员", kind="rows", rows=[member, member]))["blocks"]
    assert [block.get("text") for block in blocks[:4:2]] == ["家庭成员（1）", "家庭成员（2）"]


def test_it_is_called_a_sheet_unless_it_is_called_something_of_the_kind() -> None:
    assert [sheet(title=title)["title"] for title in ("入户调查", "申请书", "询问笔录", "拟审核意见")] == ["入户调查表", "申请书", "询问笔录", "拟审核意见"]


def test_it_is_printed_with_places_to_sign(fonts: tuple[Path, ...], read_pages: Any) -> None:
    text = "".join(read_pages(print_out(sheet(one("被访人", "王建国")), fonts)))
    for said in ("入户调查表", "DB-1", "王建国", "填表人（签字）", "张伟", "2024年3月6日"):
        assert said in text
    assert "印章" not in text
