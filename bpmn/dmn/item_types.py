"""The types that a model defines, ready for checking values."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn import feel
from bpmn.dmn.model import Definitions, ItemDefinition
from bpmn.feel.errors import FeelError
from bpmn.feel.run import Run, TypeSpec
from bpmn.feel.scope import Scope
from bpmn.feel.type_parser import parse_type_name
from bpmn.feel.type_specs import ANY, ConstrainedType, ContextType, FunctionType, ListType


def type_of(reference: str, names: frozenset[str]) -> TypeSpec | None:
    """The type of a typeRef; None if there is no restriction."""
    if not reference:
        return None
    try:
        return parse_type_name(reference, names)
    except FeelError:
        return None


def build_types(definitions: Definitions) -> Mapping[str, TypeSpec]:
    """All types of a model by name."""
    return {name: _build(item, definitions.names) for name, item in definitions.types.items()}


def _build(item: ItemDefinition, names: frozenset[str]) -> TypeSpec:
    base: TypeSpec
    if item.function_parameters is not None:
        base = FunctionType(tuple(type_of(each, names) or ANY for each in item.function_parameters))
    elif item.components:
        base = ContextType({component.name: _build(component, names) for component in item.components})
    else:
        base = type_of(item.type_ref, names) or ANY
    if item.allowed:
        base = _constrain(base, item.allowed, names)
    return ListType(base) if item.is_collection else base


def _constrain(base: TypeSpec, allowed: str, names: frozenset[str]) -> TypeSpec:
    def allows(value: object, run: Run) -> bool:
        tests = feel.compile_unary(allowed, names)
        return tests.evaluate_scope(Scope(run, {"?": value})) is True

    return ConstrainedType(base, allows)
