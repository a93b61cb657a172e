"""What a scenario file may say."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from bpmn import toml, unreadable
from bpmn.message import Message
from workflows.scenarios import words
from workflows.scenarios.wrong import ScenarioInvalid, Wrong, misshapen, unknown


class Shape(BaseModel):
    """A shape that refuses words it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Worded(BaseModel):
    """A table whose words the rooms register (`words.py`); a word nobody registered is refused when the file is read."""

    model_config = ConfigDict(extra="allow")

    @property
    def said(self) -> dict[str, Any]:
        """The registered words that stand here, as written."""
        return self.model_extra or {}


class Given(Worded):
    """How the world stands before the first step; the county is 990101 of the fixture."""

    today: date | datetime = date(2024, 3, 4)


class Then(Worded):
    """What must hold after a step, or at the end; what is left out is not asked."""


class Step(Shape):
    """One dated act of one person, or of a machine."""

    on: date | datetime | None = Field(default=None, description="default: the day of the step before")
    who: str = Field(default="", description="login of the fixture, such as town_clerk1")
    does: str = Field(description="a verb of some room, or the id of the element completed")
    process: str = Field(default="", description="with `apply`: another process than the scenario's")
    case: str = Field(default="", description="label of the case, where a scenario has several")
    answers: dict[str, Any] = Field(default_factory=dict, alias="with")
    files: dict[str, list[str]] = Field(default_factory=dict, description="field -> names of the files handed in with it")
    refused: str | list[str] = Field(default="", description="the step must be refused with this (part of a) sentence")
    refused_at: dict[str, str] = Field(default_factory=dict, description="field = part of what must stand beside it")
    then: Then = Field(default_factory=Then)
    _file: str = PrivateAttr("")
    _number: int = PrivateAttr(0)

    @property
    def at(self) -> tuple[str, int]:
        """Its place in its file."""
        return "step", self._number

    @property
    def file(self) -> str:
        """The file in which it is written, which may be one that the scenario extends."""
        return self._file

    def stands(self, file: Path, number: int) -> None:
        """Note where it is written."""
        self._file, self._number = str(file), number


class Scenario(Shape):
    """A whole scenario."""

    name: str
    source: str = ""
    process: str = Field(default="", description="left out: the process in whose folder the file stands")
    extends: str = Field(default="", description="file whose given and application hold here too")
    after: str = Field(default="", description="with `extends`: run its steps up to and with this one first")
    given: Given = Field(default_factory=Given)
    application: dict[str, Any] = Field(default_factory=dict, description="answers of the start form")
    steps: list[Step] = Field(default_factory=list, alias="step")
    then: Then = Field(default_factory=Then)


_WORDS = tuple(field.alias or name for shape in (Scenario, Step) for name, field in shape.model_fields.items())


def load(path: Path, below: tuple[Path, ...] = ()) -> Scenario:
    """Read a file and what it extends; `ScenarioInvalid` with every wrong word. `below`: the files that extend it."""
    try:
        said = toml.read(path.read_bytes())
    except OSError as gone:
        raise ScenarioInvalid([Wrong((), Message("The file can't be opened."))], str(path)) from gone
    except toml.BROKEN as broken:
        raise ScenarioInvalid([Wrong((), unreadable.toml(broken))], str(path)) from broken
    try:
        own = Scenario.model_validate(said)
    except ValidationError as wrong:
        raise ScenarioInvalid(misshapen(wrong, said, known=_WORDS), str(path)) from wrong
    for number, step in enumerate(own.steps):
        step.stands(path, number)
    if wrongs := [*_wrong_words(own)]:
        raise ScenarioInvalid(wrongs, str(path))
    if own.extends:
        return _extended(own, path, (*below, path.resolve()))
    return _placed(own, path)


def _wrong_words(own: Scenario) -> Iterator[Wrong]:
    """What no room understands."""
    yield from words.wrong(words.GIVEN, own.given.said, ("given",))
    for step in own.steps:
        yield from words.wrong(words.THEN, step.then.said, (*step.at, "then"))
        if step.does in words.VERBS:
            yield from words.misused(words.VERBS[step.does], step.answers, (*step.at, "with"))
    yield from words.wrong(words.THEN, own.then.said, ("then",))


def _placed(own: Scenario, path: Path) -> Scenario:
    """A file that names no process means the one in whose `scenarios` folder it stands."""
    home = path.resolve().parent
    process = own.process or (home.parent.name if home.name == "scenarios" else "")
    if not process and any(step.does == "apply" and not step.process for step in own.steps):
        raise ScenarioInvalid([Wrong(("process",), Message('Say what is applied for, such as process = "temporary_relief".'))], str(path))
    return own.model_copy(update={"process": process})


def _extended(own: Scenario, path: Path, below: tuple[Path, ...]) -> Scenario:
    target = path.parent / f"{own.extends.removesuffix('.toml')}.toml"
    if not target.is_file():
        near = [file.stem for file in target.parent.glob("*.toml")]
        raise ScenarioInvalid([unknown(("extends",), Message("There is no file “{word}”."), own.extends, near)], str(path))
    if target.resolve() in below:
        raise ScenarioInvalid([Wrong(("extends",), Message("A scenario can't extend itself."))], str(path))
    base = load(target, below)
    given = base.given if "given" not in own.model_fields_set else base.given.model_copy(
        update={name: getattr(own.given, name) for name in own.given.model_fields_set})
    return own.model_copy(update={"given": given, "application": merged(base.application, own.application),
                                  "steps": [*_until(base, own.after, path), *own.steps],
                                  "process": own.process or base.process})


def _until(base: Scenario, last: str, path: Path) -> list[Step]:
    if not last:
        return []
    places = [place for place, step in enumerate(base.steps) if step.does == last]
    if not places:
        what = Message("“{base}” has no step “{word}”.", {"base": base.name})
        raise ScenarioInvalid([unknown(("after",), what, last, [step.does for step in base.steps])], str(path))
    return base.steps[: places[-1] + 1]


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Base answers with some replaced; tables are merged, lists replaced whole."""
    both = {key: merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
            for key, value in over.items()}
    return {**base, **both}


def fen(yuan: float) -> int:
    """An amount that a scenario says in yuan."""
    return round(yuan * 100)
