"""What a drawing may ask of the house: the effects, the machines' jobs and the names that every case can read."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from bpmn.schema import FeelType, Strict

FILE = Path(__file__).with_name("house.toml")


class Gift(Strict):
    """A fact that an effect writes, where its element's properties are as `where` says."""

    type: FeelType
    where: Mapping[str, str] = Field(default_factory=dict)


class Effect(Strict):
    """What an effect needs: properties of its element, facts it can't do without; which it writes and which it empties."""

    properties: Mapping[str, Literal["paper", "number"]] = Field(default_factory=dict)
    reads: tuple[str, ...] = ()
    gives: Mapping[str, Gift] = Field(default_factory=dict)
    clears: tuple[str, ...] = ()

    def written(self, properties: Mapping[str, str]) -> tuple[str, ...]:
        """The facts it writes at an element with these properties."""
        given = (name for name, gift in self.gives.items() if gift.where.items() <= properties.items())
        return (*given, *self.clears)


class House(Strict):
    """All of it, as `house.toml` says it; types are FEEL's."""

    world: Mapping[str, FeelType]
    each: Mapping[str, FeelType]
    choices: Mapping[str, tuple[str, ...]]
    adds: Mapping[str, Mapping[str, FeelType]]
    facts: Mapping[str, FeelType]
    jobs: Mapping[str, str]
    forms: Mapping[str, str]
    effects: Mapping[str, Effect] = Field(alias="effect")


@lru_cache(maxsize=1)
def house() -> House:
    """The house's words, read once."""
    return House.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))
