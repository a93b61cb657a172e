"""house.toml says what the code does: no effect, job or name of the world is missing or too many."""

import pytest

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask of payments)
from tasks.handlers import HANDLERS
from workflows.cases import documents, notices  # noqa: F401  (they register their effects)
from workflows.cases.effects import EFFECTS, effect
from workflows.releases.house import house


def test_every_effect_is_declared_and_every_declared_one_exists():
    assert set(EFFECTS) == set(house().effects)


def test_every_job_has_a_handler_and_every_handler_is_declared():
    assert set(HANDLERS) == set(house().jobs)


def test_an_effect_that_nobody_declared_is_refused_at_once():
    with pytest.raises(KeyError):
        effect("make_coffee")


def test_an_effect_may_not_write_what_it_has_not_declared():
    from types import SimpleNamespace
    known = EFFECTS["record_objection"]
    try:
        effect("record_objection")(lambda step: {"secret": 1})
        with pytest.raises(TypeError, match="secret"):
            EFFECTS["record_objection"](SimpleNamespace(node=SimpleNamespace(properties={})))
    finally:
        EFFECTS["record_objection"] = known
