"""Each paper as it comes out of the printer."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from workflows.papers import mask
from workflows.papers.errors import CharacterMissing, NoChineseFont, PaperDataWrong, PaperUnknown
from workflows.papers.kinds import KINDS
from workflows.papers.public_notice import ALLOWED, Office, public_notice_data
from workflows.papers.render import render

Samples = Mapping[str, Mapping[str, Any]]
Printed = Callable[..., str]
Fonts = tuple[Path, ...]
EVERY = sorted(KINDS)
MUST_SAY = {
    "receipt": ["最低生活保障申请收件凭证", "居民户口簿", "复印件", "不表示申请已经受理"],
    "acceptance_notice": ["予以受理", "30个工作日", "2024年4月16日前办结"],
    "correction_notice": ["一次性告知", "1.家庭成员李强", "3.残疾人证复印件", "2024年3月22日前"],
    "not_accepted_notice": ["不予受理", "可以向示例县新开镇人民政府社会救助窗口"],
    "check_result_notice": ["180,000.00元", "提供相关佐证材料", "复查"],
    "preliminary_opinion": ["500.00元", "700.00元/人", "周敏、吴刚", "每月600.00元（人民币陆佰元整）"],
    "public_notice": ["张建国", "3人", "每月600.00元", "2024年3月18日至2024年3月25日", "0730-7612345", "东风社区"],
    "report_form": ["示例县民政局：", "公示期内未收到异议", "入户调查表及影像资料", "单独登记备案"],
    "decision": ["每月600.00元（人民币陆佰元整）", "自2024年5月起按月发放", "账号末四位：6021"],
    "refusal_notice": ["不予确认同意", "月人均收入700.00元", "边缘家庭"],
    "extension_notice": ["原办理期限至2024年6月17日", "延长至2024年7月8日", "公示期间有异议"],
    "payment_application": ["合计60,350.00元（人民币陆万零叁佰伍拾元整）", "2081901", "9f86d081"],
    "joint_review_sheet": [
        "第2版",
        "9f86d081",
        "一级（乡镇）",
        "二级（县民政）",
        "三级（县财政）",
        "-900.00",
        "何志远",
    ],
}


@pytest.mark.parametrize("kind", EVERY)
def test_a_paper_says_its_title_number_issuer_law_and_date(kind: str, printed: Printed, samples: Samples) -> None:
    text, data = printed(kind), samples[kind]
    day: date = data["issued_on"]
    for wanted in (data["number"], data["issuer"], KINDS[kind].basis):
        assert wanted in text
    assert f"{day.year}年{day.month}月{day.day}日" in text or kind == "joint_review_sheet"


@pytest.mark.parametrize("kind", EVERY)
def test_a_paper_says_what_it_must(kind: str, printed: Printed) -> None:
    text = printed(kind)
    assert [wanted for wanted in MUST_SAY[kind] if wanted not in text] == []


@pytest.mark.parametrize("kind", EVERY)
def test_remedies_stand_on_every_adverse_paper_and_on_the_decision(kind: str, printed: Printed) -> None:
    text = printed(kind)
    said = "60日内依法向示例县人民政府申请行政复议" in text and "6个月内依法向有管辖权的人民法院提起行政诉讼" in text
    assert said == (KINDS[kind].adverse or kind == "decision")


@pytest.mark.parametrize("kind", EVERY)
def test_the_same_data_give_the_same_bytes(kind: str, fonts: Fonts, samples: Samples) -> None:
    turned = dict(reversed(list(samples[kind].items())))
    assert render(kind, samples[kind], fonts) == render(kind, turned, fonts)


@pytest.mark.parametrize("kind", EVERY)
def test_a_paper_is_archival_tagged_dated_by_its_data_and_on_one_page(
    kind: str, fonts: Fonts, samples: Samples, read_pages: Callable[[bytes], list[str]]
) -> None:
    pdf = render(kind, samples[kind], fonts)
    day: date = samples[kind]["issued_on"]
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/StructTreeRoot" in pdf
    assert f"D:{day:%Y%m%d}".encode() in pdf
    assert len(read_pages(pdf)) == 1


@pytest.mark.parametrize("kind", EVERY)
def test_the_law_may_be_put_in_by_the_case(kind: str, printed: Printed) -> None:
    assert "《某地办法》第九条" in printed(kind, basis="《某地办法》第九条")


def test_another_matter_changes_the_title(printed: Printed) -> None:
    assert "临时救助申请受理通知书" in printed("acceptance_notice", matter="临时救助")


@pytest.mark.parametrize("kind", EVERY)
def test_a_missing_key_is_named(kind: str, fonts: Fonts, samples: Samples) -> None:
    for key in KINDS[kind].keys:
        data = {name: value for name, value in samples[kind].items() if name != key}
        with pytest.raises(PaperDataWrong, match=f"{kind}: missing {key}"):
            render(kind, data, fonts)


@pytest.mark.parametrize("kind", EVERY)
def test_a_key_too_many_is_refused_before_it_gets_out(kind: str, fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(PaperDataWrong, match="unknown id_number"):
        render(kind, {**samples[kind], "id_number": "990101198001010014"}, fonts)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("account_last4", "6228480712345676021"),
        ("account_last4", "602"),
        ("amount_fen", 600.0),
        ("amount_fen", -1),
        ("amount_fen", True),
        ("member_count", "3"),
        ("first_month", "2024-5"),
        ("issued_on", "2024-04-08"),
        ("applicant", ""),
        ("applicant", None),
        ("applicant", "张\u202e国"),
        ("applicant", "张\x00国"),
        ("applicant", "张\n国"),
        ("applicant", "张" * 301),
        ("phone", "call me"),
        ("court", None),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(key: str, value: object, fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(PaperDataWrong, match=f"decision: {key}"):
        render("decision", {**samples["decision"], key: value}, fonts)


@pytest.mark.parametrize("wrong", [[], "同意", [{"level": "一级"}], ["同意"]])
def test_rows_of_the_wrong_shape_are_refused(wrong: object, fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(PaperDataWrong, match="joint_review_sheet: signatures"):
        render("joint_review_sheet", {**samples["joint_review_sheet"], "signatures": wrong}, fonts)


def test_an_unknown_kind_is_refused(fonts: Fonts) -> None:
    with pytest.raises(PaperUnknown):
        render("../../etc/passwd", {}, fonts)


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        '#eval("1+1") $x^2$ *粗* _斜_',
        '"); #panic("x") //',
        ']#include "letter.typ"[ <label> @ref',
        "\\u{41} \\ ~ -- --- ... `raw` = 标题",
        "=cmd|' /C calc'!A0",
        'https://example.org/ #link("x")[y]',
        "{{ data }} {% raw %} <script>alert(1)</script>",
    ],
)
def test_hostile_text_comes_out_as_it_went_in(hostile: str, printed: Printed) -> None:
    for kind in EVERY:
        if "applicant" in KINDS[kind].keys:
            assert hostile.replace(" ", "") in printed(kind, applicant=hostile).replace(" ", "")
    assert hostile.replace(" ", "") in printed("correction_notice", gaps=[hostile, "二"]).replace(" ", "")


def test_hostile_text_in_title_number_and_metadata_stays_text(printed: Printed) -> None:
    assert "#panic()" in printed("decision", issuer="#panic()", number="#panic()〔2024〕1号", matter="#panic()")


def test_a_rare_character_no_font_has_is_refused_not_printed_as_a_box(fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(CharacterMissing):
        render("decision", {**samples["decision"], "applicant": "张\U00030edd"}, fonts)


def test_without_a_chinese_font_nothing_is_printed(samples: Samples, tmp_path: Path) -> None:
    with pytest.raises(NoChineseFont, match="noto-serif-sc"):
        render("decision", samples["decision"], [tmp_path])
    with pytest.raises(NoChineseFont):
        render("decision", samples["decision"], [])


def test_a_long_paper_never_leaves_the_signature_alone(
    fonts: Fonts, samples: Samples, read_pages: Callable[[bytes], list[str]]
) -> None:
    for lines in range(4, 40, 3):
        data = {**samples["refusal_notice"], "reason": "\n".join(["经调查核实，家庭财产超过规定。" * 3] * lines)}
        pages = read_pages(render("refusal_notice", data, fonts))
        assert "2024年4月9日（印章）" in pages[-1]
        assert "行政复议" in pages[-1]


def test_an_unsigned_review_sheet_leaves_room_to_sign(printed: Printed, samples: Samples) -> None:
    empty = {"signer": None, "result": None, "comment": None, "signed_on": None}
    rows = [{**row, **empty} for row in samples["joint_review_sheet"]["signatures"]]
    text = printed("joint_review_sheet", signatures=rows)
    assert "□同意" in text
    assert "何志远" not in text


def _notice(name: str, born: date, **more: Any) -> Mapping[str, object]:
    office = Office("示例县荣家湾镇人民政府", "荣家湾镇", "东风社区", "0730-7600001", "0730-7612345")
    whole = {
        "number": "荣低保示〔2024〕12号",
        "member_count": 3,
        "amount_fen": 60000,
        "starts_on": date(2024, 3, 18),
        "ends_on": date(2024, 3, 25),
        **more,
    }
    return public_notice_data(office=office, applicant_name=name, applicant_born=born, **whole)


def test_a_public_notice_of_a_childs_application_shows_the_family_name_only(fonts: Fonts, read_pages: Any) -> None:
    text = "".join(read_pages(render("public_notice", _notice("欧阳小明", date(2012, 5, 5)), fonts)))
    assert "欧阳某" in text
    assert "小明" not in text


def test_a_public_notice_has_no_birth_date_anywhere_in_its_file(fonts: Fonts, read_pages: Any) -> None:
    pdf = render("public_notice", _notice("张建国", date(1987, 11, 23)), fonts)
    text = "".join(read_pages(pdf))
    assert [part for part in ("1987", "11月23", "1123") if part in text] == []


def test_a_public_notice_holds_nothing_that_is_not_allowed() -> None:
    data = _notice("张建国", date(1980, 1, 7), matter="临时救助", basis="《某地办法》")
    kind = KINDS["public_notice"]
    assert set(data) == ALLOWED == set(kind.keys) | set(kind.optional)
    assert data["applicant"] == mask.show("applicant_name", "张建国", "public", minor=False)


def test_a_public_notice_must_end_after_it_begins() -> None:
    with pytest.raises(PaperDataWrong, match="ends_on"):
        _notice("张建国", date(1980, 1, 7), ends_on=date(2024, 3, 18))


def test_what_the_officer_reads_holds_nothing_of_the_data(fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(PaperDataWrong) as caught:
        render("decision", {**samples["decision"], "account_last4": "6228480712345676021"}, fonts)
    assert str(caught.value.message) == PaperDataWrong.says
