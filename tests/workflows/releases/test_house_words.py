"""house.toml says what the code does: no effect, job or name of the world is missing or too many."""

from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace

import pytest

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask of payments)
from tasks.handlers import HANDLERS
from bpmn.feel.conversion import from_python
from bpmn.feel.static import ANY, ListOf, Record, Text
from bpmn.feel.values import kind_of
from workflows.cases import sources, world
from workflows.cases.notice import notices  # noqa: F401  (registers its effects)
from workflows.cases.papers import documents  # noqa: F401  (they register their effects)
from workflows.cases import facts as case_facts
from workflows.cases.effects import EFFECTS, effect
from workflows.releases import checking
from workflows.releases.draft import Reader
from workflows.releases.facts import Facts
from workflows.releases.house import house
from workflows.scenarios import run_file
from workflows.settings import ROOT


def test_every_effect_is_declared_and_every_declared_one_exists():
    assert set(EFFECTS) == set(house().effects)


def test_every_job_has_a_handler_and_every_handler_is_declared():
    assert set(HANDLERS) == set(house().jobs)


def test_every_list_a_form_may_name_is_filled_by_the_house():
    assert set(sources.LISTS) == set(house().lists)


def test_an_effect_that_nobody_declared_is_refused_at_once():
    with pytest.raises(KeyError):
        effect("make_coffee")


def test_an_effect_may_not_write_what_it_has_not_declared():
    known = EFFECTS["record_objection"]
    try:
        effect("record_objection")(lambda step: {"secret": 1})
        with pytest.raises(TypeError, match="secret"):
            EFFECTS["record_objection"](SimpleNamespace(node=SimpleNamespace(properties={})))
    finally:
        EFFECTS["record_objection"] = known


# ---- kinds as declared, values as they are -----------------------------------------------------------------------

def misfit(kind, value, where=""):
    """Where a value is not of the kind it is declared to be; None if it is."""
    if value is None or not kind.known:
        return None
    if isinstance(kind, ListOf):
        return next((found for row in value if (found := misfit(kind.item, row, f"{where}[]"))), None) \
            if isinstance(value, (list, tuple)) else where
    if isinstance(kind, Record):
        if not isinstance(value, Mapping) or (value.keys() - kind.entries.keys() and not kind.open):
            return f"{where}: {sorted(value.keys() - kind.entries.keys())}"
        return next((found for name, part in value.items() if (found := misfit(kind.entries.get(name, ANY), part, f"{where}.{name}"))), None)
    if isinstance(kind, Text) and kind.options is not None and value not in {*kind.options, ""}:
        return f"{where}: {value!r}"
    return None if kind_of(from_python(value)) == kind.kind else f"{where}: {value!r} is no {kind.kind}"


@lru_cache
def declared(process):
    return Facts(Reader(process, checking.collect(process)).read())


SCENARIOS = [
    ("dibao/scenarios/db_06_objection.toml", {"application", "means", "home_visit", "case", "rules", "notice"}),
    ("dibao/scenarios/db_05_incomplete.toml", {"application", "materials", "case", "clocks"}),
    ("monthly_review/scenarios/py_05_return_and_reissue.toml", {"roster", "town_review", "payment", "correction"}),
    ("monthly_review/scenarios/py_11_change_after_signature.toml", {"roster", "town_review", "approved_on"}),
]


@pytest.mark.parametrize(("file", "expected"), SCENARIOS)
def test_every_fact_and_every_name_of_the_world_is_of_the_kind_declared(file, expected, monkeypatch):
    wrong, seen, write, look = [], set(), case_facts.write, world.World.__getitem__
    around = declared(file.split("/")[0]).world

    def written(session, case, changes, author, now):
        known = declared(case.process)
        for name, value in changes.items():
            seen.add(name)
            wrong.append(misfit(known.kind_of(name), case_facts.decode(case_facts.encode(value)), name)
                         if name in known.names else f"{name} is unknown")
        write(session, case, changes, author, now)
        surroundings = world.of(session, case, now)
        for name in set(around) & set(surroundings):
            looked(surroundings, name)

    def looked(self, name):
        value = look(self, name)
        if name in around and value:
            seen.add(name)
            wrong.append(misfit(around[name], value, name))
            if name in house().world:
                wrong.extend(f"{name}.{part} is missing" for part in around[name].entries.keys() - value.keys())
        return value

    monkeypatch.setattr(case_facts, "write", written)
    monkeypatch.setattr(world.World, "__getitem__", looked)
    assert run_file(ROOT / "bpmn" / file).good
    assert [each for each in wrong if each] == []
    assert expected - seen == set()
