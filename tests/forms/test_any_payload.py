"""Whatever is sent, checking never fails, and what was checked checks equal again."""

import copy
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bpmn.message import Term
from forms import answers, loader
from forms.schema import Choosing, DynamicList, Group, Input

SHIPPED = loader.load(Path(__file__).parents[2] / "forms")
TODAY = date(2024, 3, 4)
SOURCES = {"villages": {"990101001001": Term("东风村")}}
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SCALARS = some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=30))
ANYTHING = some.recursive(SCALARS, lambda inner: some.one_of(
    some.lists(inner, max_size=4), some.dictionaries(some.text(max_size=8), inner, max_size=4)), max_leaves=12)
LIKELY = ["", "王秀英", "买买提·阿不都拉", "990101198001010014", "99010119750707001x", "１２００．５", "2024-03-04",
          "2024-03-04T09:30", "13800138000", "6222021234567890128", "true", "on", 1, 0, 12, True, 86.5, "  ", "-1"]


def values(components):
    """Answers that look like a form's, often right, sometimes wild."""
    return some.fixed_dictionaries({}, optional={name: strategy for c in components for name, strategy in _parts(c)})


def _parts(component):
    if isinstance(component, Group):
        inner = values(component.components)
        return [(component.path, inner)] if component.path else [p for c in component.components for p in _parts(c)]
    if isinstance(component, DynamicList):
        return [(component.path, some.one_of(some.lists(values(component.components), max_size=4), ANYTHING))]
    if isinstance(component, Input):
        known = list(component.choices or SOURCES["villages"]) if isinstance(component, Choosing) else LIKELY
        return [(component.key, some.one_of(some.sampled_from(known), some.lists(some.sampled_from(known), max_size=3),
                                            ANYTHING))]
    return []


FORMS = some.sampled_from(sorted(SHIPPED))
FACTS = some.one_of(some.just({}), some.dictionaries(some.sampled_from(
    ["application", "means", "materials", "home_visit"]), ANYTHING, max_size=3))


@SLOW
@given(FORMS, ANYTHING, FACTS)
def test_wild_payloads_never_raise(name, raw, facts):
    answers.check(SHIPPED[name], raw, facts, TODAY, sources=SOURCES)
    answers.initial(SHIPPED[name], facts, TODAY, sources=SOURCES)


@SLOW
@given(FORMS, some.data(), FACTS)
def test_checked_values_check_equal_again(name, data, facts):
    form = SHIPPED[name]
    raw = data.draw(values(form.components))
    before = copy.deepcopy(raw)
    first = answers.check(form, raw, facts, TODAY, sources=SOURCES)
    again = answers.check(form, first.typed, facts, TODAY, sources=SOURCES)
    assert repr(raw) == repr(before)
    assert again.values == first.values
    assert [e.path for e in again.errors] == [e.path for e in first.errors]
    if first.ok:
        settled = answers.check(form, first.values, facts, TODAY, sources=SOURCES)
        assert settled.values == first.values
        assert settled.ok
    answers.look(form, first.typed, facts, TODAY, sources=SOURCES)
    answers.display(form, first.values, sources=SOURCES)


@SLOW
@given(FORMS, some.lists(some.tuples(
    some.from_regex(r"(members|incomes|sources|_add|_remove)(\[\d{0,4}\])?(\.[a-z_]{0,12})?", fullmatch=True),
    some.one_of(some.text(max_size=20), some.binary(max_size=3))), max_size=8))
def test_wild_pages_never_raise(name, items):
    form = SHIPPED[name]
    raw = answers.from_html(form, items)
    change = answers.change_in(items)
    if change:
        raw = answers.changed(form, raw, change, {}, TODAY)
    answers.check(form, raw, {}, TODAY)
