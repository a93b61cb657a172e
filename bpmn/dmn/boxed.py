"""Turns boxed expressions into functions of a scope."""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch

from bpmn import feel
from bpmn.dmn import model
from bpmn.dmn.item_types import type_of
from bpmn.dmn.tables import compile_table
from bpmn.feel.compile_calls import Closure
from bpmn.feel.compile_loops import Source, conclude, pick_or_keep
from bpmn.feel.scope import Evaluator, Scope
from bpmn.feel.type_specs import coerce
from bpmn.feel.values import Function

_CALL_WEIGHT = 10
_Names = frozenset[str]


def nothing(_: Scope) -> object:
    """The evaluator of what is missing."""
    return None


@singledispatch
def compile_boxed(expression: object, names: _Names) -> Evaluator:  # noqa: ARG001
    """Turn a boxed expression into a function of its scope; nothing at all is null."""
    return nothing


@compile_boxed.register
def _literal(expression: model.LiteralExpression, names: _Names) -> Evaluator:
    if not expression.text:
        return nothing
    return _typed(feel.compile(expression.text, names).evaluate_scope, expression.type_ref, names)


@compile_boxed.register
def _table(expression: model.DecisionTable, names: _Names) -> Evaluator:
    return compile_table(expression, names)


def _typed(evaluator: Evaluator, type_ref: str, names: _Names) -> Evaluator:
    """An evaluator whose value is fitted to a type."""
    spec = type_of(type_ref, names)
    if spec is None:
        return evaluator
    return lambda scope: coerce(evaluator(scope), spec, scope.run)


@compile_boxed.register
def _context(expression: model.BoxedContext, names: _Names) -> Evaluator:
    entries = [
        (entry.name, _typed(compile_boxed(entry.expression, names), entry.type_ref, names))
        for entry in expression.entries
    ]

    def evaluate(scope: Scope) -> object:
        values: dict[str, object] = {}
        inner = Scope(scope.run, values, scope)
        for name, entry in entries:
            if not name:
                return entry(inner)
            values[name] = entry(inner)
        return dict(values)

    return evaluate


@compile_boxed.register
def compile_function(expression: model.BoxedFunction, names: _Names) -> Evaluator:
    """Turn a function definition into a function of its scope; only FEEL functions can be called."""
    if expression.kind != "FEEL":
        return nothing
    body = compile_boxed(expression.body, names)
    parameters = tuple((each.name, type_of(each.type_ref, names)) for each in expression.parameters)
    return lambda scope: Closure(parameters, body, _CALL_WEIGHT, scope)


@compile_boxed.register
def _invocation(expression: model.Invocation, names: _Names) -> Evaluator:
    function = compile_boxed(expression.function, names)
    bindings = [(each.name, compile_boxed(each.expression, names)) for each in expression.bindings]

    def evaluate(scope: Scope) -> object:
        target = function(scope)
        arguments = {name: binding(scope) for name, binding in bindings}
        return target.call_named(scope.run, arguments) if isinstance(target, Function) else None

    return evaluate


@compile_boxed.register
def _list(expression: model.BoxedList, names: _Names) -> Evaluator:
    items = [compile_boxed(item, names) for item in expression.items]
    return lambda scope: [item(scope) for item in items]


@compile_boxed.register
def _relation(expression: model.Relation, names: _Names) -> Evaluator:
    rows = [[compile_boxed(cell, names) for cell in row.items] for row in expression.rows]
    columns = expression.columns

    def evaluate(scope: Scope) -> object:
        return [dict(zip(columns, [cell(scope) for cell in row], strict=True)) for row in rows]

    return evaluate


class _NotBooleanError(Exception):
    """A boxed condition has a value that is neither boolean nor null."""


def _checked(condition: Evaluator) -> Evaluator:
    """A condition that fails if its value is neither boolean nor null; a filter may have a position."""

    def evaluate(scope: Scope) -> object:
        value = condition(scope)
        if value is None or isinstance(value, (bool, Decimal)):
            return value
        raise _NotBooleanError

    return evaluate


def _null_unless_boolean(evaluator: Evaluator) -> Evaluator:
    """An evaluator whose value is null if one of its conditions fails."""

    def evaluate(scope: Scope) -> object:
        try:
            return evaluator(scope)
        except _NotBooleanError:
            return None

    return evaluate


@compile_boxed.register
def _conditional(expression: model.BoxedConditional, names: _Names) -> Evaluator:
    condition = _checked(compile_boxed(expression.condition, names))
    consequence = compile_boxed(expression.consequence, names)
    alternative = compile_boxed(expression.alternative, names)
    return _null_unless_boolean(
        lambda scope: consequence(scope) if condition(scope) is True else alternative(scope)
    )


@compile_boxed.register
def _filter(expression: model.BoxedFilter, names: _Names) -> Evaluator:
    source = compile_boxed(expression.source, names)
    condition = _checked(compile_boxed(expression.condition, names))
    return _null_unless_boolean(lambda scope: pick_or_keep(source(scope), condition, _CALL_WEIGHT, scope))


@compile_boxed.register
def _iteration(expression: model.BoxedIteration, names: _Names) -> Evaluator:
    kind, body = expression.kind, compile_boxed(expression.body, names)
    sources: list[Source] = [(expression.variable, compile_boxed(expression.source, names), None)]
    if kind != "for":
        body = _checked(body)
    return _null_unless_boolean(lambda scope: conclude(kind, sources, body, _CALL_WEIGHT, scope))
