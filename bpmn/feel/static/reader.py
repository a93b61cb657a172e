"""Walks an expression with the kinds of the names around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from bpmn.feel import nodes
from bpmn.feel.builtins import BUILTINS
from bpmn.feel.conversion import from_python
from bpmn.feel.errors import FeelError
from bpmn.feel.nodes import Node
from bpmn.feel.parser import parse, parse_unary_tests
from bpmn.feel.static import calls, operations
from bpmn.feel.static.kinds import (
    ANY,
    BOOLEAN,
    NUMBER,
    RANGE,
    Kind,
    ListOf,
    Record,
    Simple,
    Text,
    join,
    of_spec,
    over,
)
from bpmn.feel.static.kinds import Callable as Function
from bpmn.feel.values import kind_of
from bpmn.message import Message, Term


@dataclass(frozen=True)
class Complaint:
    """What in an expression can never make sense."""

    code: str
    sentence: Message
    hint: Message | None = None


@dataclass
class Reading:
    """The kind of an expression's value, what is wrong with it, and which outer names it reads."""

    kind: Kind = ANY
    complaints: list[Complaint] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def read(source: str, names: Mapping[str, Kind], known: Iterable[str] = ()) -> Reading:
    """Read an expression; `known` are names of several words."""
    return _read(source, names, known, unary=False)


def read_unary(source: str, tested: Kind, names: Mapping[str, Kind], known: Iterable[str] = ()) -> Reading:
    """Read the unary tests of a cell for a tested value of that kind."""
    return _read(source, over({"?": tested}, names), known, unary=True)


def nearest(word: str, known: Iterable[str]) -> Message | None:
    """The known word that was probably meant."""
    close = get_close_matches(word, list(known), 1, 0.6)
    return Message("Did you mean “{word}”?", {"word": close[0]}) if close else None


@lru_cache(maxsize=4096)
def _tree(source: str, known: frozenset[str], unary: bool) -> Node:
    return (parse_unary_tests if unary else parse)(source, [*known, *BUILTINS])


def _read(source: str, names: Mapping[str, Kind], known: Iterable[str], *, unary: bool) -> Reading:
    try:
        node = _tree(source, frozenset(known), unary)
    except FeelError as error:
        return Reading(ANY, [Complaint("expression_broken", Message("This is no FEEL expression: {error}", {"error": error}))])
    reader = _Reader(names)
    reader.found.kind = reader.kind(node)
    return reader.found


