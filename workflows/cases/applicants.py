"""Whom and what an application is about, as its process says in `[intake]`: one reading for everybody who asks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bpmn import feel
from bpmn.schema import Intake, Process

APPLICATION = "application"
UNKNOWN = "不详"


@dataclass(frozen=True)
class Applicant:
    """Somebody the case concerns: a person by ID number, an organisation by its unified code, or a name alone."""

    name: str
    number: str = ""


@dataclass(frozen=True)
class Relative:
    """The officer who is declared a near relative of the family (A1 11)."""

    name: str
    relation: str


@dataclass(frozen=True)
class Applied:
    """What the application says of itself; `division` is empty where it names no ground.

    `bound` are those of its people who may not have two of the matter.
    """

    subject: str
    division: str
    people: tuple[Applicant, ...]
    relative: Relative | None
    bound: tuple[Applicant, ...] = ()

    @property
    def numbered(self) -> dict[str, str]:
        """Number -> name of everybody who is known by a number."""
        return {one.number: one.name for one in self.people if one.number}


NOBODY = Applied(UNKNOWN, "", (), None)


def read(process: Process, application: Mapping[str, Any]) -> Applied:
    """Read an application by its process's own words; a matter without a start form concerns nobody."""
    words = process.intake
    if words is None:
        return NOBODY
    people = tuple(_people(words.people, application))
    bound = people if _value(words.once, application) is None else tuple(_people(words.once, application))
    return Applied(_text(words.subject, application) or UNKNOWN, _text(words.division, application), people,
                   _relative(words, application), bound)


def has_relative(process: Process, application: Mapping[str, Any]) -> bool:
    """Whether the application declares a near relative, whoever it is."""
    return process.intake is not None and _value(process.intake.near_relative, application) is True


def list_of(process: Process) -> str:
    """The list of the form that holds the people, where they are simply its rows."""
    found = re.fullmatch(r"application\.(\w+)", process.intake.people.strip()) if process.intake else None
    return found[1] if found else ""


def places(answers: Mapping[str, Any], value: str) -> list[str]:
    """The fields that hold this value, those of rows first: `members[1].id_number`."""
    return [path + key for path, record in _records(answers) for key, answer in record.items() if answer == value]


def place_of(answers: Mapping[str, Any], one: Applicant, value: str) -> str:
    """The field that holds a person's name or number, beside the other of them; empty where the form holds neither."""
    both = (path + key for path, record in _records(answers) if {one.name, one.number} - {""} <= set(_texts(record))
            for key, answer in record.items() if answer == value)
    return next(both, next(iter(places(answers, value)), ""))


def _records(answers: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every record of the answers with the path before its keys, the innermost first."""
    for key, answer in answers.items():
        if isinstance(answer, Mapping):
            yield from _records(answer, f"{path}{key}.")
        elif isinstance(answer, list):
            for place, row in enumerate(answer):
                if isinstance(row, Mapping):
                    yield from _records(row, f"{path}{key}[{place}].")
    yield path, answers


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    return (answer for answer in record.values() if isinstance(answer, str))


def _people(source: str, application: Mapping[str, Any]) -> Iterator[Applicant]:
    said = _value(source, application)
    for one in said if isinstance(said, list) else [said]:
        if isinstance(one, Mapping) and (one.get("name") or one.get("id_number")):
            yield Applicant(str(one.get("name") or UNKNOWN), str(one.get("id_number") or ""))


def _relative(words: Intake, application: Mapping[str, Any]) -> Relative | None:
    if _value(words.near_relative, application) is not True:
        return None
    name = _text(words.relative_name, application)
    return Relative(name, _text(words.relative_relation, application)) if name else None


def _text(source: str, application: Mapping[str, Any]) -> str:
    return str(_value(source, application) or "").strip()


def _value(source: str, application: Mapping[str, Any]) -> Any:
    return feel.to_python(feel.compile(source).evaluate({APPLICATION: application}))
