"""What a process folder may say of its papers: `papers.toml` (docs/papers.md)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from bpmn import toml
from bpmn.message import Message
from bpmn.strict import Strict
from bpmn.unreadable import Unfit

FILE = "papers.toml"
NUMBER = "{office}{short}{mark}〔{year}〕{n}号"
NUMBER_PARTS = frozenset({"office", "short", "mark", "year", "n", "n:03", "n:04", "n:05", "n:06", "division"})
GIVEN = frozenset({"number", "issued_on", "issuer", "basis", "to"})     # what every text can name besides the data
HOLE = re.compile(r"\{([^{}]*)\}")
DIGITS = ":digits"      # {amount_fen:digits}: without the capitals
Mask = Literal["name", "representative", "family_name", "id_middle", "count", "money", "day", "place", "office", "text", "class"]


def numbering(text: str) -> str:
    """Refuse a number's pattern that names what no number knows, or no running number."""
    named = set(HOLE.findall(text))
    if strange := named - NUMBER_PARTS:
        raise Unfit(Message("A number knows no “{names}”; it knows {known}.", {"names": _list(strange), "known": _list(NUMBER_PARTS)}))
    if not any(part.startswith("n") for part in named):
        raise Unfit(Message("A number must hold the running number, n in braces."))
    return text


class Steps(Strict):
    """A list of texts, numbered 1. 2. 3."""

    steps: str = Field(description="key of a list of texts")


class Points(Strict):
    """Paragraphs numbered 一、二、三、; one that names what is not known is left out."""

    points: tuple[str, ...] = Field(min_length=1)


class Note(Strict):
    """Text of several lines, a paragraph each."""

    note: str = Field(description="key of a text")


class Table(Strict):
    """A list of contexts as a table, a row each, numbered."""

    table: str = Field(description="key of a list of contexts")
    columns: Mapping[str, str] = Field(min_length=1, description="part of the context -> its heading")
    widths: tuple[float, ...] = Field(default=(), description="shares of the width, a column each")
    total: Mapping[str, str] = Field(default_factory=dict, description="column -> what the last row says there")


class Rows(Strict):
    """A sheet of labelled values; two of them share a line where they are short."""

    rows: tuple[tuple[str, str] | tuple[str, str, str], ...] = Field(min_length=1, description="label, text; on a public "
                                                                     "paper also the label in English")


def _kind_of(block: object) -> str:
    """Which kind of block it is, by its first word."""
    if isinstance(block, Mapping):
        return next((str(word) for word in block), "")
    return type(block).__name__.lower()


Block = Annotated[
    Annotated[str, Tag("str")] | Annotated[Steps, Tag("steps")] | Annotated[Points, Tag("points")] | Annotated[Note, Tag("note")]
    | Annotated[Table, Tag("table")] | Annotated[Rows, Tag("rows")], Discriminator(_kind_of)]


