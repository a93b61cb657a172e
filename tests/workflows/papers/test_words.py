"""Amounts, days and months in words."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.papers.words import chinese_date, chinese_month, money_digits, money_words

VALUES = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}
KNOWN = {
    0: "人民币零元整",
    5: "人民币伍分",
    50: "人民币伍角整",
    1005: "人民币壹拾元零伍分",
    1050: "人民币壹拾元伍角整",
    60000: "人民币陆佰元整",
    60005: "人民币陆佰元零伍分",
    100100: "人民币壹仟零壹元整",
    140950: "人民币壹仟肆佰零玖元伍角整",
    600714: "人民币陆仟零柒元壹角肆分",
    6035000: "人民币陆万零叁佰伍拾元整",
    10000000: "人民币壹拾万元整",
    10000100: "人民币壹拾万零壹元整",
    1_000_000_00: "人民币壹佰万元整",
    100_000_000_00: "人民币壹亿元整",
    100_000_001_00: "人民币壹亿零壹元整",
    101_000_000_00: "人民币壹亿零壹佰万元整",
    11_500_000_000_00: "人民币壹佰壹拾伍亿元整",
    1_000_000_000_000_00: "人民币壹万亿元整",
}


def _value(words: str) -> int:
    """Read capitals back by adding up, group by group."""
    if "亿" in words:
        high, low = words.rsplit("亿", 1)
        return _value(high) * 10**8 + _value(low)
    if "万" in words:
        high, low = words.split("万")
        return _value(high) * 10**4 + _value(low)
    total = digit = 0
    for sign in words:
        if sign in UNITS:
            total, digit = total + digit * UNITS[sign], 0
        else:
            digit = VALUES[sign]
    return total + digit


def _fen(words: str) -> int:
    found = re.fullmatch(r"人民币(?:(.+)元)?(零?)(?:(.)角)?(?:(.)分)?(整?)", words)
    assert found, words
    return _value(found[1] or "零") * 100 + VALUES[found[3] or "零"] * 10 + VALUES[found[4] or "零"]


@pytest.mark.parametrize(("fen", "words"), KNOWN.items())
def test_known_amounts_are_written_as_a_cashier_writes_them(fen: int, words: str) -> None:
    assert money_words(fen) == words


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_words_read_back_to_the_same_fen(fen: int) -> None:
    assert _fen(money_words(fen)) == fen


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_zeros_never_double_nor_stand_before_a_unit(fen: int) -> None:
    words = money_words(fen)
    assert "零零" not in words
    assert fen == 0 or re.search("零[元角分万亿整拾佰仟]", words) is None


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_zheng_closes_exactly_what_has_no_fen(fen: int) -> None:
    assert money_words(fen).endswith("整") == (fen % 10 == 0)


@pytest.mark.parametrize("wrong", [-1, 10**18, True, 1.5, "1"])
def test_what_is_no_amount_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money_words(wrong)  # type: ignore[arg-type]


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_digits_read_back_to_the_same_fen(fen: int) -> None:
    assert int(money_digits(fen).replace(",", "").replace(".", "")) == fen


def test_days_and_months_have_no_leading_zeros() -> None:
    assert chinese_date(date(2024, 3, 4)) == "2024年3月4日"
    assert chinese_month("2024-05") == "2024年5月"


@pytest.mark.parametrize("wrong", ["2024-13", "2024-5", "24-05", "2024年5月"])
def test_what_is_no_month_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        chinese_month(wrong)
