"""Registers built-in functions and fits arguments to their signatures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bpmn.feel.limits import check_list_size
from bpmn.feel.run import Run
from bpmn.feel.temporal import UTC_MIDNIGHT, Date, DateTime
from bpmn.feel.values import Function, kind_of

_SIGNATURE = re.compile(r"([^(]+)\((.*)\)")
_CHARGED_CHARACTERS = 64
Implementation = Callable[..., object]
_Implemented = TypeVar("_Implemented", bound=Implementation)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    kinds: frozenset[str]
    optional: bool
    variadic: bool

    def fits(self, value: object) -> bool:
        """Whether a value can be passed as it is."""
        return "any" in self.kinds or kind_of(value) in self.kinds

    def adapt(self, value: object) -> tuple[bool, object]:
        """Whether a value can be passed after unwrapping or wrapping it, and the outcome."""
        if self.fits(value):
            return True, value
        if isinstance(value, list) and len(value) == 1 and self.fits(value[0]):
            return True, value[0]
        if "list" in self.kinds and value is not None:
            return True, [value]
        if isinstance(value, Date) and "date and time" in self.kinds:
            return True, DateTime(value, UTC_MIDNIGHT)
        return False, None


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a function with its implementation."""

    parameters: tuple[Parameter, ...]
    implementation: Implementation

    def is_variadic(self) -> bool:
        """Whether the last parameter takes any number of arguments."""
        return bool(self.parameters) and self.parameters[-1].variadic

    def slots_for(self, count: int) -> tuple[Parameter, ...] | None:
        """The parameters that so many arguments are meant for; None if the number is wrong."""
        required = sum(not (parameter.optional or parameter.variadic) for parameter in self.parameters)
        if self.is_variadic():
            extra = count - len(self.parameters) + 1
            return self.parameters[:-1] + self.parameters[-1:] * extra if count > required else None
        return self.parameters[:count] if required <= count <= len(self.parameters) else None

    def invoke(self, run: Run, arguments: list[object]) -> object:
        """Call the implementation; variadic arguments become one list."""
        fixed = len(self.parameters)
        if self.is_variadic():
            fixed -= 1
            return self.implementation(run, *arguments[:fixed], arguments[fixed:])
        return self.implementation(run, *arguments, *[None] * (fixed - len(arguments)))


class Builtin(Function):
    """A built-in function with all its signatures."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.overloads: list[Overload] = []

    def call(self, run: Run, arguments: list[object]) -> object:
        """Call with arguments in order."""
        run.spend(1 + sum(map(_weight, arguments)))
        for overload in self.overloads:
            slots = overload.slots_for(len(arguments))
            if slots is not None and all(
                slot.fits(value) for slot, value in zip(slots, arguments, strict=True)
            ):
                return checked(overload.invoke(run, arguments))
        for overload in self.overloads:
            slots = overload.slots_for(len(arguments))
            if slots is None:
                continue
            adapted = [slot.adapt(value) for slot, value in zip(slots, arguments, strict=True)]
            if all(fits for fits, _ in adapted):
                return checked(overload.invoke(run, [value for _, value in adapted]))
        return None

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Call with arguments by name."""
        for overload in self.overloads:
            known = {parameter.name for parameter in overload.parameters}
            needed = {parameter.name for parameter in overload.parameters if not parameter.optional}
            if needed <= arguments.keys() <= known:
                single = Builtin(self.name)
                single.overloads = [overload]
                result = single.call(run, _in_order(overload, arguments))
                if result is not None:
                    return result
        return None


def _in_order(overload: Overload, arguments: Mapping[str, object]) -> list[object]:
    """Named arguments in the order of the signature; a variadic one may be a list."""
    values: list[object] = []
    last = max(place for place, each in enumerate(overload.parameters) if each.name in arguments)
    for parameter in overload.parameters[: last + 1]:
        value = arguments.get(parameter.name)
        if parameter.variadic and isinstance(value, list):
            values.extend(value)
        else:
            values.append(value)
    return values


def _weight(value: object) -> int:
    if isinstance(value, list):
        return len(value)
    return len(value) // _CHARGED_CHARACTERS if isinstance(value, str) else 0


def checked(result: object) -> object:
    """A result whose size is within the limits."""
    if isinstance(result, list):
        check_list_size(len(result))
    return result


BUILTINS: dict[str, Builtin] = {}


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(":")
    name = name.strip()
    optional, variadic = name.endswith("?"), name.endswith("*")
    allowed = {kind.strip() for kind in kinds.split("|")}
    return Parameter(name.rstrip("?*"), frozenset(allowed), optional, variadic)


def builtin(signature: str) -> Callable[[_Implemented], _Implemented]:
    """Register a function under a signature such as `sublist(list: list, start: number, length?: number)`."""
    match = _SIGNATURE.fullmatch(signature)
    assert match is not None, signature
    name = match[1]
    parameters = tuple(_parameter(part) for part in match[2].split(",") if part.strip())

    def register(implementation: _Implemented) -> _Implemented:
        function = BUILTINS.setdefault(name, Builtin(name))
        function.overloads.append(Overload(parameters, implementation))
        function.overloads.sort(key=Overload.is_variadic)
        function.parameters = function.parameters or tuple(parameter.name for parameter in parameters)
        return implementation

    return register
