"""Finds the names an expression takes from its surroundings."""

from __future__ import annotations

from dataclasses import dataclass, field

from bpmn.feel import nodes
from bpmn.feel.nodes import Node


@dataclass(slots=True)
class FreeNames:
    """Names that surely come from outside, and those that may be entries of a filtered item instead."""

    certain: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)


def find_free_names(node: Node) -> FreeNames:
    """Collect the free names of a tree."""
    found = FreeNames()
    _visit(node, frozenset(), False, found)
    return found


def _visit(node: Node, bound: frozenset[str], in_filter: bool, found: FreeNames) -> None:
    if isinstance(node, nodes.Variable):
        if node.name not in bound:
            (found.possible if in_filter else found.certain).add(node.name)
    elif isinstance(node, nodes.Filter):
        _visit(node.operand, bound, in_filter, found)
        _visit(node.condition, bound | {"item"}, True, found)
    elif isinstance(node, nodes.ContextLiteral):
        for name, entry in node.entries:
            _visit(entry, bound, in_filter, found)
            bound |= {name}
    elif isinstance(node, nodes.FunctionLiteral):
        _visit(node.body, bound | {name for name, _ in node.parameters}, in_filter, found)
    elif isinstance(node, (nodes.For, nodes.Quantified)):
        _visit_loop(node, bound, in_filter, found)
    else:
        for child in nodes.children(node):
            _visit(child, bound, in_filter, found)


def _visit_loop(
    node: nodes.For | nodes.Quantified, bound: frozenset[str], in_filter: bool, found: FreeNames
) -> None:
    for iteration in node.iterations:
        for source in (iteration.source, iteration.end):
            if source is not None:
                _visit(source, bound, in_filter, found)
        bound |= {iteration.name}
    if isinstance(node, nodes.For):
        _visit(node.body, bound | {"partial"}, in_filter, found)
    else:
        _visit(node.condition, bound, in_filter, found)
