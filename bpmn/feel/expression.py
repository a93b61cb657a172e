"""Compiled expressions and the functions that make them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from bpmn.feel import compile_basics, compile_calls, compile_loops, compile_operators
from bpmn.feel.builtins import BUILTINS
from bpmn.feel.conversion import from_python, read
from bpmn.feel.errors import FeelLimitExceeded
from bpmn.feel.free_names import find_free_names
from bpmn.feel.nodes import Node
from bpmn.feel.parser import parse, parse_unary_tests
from bpmn.feel.reads import find_reads
from bpmn.feel.run import Run
from bpmn.feel.scope import Scope, compile_node
from bpmn.feel.temporal import DateTime
from bpmn.feel.values import measure

_COMPILERS = (compile_basics, compile_calls, compile_loops, compile_operators)
_CACHE_SIZE = 2048
_MAX_KNOWN_NAMES = 2000
_SIMPLE_NAME = re.compile(r"[^\W\d]\w*")


class Expression:
    """An expression that is ready to be evaluated any number of times, in any thread."""

    def __init__(self, source: str, node: Node) -> None:
        try:
            self._evaluator = compile_node(node)
            free, self._reads = find_free_names(node), find_reads(node) | {"?": None}   # a test reads it without a word
        except RecursionError:
            raise FeelLimitExceeded("the expression is nested too deeply") from None
        self.source = source
        self.size = node.size
        self._names = frozenset(free.certain - BUILTINS.keys() - {"?"})
        self._inputs = frozenset(free.certain | free.possible | {"?"})

    @property
    def names(self) -> frozenset[str]:
        """The names the expression takes from its context."""
        return self._names

    @property
    def inputs(self) -> frozenset[str]:
        """The names the expression looks up in its context if they are there."""
        return self._inputs

    def evaluate(self, context: Mapping[str, object], now: datetime | None = None) -> object:
        """Compute the value in a context of plain Python values."""
        return self.evaluate_in(context, Run(now=as_clock(now)))

    def evaluate_in(self, context: Mapping[str, object], run: Run) -> object:
        """Compute the value within a run that may span several expressions."""
        values = {name: read(context[name], self._reads.get(name)) for name in self._inputs if name in context}
        try:
            result = self._evaluator(Scope(run, values))
            if isinstance(result, (list, dict)):
                measure(result, run)
        except RecursionError:
            raise FeelLimitExceeded("the evaluation is nested too deeply") from None
        return result

    def evaluate_scope(self, scope: Scope) -> object:
        """Compute the value in a scope of FEEL values."""
        return self._evaluator(scope)


def as_clock(now: datetime | None) -> DateTime | None:
    """The FEEL value of a clock."""
    moment = from_python(now)
    return moment if isinstance(moment, DateTime) else None


def _telling_names(names: Iterable[str]) -> frozenset[str]:
    """The names that influence how a source text is read."""
    return frozenset(name for name in names if not _SIMPLE_NAME.fullmatch(name))


def compile(source: str, names: Iterable[str] = ()) -> Expression:  # noqa: A001
    """Compile an expression; `names` are needed if they contain operators or keywords."""
    return _compile(source, _telling_names(names))


def compile_unary(source: str, names: Iterable[str] = ()) -> Expression:
    """Compile the unary tests of a cell; the tested value is the name `?`."""
    return _compile_unary(source, _telling_names(names))


@lru_cache(maxsize=_CACHE_SIZE)
def _compile(source: str, names: frozenset[str]) -> Expression:
    return Expression(source, parse(source, names | BUILTINS.keys()))


@lru_cache(maxsize=_CACHE_SIZE)
def _compile_unary(source: str, names: frozenset[str]) -> Expression:
    return Expression(source, parse_unary_tests(source, names | BUILTINS.keys()))


def evaluate(source: str, context: Mapping[str, object], now: datetime | None = None) -> object:
    """Compile an expression with the names of a context and compute its value."""
    return compile(source, known_names(context)).evaluate(context, now)


def test(
    source: str,
    value: object,
    context: Mapping[str, object],
    now: datetime | None = None,  # noqa: PT028
) -> bool | None:
    """Whether a value passes the unary tests of a cell; None if that cannot be decided."""
    expression = compile_unary(source, known_names(context))
    passed = expression.evaluate({**context, "?": value}, now)
    return passed if isinstance(passed, bool) else None


def known_names(context: Mapping[str, object]) -> list[str]:
    """The names in a context, those of nested contexts included."""
    found: list[str] = []
    for name in _walk_names(context, 3):
        found.append(name)
        if len(found) >= _MAX_KNOWN_NAMES:
            break
    return found


def _walk_names(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (str(name) for name in value)
        if depth:
            for part in value.values():
                yield from _walk_names(part, depth - 1)
    elif isinstance(value, (list, tuple)) and value and depth:
        yield from _walk_names(value[0], depth - 1)
