"""A process's paper as it comes out of the printer: filled by its text, printed by a shared template."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bpmn.papers import Paper
from workflows.papers import GENERIC, filled, print_out
from workflows.papers.errors import CharacterMissing, PaperDataWrong, PaperUnknown

HEAD = {"number": "示民救字〔2024〕7号", "issued_on": date(2024, 4, 8), "issuer": "示例县民政局", "to": "张建国", "county": "示例县"}
VALUES = {"amount_fen": 123456, "reason": "家庭财产超过规定。\n另有车辆一辆。", "gaps": ["残疾证复印件", "户口簿"], "from_month": date(2024, 5, 31),
          "rows": [{"who": "张三", "sum_fen": 60000}, {"who": "李四", "sum_fen": 5}], "last": None, "account_last4": "6021"}
BODY = ["根据{basis}，给予{amount_fen}，其中数字为{amount_fen:digits}，自{from_month}起。", {"note": "reason"}, {"steps": "gaps"},
        {"points": ["第一，{account_last4}。", "没有的{last}不写。"]},
        {"table": "rows", "columns": {"who": "姓名", "sum_fen": "金额（元）"}, "total": {"who": "合计", "sum_fen": "{amount_fen:digits}"}},
        {"rows": [["金额", "{amount_fen:digits}"], ["收件人", "{to}"], ["理由", "{reason}"], ["没有", "{last}"]]}, "{last}的段落也不写。", "特此告知。"]


def paper(**changes: Any) -> Paper:
    """A paper that says something of every kind."""
    return Paper.model_validate({
        "name": "告知书", "english": "Notice", "title": "临时救助告知书", "mark": "告", "basis": "《社会救助暂行办法》", "issuer": "COUNTY_LEAD",
        "body": BODY, "remarks": ["联系电话：0730-1", "补{last}"], "data": dict.fromkeys(VALUES, "null"), **changes})


def said(values: Any = VALUES, head: Any = HEAD, **changes: Any) -> dict[str, Any]:
    return filled(paper(**changes), values, head)


@pytest.fixture
def printed(fonts: tuple[Path, ...], read_pages: Any) -> Any:
    """All pages' text."""
    return lambda one: "".join(read_pages(print_out(one, fonts)))


@pytest.mark.parametrize("template", sorted(GENERIC))
def test_every_template_prints_every_kind_of_block(template: str, printed: Any) -> None:
    text = printed(said(template=template))
    for wanted in ("临时救助告知书", "示民救字〔2024〕7号", "示例县民政局", "2024年4月8日", "1,234.56元（人民币壹仟贰佰叁拾肆元伍角陆分）", "自2024年5月起",
                   "1.残疾证复印件", "一、第一，6021。", "600.00", "0.05", "合计", "另有车辆一辆。", "特此告知。", "联系电话：0730-1", "印章"):
        assert wanted in text, wanted
    assert [gone for gone in ("没有的", "的段落也不写", "补", "None") if gone in text] == []


def test_two_short_values_share_a_line_and_a_long_one_stands_alone() -> None:
    block = next(one for one in said()["blocks"] if one["kind"] == "rows")
    assert [len(line) for line in block["lines"]] == [2, 1]


def test_remedies_name_the_countys_government_unless_the_paper_names_another_body() -> None:
    assert said()["remedies"] is None
    told = said(adverse=True, remedies=True)["remedies"]
    assert "60日内依法向示例县人民政府申请行政复议" in told
    assert "6个月内依法向有管辖权的人民法院提起行政诉讼" in told
    other = paper(remedies=True, may={"reconsideration_body": '"示例市人民政府"', "court": '"铁路运输法院"'})
    told = filled(other, {**VALUES, "reconsideration_body": "示例市人民政府", "court": "铁路运输法院"}, HEAD)["remedies"]
    assert "示例市人民政府" in told
    assert "铁路运输法院" in told


@pytest.mark.parametrize(("value", "printed"), [
    ("2024-03-04", "2024年3月4日"), ("2024-03-04T09:30", "2024年3月4日9时30分"), ("2024-03-04T09:30:00", "2024年3月4日9时30分"), ("2024-3-4", "2024-3-4"),
    ("2024-03-04号", "2024-03-04号"), (True, "是"), (Decimal("1.50"), "1.5"), (12, "12"), (["甲", "乙"], "甲、乙"), (date(2024, 3, 4), "2024年3月4日")])
def test_a_value_is_printed_by_what_it_is(value: object, printed: str) -> None:
    assert said({**VALUES, "reason": value}, body=["{reason}"])["blocks"] == [{"kind": "text", "text": printed}]


def test_a_title_may_name_a_value() -> None:
    assert said({**VALUES, "reason": "社会团体"}, title="{reason}法人登记证书")["title"] == "社会团体法人登记证书"
    assert said({**VALUES, "reason": None}, title="{reason}法人登记证书")["title"] == "告知书"


