"""One answer as it was typed or sent, turned into what is kept: a reader for each type of component."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bpmn.message import Message
from forms import checks
from forms.parts import Choices
from forms.schema import (
    Checkbox,
    Checklist,
    Datetime,
    FilePicker,
    Input,
    Number,
    Select,
    TextArea,
    TextField,
    Validate,
)

_LONGEST_LINE = 200
_LONGEST_TEXT = 5000
_MOST_FILES = 30
_SURE_DIGITS = 15
_BLANKS = " \t\r\n\u3000\xa0\u200b\ufeff"


@dataclass(frozen=True)
class Staged:
    """A file already received: it survives a page that has to be shown again."""

    token: str
    name: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Surroundings:
    """What a reader may know besides the answer itself."""

    today: date
    choices: Choices = field(default_factory=dict)
    staged: Mapping[str, Staged] | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Read:
    """What is kept, why it is wrong, and what is merely doubtful."""

    value: Any
    problem: Message | None = None
    doubt: Message | None = None


def read(component: Input, raw: object, around: Surroundings) -> Read:
    """Read one answer; never raises, whatever was sent."""
    if isinstance(component, Checkbox):
        return _checkbox(raw)
    if isinstance(component, FilePicker):
        return _files(component, raw, around)
    if isinstance(component, Checklist):
        return _checklist(raw, around)
    for kind, reader in _READERS.items():
        if isinstance(component, kind):
            return reader(component, raw, around)
    return _choice(component, raw, around)


def empty(value: object) -> bool:
    """Whether this counts as no answer."""
    return value is None or value is False or value in ("", [], {})


def required(component: Input) -> Message:
    """What is said when a required answer is missing."""
    if isinstance(component, Checkbox):
        return Message("Tick “{label}”.")
    if isinstance(component, FilePicker):
        return Message("Upload “{label}”.")
    if isinstance(component, (TextField, TextArea, Number)):
        return Message("Enter “{label}”.")
    return Message("Choose “{label}”.")


def plain(raw: object) -> str | None:
    """Text without control characters and outer blanks; None for what is no text."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        return None
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"})
    return unicodedata.normalize("NFC", kept).strip(_BLANKS)


def _checkbox(raw: object) -> Read:
    if raw in (None, "", False, "false", "off"):
        return Read(False)
    if raw is True or raw in ("true", "on", "1"):
        return Read(True)
    return Read(False, Message("“{label}” must be yes or no."))


def _text(component: Input, raw: object, around: Surroundings) -> Read:
    text = plain(raw)
    if not text:
        return Read(None, _not_text(raw))
    named = component.properties.format
    if named == "money":
        return _money(component, raw, around)
    if named:
        text = checks.name_text(text) if named == "person_name" else checks.compact(text)
    if isinstance(component, TextField):
        text = re.sub(r"\s*\n\s*", " ", text)
    if not text:
        return Read(None)
    problem = checks.NAMED[named](text, around.today) if named else None
    doubt = checks.bank_card_doubt(text) if named == "bank_card" and not problem else None
    return Read(text, problem or _length(component, text), doubt)


def _not_text(raw: object) -> Message | None:
    return None if raw is None or isinstance(raw, str) else Message("“{label}” must be text.")


def _length(component: Input, text: str) -> Message | None:
    limits = component.validate_
    most = limits.max_length or (_LONGEST_TEXT if isinstance(component, TextArea) else _LONGEST_LINE)
    if len(text) > most:
        return Message("“{label}” must be {most} characters or fewer.", {"most": most})
    if limits.min_length and len(text) < limits.min_length:
        return Message("“{label}” must be at least {least} characters.", {"least": limits.min_length})
    if limits.pattern and not limits.pattern.search(text):
        return Message("“{label}” is not written the way it is asked for.")
    return None


def _number(component: Input, raw: object, around: Surroundings) -> Read:
    if component.properties.format == "money":
        return _money(component, raw, around)
    text = plain(raw)
    if not text:
        return Read(None, _not_text(raw))
    number = _parsed(text)
    if number is None:
        return Read(text, Message("“{label}” must be a number."))
    digits = component.digits if isinstance(component, Number) else None
    if digits is not None and round(number, digits) != number:
        whole = Message("“{label}” must be a whole number.")
        return Read(number, Message("“{label}” can't have more than {digits} decimal places.",
                                    {"digits": digits}) if digits else whole)
    return Read(number, _range(component.validate_, number, lambda value: f"{value:g}"))


def _parsed(text: str) -> int | float | None:
    """A number without an exponent, exact in what it keeps."""
    narrow = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]{0,4})?", narrow) or sum(c.isdigit() for c in narrow) > _SURE_DIGITS:
        return None
    number = float(narrow)
    return int(number) if number == math.floor(number) else number


