"""The unary tests of decision table cells."""

import pytest
from bpmn import feel

CASES = [
    ("-", "anything", True),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("< 5", "x", None),
    ("[1..5]", 5, True),
    ("(1..5)", 5, False),
    ('"低保", "特困"', "特困", True),
    ('"低保", "特困"', "临时救助", False),
    ('not("低保", "特困")', "临时救助", True),
    ("not(< 5)", 7, True),
    ("not(null)", 7, True),
    ("null", None, True),
    ("1, > 10", 11, True),
    ("? > 3 and ? < 9", 5, True),
    ("count(?) > 1", [1, 2], True),
    ("上限 / 2", 50, True),
    ("<= 上限", 100, True),
    ("上限 > 99", 1, True),
    ("true", True, True),
    ("true", False, False),
    ("[1, 2, 3]", 2, True),
    ('contains(?, "区")', "朝阳区", True),
    ('starts with(?, "110")', None, None),
    ("not(上限 > 1)", 5, False),
    ('@"2024-01-01"', None, False),
    ("1..5", 3, feel.FeelSyntaxError),
    ("", 3, feel.FeelSyntaxError),
    ("< ", 3, feel.FeelSyntaxError),
]


@pytest.mark.parametrize(("source", "value", "expected"), CASES)
def test_a_cell_accepts_what_it_describes(source, value, expected):
    if expected is feel.FeelSyntaxError:
        with pytest.raises(feel.FeelSyntaxError):
            feel.test(source, value, {"上限": 100})
    else:
        assert feel.test(source, value, {"上限": 100}) is expected


def test_compiled_cells_read_the_tested_value_under_the_question_mark():
    assert feel.compile_unary("> limit").evaluate({"?": 5, "limit": 3}) is True
