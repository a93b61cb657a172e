"""Reads the types after `instance of` and in function parameters."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn.feel.cursor import Cursor
from bpmn.feel.names import slice_name
from bpmn.feel.run import TypeSpec
from bpmn.feel.type_specs import (
    ANY,
    SIMPLE_TYPES,
    ContextType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
    SimpleType,
)


def simple_type(name: str) -> TypeSpec:
    """The type of a name: a built-in one or one the model defines."""
    kind = SIMPLE_TYPES.get(name)
    return NamedType(name) if kind is None else SimpleType(kind)


def parse_type_name(text: str, names: Iterable[str] = ()) -> TypeSpec:
    """The type that a whole text names, such as a typeRef."""
    name = text.strip().removeprefix("feel:")
    if "<" not in name:
        return simple_type(name)
    cursor = Cursor(name, (*SIMPLE_TYPES, *names))
    spec = read_type(cursor)
    if cursor.token.kind != "end":
        raise cursor.error("expected the end of the type")
    return spec


def read_type(cursor: Cursor) -> TypeSpec:
    """Read a type at the position."""
    cursor.enter()
    try:
        return _read_type(cursor)
    finally:
        cursor.leave()


def _read_type(cursor: Cursor) -> TypeSpec:
    name = _read_type_name(cursor)
    if name == "function" and cursor.at("<"):
        return _read_function(cursor)
    if name not in ("list", "range", "context") or not cursor.take("<"):
        return simple_type(name)
    if name == "context":
        return _read_context(cursor)
    item = read_type(cursor)
    cursor.expect(">")
    return ListType(item) if name == "list" else RangeType(item)


def _read_type_name(cursor: Cursor) -> str:
    length = max(cursor.names.match(cursor.source, cursor.tokens, cursor.position), 1)
    if cursor.token.kind != "name":
        raise cursor.error("expected a type")
    while cursor.peek(length).text == "." and cursor.peek(length + 1).kind == "name":
        length += 2
    start, cursor.position = cursor.position, cursor.position + length
    return slice_name(cursor.source, cursor.tokens, start, cursor.position)


def _read_context(cursor: Cursor) -> TypeSpec:
    entries: dict[str, TypeSpec] = {}
    while not cursor.take(">"):
        name = cursor.read_declared_name(":")
        cursor.expect(":")
        entries[name] = read_type(cursor)
        if not cursor.at(">"):
            cursor.expect(",")
    return ContextType(entries)


def _read_function(cursor: Cursor) -> TypeSpec:
    parameters: list[TypeSpec] = []
    cursor.expect("<")
    while not cursor.take(">"):
        parameters.append(read_type(cursor))
        if not cursor.at(">"):
            cursor.expect(",")
    result = read_type(cursor) if cursor.take("->") else ANY
    return FunctionType(tuple(parameters), result)
