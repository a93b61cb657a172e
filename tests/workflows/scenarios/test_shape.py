"""What a scenario file may say, and what it takes over from another."""

from datetime import date

import pytest

from workflows.scenarios import ScenarioInvalid, load
from workflows.scenarios.bureau import moment, typed
from workflows.scenarios.shape import merged

BASE = """
name = "base"
process = "dibao"
[given]
today = 2024-05-06
rates = { "dibao.notice_days" = 5 }
[application]
phone = "13800138000"
account = { holder = "王建国", bank = "ABC" }
members = [{ name = "甲" }, { name = "乙" }]
[[step]]
does = "apply"
[[step]]
does = "review_materials"
[[step]]
does = "apply"
[[step]]
does = "home_visit"
[then]
state = "confirmed"
"""


@pytest.fixture
def file(tmp_path):
    """Write a scenario beside the base; its path."""
    (tmp_path / "base.toml").write_text(BASE)

    def write(text, name="own"):
        path = tmp_path / f"{name}.toml"
        path.write_text(text)
        return path

    return write


def test_what_it_extends_gives_what_it_does_not_say_itself(file):
    own = load(file('name = "own"\nextends = "base"\n[application]\nphone = "1"\naccount = { bank = "CCB" }'))
    assert (own.name, own.process, own.given.today) == ("own", "dibao", date(2024, 5, 6))
    assert own.application == {"phone": "1", "account": {"holder": "王建国", "bank": "CCB"},
                               "members": [{"name": "甲"}, {"name": "乙"}]}
    assert own.steps == []
    assert own.then.said == {}


def test_own_givens_replace_the_bases_word_by_word(file):
    own = load(file('name = "own"\nextends = "base"\n[given]\ntoday = 2024-01-02'))
    assert (own.given.today, own.given.rates) == (date(2024, 1, 2), {"dibao.notice_days": 5})


@pytest.mark.parametrize(("after", "steps"), [
    ("", []), ("review_materials", ["apply", "review_materials"]), ("home_visit", ["apply", "review_materials", "apply", "home_visit"]),
    ("apply", ["apply", "review_materials", "apply"]),        # the last one that does this
])
def test_after_runs_the_bases_steps_first(file, after, steps):
    own = load(file(f'name = "own"\nextends = "base"\nafter = "{after}"\n[[step]]\ndoes = "wait"'))
    assert [step.does for step in own.steps] == [*steps, "wait"]


def test_a_chain_of_files_is_followed(file):
    file('name = "middle"\nextends = "base"\nafter = "apply"\n[application]\nphone = "2"\n[[step]]\ndoes = "wait"', "middle")
    own = load(file('name = "own"\nextends = "middle"\nafter = "wait"\n[[step]]\ndoes = "object"'))
    assert [step.does for step in own.steps] == ["apply", "review_materials", "apply", "wait", "object"]
    assert own.application["phone"] == "2"


@pytest.mark.parametrize(("text", "said"), [
    ('name = "own"\nextends = "own"', "extend itself"),
    ('name = "own"\nextends = "other"', "extend itself"),          # other.toml extends own.toml
    ('name = "own"\nextends = "base"\nafter = "county_visit"', "no step"),
    ('name = "own"\nextends = "nothing"', "nothing"),
    ('name = "own"\n[then]\nstat = "running"', "then → stat"),
    ('name = "own"\n[[step]]\nwho = "town_clerk1"', "does"),
    ('name = "own"\n[given]\ntoday = "soon"', "given → today"),
    ('name = "own"\n[[given.household]]\nname = "甲"', "id_number"),
])
def test_a_file_that_can_not_be_run_says_where(file, text, said):
    file('name = "other"\nextends = "own"', "other")
    with pytest.raises(ScenarioInvalid, match=said):
        load(file(text))


def test_tables_are_merged_and_lists_replaced_whole():
    assert merged({"a": {"b": 1, "c": 2}, "l": [1, 2]}, {"a": {"c": 3}, "l": [9]}) == {"a": {"b": 1, "c": 3}, "l": [9]}
    assert merged({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}}


def test_a_number_is_what_a_clerk_types_and_everything_else_stays():
    assert typed({"amount": 900, "rate": 1.5, "ok": True, "on": date(2024, 3, 4), "rows": [{"n": 0}], "none": None}) == {
        "amount": "900", "rate": "1.5", "ok": True, "on": date(2024, 3, 4), "rows": [{"n": "0"}], "none": None}


def test_a_day_means_nine_in_the_morning_in_china():
    assert moment(date(2024, 3, 4)).isoformat() == "2024-03-04T09:00:00+08:00"
