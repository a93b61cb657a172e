"""What the built-in functions take and give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bpmn.feel.builtins import BUILTINS
from bpmn.feel.builtins.registry import Overload, Parameter
from bpmn.feel.static.kinds import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    RANGE,
    TEXT,
    TIME,
    Kind,
    ListOf,
    join,
)
from bpmn.feel.temporal import YearsMonthsDuration
from bpmn.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time

Arguments = Sequence[Kind]


def item_of(kind: Kind) -> Kind:
    """What a list holds; a single value stands for a list of itself."""
    return kind.item if isinstance(kind, ListOf) else kind


def _items(arguments: Arguments) -> Kind:
    """What is in a list, whether it was given as one argument or as many."""
    return item_of(arguments[0]) if len(arguments) == 1 else join(*arguments) if arguments else ANY


def _summed(arguments: Arguments) -> Kind:
    return found if (found := _items(arguments)).known else ANY


def _as_list(arguments: Arguments) -> Kind:
    return ListOf(item_of(arguments[0])) if arguments else ListOf(ANY)


def _all_items(arguments: Arguments) -> Kind:
    return ListOf(join(*map(item_of, arguments)))


def _first(arguments: Arguments) -> Kind:
    return arguments[0] if arguments else ANY


_GIVEN: Mapping[Kind, Sequence[str]] = {
    BOOLEAN: ("not", "is", "all", "any", "list contains", "contains", "starts with", "ends with", "matches", "odd", "even",
              "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "finishes",
              "finished by", "includes", "during", "starts", "started by", "coincides"),
    NUMBER: ("number", "count", "string length", "decimal", "floor", "ceiling", "round up", "round down", "round half up",
             "round half down", "modulo", "sqrt", "log", "exp", "product", "stddev", "day of year", "week of year"),
    TEXT: ("string", "substring", "upper case", "lower case", "substring before", "substring after", "replace",
           "string join", "day of week", "month of year"),
    DATE: ("date", "today"), TIME: ("time",), DATE_TIME: ("date and time", "now"), RANGE: ("range",),
    MONTHS: ("years and months duration",), ListOf(TEXT): ("split",), ListOf(NUMBER): ("index of",),
}
_SIMPLE: Mapping[str, Kind] = {name: kind for kind, names in _GIVEN.items() for name in names}
_COMPUTED: Mapping[str, Callable[[Arguments], Kind]] = {
    "sum": _summed, "min": _summed, "max": _summed, "mean": _summed, "median": _summed, "abs": _first,
    "sublist": _as_list, "remove": _as_list, "reverse": _as_list, "distinct values": _as_list, "sort": _as_list,
    "duplicate values": _as_list, "mode": lambda arguments: ListOf(_items(arguments)),
    "append": lambda arguments: ListOf(join(item_of(arguments[0]), *arguments[1:])) if arguments else ANY,
    "insert before": lambda arguments: ListOf(join(item_of(arguments[0]), *arguments[2:])) if arguments else ANY,
    "concatenate": _all_items, "union": _all_items,
}


_LITERALS: Mapping[str, Sequence[Callable[[str], object]]] = {
    "date": (parse_date, parse_date_time), "time": (parse_time,), "date and time": (parse_date_time, parse_date),
    "duration": (parse_duration,)}
_ADDING = ("sum", "product", "mean", "median", "stddev")


def unreadable(name: str, literal: object) -> bool:
    """Whether a constant that shall become a date, a time or a duration never does."""
    readers = _LITERALS.get(name, ()) if isinstance(literal, str) else ()
    return bool(readers) and all(reader(str(literal)) is None for reader in readers)


def adds_up(name: str, arguments: Arguments) -> Kind | None:
    """What is added up although it is no number."""
    found = _items(arguments) if name in _ADDING else ANY
    return found if found.known and found not in (NUMBER, DAYS, MONTHS) else None


def given(name: str, arguments: Arguments, literal: object) -> Kind:
    """What a built-in gives for such arguments; `literal` is the first one where it is a constant."""
    if name == "duration":
        return _duration(literal)
    if name in _COMPUTED:
        return _COMPUTED[name](arguments)
    return _SIMPLE.get(name, ANY)


def misfit(name: str, arguments: Arguments, names: Sequence[str]) -> tuple[int, Parameter] | None:
    """The first argument that fits no signature, and the parameter it was meant for; (-1, …) where the number is wrong."""
    worst: tuple[int, Parameter] | None = None
    for overload in BUILTINS[name].overloads:
        slots = _named(overload, names) if names else overload.slots_for(len(arguments))
        if slots is None:
            continue
        wrong = next(((place, slot) for place, (slot, kind) in enumerate(zip(slots, arguments, strict=True))
                      if not _fits(slot, kind)), None)
        if wrong is None:
            return None
        worst = worst or wrong
    return worst or (-1, Parameter("", frozenset({"any"}), False, False))


def _named(overload: Overload, names: Sequence[str]) -> tuple[Parameter, ...] | None:
    slots = {parameter.name: parameter for parameter in overload.parameters}
    needed = {parameter.name for parameter in overload.parameters if not (parameter.optional or parameter.variadic)}
    return tuple(slots[name] for name in names) if needed <= set(names) <= slots.keys() else None


def _fits(slot: Parameter, kind: Kind) -> bool:
    """As the evaluator adapts: one item for a list, a list of one for its item, a date for a moment."""
    if not kind.known or slot.kinds & {"any", kind.kind} or "list" in slot.kinds:
        return True
    if isinstance(kind, ListOf):
        return _fits(slot, kind.item)
    return kind == DATE and "date and time" in slot.kinds


def _duration(literal: object) -> Kind:
    if not isinstance(literal, str):
        return ANY
    found = parse_duration(literal)
    return NULL if found is None else MONTHS if isinstance(found, YearsMonthsDuration) else DAYS
