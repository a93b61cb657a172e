"""An expression is read without being computed: kinds, and what can never make sense."""

import pytest

from bpmn.feel import evaluate
from bpmn.feel.static import ANY, TEXT, ListOf, Record, Text, join, of_type, read, read_unary

NAMES = {
    "application": of_type("context<members: list<context<name: string, income: number, born: date>>, day: string>"),
    "case": of_type("context<today: date, number: number, at: date and time>"),
    "decide": Record({"outcome": Text(frozenset({"approve", "refuse"})), "amount": of_type("number")}),
    "rows": ListOf(Record({"item": TEXT, "outcome": Text(frozenset({"agree", "return"}))})),
    "anything": ANY,
}

GOOD = [
    ('application.members.income', "list"), ("sum(application.members.income) / 2", "number"),
    ("application.members[income > 3].name", "list"), ("application.members[1].name", "string"),
    ('case.today + duration("P1M") > case.today', "boolean"), ('case.today - case.today', "days and time duration"),
    ('date(substring(application.day, 1, 10)) < case.today', "boolean"), ('decide.outcome = ""', "boolean"),
    ('decide.outcome in ("approve", "refuse")', "boolean"), ("decide.outcome = null", "boolean"),
    ('every row in rows satisfies row.outcome = "agree"', "boolean"), ("case.today.year + 1", "number"),
    ("{a: 1, b: a + 1}.b", "number"), ("for i in 1..3 return i * 2", "list"), ("anything.whatever[what > 3]", "list"),
    ("some x in anything satisfies x.y", "boolean"), ("if decide.amount > 3 then 1 else null", "number"),
    ('concatenate([0], for one in application.members return max(0, one.income))', "list"),
    ('count(distinct values(application.members.name)) < 2', "boolean"), ("(function(x: number) x + 1)(3)", "number"),
    ("string(case.number) + application.day", "string"), ("case.number between 1 and 3", "boolean"),
    ("count(application.members[list contains(rows.item, name)]) > 0", "boolean"),
]
BAD = [
    ("aplication.day", "name_unknown", "application"), ("application.dy", "part_unknown", "day"),
    ("application.members.nam", "part_unknown", "name"), ("case.number.year", "part_unknown", None),
    ("application.day < 3", "not_comparable", None), ("application.day < case.today", "not_comparable", None),
    ("case.today < case.at", "not_comparable", None), ("case.today = 3", "not_comparable", None),
    ("case.today + 1", "not_computable", None), ("application.day - 1", "not_computable", None),
    ('decide.outcome = "aprove"', "option_unknown", "approve"), ('"refus" != decide.outcome', "option_unknown", "refuse"),
    ('decide.outcome in ("approve", "refus")', "option_unknown", "refuse"),
    ('list contains(["agree", "retrun"], rows[1].outcome)', "option_unknown", "return"),
    ("if case.number then 1 else 2", "not_boolean", None), ("decide.outcome and true", "not_boolean", None),
    ("application.members[name]", "not_boolean", None), ("some x in case.number satisfies true", "not_list", None),
    ("sum(application.members.name)", "argument_wrong", None), ("substring(case.today, 1)", "argument_wrong", None),
    ("substring(application.day)", "argument_wrong", None), ('date("2024-13-01")', "literal_wrong", None),
    ('duration("7 days")', "literal_wrong", None), ("1 +", "expression_broken", None),
    ("case.number in (1, application.day)", "not_comparable", None), ("case.number between 1 and application.day", "not_comparable", None),
]


@pytest.mark.parametrize(("source", "kind"), GOOD)
def test_what_makes_sense_is_left_in_peace(source, kind):
    found = read(source, NAMES)
    assert [each.code for each in found.complaints] == []
    assert found.kind.kind == kind


@pytest.mark.parametrize(("source", "code", "meant"), BAD)
def test_what_can_never_make_sense_is_told_once_with_what_was_meant(source, code, meant):
    said, = read(source, NAMES).complaints
    assert (said.code, said.hint and said.hint.params["word"]) == (code, meant)


def test_the_names_that_are_read_are_those_from_outside():
    found = read('some one in application.members satisfies one.income > case.number and count(rows[item = "x"]) > 0', NAMES)
    assert found.names == {"application", "case", "rows"}


@pytest.mark.parametrize(("cell", "code"), [("< 3", None), ("[1..3]", None), ('"a"', "not_comparable"), ("true", "not_comparable"),
                                            ('> "a"', "not_comparable"), ("1, 2", None), ("not(1)", None), ("? > 3", None)])
def test_a_cell_must_fit_its_column(cell, code):
    found = read_unary(cell, of_type("number"), NAMES)
    assert [each.code for each in found.complaints] == ([code] if code else [])


@pytest.mark.parametrize(("source", "code", "meant"), [row for row in BAD if row[1] in ("not_comparable", "not_computable")])
def test_what_is_called_senseless_really_computes_to_null(source, code, meant):
    from datetime import date, datetime
    facts = {"application": {"day": "2024-01-01", "members": []}, "decide": {"outcome": "approve"},
             "case": {"today": date(2024, 1, 1), "number": 5, "at": datetime(2024, 1, 1, 12)}}
    assert evaluate(source, facts) in (None, False)


def test_kinds_that_have_nothing_in_common_are_unknown():
    assert join(of_type("number"), TEXT) == ANY
    assert join(of_type("Null"), TEXT) == TEXT
    assert join(Text(frozenset("a")), Text(frozenset("b"))) == Text(frozenset("ab"))
    assert join(Record({"a": TEXT}), Record({"b": TEXT})) == Record({"a": TEXT, "b": TEXT})