class Paper(Strict):
    """One kind of paper of a process."""

    name: str = Field(description="what it is called: 受理通知书")
    english: str
    title: str = Field(default="", description="what is printed on it, with places for values; its name where left out")
    mark: str = Field(description="its 字 in the document number")
    basis: str = Field(default="", description="the law it is issued by")
    issuer: str = Field(description="role whose unit issues it")
    to: str = Field(default="case.subject", description="FEEL: whom it addresses; empty: nobody")
    template: str = Field(default="notice", description="one of the house's, or a file of the folder: certificate.typ")
    adverse: bool = Field(default=False, description="it takes or denies something: it must tell the remedies")
    remedies: bool = Field(default=False, description="it tells them")
    red: bool = Field(default=False, description="under the red head of a decision")
    internal: bool = Field(default=False, description="it does not leave the offices")
    public: bool = Field(default=False, description="everybody may read it: `shows` says how each value is masked")
    seal: bool = True
    signers: tuple[str, ...] = Field(default=(), description="who sign it by hand, each beside a line, in place of the office and its seal")
    copies: tuple[str, ...] = Field(default=("正本", "副本"), description="of a certificate: what each page is called; none: one page")
    accepts: bool = Field(default=False, description="with it the case is accepted: limits and rules count from that day")
    replaces: bool = Field(default=True, description="issued again it replaces the former one; else both stand")
    number: Annotated[str, AfterValidator(numbering)] = NUMBER
    announced: bool = Field(default=False, description="of a public paper: it stands among the announcements on the public site")
    file: Literal["", "docx", "xlsx"] = Field(default="", description="a copy that the bureau may edit")
    data: Mapping[str, str] = Field(default_factory=dict, description="key -> FEEL; without any of them it can't be printed")
    may: Mapping[str, str] = Field(default_factory=dict, description="key -> FEEL; what names one that is null is left out")
    invites: tuple[str, str] | None = Field(default=None, description="what a public paper invites everybody to do, in Chinese and "
                                            "English; left out: to object")
    shows: Mapping[str, Mask | Mapping[str, Mask]] = Field(default_factory=dict, description="of a public paper: key -> how it "
                                                           "is masked; of a table's rows each part")
    body: tuple[Block, ...] = ()
    remarks: tuple[str, ...] = Field(default=(), description="small lines under the signature")

    @model_validator(mode="after")
    def _whole(self) -> "Paper":
        """What speaks of a key that nothing gives is a mistake, not an empty place."""
        if twice := self.data.keys() & self.may.keys():
            raise Unfit(Message("Both data and may give “{names}”.", {"names": _list(twice)}))
        if strange := {name for name, _ in self.named()} - self.keys - GIVEN:
            raise Unfit(Message("Its text names “{names}”, which neither data nor may gives.", {"names": _list(strange)}))
        if self.adverse and not self.remedies:
            raise Unfit(Message("An adverse paper must tell the remedies: remedies = true."))
        if self.public and (bare := self.keys - self.shows.keys()):
            raise Unfit(Message("How the public sees “{names}” is not said in shows.", {"names": _list(bare)}))
        if self.announced and not self.public:
            raise Unfit(Message("What is announced must be public and say how each value is masked."))
        if extra := self.shows.keys() - self.keys:
            raise Unfit(Message("Its shows names “{names}”, which neither data nor may gives.", {"names": _list(extra)}))
        return self

    @property
    def keys(self) -> frozenset[str]:
        """What its data may hold."""
        return frozenset(self.data) | frozenset(self.may)

    def asked(self, name: str) -> Mapping[str, frozenset[str] | None] | None:
        """The parts of that name which its FEEL asks for, and of each its parts: `total` and `on` of `due.total.on`; None: all."""
        found: dict[str, frozenset[str] | None] = {}
        for match in (each for _, source in self.formulas() for each in re.finditer(rf"\b{name}\b(?:\.(\w+))?(?:\.(\w+))?", source)):
            if match[1] is None:
                return None
            known = found.get(match[1], frozenset())
            found[match[1]] = None if known is None or match[2] is None else known | {match[2]}
        return found

    def formulas(self) -> Iterator[tuple[str, str]]:
        """Every key and its FEEL; `to` is whom it addresses."""
        yield from (("to", self.to),) if self.to else ()
        yield from self.data.items()
        yield from self.may.items()

    def named(self) -> Iterator[tuple[str, str]]:
        """Every key that the text names, and where."""
        yield from (found for number, block in enumerate(self.body, start=1) for found in _named(block, f"body {number}"))
        yield from ((name, "title") for name in holes(self.title))
        yield from ((name, "remarks") for line in self.remarks for name in holes(line))


class Papers(Strict):
    """All papers of a process."""

    papers: Mapping[str, Paper] = Field(default_factory=dict, alias="paper")


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def holes(text: str) -> list[str]:
    """The keys a text has places for."""
    return [name.removesuffix(DIGITS) for name in HOLE.findall(text)]


def describe(process: str, of: Mapping[str, bytes]) -> Mapping[str, Paper]:
    """The papers of one folder; raises pydantic's ValidationError."""
    written = of.get(f"{process}/{FILE}")
    return _described(written) if written else {}


@lru_cache(maxsize=256)
def _described(written: bytes) -> Mapping[str, Paper]:
    return Papers.model_validate(toml.read(written)).papers


def _named(block: Block, where: str) -> Iterator[tuple[str, str]]:
    texts: tuple[str, ...] = ()
    match block:
        case str():
            texts = (block,)
        case Points():
            texts = block.points
        case Rows():
            texts = tuple(row[1] for row in block.rows)
        case Steps():
            yield block.steps, where
        case Note():
            yield block.note, where
        case Table():
            yield block.table, where
            texts = tuple(block.total.values())
    yield from ((name, where) for text in texts for name in holes(text))
