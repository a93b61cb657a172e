"""What a condition comes to when only some of the facts are known: true, false, null, or not to be said."""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache

from bpmn import feel
from bpmn.feel import nodes
from bpmn.feel.builtins import BUILTINS
from bpmn.feel.parser import parse

DAY = "case.today"
CLOCKS = {"now", "today"}   # functions that do not always give the same
Known = Mapping[str, object]    # `decide.outcome` -> "approve"; `notice` -> None


class Truth(Enum):
    """FEEL's three values, and a fourth for what is not known."""

    TRUE, FALSE, NULL, OPEN = "true", "false", "null", "open"


@lru_cache(maxsize=4096)
def read(source: str) -> nodes.Node:
    """The tree of an expression."""
    return parse(source, BUILTINS.keys())


def truth(source: str, known: Known) -> Truth:
    """What it comes to; an expression that does not parse says nothing."""
    return _of(source, tuple((path, known[path]) for path in paths(source) if path in known))


def constant(source: str) -> object:
    """The value of an expression that reads nothing, calls only what always gives the same, and is right; else None."""
    node = read(source)
    return feel.Expression("", node).evaluate({}) if _settled(node, {}) else None


@lru_cache(maxsize=4096)
def paths(source: str) -> frozenset[str]:
    """The names it reads, and their answers: `decide` and `decide.outcome`."""
    try:
        found = [(_path(node), getattr(node, "name", "")) for node in _all(read(source))]
    except feel.FeelError:
        return frozenset()
    return frozenset(name for names in found for name in names if name)


@lru_cache(maxsize=16384)
def _of(source: str, known: tuple[tuple[str, object], ...]) -> Truth:
    try:
        return _truth(read(source), dict(known))
    except feel.FeelError:
        return Truth.OPEN


def _truth(node: nodes.Node, known: Known) -> Truth:
    if isinstance(node, nodes.Logic):
        return _joined(node.operator, [_truth(operand, known) for operand in node.operands])
    if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Variable) and node.function.name == "not" \
            and len(node.arguments) == 1:
        inner = _truth(node.arguments[0], known)
        return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(inner, inner)
    known = _on_its_day(node, known)
    if not _settled(node, known):
        return Truth.OPEN
    value = feel.Expression("", node).evaluate(_context(known))
    return Truth.TRUE if value is True else Truth.FALSE if value is False else Truth.NULL


def _on_its_day(node: nodes.Node, known: Known) -> Known:
    """The day is made up to lie within a notice's days: it tells nothing of what else is compared with it."""
    if DAY in known and not any(_path(each).startswith("notice.") for each in _all(node)):
        return {path: value for path, value in known.items() if path != DAY}
    return known


def _joined(operator: str, found: list[Truth]) -> Truth:
    decisive, neutral = (Truth.FALSE, Truth.TRUE) if operator == "and" else (Truth.TRUE, Truth.FALSE)
    if decisive in found:
        return decisive
    return next((each for each in (Truth.OPEN, Truth.NULL) if each in found), neutral)


def _settled(node: nodes.Node, known: Known) -> bool:
    """Whether everything it reads is known."""
    path = _path(node)
    if path and (path in known or path.split(".")[0] in known):
        return True
    if isinstance(node, nodes.Variable):
        return node.name in known
    if isinstance(node, (nodes.Literal, nodes.ListLiteral, nodes.Comparison, nodes.Membership, nodes.Path, nodes.Call)):
        below = node.arguments if isinstance(node, nodes.Call) else tuple(nodes.children(node))
        plain = not isinstance(node, nodes.Call) or (isinstance(node.function, nodes.Variable)
                                                     and node.function.name in BUILTINS.keys() - CLOCKS)
        return plain and all(_settled(child, known) for child in below)
    return False


def _context(known: Known) -> dict[str, object]:
    context: dict[str, object] = {}
    for path, value in known.items():
        fact, _, key = path.partition(".")
        if key:
            record = context.setdefault(fact, {})
            assert isinstance(record, dict)
            record[key] = value
        else:
            context[fact] = value
    return context


def _path(node: nodes.Node) -> str:
    return f"{node.operand.name}.{node.name}" if isinstance(node, nodes.Path) and isinstance(node.operand, nodes.Variable) \
        else ""


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in nodes.children(node):
        yield from _all(child)
