"""Compiles literals, variables, lists, contexts, paths, conditionals and logic."""

from __future__ import annotations

from bpmn.feel import nodes
from bpmn.feel.builtins import BUILTINS
from bpmn.feel.properties import property_of
from bpmn.feel.run import Run
from bpmn.feel.scope import Evaluator, Scope, compile_node, compiles
from bpmn.feel.type_specs import SimpleType
from bpmn.feel.values import Range, Unequal, compare


@compiles(nodes.Literal)
def compile_literal(node: nodes.Literal) -> Evaluator:
    """Compile a constant."""
    value = node.value
    return lambda _: value


@compiles(nodes.Variable)
def compile_variable(node: nodes.Variable) -> Evaluator:
    """Compile the look-up of a name; built-in functions are the outermost scope."""
    name = node.name
    builtin = BUILTINS.get(name)

    def evaluate(scope: Scope) -> object:
        frame: Scope | None = scope
        while frame is not None:
            if name in frame.values:
                return frame.values[name]
            frame = frame.parent
        return builtin

    head, dot, tail = name.partition(".")
    if not (dot and head.strip() and tail.strip()):
        return evaluate
    path = compile_node(nodes.Path(nodes.Variable(head.strip(), node.position), tail.strip()))
    return lambda scope: path(scope) if (value := evaluate(scope)) is None else value


@compiles(nodes.ListLiteral)
def compile_list(node: nodes.ListLiteral) -> Evaluator:
    """Compile a list."""
    items = [compile_node(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


@compiles(nodes.ContextLiteral)
def compile_context(node: nodes.ContextLiteral) -> Evaluator:
    """Compile a context, whose entries see the ones before them."""
    entries = [(name, compile_node(entry)) for name, entry in node.entries]

    def evaluate(scope: Scope) -> object:
        values: dict[str, object] = {}
        inner = Scope(scope.run, values, scope)
        for name, entry in entries:
            values[name] = entry(inner)
        return dict(values)

    return evaluate


@compiles(nodes.RangeLiteral)
def compile_range(node: nodes.RangeLiteral) -> Evaluator:
    """Compile an interval."""
    start = compile_node(node.start) if node.start else lambda _: None
    end = compile_node(node.end) if node.end else lambda _: None

    def evaluate(scope: Scope) -> object:
        return make_range(start(scope), end(scope), node.start_included, node.end_included)

    return evaluate


def make_range(start: object, end: object, start_included: bool, end_included: bool) -> Range | None:
    """An interval; null unless its ends can be compared."""
    if start is not None and end is not None and compare(start, end) is None:
        return None
    known = start if start is not None else end
    if known is not None and compare(known, known) is None:
        return None
    return Range(start, end, start_included, end_included)


@compiles(nodes.OperatorTest)
def compile_operator_range(node: nodes.OperatorTest) -> Evaluator:
    """Compile a test such as `< 5` that stands where a value is expected."""
    operand, operator = compile_node(node.operand), node.operator

    def evaluate(scope: Scope) -> object:
        value = operand(scope)
        if operator == "!=":
            return Unequal(value)
        if operator == "=":
            return Range(value, value, True, True, operator)
        if value is None or compare(value, value) is None:
            return None
        if operator in ("<", "<="):
            return Range(None, value, False, operator == "<=", operator)
        return Range(value, None, operator == ">=", False, operator)

    return evaluate


@compiles(nodes.Path)
def compile_path(node: nodes.Path) -> Evaluator:
    """Compile the access to an entry or a property."""
    operand, name = compile_node(node.operand), node.name

    def evaluate(scope: Scope) -> object:
        value = operand(scope)
        if isinstance(value, dict):
            return value.get(name)
        return _follow(value, name, scope.run)

    return evaluate


def _follow(value: object, name: str, run: Run) -> object:
    if isinstance(value, list):
        run.spend(len(value))
        return [_follow_item(item, name) for item in value]
    return property_of(value, name)


def _follow_item(item: object, name: str) -> object:
    return item.get(name) if isinstance(item, dict) else property_of(item, name)


@compiles(nodes.Conditional)
def compile_conditional(node: nodes.Conditional) -> Evaluator:
    """Compile if, then and else; a condition that is not true leads to else."""
    condition, consequence = compile_node(node.condition), compile_node(node.consequence)
    alternative = compile_node(node.alternative)
    return lambda scope: consequence(scope) if condition(scope) is True else alternative(scope)


@compiles(nodes.Logic)
def compile_logic(node: nodes.Logic) -> Evaluator:
    """Compile three-valued and/or; operands that are not boolean count as null."""
    operands = [compile_node(operand) for operand in node.operands]
    decisive = node.operator == "or"

    def evaluate(scope: Scope) -> object:
        result: object = not decisive
        for operand in operands:
            value = operand(scope)
            if value is decisive:
                return decisive
            if value is not True and value is not False:
                result = None
        return result

    return evaluate


@compiles(nodes.InstanceOf)
def compile_instance_of(node: nodes.InstanceOf) -> Evaluator:
    """Compile the test for a type."""
    operand, spec = compile_node(node.operand), node.spec

    def evaluate(scope: Scope) -> object:
        value = operand(scope)
        return spec.accepts(value, scope.run) if value is not None else _is_null_type(spec)

    return evaluate


def _is_null_type(spec: object) -> bool:
    return isinstance(spec, SimpleType) and spec.kind == "null"
