"""What a template needs to draw one field; no decisions are left to it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bpmn.message import Message, Term

_BETWEEN = re.compile(r"[\[\].#]+")


@dataclass(frozen=True)
class Speaker:
    """Says terms and messages in one reader's language."""

    language: str
    gettext: Callable[[str], str]

    def __call__(self, words: Message | Term | str) -> str:
        """A string is an English msgid."""
        if isinstance(words, Term):
            return words.say(self.language)
        return (Message(words) if isinstance(words, str) else words).say(self.language, self.gettext)


@dataclass(frozen=True)
class OptionView:
    """One choice."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class FileView:
    """One staged file, with the button that takes it away."""

    token: str
    name: str
    size: str
    remove: str
    remove_label: str


@dataclass(frozen=True)
class RowView:
    """One row of a list."""

    name: str
    title: str
    lines: Sequence[Sequence["FieldView"]]
    number: int
    remove: str = ""
    remove_label: str = ""
    labelled: bool = True


@dataclass(frozen=True)
class FieldView:
    """One field, list, group or piece of text."""

    kind: str
    id: str
    name: str = ""
    label: str = ""
    hint: str = ""
    error: str = ""
    warning: str = ""
    span: int = 16
    required: bool = False
    value: str = ""
    unit: str = ""
    input_type: str = "text"
    input_mode: str = ""
    numeric: bool = False
    code: bool = False
    options: Sequence[OptionView] = ()
    suggestions: Sequence[str] = ()
    files: Sequence[FileView] = ()
    multiple: bool = False
    accept: str = ""
    refreshes: bool = False
    focus: bool = False
    rows: Sequence[RowView] = ()
    lines: Sequence[Sequence["FieldView"]] = ()
    compact: bool = False
    add_label: str = ""
    empty: str = ""

    @property
    def described_by(self) -> str:
        """Ids of the texts that a screen reader reads with the field."""
        texts = (("hint", self.hint), ("error", self.error), ("warning", self.warning))
        return " ".join(f"{self.id}-{part}" for part, words in texts if words)


@dataclass(frozen=True)
class ErrorLink:
    """One line of the summary."""

    href: str
    text: str


@dataclass(frozen=True)
class FormView:
    """A form as it is drawn."""

    id: str
    title: str
    note: str
    lines: Sequence[Sequence[FieldView]]
    errors: Sequence[ErrorLink]
    errors_title: str
    conditional: bool
    multipart: bool
    words: dict[str, str]


def html_id(path: str) -> str:
    """`members[1].id_number` as an id."""
    return "f-" + _BETWEEN.sub("-", path).strip("-")


def readable_size(size: int) -> str:
    """A file's size in KB or MB."""
    kib = max(1, round(size / 1024))
    return f"{kib} KB" if kib < 1024 else f"{size / 1024 / 1024:.1f} MB"
