"""What is known of a value before there is one. Every value may be null; what is not known is `ANY`."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from bpmn.feel.errors import FeelSyntaxError
from bpmn.feel.type_parser import parse_type_name
from bpmn.feel.run import TypeSpec
from bpmn.feel.type_specs import (
    ConstrainedType,
    ContextType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
    SimpleType,
)
from bpmn.message import Term

WORDS: Mapping[str, Term] = {
    "any": Term("任意值", "anything"), "null": Term("空值", "null"), "number": Term("数字", "a number"),
    "string": Term("文本", "text"), "boolean": Term("是非", "true or false"), "date": Term("日期", "a date"),
    "time": Term("时刻", "a time"), "date and time": Term("日期时间", "a date and time"),
    "days and time duration": Term("时长（天、时）", "a duration in days or hours"),
    "years and months duration": Term("时长（年、月）", "a duration in years or months"),
    "list": Term("列表", "a list"), "context": Term("记录", "a record"), "range": Term("范围", "a range"),
    "function": Term("函数", "a function"),
}


class Kind:
    """A kind of values; `kind` is FEEL's word for it, or `any`."""

    kind: str = "any"

    @property
    def known(self) -> bool:
        """Whether it rules anything out."""
        return self.kind not in ("any", "null")

    def say(self) -> Term:
        """What it is called to people."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Simple(Kind):
    """A kind without parts."""

    kind: str


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Text; where `options` is given, one of these."""

    options: frozenset[str] | None = None
    kind: str = field(default="string", init=False)


@dataclass(frozen=True, slots=True)
class ListOf(Kind):
    """A list."""

    item: Kind
    kind: str = field(default="list", init=False)


@dataclass(frozen=True, slots=True)
class Record(Kind):
    """A context with its entries; an open one may have more."""

    entries: Mapping[str, Kind]
    open: bool = False
    kind: str = field(default="context", init=False)


@dataclass(frozen=True, slots=True)
class Callable(Kind):
    """A function and what it gives."""

    result: Kind
    kind: str = field(default="function", init=False)


ANY, NULL, NUMBER, BOOLEAN = Simple("any"), Simple("null"), Simple("number"), Simple("boolean")
DATE, TIME, DATE_TIME = Simple("date"), Simple("time"), Simple("date and time")
DAYS, MONTHS, RANGE = Simple("days and time duration"), Simple("years and months duration"), Simple("range")
TEXT = Text()


def join(*kinds: Kind) -> Kind:
    """What can be said of a value that is of one of these kinds."""
    found: Kind = NULL
    for kind in kinds:
        found = _join(found, kind)
    return found


def _join(one: Kind, other: Kind) -> Kind:
    if one in (NULL, other):
        return other
    if other == NULL:
        return one
    if isinstance(one, Text) and isinstance(other, Text):
        return Text(None if one.options is None or other.options is None else one.options | other.options)
    if isinstance(one, ListOf) and isinstance(other, ListOf):
        return ListOf(_join(one.item, other.item))
    if isinstance(one, Record) and isinstance(other, Record):
        both = {name: join(one.entries.get(name, NULL), other.entries.get(name, NULL))
                for name in [*one.entries, *(name for name in other.entries if name not in one.entries)]}
        return Record(both, one.open or other.open)
    return ANY


def over(*nearest_first: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """One set of names over others; nothing is looked up before it is asked for."""
    return ChainMap(*(cast(MutableMapping[str, Kind], names) for names in nearest_first))


def are(kind: Kind, *words: str) -> bool:
    """Whether a value of the kind may be of one of these."""
    return not kind.known or kind.kind in words


@lru_cache(maxsize=1024)
def of_type(text: str) -> Kind:
    """The kind behind a FEEL type such as `list<context<name: string>>`; raises FeelSyntaxError, also for unknown names."""
    spec = parse_type_name(" ".join(text.split()))
    if stranger := _stranger(spec):
        raise FeelSyntaxError(f"there is no type {stranger}", 0)
    return of_spec(spec)


def _stranger(spec: TypeSpec) -> str:
    """A name in a type that is none of FEEL's."""
    if isinstance(spec, NamedType):
        return spec.name
    below = [spec.item] if isinstance(spec, (ListType, RangeType)) else list(spec.entries.values()) \
        if isinstance(spec, ContextType) else []
    return next(filter(None, map(_stranger, below)), "")


def of_spec(spec: TypeSpec | None, named: Mapping[str, TypeSpec] | None = None) -> Kind:  # noqa: PLR0911  # one a type
    """The kind behind a type; types of a model's own by `named`."""
    match spec:
        case SimpleType(kind="string"):
            return TEXT
        case SimpleType(kind="list"):
            return ListOf(ANY)
        case SimpleType(kind="context"):
            return Record({}, open=True)
        case SimpleType(kind=kind):
            return Simple(kind)
        case ListType(item=item):
            return ListOf(of_spec(item, named))
        case ContextType(entries=entries):
            return Record({name: of_spec(entry, named) for name, entry in entries.items()})
        case RangeType():
            return RANGE
        case FunctionType(result=result):
            return Callable(of_spec(result, named))
        case ConstrainedType(base=base):
            return of_spec(base, named)
    name = getattr(spec, "name", "")
    return of_spec(named[name], {other: each for other, each in named.items() if other != name}) \
        if named and name in named else ANY
