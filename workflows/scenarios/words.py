"""The words a scenario may use: each room registers its own, so that a new room touches nobody else's code.

`given` lays something before the first step, a `verb` is what a step does, a word of `then` is looked at afterwards.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from bpmn.message import Message, Term
from workflows import releases
from workflows.cases.tables import Case
from workflows.scenarios.wrong import Steps, Wrong, misshapen, unknown

if TYPE_CHECKING:
    from workflows.scenarios.bureau import Bureau
    from workflows.scenarios.shape import Step

Does = TypeVar("Does")


@dataclass(frozen=True)
class Word(Generic[Does]):
    """One word: the shape of what stands behind it, and what it means to a reader."""

    name: str
    shape: TypeAdapter[Any]
    says: str
    do: Does

    @property
    def known(self) -> tuple[str, ...]:
        """The words that may stand behind it, where they are laid down."""
        schema = self.shape.json_schema(mode="validation")
        parts = [schema, schema.get("items", {}), schema.get("additionalProperties", {}), *schema.get("$defs", {}).values()]
        return tuple(name for part in parts if isinstance(part, dict) for name in part.get("properties", {}))

    def read(self, value: object) -> Any:
        """What was written behind the word, typed."""
        return self.shape.validate_python(value)


@dataclass(frozen=True)
class Look:
    """Where an expectation looks: the bureau as it stands, and the case that the step speaks of."""

    bureau: "Bureau"
    session: Session
    label: str

    @property
    def case(self) -> Case:
        """The labelled case, or the one last touched."""
        return self.bureau.case(self.session, self.label)

    @property
    def published(self) -> releases.Published:
        """The release on which the case runs."""
        return releases.load(self.session, self.case.release_id)


@dataclass(frozen=True)
class Before:
    """The world that a given is laid into, on the scenario's first morning."""

    session: Session
    process: str
    now: datetime


Lay = Callable[[Before, Any], None]
Act = Callable[["Bureau", "Step"], None]
Check = Callable[[Look, Any], Iterable[Message | Term]]
GIVEN: dict[str, Word[Lay]] = {}
VERBS: dict[str, Word[Act]] = {}
THEN: dict[str, Word[Check]] = {}


def given(name: str, shape: Any, says: str) -> Callable[[Lay], Lay]:
    """Register a word of `[given]`."""
    return _registrar(GIVEN, name, shape, says)


def verb(name: str, says: str, answers: Any = dict[str, Any]) -> Callable[[Act], Act]:
    """Register what a step may do; `answers` is the shape of its `with`."""
    return _registrar(VERBS, name, answers, says)


def then(name: str, shape: Any, says: str) -> Callable[[Check], Check]:
    """Register an expectation: it yields a sentence for everything that does not hold."""
    return _registrar(THEN, name, shape, says)


def wrong(table: Mapping[str, Word[Any]], said: Mapping[str, Any], at: Steps) -> Iterator[Wrong]:
    """Every word that the table does not know, and every value of another shape."""
    for name, value in said.items():
        if name in table:
            yield from misused(table[name], value, (*at, name))
        else:
            yield unknown((*at, name), Message("Scenarios have no word “{word}” here."), name, table)


def misused(word: Word[Any], value: object, at: Steps) -> Iterator[Wrong]:
    """What behind a word is of another shape than it needs."""
    try:
        word.read(value)
    except ValidationError as error:
        yield from misshapen(error, value, at, word.known)


def _registrar(table: dict[str, Word[Does]], name: str, shape: Any, says: str) -> Callable[[Does], Does]:
    if name in table:
        raise TypeError(f"two rooms call something “{name}”")

    def register(function: Does) -> Does:
        table[name] = Word(name, TypeAdapter(shape), says, function)
        return function

    return register
