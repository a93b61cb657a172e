"""Types that can be tested with `instance of` or demanded of parameters and results."""

# ruff: noqa: ARG002 - every type receives the run, few need it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bpmn.feel.run import Run, TypeSpec
from bpmn.feel.temporal import UTC_MIDNIGHT, Date, DateTime
from bpmn.feel.values import Function, Range, kind_of

_MAX_NAMED_TYPES = 20

SIMPLE_TYPES = {
    "Any": "any",
    "Null": "null",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "range": "range",
    "function": "function",
}


@dataclass(frozen=True, slots=True)
class SimpleType(TypeSpec):
    """One of the kinds of values, or any of them."""

    kind: str

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        return self.kind == "any" or kind_of(value) == self.kind

    def wants_list(self, run: Run) -> bool:
        """Whether values of this type are lists."""
        return self.kind == "list"


ANY = SimpleType("any")


@dataclass(frozen=True, slots=True)
class ListType(TypeSpec):
    """A list whose items have a type."""

    item: TypeSpec

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        if not isinstance(value, list):
            return False
        run.spend(len(value))
        return all(item is None or self.item.accepts(item, run) for item in value)

    def permits(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type and is among its allowed values."""
        if not self.accepts(value, run):
            return False
        return isinstance(value, list) and all(item is None or self.item.permits(item, run) for item in value)

    def wants_list(self, run: Run) -> bool:
        """Whether values of this type are lists."""
        return True


@dataclass(frozen=True, slots=True)
class RangeType(TypeSpec):
    """A range whose ends have a type."""

    item: TypeSpec

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        if not isinstance(value, Range):
            return False
        return all(end is None or self.item.accepts(end, run) for end in (value.start, value.end))


@dataclass(frozen=True, slots=True)
class ContextType(TypeSpec):
    """A context that has at least the given entries."""

    entries: dict[str, TypeSpec]

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        if not isinstance(value, dict) or not self.entries.keys() <= value.keys():
            return False
        run.spend(len(self.entries))
        return all(
            value[name] is None or spec.accepts(value[name], run) for name, spec in self.entries.items()
        )

    def permits(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type and is among its allowed values."""
        if not isinstance(value, dict) or not self.accepts(value, run):
            return False
        return all(
            value[name] is None or spec.permits(value[name], run) for name, spec in self.entries.items()
        )


@dataclass(frozen=True, slots=True)
class FunctionType(TypeSpec):
    """A function; only the number of its parameters is checked."""

    parameters: tuple[TypeSpec, ...] = ()
    result: TypeSpec = ANY

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        return isinstance(value, Function) and len(value.parameters) == len(self.parameters)


@dataclass(frozen=True, slots=True)
class NamedType(TypeSpec):
    """A type the surrounding model defines; an unknown one accepts nothing."""

    name: str

    def resolve(self, run: Run) -> TypeSpec | None:
        """The type behind the name."""
        return run.types.get(self.name)

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        spec = self.resolve(run)
        run.spend(1)
        return spec is not None and spec.accepts(value, run)

    def permits(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type and is among its allowed values."""
        spec = self.resolve(run)
        run.spend(1)
        return spec is not None and spec.permits(value, run)

    def wants_list(self, run: Run) -> bool:
        """Whether values of this type are lists."""
        spec: TypeSpec | None = self
        for _ in range(_MAX_NAMED_TYPES):
            if not isinstance(spec, NamedType):
                break
            spec = spec.resolve(run)
        return not isinstance(spec, NamedType) and spec is not None and spec.wants_list(run)


@dataclass(frozen=True, slots=True)
class ConstrainedType(TypeSpec):
    """A type whose values must also pass a test."""

    base: TypeSpec
    allows: Callable[[object, Run], bool] = field(compare=False)

    def accepts(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type."""
        return self.base.accepts(value, run)

    def permits(self, value: object, run: Run) -> bool:
        """Whether a value that is not null has this type and is among its allowed values."""
        return self.base.permits(value, run) and self.allows(value, run)

    def wants_list(self, run: Run) -> bool:
        """Whether values of this type are lists."""
        return self.base.wants_list(run)


def coerce(value: object, spec: TypeSpec, run: Run) -> object:
    """Fit a value to a type: unwrap or wrap one item, widen dates; null when it does not fit."""
    if value is None or spec.permits(value, run):
        return value
    if isinstance(value, list) and len(value) == 1 and spec.permits(value[0], run):
        return value[0]
    if spec.wants_list(run) and not isinstance(value, list) and spec.permits([value], run):
        return [value]
    if isinstance(value, Date):
        moment = DateTime(value, UTC_MIDNIGHT)
        return moment if spec.permits(moment, run) else None
    return None
