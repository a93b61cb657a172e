"""Finds how much of its surroundings an expression reads: of a context only the entries that its paths name."""

from __future__ import annotations

from typing import Union

from bpmn.feel import nodes
from bpmn.feel.nodes import Node

Reads = dict[str, Union["Reads", None]]     # each entry with what is read of it; None: all of it


def find_reads(node: Node) -> Reads:
    """What a tree reads of each name, whether or not that is bound within the tree."""
    found: Reads = {}
    _visit(node, (), found)
    return found


def _visit(node: Node, path: tuple[str, ...], found: Reads) -> None:
    if isinstance(node, nodes.Path):
        _visit(node.operand, (node.name, *path), found)
    elif isinstance(node, nodes.Variable):
        _note(found, node.name, *path)
    else:
        for child in nodes.children(node):
            _visit(child, (), found)


def _note(found: Reads, name: str, *path: str) -> None:
    inner = found.setdefault(name, {}) if path else None
    if inner is None:
        found[name] = None
    else:
        _note(inner, *path)
