"""What is wrong with a scenario file: in which file, where in it, what, and which word was probably meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bpmn import unreadable
from bpmn.message import Message, Term
from workflows import messages
from workflows.releases.report import nearest

Steps = Sequence[int | str]


@dataclass(frozen=True)
class Wrong:
    """One word that can't be meant so; `at` leads to it, as `("step", 2, "with", "hom")`."""

    at: Steps
    what: Message | Term
    hint: Message | None = None

    def say(self, language: str) -> str:
        """`step → 第 3 项 → does：……`."""
        where = f"{unreadable.place(self.at).say(language)}: " if self.at else ""
        return where + " ".join(messages.say(part, language) for part in (self.what, self.hint) if part)


class ScenarioInvalid(Exception):
    """A scenario that can't be run; says everything that is wrong with its file."""

    def __init__(self, wrongs: Iterable[Wrong], file: str = "") -> None:
        """Keep each; `file` is set by whoever knows it."""
        self.wrongs, self.file = tuple(wrongs), file
        super().__init__(self.wrongs, file)

    def __str__(self) -> str:
        """In English, as logs are."""
        return self.say(messages.ENGLISH)

    def say(self, language: str) -> str:
        """A line for each."""
        return "\n".join(f"{self.file}: {wrong.say(language)}" for wrong in self.wrongs)


def unknown(at: Steps, what: Message, word: str, known: Iterable[str]) -> Wrong:
    """A name that nothing bears: `what` tells of the `{word}`, and the nearest known one is offered."""
    return Wrong(at, what.with_params(word=word), nearest(word, known))


def misshapen(error: ValidationError, said: object, at: Steps = (), known: Iterable[str] = ()) -> Iterator[Wrong]:
    """What pydantic found in what was `said`, once a place; `known`: the words that might have been meant."""
    seen: set[Steps] = set()
    for one in error.errors():
        place = (*at, *_written(one["loc"], said, missing=one["type"] == "missing"))
        if place not in seen:
            seen.add(place)
            hint = nearest(str(place[-1]), known) if one["type"] == "extra_forbidden" else None
            yield Wrong(place, unreadable.shape(one), hint)


def _written(loc: Steps, said: Any, *, missing: bool) -> Steps:
    """The steps that lead to something in the file: pydantic adds which branch of a choice it has tried."""
    for place, step in enumerate(loc):
        there = step in said if isinstance(said, Mapping) else isinstance(said, list) and isinstance(step, int) and step < len(said)
        if not there:
            return loc[:place + 1] if missing and place == len(loc) - 1 else loc[:place]
        said = said[step]
    return loc
