"""Names in scope while an expression runs, and the table of node compilers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bpmn.feel.nodes import Node
from bpmn.feel.run import Run


class Scope:
    """One frame of names; a name not found in it is looked up in the frame outside."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, run: Run, values: dict[str, object], parent: Scope | None = None) -> None:
        self.run = run
        self.values = values
        self.parent = parent


Evaluator = Callable[[Scope], object]
_NodeType = TypeVar("_NodeType", bound=Node)
_COMPILERS: dict[type[Node], Callable[[Node], Evaluator]] = {}


def compiles(
    kind: type[_NodeType],
) -> Callable[[Callable[[_NodeType], Evaluator]], Callable[[_NodeType], Evaluator]]:
    """Register a function as the compiler of one kind of node."""

    def register(compiler: Callable[[_NodeType], Evaluator]) -> Callable[[_NodeType], Evaluator]:
        def compile_checked(node: Node) -> Evaluator:
            assert isinstance(node, kind)
            return compiler(node)

        _COMPILERS[kind] = compile_checked
        return compiler

    return register


def compile_node(node: Node) -> Evaluator:
    """Turn a syntax tree into a function that computes its value in a scope."""
    return _COMPILERS[type(node)](node)
