"""The shipped values: `bpmn/<process>/rates.toml`, read once and refused when they contradict themselves."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from bpmn import toml, unreadable
from bpmn.message import Message, Term
from forms.answers import FieldError
from workflows.errors import Invalid
from workflows.settings import ROOT

NAME = re.compile(r"[a-z][a-z0-9_]*")
FEEL_WORDS = frozenset({"and", "between", "else", "every", "external", "false", "for", "function", "if", "in", "instance",
                        "not", "null", "of", "or", "return", "satisfies", "some", "then", "true"})


@dataclass(frozen=True)
class Rate:
    """One value of one rule: where and when it holds, and who says so."""

    code: str
    value: object
    unit: str
    scope: str
    valid_from: date
    valid_to: date | None
    source: str
    sure: str
    local: bool = False
    entered_by: int | None = None


@dataclass(frozen=True)
class Rule:
    """What is known of a rule besides its values; of one left to the place also who leaves it so, and since when."""

    code: str
    title: str
    unit: str
    choices: tuple[object, ...] = ()
    source: str = ""
    sure: str = ""
    since: date | None = None
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)     # what its codes mean, in both languages
    en: str = ""

    @property
    def named(self) -> Term:
        """Its title in both languages."""
        return Term(self.title, self.en)

    def takes(self, new: object) -> bool:
        """Whether that could be its value."""
        if type(new) not in KINDS[UNIT_KIND.get(self.unit, "whole")]:
            return False
        if self.unit == "day_of_year" and not _is_day(str(new)):
            return False
        chosen = new if isinstance(new, list) else [new]
        return not (self.choices and set(chosen) - set(self.choices)) and not (isinstance(new, (int, float)) and new < 0)


@dataclass(frozen=True)
class Parsed:
    """One file: its rules, and the values that are shipped with it."""

    rates: tuple[Rate, ...]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    same_as: Mapping[str, str] = field(default_factory=dict)   # code -> another matter's, whose value it is


@dataclass(frozen=True)
class Shipped:
    """All files together."""

    rates: Mapping[str, tuple[Rate, ...]]
    codes: Mapping[str, tuple[str, ...]]  # process -> codes
    rules: Mapping[str, Rule]
    same_as: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, code: str) -> str:
        """The rule whose values a code has: its own, or those of the matter it is the same as."""
        return self.same_as.get(code, code)


SURE = ("read", "high", "medium", "low", "local", "product")    # how certain that the law says so; the last two: it doesn't
LENT: Mapping[str, object] = {"from": date(1949, 10, 1), "source": "=", "sure": "local"}    # till the rule itself is at hand
KINDS = {"number": frozenset({int, float}), "whole": frozenset({int}), "text": frozenset({str}),
         "flag": frozenset({bool}), "list": frozenset({list})}
UNIT_KIND = {"ratio": "number", "percent": "number", "text": "text", "day_of_year": "text", "flag": "flag", "list": "list"}


@lru_cache(maxsize=128)
def parse(text: str) -> Parsed:
    """Read a rates file; `Invalid` names every row that has no source, no good name, or overlaps another."""
    try:
        read = toml.read(text, Decimal)
    except toml.BROKEN as error:
        raise Invalid((), "The file can't be read: {error}", error=unreadable.toml(error)) from None
    rows, left, same = read.get("rate", []), read.get("left_to_place", []), read.get("same_as", [])
    errors = [error for n, row in enumerate(rows) for error in _row_errors(f"rate[{n}]", row)]
    errors += [error for n, row in enumerate(left) for error in _left_errors(f"left_to_place[{n}]", row)]
    errors += [FieldError(f"same_as[{n}]", Message("A rule that is another's needs code, of, unit and title."))
               for n, row in enumerate(same) if not all(row.get(key) for key in ("code", "of", "unit", "title"))]
    if errors:
        raise Invalid(errors)
    rates = tuple(_rate(row) for row in rows)
    rules = {row["code"]: _rule(row) for row in [*rows, *left, *({**LENT, **row} for row in same)]}
    errors = [*_overlaps(rates), *_names(rules.keys()), *_values(rates, rules)]
    if errors:
        raise Invalid(errors)
    return Parsed(rates, rules, {row["code"]: row["of"] for row in same})


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """Every process folder's rates."""
    return gather({path.parent.name: parse(path.read_text(encoding="utf-8"))
                   for path in sorted(Path(ROOT / "bpmn").glob("*/rates.toml"))})


def gather(files: Mapping[str, Parsed]) -> Shipped:
    """Lay the files of all processes side by side."""
    rates: dict[str, tuple[Rate, ...]] = {}
    for parsed in files.values():
        for rate in parsed.rates:
            rates[rate.code] = (*rates.get(rate.code, ()), rate)
    codes = {name: tuple(parsed.rules) for name, parsed in files.items()}
    rules = {code: rule for parsed in files.values() for code, rule in parsed.rules.items()}
    same_as = {code: of for parsed in files.values() for code, of in parsed.same_as.items()}
    rules |= {code: replace(rules[of], code=code) for code, of in same_as.items() if of in rules}
    return Shipped(rates, codes, rules, same_as)