class _Reader:
    """One walk; the frames are the names around, the outermost first."""

    def __init__(self, names: Mapping[str, Kind]) -> None:
        self.frames: list[Record] = [Record(names)]
        self.found = Reading()

    def kind(self, node: Node) -> Kind:
        """The kind of a node's value; what is wrong below it is noted."""
        visit: Callable[[Any], Kind] = getattr(self, f"_{type(node).__name__.lower()}", self._anything)
        return visit(node)

    def _complain(self, code: str, says: str, hint: Message | None = None, /, **params: object) -> Kind:
        self.found.complaints.append(Complaint(code, Message(says, params), hint))
        return ANY

    @contextmanager
    def _within(self, frame: Record) -> Iterator[None]:
        self.frames.append(frame)
        yield
        self.frames.pop()

    def _anything(self, node: Node) -> Kind:
        for child in nodes.children(node):
            self.kind(child)
        return ANY

    # ---- values and names ----------------------------------------------------------------------------------------

    def _literal(self, node: nodes.Literal) -> Kind:
        value = from_python(node.value)
        return Text(frozenset([value])) if isinstance(value, str) else Simple(kind_of(value))

    def _variable(self, node: nodes.Variable) -> Kind:
        vague = False
        for depth, frame in reversed(list(enumerate(self.frames))):
            if node.name in frame.entries:
                if depth == 0:
                    self.found.names.add(node.name)
                return ANY if vague else frame.entries[node.name]
            vague = vague or frame.open
        if vague:
            return ANY
        if node.name in BUILTINS:
            return Function(ANY)
        around = [name for frame in self.frames for name in frame.entries]
        return self._complain("name_unknown", "Nothing here is called “{name}”.", nearest(node.name, around), name=node.name)

    def _listliteral(self, node: nodes.ListLiteral) -> Kind:
        return ListOf(join(*map(self.kind, node.items)) if node.items else ANY)

    def _contextliteral(self, node: nodes.ContextLiteral) -> Kind:
        entries: dict[str, Kind] = {}
        with self._within(Record(entries)):
            for name, entry in node.entries:
                entries[name] = self.kind(entry)
        return Record(entries)

    def _rangeliteral(self, node: nodes.RangeLiteral) -> Kind:
        ends = [self.kind(end) for end in (node.start, node.end) if end is not None]
        if len(ends) == 2:
            self._compare("<", *ends)
        return RANGE

    def _functionliteral(self, node: nodes.FunctionLiteral) -> Kind:
        with self._within(Record({name: of_spec(spec) if spec else ANY for name, spec in node.parameters})):
            return Function(self.kind(node.body))

    def _path(self, node: nodes.Path) -> Kind:
        whole = self.kind(node.operand)
        part = operations.part_of(whole, node.name)
        if part is not None:
            return part
        known = operations.names_in(whole)
        text = "“{whole}” has no part “{name}”." if known else "“{whole}” is {kind} and has no parts; “{name}” is asked of it."
        return self._complain("part_unknown", text, nearest(node.name, known), name=node.name, whole=_spelled(node.operand),
                              kind=whole.say())

    def _filter(self, node: nodes.Filter) -> Kind:
        whole = self.kind(node.operand)
        item = calls.item_of(whole) if whole.known else ANY
        entries = {"item": item, **(item.entries if isinstance(item, Record) else {})}
        with self._within(Record(entries, open=not item.known or (isinstance(item, Record) and item.open))):
            condition = self.kind(node.condition)
        if condition == NUMBER:
            return item
        if condition.known and condition != BOOLEAN:
            self._complain("not_boolean", "A filter needs true or false; this is {kind}.", kind=condition.say())
        return ListOf(item) if condition == BOOLEAN else ANY

    # ---- operators -----------------------------------------------------------------------------------------------

    def _negation(self, node: nodes.Negation) -> Kind:
        kind = self.kind(node.operand)
        return kind if operations.compute("*", kind, NUMBER) else self._complain(
            "not_computable", "{left} {operator} {right} can't be computed.", left=Term("", ""), operator="-", right=kind.say())

    def _arithmetic(self, node: nodes.Arithmetic) -> Kind:
        so_far = self.kind(node.first)
        for operator, operand in node.rest:
            kind = self.kind(operand)
            computed = operations.compute(operator, so_far, kind)
            so_far = computed or self._complain(
                "not_computable", "{left} {operator} {right} can't be computed.", left=so_far.say(), operator=operator,
                right=kind.say())
        return so_far

    def _comparison(self, node: nodes.Comparison) -> Kind:
        left, right = self.kind(node.left), self.kind(node.right)
        self._compare(node.operator, left, right)
        self._same_words(node.left, left, node.right, right)
        return BOOLEAN

    def _between(self, node: nodes.Between) -> Kind:
        kind = self.kind(node.operand)
        for end in (node.low, node.high):
            self._compare("<", kind, self.kind(end))
        return BOOLEAN

    def _compare(self, operator: str, left: Kind, right: Kind) -> None:
        if not operations.comparable(operator, left, right):
            self._complain("not_comparable", "{left} and {right} can't be compared ({operator}).", left=left.say(),
                           right=right.say(), operator=operator)

    def _same_words(self, one: Node, left: Kind, other: Node, right: Kind) -> None:
        """A constant that stands against a choice must be one of its options."""
        left, right = (kind.item if isinstance(kind, ListOf) else kind for kind in (left, right))
        if not (isinstance(left, Text) and isinstance(right, Text)) or left.options is None or right.options is None:
            return
        for node, said, offered in ((one, left.options, right.options), (other, right.options, left.options)):
            if _constant(node):
                for stray in sorted(said - offered - {""}):
                    self._complain("option_unknown", "“{value}” is none of the options: {options}.",
                                   nearest(stray, offered), value=stray, options=", ".join(sorted(offered)))
                return

    def _membership(self, node: nodes.Membership) -> Kind:
        self._tests(node.operand, self.kind(node.operand), node.tests)
        return BOOLEAN

    def _unarytests(self, node: nodes.UnaryTests) -> Kind:
        self._tests(nodes.Variable("?", 0), self.frames[0].entries["?"], node.tests)
        return BOOLEAN

    def _tests(self, tested: Node, kind: Kind, tests: Iterable[Node]) -> None:
        for test in tests:
            if isinstance(test, nodes.OperatorTest):
                self._compare(test.operator, kind, self.kind(test.operand))
                continue
            found = self.kind(test)
            if isinstance(test, nodes.RangeLiteral):
                for end in filter(None, (test.start, test.end)):
                    self._compare("<", kind, self.kind(end))
            elif found != RANGE and not (found == BOOLEAN and not isinstance(test, nodes.Literal)):
                alike = found.item if isinstance(found, ListOf) and not isinstance(kind, ListOf) else found
                self._compare("=", kind.item if isinstance(kind, ListOf) else kind, alike)
                self._same_words(tested, kind, test, found)

    def _operatortest(self, node: nodes.OperatorTest) -> Kind:
        self.kind(node.operand)
        return RANGE

    def _instanceof(self, node: nodes.InstanceOf) -> Kind:
        self.kind(node.operand)
        return BOOLEAN

    def _logic(self, node: nodes.Logic) -> Kind:
        for operand in node.operands:
            self._truth(self.kind(operand))
        return BOOLEAN

    def _conditional(self, node: nodes.Conditional) -> Kind:
        self._truth(self.kind(node.condition))
        return join(self.kind(node.consequence), self.kind(node.alternative))

    def _truth(self, kind: Kind) -> None:
        if kind.known and kind != BOOLEAN:
            self._complain("not_boolean", "A condition must be true or false; this is {kind}.", kind=kind.say())

    # ---- loops and calls -----------------------------------------------------------------------------------------

    def _for(self, node: nodes.For) -> Kind:
        with self._through(node.iterations), self._within(Record({"partial": ListOf(ANY)})):
            return ListOf(self.kind(node.body))

    def _quantified(self, node: nodes.Quantified) -> Kind:
        with self._through(node.iterations):
            self._truth(self.kind(node.condition))
        return BOOLEAN

    @contextmanager
    def _through(self, iterations: Iterable[nodes.Iteration]) -> Iterator[None]:
        before = len(self.frames)
        for each in iterations:
            source = self.kind(each.source)
            if each.end is not None:
                self.kind(each.end)
            elif source.known and source != RANGE and not isinstance(source, ListOf):
                self._complain("not_list", "A list is gone through here; this is {kind}.", kind=source.say())
            item = NUMBER if each.end is not None else source.item if isinstance(source, ListOf) else ANY
            self.frames.append(Record({each.name: item}))
        yield
        del self.frames[before:]

    def _call(self, node: nodes.Call) -> Kind:
        arguments = [self.kind(argument) for argument in node.arguments]
        name = node.function.name if isinstance(node.function, nodes.Variable) else ""
        if name in BUILTINS and not any(name in frame.entries for frame in self.frames):
            return self._built_in(name, node, arguments)
        function = self.kind(node.function)
        return function.result if isinstance(function, Function) else ANY

    def _built_in(self, name: str, node: nodes.Call, arguments: list[Kind]) -> Kind:
        first = node.arguments[0] if node.arguments else None
        literal = first.value if isinstance(first, nodes.Literal) else None
        wrong = calls.misfit(name, arguments, node.names)
        if wrong and wrong[0] < 0:
            return self._complain("argument_wrong", "{function}() does not take these arguments.", function=name)
        if wrong:
            self._complain("argument_wrong", "{function}() can't take {kind} as “{parameter}”.", function=name,
                           kind=arguments[wrong[0]].say(), parameter=wrong[1].name)
        elif added := calls.adds_up(name, arguments):
            return self._complain("argument_wrong", "{function}() can't add up {kind}.", function=name, kind=added.say())
        elif calls.unreadable(name, literal):
            self._complain("literal_wrong", "{function}() can't read “{text}”.", function=name, text=literal)
        if name == "list contains" and len(arguments) == 2:
            self._same_words(node.arguments[0], arguments[0], node.arguments[1], arguments[1])
        return calls.given(name, arguments, literal)


def _constant(node: Node) -> bool:
    return isinstance(node, nodes.Literal) or (isinstance(node, nodes.ListLiteral) and all(map(_constant, node.items)))


def _spelled(node: Node) -> str:
    """A path as it is written; anything cleverer is `…`."""
    if isinstance(node, nodes.Path):
        return f"{_spelled(node.operand)}.{node.name}"
    return node.name if isinstance(node, nodes.Variable) else "…"
