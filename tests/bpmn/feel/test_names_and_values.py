"""Names with special characters, names for deployment checks, and values from and to Python."""

import enum
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from bpmn import feel


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("source", "context", "expected"),
    [
        ("a-b", {"a-b": 1, "a": 5, "b": 2}, 1),
        ("a - b", {"a-b": 1, "a": 5, "b": 2}, 3),
        ("家庭人均收入（元） < 800", {"家庭人均收入（元）": 700}, True),
        ("date of birth", {"date of birth": 7}, 7),
        ("terms and conditions", {"terms and conditions": True}, True),
        ("applicant.first name", {"applicant": {"first name": "Ada"}}, "Ada"),
        ("applicant.in-kind", {"applicant": {"in-kind": 3}}, 3),
        ("step 2", {"step 2": 4}, 4),
        ("unknown", {}, None),
    ],
)
def test_names_are_found_among_the_names_in_scope(source, context, expected):
    assert feel.to_python(feel.evaluate(source, context)) == expected


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a + b.c", {"a", "b"}),
        ("for i in xs return i + k", {"xs", "k"}),
        ("xs[item > limit and price < 3]", {"xs"}),
        ("{p: 1, q: p + r}", {"r"}),
        ("(function(x) x + y)(z)", {"y", "z"}),
        ("count(成员) > 家庭.人数", {"成员", "家庭"}),
        ("some m in 成员 satisfies m.年龄 > 60", {"成员"}),
    ],
)
def test_an_expression_tells_which_names_it_needs(source, names):
    assert feel.compile(source).names == names


class Shy(dict):
    """A context that may be asked for one entry, and for that in another context too."""

    def __iter__(self):
        raise AssertionError("the whole was read")

    def __getitem__(self, name):
        assert name in ("wanted", "number", "inner"), name
        return super().__getitem__(name)

    items = values = keys = __iter__


@pytest.mark.parametrize(("source", "expected"), [
    ("case.number", 7), ("case.inner.wanted + case.number", 8), ("case.nothing", None), ("case.inner.nothing.more", None),
    ("[1, 7][item = case.number]", [7]), ("for n in [1] return n + case.inner.wanted", [2]),
])
def test_of_a_context_only_what_a_path_names_is_read(source, expected):
    context = {"case": Shy(number=7, costly=1, inner=Shy(wanted=1, costly=1))}
    assert feel.to_python(feel.compile(source).evaluate(context)) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("case = {number: 7, more: 1} and case.number = 7", True), ('get value(case, "more") + case.number', 8),
    ("count(get entries(case))", 2), ("(function(one) one.more)(case)", 1), ("[case][number = 7].more", [1]),
])
def test_a_context_that_is_used_as_a_whole_is_whole(source, expected):
    assert feel.to_python(feel.compile(source).evaluate({"case": {"number": 7, "more": 1}})) == expected


def test_a_test_reads_the_value_whole_even_where_a_path_begins_with_it():
    assert feel.test("{number: 7, more: 1}, ?.number = 8", {"number": 7, "more": 1}, {}) is True


def test_compiled_expressions_are_cached():
    assert feel.compile("a + 1") is feel.compile("a + 1", names=["a", "b"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        (0.1, Decimal("0.1")),
        (Decimal("2.50"), Decimal("2.50")),
        (True, True),
        (float("nan"), None),
        (Colour.RED, "red"),
        (date(2024, 1, 2), date(2024, 1, 2)),
        (time(1, 2, 3, 4), time(1, 2, 3, 4)),
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (timedelta(days=-1, seconds=3), timedelta(days=-1, seconds=3)),
        ((1, [2, {"a": None}]), [1, [2, {"a": None}]]),
    ],
)
def test_values_return_from_an_expression_as_they_went_in(value, expected):
    assert feel.to_python(feel.evaluate("x", {"x": value})) == expected


def test_named_time_zones_survive():
    moment = datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    result = feel.to_python(feel.evaluate("x", {"x": moment}))
    assert result == moment
    assert str(result.tzinfo) == "Asia/Shanghai"


def test_booleans_are_not_numbers():
    assert feel.evaluate("x + 1", {"x": True}) is None
    assert feel.evaluate("x = 1", {"x": True}) is None


def test_whole_decimals_become_ints():
    assert isinstance(feel.to_python(Decimal("3.00")), int)
    assert isinstance(feel.to_python(Decimal("3.10")), Decimal)


def test_values_without_counterpart_are_refused_only_when_used():
    assert feel.evaluate("1", {"x": object()}) == 1
    with pytest.raises(feel.FeelInputError):
        feel.evaluate("x", {"x": object()})


def test_syntax_errors_tell_the_position():
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile("收入 > ")
    assert caught.value.position == 5
    with pytest.raises(feel.FeelSyntaxError, match="not a quote"):
        feel.compile("状态 = “通过”")
