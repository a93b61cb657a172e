"""The syntax tree of an expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from bpmn.feel.errors import FeelLimitExceeded
from bpmn.feel.limits import MAX_NESTING
from bpmn.feel.run import TypeSpec


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression; `depth` is the height of its tree, `size` the number of its nodes."""

    depth: int = field(init=False, compare=False, default=1)
    size: int = field(init=False, compare=False, default=1)

    def __post_init__(self) -> None:
        nested = list(children(self))
        depth = 1 + max((child.depth for child in nested), default=0)
        if depth > MAX_NESTING:
            raise FeelLimitExceeded(f"an expression may be nested at most {MAX_NESTING} levels deep")
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "size", 1 + sum(child.size for child in nested))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node."""
    for attribute in fields(node):
        yield from _nodes_in(object.__getattribute__(node, attribute.name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant."""

    value: object


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """A name."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """A context with its entries in order."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """An interval."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """A function with its parameters."""

    parameters: tuple[tuple[str, TypeSpec | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """A minus sign before a value."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Operators of one level from left to right: first, then (operator, operand)..."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """One of = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`operand between low and high`."""

    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """`operand in tests`."""

    operand: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`operand instance of type`."""

    operand: Node
    spec: TypeSpec


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """All operands joined by `and`, or all joined by `or`."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`if`, `then` and `else`."""

    condition: Node
    consequence: Node
    alternative: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """One `name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """A loop that collects values."""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` or `every`."""

    quantifier: str
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`operand.name`."""

    operand: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`operand[condition]`."""

    operand: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call; `names` is empty for arguments in order."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorTest(Node):
    """A test such as `< 5`; as a value it is a range."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The tests of a decision table cell; no tests at all accept everything."""

    tests: tuple[Node, ...]
    negated: bool
