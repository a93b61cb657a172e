"""What a drawing may ask of the house: the effects, the machines' jobs and the names that every case can read."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from bpmn import toml
from bpmn.schema import FeelType
from bpmn.strict import Strict

FILE = Path(__file__).with_name("house.toml")


class Gift(Strict):
    """A fact that an effect writes, where its element's properties are as `where` says."""

    type: FeelType
    where: Mapping[str, str] = Field(default_factory=dict)
    entries: bool = Field(default=False, description="a list of entries of the register that the element names")


# context, text_feel and the like are FEEL over the case's own world; their_feel over another case's; entry_feel also over
# one `entry` of the register, entry_data a context of what an entry says.
Kind = Literal["paper", "number", "context", "text_feel", "their_feel", "fact", "process", "receiver", "text", "yes",
               "register", "key", "value_feel", "number_feel", "flag_feel", "date_feel", "entry_feel", "entry_data", "list_feel", "people_feel"]


class Effect(Strict):
    """What an effect needs of its element and of the facts, what it may be given, which facts it writes and empties.

    A fact named `$into` bears the name that the element's property `into` gives.
    """

    properties: Mapping[str, Kind] = Field(default_factory=dict)
    may: Mapping[str, Kind] = Field(default_factory=dict)
    reads: tuple[str, ...] = ()
    gives: Mapping[str, Gift] = Field(default_factory=dict)
    clears: tuple[str, ...] = ()
    after: str = ""         # the effect that must have run in the case before
    paper: str = ""         # the paper it makes, where no property names one
    shows: bool = False     # with it the public begins to be shown what a notice rule demands
    later: bool = False     # whether its step may have to wait for an answer

    def written(self, properties: Mapping[str, str]) -> tuple[str, ...]:
        """The facts it writes at an element with these properties."""
        return (*self._given(properties), *self.clears)

    def gift(self, fact: str, properties: Mapping[str, str]) -> Gift | None:
        """Of what kind a fact is that it writes; None: it empties the fact."""
        return self._given(properties).get(fact)

    def _given(self, properties: Mapping[str, str]) -> Mapping[str, Gift]:
        named = {name: properties.get(name[1:], "") if name.startswith("$") else name for name in self.gives}
        return {named[name]: gift for name, gift in self.gives.items() if named[name] and gift.where.items() <= properties.items()}


class PaperWorld(Strict):
    """What a paper's FEEL can read besides the case's world: names, names of each element or limit, names of some kinds."""

    names: Mapping[str, FeelType]
    each: Mapping[str, FeelType]
    given: Mapping[str, Mapping[str, FeelType]]


class House(Strict):
    """All of it, as `house.toml` says it; types are FEEL's."""

    world: Mapping[str, FeelType]
    each: Mapping[str, FeelType]
    choices: Mapping[str, tuple[str, ...]]
    adds: Mapping[str, Mapping[str, FeelType]]
    facts: Mapping[str, FeelType]
    jobs: Mapping[str, str]
    forms: Mapping[str, str]
    lists: Mapping[str, str]
    effects: Mapping[str, Effect] = Field(alias="effect")

    papers: PaperWorld

    def paper_of(self, asked: str, properties: Mapping[str, str]) -> str:
        """The kind of paper that an effect makes at an element with these properties; empty where it makes none."""
        effect = self.effects.get(asked, Effect())
        return effect.paper or next((properties.get(name, "") for name, kind in effect.properties.items() if kind == "paper"), "")

    @property
    def showing(self) -> frozenset[str]:
        """The effects with which the public begins to be shown something."""
        return frozenset(name for name, effect in self.effects.items() if effect.shows)

    @property
    def instant(self) -> frozenset[str]:
        """The effects that are over as soon as they are asked for: nobody waits there."""
        return frozenset(name for name, effect in self.effects.items() if not effect.later)


@lru_cache(maxsize=1)
def house() -> House:
    """The house's words, read once."""
    return House.model_validate(toml.file(FILE))
