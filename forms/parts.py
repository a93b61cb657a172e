"""The small pieces a form file is made of: expressions, patterns, and our own `properties`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bpmn import feel
from bpmn.feel.sayings import said
from bpmn.message import Message, Term
from bpmn.unreadable import Unfit

Choices = Mapping[str, Term]
Format = Literal[
    "gb11643", "bank_card", "phone", "person_name", "money", "credit_code", "disability_card",
]


@dataclass(frozen=True)
class Formula:
    """A FEEL expression of a form, compiled once."""

    source: str
    expression: feel.Expression


@dataclass(frozen=True)
class Rule:
    """What must not be, and what is said when it is."""

    formula: Formula
    says: Term


def _formula(value: object) -> object:
    if value is None or isinstance(value, Formula):
        return value
    if not isinstance(value, str) or not value.strip():
        raise Unfit(Message("An expression is needed here."))
    source = value.strip().removeprefix("=")
    try:
        return Formula(source, feel.compile(source))
    except feel.FeelError as error:
        raise Unfit(Message("The expression can't be read: {error}", {"error": said(error)})) from error


Feel = Annotated[Formula, BeforeValidator(_formula)]

_NESTED_REPEAT = re.compile(r"[+*}]\)*[+*{]|\([^)]*[+*|][^)]*\)[+*{]")
_LONGEST_PATTERN = 200


def _pattern(value: object) -> object:
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST_PATTERN or _NESTED_REPEAT.search(value):
        raise Unfit(Message("This pattern could take for ever: no repeats or choices inside a repeat."))
    try:
        return re.compile(value)
    except re.error as error:
        raise Unfit(Message("This is not a pattern.")) from error


Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]


def _flag(value: object) -> object:
    """The form editor stores properties as text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _options(value: object) -> object:
    """`urban: Urban; rural: Rural` as a mapping."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition(":") for part in value.split(";") if part.strip()]
    if any(not colon or not name.strip() or not words.strip() for name, colon, words in pairs):
        raise Unfit(Message("Write it so: value: English; value: English"))
    return {name.strip(): words.strip() for name, _, words in pairs}


Flag = Annotated[bool, BeforeValidator(_flag)]
OptionWords = Annotated[Mapping[str, str], BeforeValidator(_options)]
Rows = Annotated[int, Field(ge=0, le=200)]


class Properties(BaseModel):
    """Our own words on a component; the form-js editor keeps them untouched."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    label_en: str = ""
    description_en: str = ""
    options_en: OptionWords = Field(default_factory=dict)
    text_en: str = ""
    format: Format | None = None
    unit: str = ""
    unit_en: str = ""
    default_from: Feel | None = None
    suggest_from: Feel | None = None
    readonly: Flag = False
    unique: Flag = False
    no_relative: Flag = False    # a name that may not be that of a near relative registered in the case
    not_after: Literal["today", "now"] | None = None
    min_rows: Rows | None = None
    max_rows: Rows | None = None
    item: str = ""
    item_en: str = ""
    refuse_when: Feel | None = None
    says: str = ""
    says_en: str = ""
    refuse_when_2: Feel | None = None
    says_2: str = ""
    says_en_2: str = ""
    refuse_when_3: Feel | None = None
    says_3: str = ""
    says_en_3: str = ""

    @model_validator(mode="after")
    def _rules_speak(self) -> "Properties":
        """Refuse a rule that is silent in one language, and words without a rule."""
        for suffix in ("", "_2", "_3"):
            rule, says, english = self._rule(suffix)
            if (rule is None) != (not says) or bool(says) != bool(english):
                raise Unfit(Message("{rule}, {zh} and {en} go together.", {
                    "rule": f"refuse_when{suffix}", "zh": f"says{suffix}", "en": f"says_en{suffix}"}))
        return self

    def _rule(self, suffix: str) -> tuple[Formula | None, str, str]:
        values: Any = self
        return (getattr(values, "refuse_when" + suffix), getattr(values, "says" + suffix),
                getattr(values, "says_en" + suffix))

    def rules(self) -> Sequence[Rule]:
        """The numbered rules, in order."""
        found = (self._rule(suffix) for suffix in ("", "_2", "_3"))
        return tuple(Rule(rule, Term(says, english)) for rule, says, english in found if rule)

