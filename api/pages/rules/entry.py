"""The form by which a place sets its own value of a rule: what was typed, read by the rule's unit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import BaseModel, Field

from bpmn.message import Message
from forms.answers import FieldError
from workflows.errors import Invalid
from workflows.office.rate_files import UNIT_KIND, Rule
from workflows.records import days


class Sent(BaseModel):
    """As typed."""

    value: str = Field(default="", max_length=200)
    values: list[str] = Field(default_factory=list, max_length=50)
    scope: str = Field(default="", max_length=12)
    valid_from: str = Field(default="", max_length=10)
    valid_to: str = Field(default="", max_length=10)
    source: str = Field(default="", max_length=300)


@dataclass(frozen=True)
class Wanted:
    """As meant."""

    value: object
    valid_from: date
    valid_to: date | None


def kind(rule: Rule) -> str:
    """Which input it wants: money, whole, number, flag, choice, list, day_of_year or text."""
    if rule.unit.startswith("fen"):
        return "money"
    found = UNIT_KIND.get(rule.unit, "whole")
    if found == "text":
        return "day_of_year" if rule.unit == "day_of_year" else "choice" if rule.choices else "text"
    return found


def read(rule: Rule, sent: Sent) -> Wanted:
    """What is meant; `Invalid` with what is wrong beside each field."""
    errors, found = list[FieldError](), Wanted(None, date.min, None)
    try:
        found = Wanted(_value(rule, sent), found.valid_from, None)
    except ValueError:
        errors.append(FieldError("value", Message("This is not a value for the rule.")))
    first, last = days.read(sent.valid_from), days.read(sent.valid_to)
    if first is None:
        errors.append(FieldError("valid_from", Message("From which day it holds is needed, such as 2024-01-01.")))
    if sent.valid_to and last is None:
        errors.append(FieldError("valid_to", Message("This is no day.")))
    if first and last and last < first:
        errors.append(FieldError("valid_to", Message("The last day lies before the first.")))
    if not sent.source.strip():
        errors.append(FieldError("source", Message("Name the document that says so.")))
    if errors or first is None:
        raise Invalid(errors)
    return Wanted(found.value, first, last)


def _value(rule: Rule, sent: Sent) -> object:
    text = sent.value.strip()
    match kind(rule):
        case "money":
            fen = _number(text) * 100
            if fen != int(fen) or fen < 0:
                raise ValueError
            return int(fen)
        case "number":
            return _number(text)
        case "whole":
            return int(text)
        case "flag":
            if text not in ("true", "false"):
                raise ValueError
            return text == "true"
        case "list":
            return [value for value in sent.values if value]
    if not text or (rule.choices and text not in rule.choices) or not rule.takes(text):
        raise ValueError
    return text


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not found.is_finite():
        raise ValueError
    return found
