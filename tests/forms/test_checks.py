"""Numbers and names, right and wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bpmn.message import Message
from forms import checks

TODAY = date(2024, 3, 4)


@pytest.mark.parametrize("number", ["990101198001010014", "990101198203030021", "990101201205050039",
                                    "99010119750707001X", "11010519491231002X"])
def test_a_valid_identity_number_passes(number):
    assert checks.gb11643(number, TODAY) is None


@pytest.mark.parametrize(("number", "says"), [
    ("990101198001010015", "check digit should be 4"),
    ("990101198002300013", "no valid birth date: 19800230"),
    ("990101203001010010", "in the future: 2030-01-01"),
    ("990101189301010010", "more than 130 years ago"),
    ("090101198001010014", "region code"),
    ("99010119800101001", "18 characters"),
    ("9901011980010100144", "18 characters"),
    ("99010119800101001Y", "18 characters"),
    ("", "18 characters"),
])
def test_a_wrong_identity_number_is_refused_with_its_reason(number, says):
    assert says in str(checks.gb11643(number, TODAY))


def test_a_person_of_exactly_130_years_passes():
    first = "99010118940304001"
    assert checks.gb11643(first + checks.id_check_digit(first), TODAY) is None


def test_the_identity_number_tells_birth_date_and_age():
    assert checks.birth_date("990101198001010014") == date(1980, 1, 1)
    assert checks.age("990101201205050039", date(2024, 5, 4)) == 11
    assert checks.age("990101201205050039", date(2024, 5, 5)) == 12
    assert checks.birth_date("no number") is None


def test_an_age_without_a_birth_date_is_an_error():
    with pytest.raises(ValueError, match="birth date"):
        checks.age("990101198002300013", TODAY)


@given(some.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_only_one_check_digit_is_right(first17):
    right = checks.id_check_digit(first17)
    answers = {digit: checks.gb11643(first17 + digit, TODAY) for digit in "0123456789X"}
    valid = [digit for digit, problem in answers.items() if problem is None]
    assert valid in ([], [right])


@pytest.mark.parametrize(("typed", "kept"), [
    (" ９９０１０１１９８００１０１００１４ ", "990101198001010014"), ("11010519491231002x", "11010519491231002X"),
    ("6222 0212-3456", "622202123456"), ("６２２２　０２", "622202")])
def test_numbers_are_kept_half_width_without_spaces_in_upper_case(typed, kept):
    assert checks.compact(typed) == kept


def test_luhn_only_doubts():
    assert checks.bank_card_doubt("6222021234567890128") is None
    assert checks.bank_card("6228480012345678901", TODAY) is None
    assert "card check digit" in str(checks.bank_card_doubt("6228480012345678901"))
    assert checks.bank_card("12345678901", TODAY)
    assert checks.bank_card("12345678901234567890", TODAY)


@pytest.mark.parametrize(("number", "fits"), [
    ("13800138000", True), ("073012345678", False), ("07307654321", True), ("01082345678", True),
    ("12800138000", False), ("1380013800", False), ("110", False)])
def test_phones_are_mobile_or_have_an_area_code(number, fits):
    assert (checks.phone(number, TODAY) is None) is fits


@pytest.mark.parametrize("name", ["王秀英", "买买提·阿不都拉", "𠮷野", "John Smith", "O'Neill", "阿依古丽·买买提"])
def test_names_of_all_peoples_pass(name):
    assert checks.person_name(checks.name_text(name), TODAY) is None


@pytest.mark.parametrize("name", ["王1", "王@英", "·王", "<b>", "王" * 51])
def test_what_is_no_name_is_refused(name):
    assert checks.person_name(name, TODAY) is not None


def test_every_kind_of_middle_dot_is_kept_as_one():
    assert {checks.name_text(f"买买提{dot}阿不都拉") for dot in "·・•．."} == {"买买提·阿不都拉"}
    assert checks.name_text(" 王 秀　英 ") == "王秀英"


@pytest.mark.parametrize(("typed", "fen"), [
    ("1200", 120000), ("1,200.5", 120050), ("１２００．５０", 120050), ("¥0.01", 1), ("￥12元", 1200), ("0", 0),
    ("1 200", 120000), ("5.", 500)])
def test_yuan_become_fen(typed, fen):
    assert checks.fen(typed) == fen


@pytest.mark.parametrize(("typed", "says"), [
    ("1.234", "2 decimal places"), ("-5", "less than 0"), ("−5", "less than 0"), ("abc", "amount in yuan"),
    ("1e5", "amount in yuan"), ("12-00", "amount in yuan"), ("", "amount in yuan"), ("9999999999999999", "too large")])
def test_what_is_no_amount_is_refused(typed, says):
    problem = checks.fen(typed)
    assert isinstance(problem, Message)
    assert says in str(problem)


@given(some.integers(0, 10**15))
def test_fen_shown_as_yuan_are_read_back(fen):
    assert checks.fen(checks.yuan(fen)) == fen


def test_yuan_are_shown_with_two_decimals_and_commas():
    assert checks.yuan(120050) == "1,200.50"
    assert checks.yuan(-5) == "-0.05"


@pytest.mark.parametrize("code", ["91350100M000100Y43", "51100000500000001P"])
def test_a_credit_code_has_a_check_digit(code):
    problem = str(checks.credit_code(code, TODAY))
    right = code[:17] + (problem[-2] if "check digit" in problem else code[17])
    assert checks.credit_code(right, TODAY) is None


@pytest.mark.parametrize("code", ["91350100M000100Y4", "91350100I000100Y43", "9135010XM000100Y43", ""])
def test_a_malformed_credit_code_is_refused(code):
    assert "18 digits" in str(checks.credit_code(code, TODAY))


def test_the_known_credit_code_passes_and_its_neighbour_does_not():
    assert checks.credit_code("91350100M000100Y43", TODAY) is None
    assert "check digit should be 3" in str(checks.credit_code("91350100M000100Y44", TODAY))


def test_a_disability_card_is_the_identity_number_with_category_and_grade():
    assert checks.disability_card("99010119800101001441", TODAY) is None
    assert checks.disability_card("99010119800101001441B1", TODAY) is None
    assert checks.disability_card("99010119800101001481", TODAY)
    assert "check digit" in str(checks.disability_card("99010119800101001541", TODAY))
