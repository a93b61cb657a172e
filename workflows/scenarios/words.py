"""The words a scenario may use: each room registers its own, so that a new room touches nobody else's code.

`given` lays something before the first step, a `verb` is what a step does, a word of `then` is looked at afterwards.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from workflows.cases.tables import Case

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


@dataclass(frozen=True)
class Before:
    """The world that a given is laid into, on the scenario's first morning."""

    session: Session
    process: str
    now: datetime


Lay = Callable[[Before, Any], None]
Act = Callable[["Bureau", "Step"], None]
Check = Callable[[Look, Any], Iterable[str]]
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


def wrong(table: Mapping[str, Word[Any]], said: Mapping[str, Any], where: str) -> Iterator[str]:
    """Every word that the table does not know, and every value of another shape: `then.stat: …`."""
    for name, value in said.items():
        if name not in table:
            yield f"{where}.{name}: not a word of scenarios; known: {', '.join(sorted(table))}"
            continue
        try:
            table[name].read(value)
        except ValidationError as error:
            yield from (f"{'.'.join(map(str, (where, name, *one['loc'])))}: {one['msg']}" for one in error.errors())


def _registrar(table: dict[str, Word[Does]], name: str, shape: Any, says: str) -> Callable[[Does], Does]:
    if name in table:
        raise TypeError(f"two rooms call something “{name}”")

    def register(function: Does) -> Does:
        table[name] = Word(name, TypeAdapter(shape), says, function)
        return function

    return register
