"""What each audience may see."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.papers import mask

ID = "990101198001010014"


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


def test_the_public_sees_an_adults_name_and_a_childs_family_name() -> None:
    assert mask.show("applicant_name", "张建国", "public", minor=False) == "张建国"
    assert mask.show("applicant_name", "张建国", "public", minor=True) == "张某"


def test_an_unknown_age_counts_as_a_minors() -> None:
    assert mask.show("applicant_name", "张建国", "public") == "张某"


@pytest.mark.parametrize("field", ["applicant_id_number", "phone", "account", "member_name", "address", "reason"])
def test_the_public_never_sees(field: str) -> None:
    assert mask.show(field, "990101198001010014", "public", minor=False) is None


def test_only_a_local_rule_shows_the_number_and_then_without_the_birth_date() -> None:
    assert mask.show("applicant_id_number", ID, "public_with_id") == "990101********0014"


def test_a_letter_shows_the_accounts_last_four_digits() -> None:
    assert mask.show("account", "6228480712345676021", "applicant") == "6021"


def test_a_phone_is_seen_only_inside_the_bureau() -> None:
    assert [name for name in mask.MASKS if mask.show("phone", "13800000000", name) is not None] == ["internal"]


@pytest.mark.parametrize("audience", list(mask.MASKS))
def test_a_field_nobody_listed_is_hidden_from_everybody(audience: str) -> None:
    assert mask.show("diagnosis", "秘密", audience, minor=False) is None


def test_an_unknown_audience_is_an_error() -> None:
    with pytest.raises(KeyError):
        mask.show("applicant_name", "张建国", "press")


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
