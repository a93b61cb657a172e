"""FEEL as it stands in a drawing: with a leading '=' or without, never anything else."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from bpmn import feel
from bpmn.feel import nodes
from bpmn.feel.builtins import BUILTINS
from bpmn.feel.parser import parse


def bare(source: str) -> str:
    """An expression without its leading sign."""
    return source.strip().removeprefix("=").strip()


@lru_cache(maxsize=4096)
def compiled(source: str) -> Any:
    """Compile an expression; raises FeelSyntaxError."""
    return feel.compile(bare(source))


def strangers(source: str) -> list[str]:
    """What a well-formed expression calls without its being a FEEL function, and walks like a program's innards."""
    return sorted(set(_strangers(parse(bare(source), BUILTINS.keys()), frozenset(BUILTINS))))


def _strangers(node: nodes.Node, known: frozenset[str]) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Variable) and node.function.name not in known:
        yield node.function.name
    if isinstance(node, nodes.Path | nodes.Variable) and node.name.startswith("__"):
        yield node.name
    if isinstance(node, nodes.FunctionLiteral):
        known |= {name for name, _ in node.parameters}
    if isinstance(node, nodes.ContextLiteral):
        known |= {name for name, _ in node.entries}
    for child in nodes.children(node):
        yield from _strangers(child, known)