@pytest.mark.parametrize(("key", "value"), [
    ("reason", "2024-02-31"), ("account_last4", "6228480712345676021"), ("account_last4", "602"), ("amount_fen", 1.5), ("reason", "张\u202e国"), ("reason", "张\x00国"),
    ("reason", "长" * 3001), ("from_month", "2024-5"), ("gaps", ["x"] * 501), ("gaps", object())])
def test_a_value_that_can_not_be_printed_is_refused_by_its_key(key: str, value: object) -> None:
    with pytest.raises(PaperDataWrong, match=key):
        said({**VALUES, key: value})


@pytest.mark.parametrize("hostile", [
    '#read("/etc/passwd")', '#eval("1+1") $x^2$ *粗* _斜_', '"); #panic("x") //', ']#include "letter.typ"[ <label> @ref',
    "\\u{41} \\ ~ -- --- ... `raw` = 标题", "=cmd|' /C calc'!A0", "{{ data }} {% raw %} {reason} <script>alert(1)</script>"])
def test_hostile_text_comes_out_as_it_went_in(hostile: str, printed: Any) -> None:
    one = said({**VALUES, "reason": hostile, "gaps": [hostile], "rows": [{"who": hostile, "sum_fen": 1}]}, {**HEAD, "to": hostile, "issuer": hostile})
    assert printed(one).replace(" ", "").count(hostile.replace(" ", "")) >= 6


def test_a_rare_character_no_font_has_is_refused_not_printed_as_a_box(fonts: tuple[Path, ...]) -> None:
    with pytest.raises(CharacterMissing):
        print_out(said({**VALUES, "reason": "张\U00030edd"}), fonts)


def test_a_template_of_no_house_is_refused(fonts: tuple[Path, ...]) -> None:
    with pytest.raises(PaperUnknown):
        print_out({**said(), "template": "../letter"}, fonts)


def test_a_process_may_bring_a_template_of_its_own(fonts: tuple[Path, ...], read_pages: Any) -> None:
    own = '#import "letter.typ": *\n#show: letter\n自制版式 #paper.values.amount_fen.digits'.encode()
    text = "".join(read_pages(print_out(said(template="own.typ"), fonts, own)))
    assert "自制版式" in text
    assert "1,234.56" in text


@pytest.mark.parametrize("template", ["notice", "decision"])
def test_a_long_paper_never_leaves_the_signature_alone(template: str, fonts: tuple[Path, ...], read_pages: Any) -> None:
    for lines in range(4, 40, 5):
        long = {**VALUES, "reason": "\n".join(["经调查核实，家庭财产超过规定。" * 3] * lines)}
        pages = read_pages(print_out(said(long, template=template, remedies=True), fonts))
        assert "2024年4月8日（印章）" in pages[-1]
        assert "行政复议" in pages[-1]


@pytest.mark.parametrize("last", [2, 1, 5, 4], ids=["steps", "note", "rows", "table"])
def test_whatever_a_paper_ends_with_stays_with_its_signature(last: int, fonts: tuple[Path, ...], read_pages: Any) -> None:
    marks = {2: "户口簿", 1: "另有车辆一辆。", 5: "另有车辆一辆。", 4: "0.05"}
    for lines in range(14, 34, 3):
        body = [f"第{n}段。" for n in range(lines)]
        pages = read_pages(print_out(said(template="notice", body=[*body, BODY[last]]), fonts))
        assert marks[last] in pages[-1]
        assert "2024年4月8日（印章）" in pages[-1]


@pytest.mark.parametrize("template", ["list", "register"])
def test_a_long_list_has_its_head_on_every_page_and_its_end_on_none_alone(template: str, fonts: tuple[Path, ...], read_pages: Any) -> None:
    for rows in range(72, 90, 2):
        many = {**VALUES, "rows": [{"who": f"第{n}人", "sum_fen": n} for n in range(rows)]}
        pages = read_pages(print_out(said(many, template=template, body=[BODY[4]]), fonts))
        assert all("金额（元）" in page for page in pages)
        assert f"第2页 共{len(pages)}页" in pages[1]
        assert "制表日期" in pages[-1]
        assert f"第{rows - 1}人" in pages[-1]


def test_a_certificate_is_printed_once_to_hang_and_once_to_carry(fonts: tuple[Path, ...], read_pages: Any) -> None:
    first, second = read_pages(print_out(said(template="certificate", body=[BODY[5]]), fonts))
    assert "（正本）" in first
    assert "（副本）" in second
    only, = read_pages(print_out(said(template="certificate", body=[BODY[5]], copies=[]), fonts))
    assert "（正本）" not in only


def test_the_same_paper_gives_the_same_bytes(fonts: tuple[Path, ...]) -> None:
    assert print_out(said(), fonts) == print_out(dict(reversed(said().items())), fonts)