def _range(limits: Validate, number: float, shown: Callable[[float], str]) -> Message | None:
    if limits.minimum is not None and number < limits.minimum:
        return Message("“{label}” must be {least} or more.", {"least": shown(limits.minimum)})
    if limits.maximum is not None and number > limits.maximum:
        return Message("“{label}” must be {most} or less.", {"most": shown(limits.maximum)})
    return None


def _money(component: Input, raw: object, around: Surroundings) -> Read:
    """Text is yuan as typed; a whole number, as other systems send it, is fen. Only where `min` lies below 0 can there be a loss."""
    del around
    below_zero = (component.validate_.minimum or 0) < 0
    if isinstance(raw, int) and not isinstance(raw, bool):
        amount = raw if below_zero and not isinstance(checks.fen_within(-raw), Message) else checks.fen_within(raw)
    elif (text := plain(raw) if isinstance(raw, str) else None) is not None:
        if not text:
            return Read(None)
        amount = checks.fen(text, below_zero=below_zero)
    else:
        return Read(None, None if raw is None else Message("“{label}” must be an amount in yuan, such as 1200.50."))
    if isinstance(amount, Message):
        return Read(plain(raw), amount)
    return Read(amount, _range(component.validate_, amount / 100, lambda value: f"{value:,.2f}"))


def _datetime(component: Input, raw: object, around: Surroundings) -> Read:
    text = plain(raw.isoformat() if isinstance(raw, date) else raw)
    if not text:
        return Read(None, _not_text(raw))
    moment = _moment(unicodedata.normalize("NFKC", text))
    with_time = isinstance(component, Datetime) and component.subtype == "datetime"
    if moment is None or (not with_time and re.search("[T:]", text)):
        example = "2026-01-31 09:30" if with_time else "2026-01-31"
        return Read(text, Message("“{label}” must be a real date, such as {example}.", {"example": example}))
    kept = moment.isoformat(timespec="minutes") if with_time else moment.date().isoformat()
    return Read(kept, _too_late(component, moment, around))


def _too_late(component: Input, moment: datetime, around: Surroundings) -> Message | None:
    limit = component.properties.not_after
    if limit and moment.date() > around.today:
        return Message("“{label}” can't be later than today.")
    if limit == "now" and around.now and moment > around.now:
        return Message("“{label}” can't be later than now.")
    return None


def _moment(text: str) -> datetime | None:
    """`2026-01-31`, `2026/1/31`, `2026年1月31日`, each with a time or without."""
    found = re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?", text, re.ASCII)
    if not found:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None


def _choice(component: Input, raw: object, around: Surroundings) -> Read:
    del component
    text = plain(raw)
    if not text:
        return Read(None, _not_text(raw))
    return Read(text, None if text in around.choices else Message("Choose one of the given answers for “{label}”."))


def _checklist(raw: object, around: Surroundings) -> Read:
    chosen = [raw] if isinstance(raw, str) else raw
    if not chosen:
        return Read([])
    if not isinstance(chosen, (list, tuple)) or not all(isinstance(c, str) for c in chosen):
        return Read([], Message("Choose one of the given answers for “{label}”."))
    kept = [value for value in around.choices if value in chosen]
    strange = [value for value in chosen if value and value not in around.choices]
    return Read(kept, Message("Choose one of the given answers for “{label}”.") if strange else None)


def _files(component: FilePicker, raw: object, around: Surroundings) -> Read:
    tokens = [raw] if isinstance(raw, str) else raw or []
    if not isinstance(tokens, (list, tuple)) or not all(isinstance(t, str) for t in tokens):
        return Read([], Message("“{label}” must be uploaded again."))
    kept = list(dict.fromkeys(token for token in tokens if token))
    if len(kept) > (_MOST_FILES if component.multiple else 1):
        most = _MOST_FILES if component.multiple else 1
        return Read(kept, Message("“{label}” can have {most} files at most.", {"most": most}))
    for token in kept if around.staged is not None else ():
        problem = _file(component, (around.staged or {}).get(token))
        if problem:
            return Read(kept, problem)
    return Read(kept)


def _file(component: FilePicker, staged: Staged | None) -> Message | None:
    if staged is None:
        return Message("“{label}” must be uploaded again.")
    wanted = [part.strip().lower() for part in component.accept.split(",") if part.strip()]
    if wanted and not any(_accepts(part, staged) for part in wanted):
        return Message("“{label}”: {file} is not one of {accept}.", {"file": staged.name, "accept": component.accept})
    return None


def _accepts(part: str, staged: Staged) -> bool:
    if part.startswith("."):
        return staged.name.lower().endswith(part)
    return staged.media_type == part or (part.endswith("/*") and staged.media_type.startswith(part[:-1]))


_READERS: dict[type[Input], Callable[[Input, object, Surroundings], Read]] = {
    TextField: _text, TextArea: _text, Number: _number, Datetime: _datetime, Select: _choice,
}
