"""Compiles arithmetic, comparisons and unary tests."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bpmn.feel import nodes
from bpmn.feel.arithmetic import BINARY, negate
from bpmn.feel.nodes import Node
from bpmn.feel.run import Run
from bpmn.feel.scope import Evaluator, Scope, compile_node, compiles
from bpmn.feel.values import compare, equal, matches_test

Test = Callable[[Scope, object], bool | None]
_BOOLEAN_NODES = (
    nodes.Comparison,
    nodes.Between,
    nodes.Membership,
    nodes.InstanceOf,
    nodes.Logic,
    nodes.Quantified,
)


@compiles(nodes.Negation)
def compile_negation(node: nodes.Negation) -> Evaluator:
    """Compile the sign before a value."""
    operand = compile_node(node.operand)
    return lambda scope: negate(operand(scope))


@compiles(nodes.Arithmetic)
def compile_arithmetic(node: nodes.Arithmetic) -> Evaluator:
    """Compile operators of one level, applied from left to right."""
    first = compile_node(node.first)
    rest = [(BINARY[operator], compile_node(operand)) for operator, operand in node.rest]

    def evaluate(scope: Scope) -> object:
        value = first(scope)
        for operation, operand in rest:
            value = operation(value, operand(scope))
        return value

    return evaluate


def _order_test(operator: str) -> Callable[[object, object, Run], bool | None]:
    """The meaning of an operator that compares two values."""
    accepted = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}[operator]

    def decide(left: object, right: object, _: Run) -> bool | None:
        order = compare(left, right)
        return None if order is None else order in accepted

    return decide


def _unequal(left: object, right: object, run: Run) -> bool | None:
    same = equal(left, right, run)
    return None if same is None else not same


_DECIDERS: dict[str, Callable[[object, object, Run], bool | None]] = {
    "=": equal,
    "!=": _unequal,
    **{operator: _order_test(operator) for operator in ("<", "<=", ">", ">=")},
}
_DECIMAL_DECIDERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": Decimal.__eq__,
    "!=": Decimal.__ne__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}


@compiles(nodes.Comparison)
def compile_comparison(node: nodes.Comparison) -> Evaluator:
    """Compile a comparison, with a short way for numbers."""
    left, right = compile_node(node.left), compile_node(node.right)
    decide, decide_numbers = _DECIDERS[node.operator], _DECIMAL_DECIDERS[node.operator]

    def evaluate(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        if type(one) is Decimal and type(other) is Decimal:
            return decide_numbers(one, other)
        return decide(one, other, scope.run)

    return evaluate


@compiles(nodes.Between)
def compile_between(node: nodes.Between) -> Evaluator:
    """Compile `between`, both ends included."""
    operand, low, high = compile_node(node.operand), compile_node(node.low), compile_node(node.high)

    def evaluate(scope: Scope) -> object:
        value = operand(scope)
        above, below = compare(value, low(scope)), compare(value, high(scope))
        if above is None or below is None:
            return None
        return above >= 0 and below <= 0

    return evaluate


@compiles(nodes.Membership)
def compile_membership(node: nodes.Membership) -> Evaluator:
    """Compile `in` with one or several tests."""
    operand = compile_node(node.operand)
    tests = [compile_test(test, is_cell=False) for test in node.tests]
    return lambda scope: any_passes(tests, scope, operand(scope))


@compiles(nodes.UnaryTests)
def compile_unary_tests(node: nodes.UnaryTests) -> Evaluator:
    """Compile the tests of a cell; the tested value is the variable `?`."""
    tests = [compile_test(test, is_cell=True) for test in node.tests]

    def evaluate(scope: Scope) -> object:
        passed = any_passes(tests, scope, scope.values.get("?")) if tests else True
        if node.negated and passed is not None:
            return not passed
        return passed

    return evaluate


def any_passes(tests: list[Test], scope: Scope, value: object) -> bool | None:
    """Whether a value passes one of several tests; null if no test could decide."""
    outcome: bool | None = None
    for test in tests:
        passed = test(scope, value)
        if passed:
            return True
        if passed is False:
            outcome = False
    return outcome


def compile_test(node: Node, is_cell: bool) -> Test:
    """Compile one test of a value."""
    if isinstance(node, nodes.OperatorTest):
        return _compile_operator_test(node)
    evaluate = compile_node(node)
    if mentions(node, "?"):
        return lambda scope, value: _as_boolean(evaluate(Scope(scope.run, {"?": value}, scope)))
    if is_cell and isinstance(node, _BOOLEAN_NODES):
        return lambda scope, _: _as_boolean(evaluate(scope))
    if is_cell and not _is_boolean_literal(node):
        return lambda scope, value: _cell_test(value, evaluate(scope), scope.run)
    return lambda scope, value: matches_test(value, evaluate(scope), scope.run)


def _compile_operator_test(node: nodes.OperatorTest) -> Test:
    operand, decide = compile_node(node.operand), _DECIDERS[node.operator]
    return lambda scope, value: decide(value, operand(scope), scope.run)


def _cell_test(value: object, test: object, run: Run) -> bool | None:
    """A computed boolean decides by itself unless the tested value is boolean too."""
    if isinstance(test, bool) and not isinstance(value, bool):
        return test
    return matches_test(value, test, run)


def _is_boolean_literal(node: Node) -> bool:
    """A cell that just says `true` means the value, not a verdict that passes for anything."""
    return isinstance(node, nodes.Literal) and isinstance(node.value, bool)


def _as_boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def mentions(node: Node, name: str) -> bool:
    """Whether a name occurs anywhere in a tree."""
    if isinstance(node, nodes.Variable):
        return node.name == name
    return any(mentions(child, name) for child in nodes.children(node))
