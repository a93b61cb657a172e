"""Functions of contexts."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from bpmn.feel.builtins.registry import builtin
from bpmn.feel.run import Run

_Context = dict[str, object]


@builtin("get value(m: context, key: string)")
def get_value(run: Run, context: _Context, key: str) -> object:
    """The value of an entry."""
    return context.get(key)


@builtin("get value(context: context, keys: list)")
def get_nested_value(run: Run, context: _Context, keys: list[object]) -> object:
    """The value at the end of a path of entries."""
    value: object = context
    for key in keys:
        if not isinstance(value, dict) or not isinstance(key, str):
            return None
        value = value.get(key)
    return value if keys else None


@builtin("get entries(m: context)")
def get_entries(run: Run, context: _Context) -> list[object]:
    """The entries of a context as a list of keys and values."""
    run.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def make_context(run: Run, entries: list[object]) -> _Context | None:
    """A context out of a list of keys and values."""
    context: _Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in context:
            return None
        context[key] = entry["value"]
    return context


@builtin("context put(context: context, key: string, value: any)")
def put(run: Run, context: _Context, key: str, value: object) -> _Context:
    """A context with an entry added or replaced."""
    run.spend(len(context))
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def put_nested(run: Run, context: _Context, keys: list[object], value: object) -> _Context | None:
    """A context with an entry of a nested context added or replaced."""
    if not keys or not isinstance(keys[0], str):
        return None
    if len(keys) > 1:
        inner = context.get(keys[0])
        if not isinstance(inner, dict):
            return None
        value = put_nested(run, inner, keys[1:], value)
        if value is None:
            return None
    run.spend(len(context))
    return {**context, keys[0]: value}


@builtin("context merge(contexts: list)")
def merge(run: Run, contexts: list[object]) -> _Context | None:
    """A context with the entries of several ones, the last of which wins."""
    merged: _Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            return None
        run.spend(len(context))
        merged.update(context)
    return merged
