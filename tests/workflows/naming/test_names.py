"""The name check by D10: the order of the parts, the law's words, identity with its bars, likeness as a warning only."""

from datetime import date

import pytest

from workflows import naming
from workflows.naming import Asked, Limits, Parts, Taken

WORDS, PLACES, DAY = naming.words(), ("示例县",), date(2024, 6, 3)
LIMITS = Limits(renamed_years=1, deregistered_years=1, revoked_years=3, similar_percent=75)
OTHER = "示例县阳光养老服务中心"


def judged(name, kind="non_enterprise", *taken, **more):
    return naming.judge(Asked(name, kind, PLACES, **more), taken, WORDS, LIMITS, DAY)


def codes(*args, **more):
    return [finding.code for finding in judged(*args, **more).findings]


def other(name=OTHER, kind="non_enterprise", **more):
    return Taken(name, name, kind, naming.parse(name, kind, PLACES, WORDS), **more)


@pytest.mark.parametrize(("name", "kind", "parts"), [
    (OTHER, "non_enterprise", Parts("示例县", "阳光", "养老", "服务中心")),
    ("示例县启明社会工作服务中心", "non_enterprise", Parts("示例县", "启明", "社会工作", "服务中心")),
    ("示例县茶叶协会", "association", Parts("示例县", "", "茶叶", "协会")),
    ("示例县福建商会", "association", Parts("示例县", "", "福建", "商会")),
    ("示例县明德教育基金会", "foundation", Parts("示例县", "明德", "教育", "基金会")),
])
def test_a_name_is_taken_apart_by_the_dictionaries(name, kind, parts):
    assert naming.parse(name, kind, PLACES, WORDS) == parts
    assert naming.joined(parts) == naming.normal(name)


@pytest.mark.parametrize("written", ["示例县 茶叶 协会", "示例县茶叶协会 ", "示例县茶叶协会　", "“示例县茶叶协会”", "示例县·茶叶协会"])
def test_names_that_differ_in_blanks_and_marks_are_one(written):
    assert codes(written, "association", other("示例县茶叶协会", "association")) == ["same_registered"]


def test_brackets_and_width_are_one_kind():
    assert naming.normal("示例县茶叶（绿茶）协会") == naming.normal("示例县茶叶(绿茶)协会 ") == "示例县茶叶(绿茶)协会"


@pytest.mark.parametrize(("name", "kind", "code", "result"), [
    ("示例县中华茶叶协会", "association", "forbidden", "fail"), ("示例县全国茶叶协会", "association", "forbidden", "fail"),
    ("邻县茶叶协会", "association", "division", "fail"), ("示例县阳光养老协会", "non_enterprise", "form_other", "fail"),
    ("示例县养老服务中心", "non_enterprise", "trade_name", "fail"), ("示例县国际茶叶协会", "association", "doubtful", "manual"),
    ("示例县阳光星光服务中心", "non_enterprise", "field", "manual"), ("示例县阳光养老处", "non_enterprise", "form", "manual"),
    ("示例县ABC茶叶协会", "association", "characters", "manual")])
def test_what_the_law_refuses_and_what_a_person_must_look_at(name, kind, code, result):
    assert code in codes(name, kind)
    assert judged(name, kind).result == result


def test_a_name_in_order_that_nobody_has_passes():
    assert judged(OTHER).result == "pass"
    assert judged(OTHER, after_a_person=True).result == "manual"


def test_the_parts_as_written_must_make_the_name():
    assert codes(OTHER, parts=Parts("示例县", "阳光", "养老服务", "中心")) == []
    assert codes(OTHER, parts=Parts("示例县", "阳光", "养老", "中心")) == ["parts_differ"]


@pytest.mark.parametrize(("why", "ended_on", "result"), [
    ("renamed", date(2023, 6, 4), "fail"), ("renamed", date(2023, 6, 3), "pass"),
    ("deregistered", date(2023, 6, 4), "fail"), ("deregistered", date(2023, 6, 3), "pass"),
    ("revoked", date(2021, 6, 4), "fail"), ("revoked", date(2021, 6, 3), "pass"),
    ("registered", None, "fail"), ("reserved", None, "fail")])
def test_a_name_once_borne_is_barred_as_long_as_the_law_says(why, ended_on, result):
    assert judged(OTHER, "non_enterprise", other(why=why, ended_on=ended_on)).result == result


def test_a_bar_from_a_leap_day_is_over_on_the_last_of_february():
    from workflows.naming.verdict import until
    assert until(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_the_same_trade_name_bars_only_in_the_same_field_and_form():
    registered = Taken(OTHER, OTHER, "non_enterprise", Parts("示例县", "阳光", "养老", "服务中心"))
    assert codes("示例县（城关）阳光养老服务中心", "non_enterprise", registered, parts=Parts("示例县(城关)", "阳光", "养老", "服务中心")) == [
        "same_trade_registered"]
    assert codes("示例县阳光社会工作服务中心", "non_enterprise", registered) == []
    assert codes("示例县阳光养老院", "non_enterprise", registered)[-1:] != ["same_trade_registered"]


def test_what_looks_or_sounds_alike_is_a_warning_and_no_refusal():
    sounding = judged("示例县茶业协会", "association", other("示例县茶叶协会", "association"))
    looking = judged("示例县老年书法家协会", "association", other("示例县老年书法协会", "association"))
    assert [(one.code, one.severity) for one in (*sounding.findings, *looking.findings)] == [
        ("sounds_alike", "warn"), ("similar", "warn")]
    assert (sounding.result, looking.result) == ("pass", "pass")
    assert codes("示例县茶业协会", "association", other("示例县茶叶协会", "association", why="deregistered", ended_on=DAY)) == []


def test_every_finding_is_said_in_both_languages():
    said = judged("中国ABC处", "non_enterprise", other("中国ABC处")).findings
    assert len(said) >= 4
    assert all(one.says.zh and one.says.en and "{" not in one.says.zh + one.says.en for one in said)
