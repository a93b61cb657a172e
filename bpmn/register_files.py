"""Registers as data: `bpmn/registers/<name>.toml`, or `registers.toml` in a process folder."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from bpmn import feel, toml
from bpmn.feel import FeelError
from bpmn.feel.sayings import said
from bpmn.feel.static import BOOLEAN, DATE, NUMBER, TEXT, Kind, ListOf, Record, Text
from bpmn.message import Message, Term
from bpmn.papers import numbering
from bpmn.strict import Strict
from bpmn.unreadable import Unfit

SHARED, OWN = "registers/", "registers.toml"
_NAMED = re.compile(rb'\b(?:register|reserved)(?:" value)? ?= ?"(\w+)"')      # in a drawing's property, in process.toml
_HEAD = re.compile(rb"^\[register\.(\w+)\]", re.MULTILINE)
# What an entry says besides its own fields; `held_from` and `held_to`: since when and till when the key stood by which it was found.
ABOUT: Mapping[str, Kind] = {"id": NUMBER, "title": TEXT, "division": TEXT, "case": TEXT, "valid_from": DATE, "valid_to": DATE,
                             "closed_on": DATE, "close_reason": TEXT, "held_from": DATE, "held_to": DATE}


def _feel(text: str) -> str:
    try:
        feel.compile(text)
    except FeelError as error:
        raise Unfit(said(error)) from error
    return text


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Feel = Annotated[str, AfterValidator(_feel)]


class Column(Strict):
    """One thing an entry says, or one column of its rows."""

    key: Name
    name: str
    en: str
    kind: Literal["text", "number", "money", "date", "flag", "choice", "texts"] = "text"
    values: dict[str, tuple[str, str]] = Field(default_factory=dict, description="of a choice: code -> Chinese and English")
    required: bool = False
    check: Literal["", "id_number", "credit_code", "phone", "person_name"] = Field(default="", description="of a text that somebody "
                                                                                  "types: what proves it wrong")
    hidden: bool = Field(default=False, description="kept, shown to whoever may read the register, never printed or exported")

    @property
    def title(self) -> Term:
        """Its name in both languages."""
        return Term(self.name, self.en)

    @property
    def feel_kind(self) -> Kind:
        """What expressions find there."""
        match self.kind:
            case "number" | "money":
                return NUMBER
            case "date":
                return DATE
            case "flag":
                return BOOLEAN
            case "texts":
                return ListOf(TEXT)
            case "choice":
                return Text(frozenset(self.values))
        return TEXT

    @model_validator(mode="after")
    def _choices_are_named(self) -> "Column":
        """Refuse a choice without choices."""
        if (self.kind == "choice") != bool(self.values):
            raise Unfit(Message("The kind choice and its values go together."))
        return self


class Item(Column):
    """A registered item; with `columns` it holds rows."""

    columns: tuple[Column, ...] = Field(default=(), alias="column")
    listed: bool = Field(default=False, description="a column of the register's list and of its sheet")

    @property
    def feel_kind(self) -> Kind:
        """What expressions find there."""
        return ListOf(Record({column.key: column.feel_kind for column in self.columns})) if self.columns else super().feel_kind


class Key(Strict):
    """A value by which entries are looked up; FEEL over `entry` gives one, several or none."""

    kind: Name
    name: str
    en: str
    of: Feel
    unique: bool = Field(default=False, description="no two entries that hold at the same time may bear the same")

    @property
    def title(self) -> Term:
        """Its name in both languages."""
        return Term(self.name, self.en)


class Numbered(Strict):
    """An entry's own number, counted by county and year, as papers are."""

    field: Name
    pattern: Annotated[str, AfterValidator(numbering)] = Field(description="{office}社档〔{year}〕{n:04}号")


class Rule(Strict):
    """What can't stand in the register, whoever writes it: FEEL over `entry`, the sentence and the field it stands beside."""

    refuse_when: Feel
    field: Name
    says: str
    en: str
    source: str


class Due(Key):
    """A day of an entry before which somebody must act; `warn` is the rate that says how many days before it is shown."""

    warn: str


class Register(Strict):
    """A dated register: what an entry says, by what it is found, and who may read it."""

    name: str
    en: str
    item: str
    item_en: str
    title: Feel = Field(description="FEEL over `entry`: what an entry is called in lists")
    source: str = Field(description="the law that has it kept")
    secret: bool = Field(default=False, description="found and opened only by its readers and by who has work in the entry's case")
    readers: tuple[str, ...] = Field(min_length=1, description="roles")
    importers: tuple[str, ...] = Field(default=(), description="roles that may take over a book kept elsewhere; nobody when left out")
    since: Feel = Field(default="null", description="FEEL over `entry`: from which day on one that is taken over holds; null: today")
    numbered: Numbered | None = None
    rules: tuple[Rule, ...] = Field(default=(), alias="rule")
    fields: tuple[Item, ...] = Field(min_length=1, alias="field")
    keys: tuple[Key, ...] = Field(default=(), alias="key")
    dues: tuple[Due, ...] = Field(default=(), alias="due")

    @property
    def feel_kind(self) -> Record:
        """The kind of `entry`."""
        return Record({**ABOUT, **{field.key: field.feel_kind for field in self.fields}})

    def key(self, kind: str) -> Key | None:
        """The kind of key of that name."""
        return next((key for key in self.keys if key.kind == kind), None)

    @model_validator(mode="after")
    def _names_differ(self) -> "Register":
        """Refuse two fields, or two keys, of one name."""
        names = [field.key for field in self.fields] + list(ABOUT)
        kinds = [key.kind for key in (*self.keys, *self.dues)]
        known = {field.key for field in self.fields}
        if strange := {rule.field for rule in self.rules} - known | ({self.numbered.field} - known if self.numbered else set()):
            raise Unfit(Message("There is no field {names}.", {"names": ", ".join(sorted(strange))}))
        if twice := {name for name in names if names.count(name) > 1} | {kind for kind in kinds if kinds.count(kind) > 1}:
            raise Unfit(Message("The same name stands there twice: {names}.", {"names": ", ".join(sorted(twice))}))
        return self


class _File(Strict):
    register_: Mapping[str, Register] = Field(alias="register")


@lru_cache(maxsize=256)
def parse(content: bytes) -> Mapping[str, Register]:
    """The registers that one file declares; raises pydantic's ValidationError or TOMLDecodeError."""
    return _File.model_validate(toml.read(content)).register_


def is_one(name: str) -> bool:
    """Whether a file of a release declares registers."""
    return name.startswith(SHARED) or name.endswith(f"/{OWN}")


def paths(root: Path) -> list[Path]:
    """Every file below the drawings' folder that declares registers."""
    return [*sorted((root / SHARED).glob("*.toml")), *sorted(root.glob(f"*/{OWN}"))]


def used(of: Mapping[str, bytes], root: Path) -> dict[str, bytes]:
    """The files that declare the registers which these drawings and rules name."""
    asked = {match for name, content in of.items() if name.endswith((".bpmn", "/process.toml")) for match in _NAMED.findall(content)}
    contents = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths(root)} if asked else {}
    return {name: content for name, content in contents.items() if asked & set(_HEAD.findall(content))}


def gather(files: Mapping[str, bytes]) -> Iterator[tuple[str, str, Any]]:
    """File, name and declaration of every register in these files."""
    for file, content in files.items():
        if is_one(file):
            yield from ((file, name, register) for name, register in parse(content).items())
