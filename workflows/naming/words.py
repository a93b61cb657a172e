"""The dictionaries of the name check: `words.toml`, read once."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bpmn import toml
from bpmn.message import Term
from bpmn.strict import Strict

FILE = Path(__file__).with_name("words.toml")


class Words(Strict):
    """What may not stand in a name, what its parts can be, and how a finding is said."""

    forbidden: tuple[str, ...]
    doubtful: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]
    fields: tuple[str, ...]
    findings: Mapping[str, Mapping[str, str]]
    kinds: Mapping[str, tuple[str, str]]

    def say(self, code: str, **params: object) -> Term:
        """A finding in both languages."""
        both = self.findings[code]
        return Term(both["zh"].format(**params), both["en"].format(**params))


@lru_cache(maxsize=1)
def words() -> Words:
    """The shipped dictionaries."""
    return Words.model_validate(toml.file(FILE))