def _row_errors(path: str, row: Mapping[str, object]) -> Iterable[FieldError]:
    missing = [key for key in ("code", "title", "value", "unit", "from") if key not in row]
    if missing:
        yield FieldError(path, Message("Missing: {names}.", {"names": ", ".join(missing)}))
    yield from _origin_errors(path, row)
    words = row.get("words", {})
    if not isinstance(words, dict) or any(not isinstance(said, list) or len(said) != 2 for said in words.values()):
        yield FieldError(path, Message("Words give each code in Chinese and in English: { code = [\"…\", \"…\"] }."))
    first, last = row.get("from"), row.get("to")
    if type(first) is not date or type(last) not in {date, type(None)}:
        yield FieldError(path, Message("“from” and “to” are days, such as 2024-01-01."))
    elif last is not None and last < first:  # type: ignore[operator]
        yield FieldError(path, Message("The last day lies before the first."))
    if not re.fullmatch(r"(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?", str(row.get("scope", ""))):
        yield FieldError(path, Message("The scope is a division code or empty."))


def _left_errors(path: str, row: Mapping[str, object]) -> Iterable[FieldError]:
    if not all(row.get(key) for key in ("code", "unit", "title")) or type(row.get("from")) is not date:
        yield FieldError(path, Message("A rule left to the place needs code, unit, title and the day from which it is: from."))
    yield from _origin_errors(path, row)


def _origin_errors(path: str, row: Mapping[str, object]) -> Iterable[FieldError]:
    if not str(row.get("source", "")).strip():
        yield FieldError(path, Message("A rule needs the document it comes from."))
    if row.get("sure") not in SURE:
        yield FieldError(path, Message("Say how sure it is: {choices}.", {"choices": ", ".join(SURE)}))


def _rule(row: Mapping[str, object]) -> Rule:
    choices, since, words = row.get("choices", ()), row["from"], row.get("words", {})
    assert isinstance(choices, (list, tuple))
    assert isinstance(since, date)
    assert isinstance(words, dict)
    return Rule(str(row["code"]), str(row["title"]), str(row["unit"]), tuple(choices), str(row["source"]), str(row["sure"]), since,
                {str(code): (str(zh), str(en)) for code, (zh, en) in words.items()}, str(row.get("en", "")))


def _rate(row: Mapping[str, object]) -> Rate:
    first, last = row["from"], row.get("to")
    assert isinstance(first, date)
    assert last is None or isinstance(last, date)
    return Rate(str(row["code"]), row["value"], str(row["unit"]), str(row.get("scope", "")), first, last,
                str(row["source"]), str(row["sure"]))


def _overlaps(rates: Iterable[Rate]) -> Iterable[FieldError]:
    in_order = sorted(rates, key=lambda rate: (rate.code, rate.scope, rate.valid_from))
    for before, after in pairwise(in_order):
        if (before.code, before.scope) == (after.code, after.scope) and (
                before.valid_to is None or before.valid_to >= after.valid_from):
            yield FieldError(after.code, Message("Two values hold on {day}.", {"day": after.valid_from.isoformat()}))


def _names(codes: Collection[str]) -> Iterable[FieldError]:
    """A code's parts become names in FEEL; a code can't also be another's branch."""
    for code in sorted(codes):
        parts = code.split(".")
        if len(parts) < 2 or any(not NAME.fullmatch(part) or part in FEEL_WORDS for part in parts):
            yield FieldError(code, Message("“{code}” is not a name a drawing can read.", {"code": code}))
        if any(".".join(parts[:n]) in codes for n in range(1, len(parts))):
            yield FieldError(code, Message("“{code}” lies below another rule.", {"code": code}))


def _values(rates: Iterable[Rate], rules: Mapping[str, Rule]) -> Iterable[FieldError]:
    for rate in rates:
        rule = rules[rate.code]
        if rule.unit != rate.unit:
            yield FieldError(rate.code, Message("The rule {code} is set in {unit}.",
                                                {"code": rate.code, "unit": rule.unit}))
        elif not rule.takes(plain(rate.value)):
            yield FieldError(rate.code, Message("“{value}” is not a value for the rule {code}.",
                                                {"value": rate.value, "code": rate.code}))


def _is_day(text: str) -> bool:
    """A day that every year has: `05-31`."""
    try:
        return date.fromisoformat(f"2023-{text}").isoformat() == f"2023-{text}"
    except ValueError:
        return False


def plain(new: object) -> object:
    """As JSON can hold it."""
    return float(new) if isinstance(new, Decimal) else new
