"""Reads a range out of a text that contains literals only."""

from __future__ import annotations

from bpmn.feel import nodes
from bpmn.feel.errors import FeelError
from bpmn.feel.nodes import Node
from bpmn.feel.parser import parse
from bpmn.feel.run import Run
from bpmn.feel.scope import Scope, compile_node
from bpmn.feel.values import Range, compare

_MAX_TEXT = 500
_LITERAL_CALLS = ("date", "time", "date and time", "duration")


def parse_range(text: str, run: Run) -> Range | None:
    """The range of a text such as `[1..3)`; null if it is anything else or runs backwards."""
    try:
        node = parse(text, _LITERAL_CALLS) if len(text) <= _MAX_TEXT else None
    except FeelError:
        return None
    if not isinstance(node, nodes.RangeLiteral) or not all(map(_is_literal, (node.start, node.end))):
        return None
    value = compile_node(node)(Scope(run, {}))
    return value if isinstance(value, Range) and _is_proper(value) else None


def _is_literal(node: Node | None) -> bool:
    if isinstance(node, nodes.Negation):
        node = node.operand
    if isinstance(node, nodes.Call):
        named = isinstance(node.function, nodes.Variable) and node.function.name in _LITERAL_CALLS
        return named and all(isinstance(argument, nodes.Literal) for argument in node.arguments)
    return isinstance(node, nodes.Literal)


def _is_proper(span: Range) -> bool:
    if span.start is None and span.end is None:
        return False
    if span.start is None or span.end is None:
        return True
    order = compare(span.start, span.end)
    return order is not None and order <= 0
