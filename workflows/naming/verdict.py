"""The verdict on a name: refused by the law's own tests, left to a person where they can't tell, else free."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bpmn.message import Term
from workflows.naming import alike
from workflows.naming.parts import Parts, joined, normal, parse
from workflows.naming.words import Words

PASS, FAIL, MANUAL = "pass", "fail", "manual"
Severity = Literal["refuse", "doubt", "warn"]
Why = Literal["registered", "reserved", "renamed", "deregistered", "revoked"]
NEEDS_TRADE_NAME = frozenset({"non_enterprise", "foundation"})      # D10 第八条
HAN = ("\u3400", "\u9fff")


@dataclass(frozen=True)
class Asked:
    """A name that somebody wants: for which type, under which division; on wish its parts as he writes them."""

    name: str
    kind: str
    places: tuple[str, ...]
    parts: Parts | None = None
    after_a_person: bool = False


@dataclass(frozen=True)
class Taken:
    """A name with the same registrar that is taken, or was: why, and till when that bars others (None: as long as it stands)."""

    title: str
    name: str
    kind: str
    parts: Parts
    why: Why = "registered"
    ended_on: date | None = None


@dataclass(frozen=True)
class Limits:
    """The settings of the check: years a former name is barred (D10 第十六条), and when names are called similar."""

    renamed_years: int
    deregistered_years: int
    revoked_years: int
    similar_percent: int


@dataclass(frozen=True)
class Finding:
    """One thing found about a name."""

    code: str
    severity: Severity
    says: Term


@dataclass(frozen=True)
class Verdict:
    """All that was found, and what it comes to."""

    name: str
    parts: Parts
    findings: tuple[Finding, ...] = field(default=())

    @property
    def result(self) -> str:
        """`fail` where the law refuses, `manual` where a person must look, else `pass`; likeness alone is a warning."""
        found = {finding.severity for finding in self.findings}
        return FAIL if "refuse" in found else MANUAL if "doubt" in found else PASS


def judge(asked: Asked, taken: Iterable[Taken], words: Words, limits: Limits, day: date) -> Verdict:
    """Test a name as it would be registered on that day."""
    read = parse(asked.name, asked.kind, asked.places, words)
    parts = asked.parts if asked.parts and joined(asked.parts) == normal(asked.name) else read
    name = normal(asked.name)
    found = [*_words(name, words), *_order(asked, parts, read, words), *_characters(name, words)]
    for other in taken:
        found += _against(name, parts, asked.kind, other, words, limits, day)
    return Verdict(name, parts, tuple(found))


def until(ended_on: date, years: int) -> date:
    """The day on which a bar of so many years is over: the same number day (民法典 202)."""
    try:
        return ended_on.replace(year=ended_on.year + years)
    except ValueError:      # 29 February
        return ended_on.replace(year=ended_on.year + years, day=28)


def _words(name: str, words: Words) -> Iterator[Finding]:
    for word in words.forbidden:
        if word in name:
            yield Finding("forbidden", "refuse", words.say("forbidden", word=word))
    for word in words.doubtful:
        if word in name:
            yield Finding("doubtful", "doubt", words.say("doubtful", word=word))


def _order(asked: Asked, parts: Parts, read: Parts, words: Words) -> Iterator[Finding]:
    """Every part in its place (D10 第八条)."""
    if asked.parts and parts is not asked.parts:
        yield Finding("parts_differ", "refuse", words.say("parts_differ"))
    if not read.division:
        yield Finding("division", "refuse", words.say("division", place=asked.places[0] if asked.places else ""))
    if not parts.form:
        yield Finding("form", "doubt", words.say("form"))
    elif parts.form not in words.forms.get(asked.kind, ()):
        zh, en = words.kinds.get(asked.kind, (asked.kind, asked.kind))
        said = words.say("form_other", word=parts.form, kind=zh)
        yield Finding("form_other", "refuse", Term(said.zh, words.say("form_other", word=parts.form, kind=en).en))
    if asked.kind in NEEDS_TRADE_NAME and not parts.trade_name:
        yield Finding("trade_name", "refuse", words.say("trade_name"))
    if not parts.field:
        yield Finding("field", "doubt", words.say("field"))
    if asked.after_a_person:
        yield Finding("person", "doubt", words.say("person"))


def _characters(name: str, words: Words) -> Iterator[Finding]:
    strange = "".join(sorted({mark for mark in name if not HAN[0] <= mark <= HAN[1] and mark not in "()"}))
    if strange:
        yield Finding("characters", "doubt", words.say("characters", word=strange))


def _against(name: str, parts: Parts, kind: str, other: Taken, words: Words, limits: Limits, day: date) -> Iterator[Finding]:
    """Identity: the same name; or field and form the same, and the trade name too. Else likeness, of what still stands."""
    theirs = normal(other.name)
    same_name = name == theirs
    same_trade = bool(parts.trade_name) and (parts.trade_name, parts.field, parts.form) == (
        other.parts.trade_name, other.parts.field, other.parts.form)
    if same_name or same_trade:
        yield from _identical(other, words, limits, day, same_name=same_name)
    elif other.why in ("registered", "reserved") and kind == other.kind:
        yield from _alike(name, parts, other, words, limits)


def _identical(other: Taken, words: Words, limits: Limits, day: date, *, same_name: bool) -> Iterator[Finding]:
    if other.ended_on is None:
        code = ("same_" if same_name else "same_trade_") + other.why
        yield Finding(code, "refuse", words.say(code, other=other.title))
        return
    years = {"renamed": limits.renamed_years, "deregistered": limits.deregistered_years, "revoked": limits.revoked_years}[other.why]
    free = until(other.ended_on, years)
    if day < free:
        code = f"same_{other.why}"
        yield Finding(code, "refuse", words.say(code, other=other.title, years=years, day=free.isoformat()))


def _alike(name: str, parts: Parts, other: Taken, words: Words, limits: Limits) -> Iterator[Finding]:
    """Compared without division and form, which many share."""
    mine, theirs = parts.trade_name + parts.field, other.parts.trade_name + other.parts.field
    if not mine or not theirs:
        mine, theirs = name, normal(other.name)
    if alike.sounds_alike(mine, theirs):
        yield Finding("sounds_alike", "warn", words.say("sounds_alike", other=other.title))
    elif alike.looks(mine, theirs) >= limits.similar_percent:
        yield Finding("similar", "warn", words.say("similar", other=other.title))
