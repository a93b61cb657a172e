"""Each paper as it comes out of the printer."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from workflows.papers.errors import NoChineseFont, PaperDataWrong, PaperUnknown
from workflows.papers.kinds import KINDS
from workflows.papers.render import render

Samples = Mapping[str, Mapping[str, Any]]
Printed = Callable[..., str]
Fonts = tuple[Path, ...]
EVERY = sorted(KINDS)
MUST_SAY = {
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


@pytest.mark.parametrize("wrong", [[], "同意", [{"level": "一级"}], ["同意"]])
def test_rows_of_the_wrong_shape_are_refused(wrong: object, fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(PaperDataWrong, match="joint_review_sheet: signatures"):
        render("joint_review_sheet", {**samples["joint_review_sheet"], "signatures": wrong}, fonts)


def test_an_unknown_kind_is_refused(fonts: Fonts) -> None:
    with pytest.raises(PaperUnknown):
        render("../../etc/passwd", {}, fonts)


def test_without_a_chinese_font_nothing_is_printed(samples: Samples, tmp_path: Path) -> None:
    with pytest.raises(NoChineseFont, match="noto-serif-sc"):
        render("payment_application", samples["payment_application"], [tmp_path])
    with pytest.raises(NoChineseFont):
        render("payment_application", samples["payment_application"], [])


def test_an_unsigned_review_sheet_leaves_room_to_sign(printed: Printed, samples: Samples) -> None:
    empty = {"signer": None, "result": None, "comment": None, "signed_on": None}
    rows = [{**row, **empty} for row in samples["joint_review_sheet"]["signatures"]]
    text = printed("joint_review_sheet", signatures=rows)
    assert "□同意" in text
    assert "何志远" not in text


def test_what_the_officer_reads_holds_nothing_of_the_data(fonts: Fonts, samples: Samples) -> None:
    with pytest.raises(PaperDataWrong) as caught:
        render("payment_application", {**samples["payment_application"], "total_fen": "6228480712345676021"}, fonts)
    assert str(caught.value.message) == PaperDataWrong.says
