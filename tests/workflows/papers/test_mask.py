"""Names and numbers, cut."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.papers import mask

@pytest.mark.parametrize(
    ("name", "shown"),
    [("李明", "李某"), ("欧阳小明", "欧阳某"), ("司马", "司某"), ("阿依古丽·买买提", "阿某"), ("王", "王某")],
)
def test_a_childs_name_is_cut_to_the_family_name(name: str, shown: str) -> None:
    assert mask.family_name(name) == shown


@pytest.mark.parametrize(
    ("born", "minor"),
    [
        (date(2006, 3, 19), True),
        (date(2006, 3, 18), False),
        (date(2012, 5, 5), True),
        (date(1980, 1, 1), False),
    ],
)
def test_somebody_is_a_minor_until_the_eighteenth_birthday(born: date, *, minor: bool) -> None:
    assert mask.is_minor(born, date(2024, 3, 18)) is minor


def test_born_on_a_leap_day_one_is_of_age_on_the_first_of_march() -> None:
    assert mask.is_minor(date(2008, 2, 29), date(2026, 2, 28))
    assert not mask.is_minor(date(2008, 2, 29), date(2026, 3, 1))


def test_an_account_shows_its_last_four_digits() -> None:
    assert mask.last4("6228480712345676021") == "6021"


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_the_birth_date_never_shows_in_a_masked_number(born: date) -> None:
    number = f"430621{born:%Y%m%d}0014"
    assert f"{born:%Y%m%d}" not in mask.id_number(number)
    assert len(mask.id_number(number)) == len(number)


@pytest.mark.parametrize("wrong", ["", "1234567", "62284807123456760X1"])
def test_a_short_or_strange_account_is_not_cut_but_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="at least 8 digits"):
        mask.last4(wrong)


def test_a_number_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="18 characters"):
        mask.id_number("430621800101001")
