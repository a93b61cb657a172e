"""Reads FEEL source text into a syntax tree."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn.feel import decimals, nodes
from bpmn.feel.cursor import Cursor
from bpmn.feel.errors import FeelLimitExceeded, FeelSyntaxError
from bpmn.feel.lexer import unescape
from bpmn.feel.nodes import Node
from bpmn.feel.run import TypeSpec
from bpmn.feel.temporal_text import parse_temporal
from bpmn.feel.type_parser import read_type
from bpmn.feel.type_specs import SIMPLE_TYPES

_OR, _AND, _COMPARISON, _ADDITIVE = 1, 2, 3, 4
_COMPARATORS = ("=", "!=", "<", "<=", ">", ">=")
_LEVELS = {
    "+": _ADDITIVE,
    "-": _ADDITIVE,
    "*": 5,
    "/": 5,
    "**": 6,
    **dict.fromkeys(_COMPARATORS, _COMPARISON),
}
_WORD_LEVELS = {
    "or": _OR,
    "and": _AND,
    "between": _COMPARISON,
    "in": _COMPARISON,
    "instance": _COMPARISON,
}
_CONSTANTS = {"true": True, "false": False, "null": None}
_CANNOT_START = ("and", "or", "then", "else", "return", "satisfies", "in", "between", "instance")


def parse(source: str, names: Iterable[str]) -> Node:
    """Read an expression."""
    return _guarded(source, names, unary=False)


def parse_unary_tests(source: str, names: Iterable[str]) -> nodes.UnaryTests:
    """Read the unary tests of a decision table cell."""
    tests = _guarded(source, names, unary=True)
    assert isinstance(tests, nodes.UnaryTests)
    return tests


def _guarded(source: str, names: Iterable[str], unary: bool) -> Node:
    parser = _Parser(Cursor(source, (*SIMPLE_TYPES, *names)))
    try:
        return parser.whole_unary_tests() if unary else parser.whole_expression()
    except RecursionError:
        raise FeelLimitExceeded("the expression is nested too deeply") from None


class _Parser:
    """A recursive descent parser with operator precedence."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def whole_expression(self) -> Node:
        node = self.expression()
        self._expect_end()
        return node

    def whole_unary_tests(self) -> nodes.UnaryTests:
        cursor = self.cursor
        if cursor.at("-") and cursor.peek().kind == "end":
            return nodes.UnaryTests((), False)
        if cursor.at_word("not") and cursor.peek().text == "(":
            try:
                return self._negated_tests()
            except FeelSyntaxError:
                cursor.position = 0
        tests = self._tests()
        self._expect_end()
        return nodes.UnaryTests(tests, False)

    def _negated_tests(self) -> nodes.UnaryTests:
        self.cursor.position += 2
        tests = self._tests()
        self.cursor.expect(")")
        self._expect_end()
        return nodes.UnaryTests(tests, True)

    def _expect_end(self) -> None:
        if self.cursor.token.kind != "end":
            raise self.cursor.error("expected an operator or the end")

    def _tests(self) -> tuple[Node, ...]:
        tests = [self._test(0)]
        while self.cursor.take(","):
            tests.append(self._test(0))
        return tuple(tests)

    def _test(self, level: int) -> Node:
        if self.cursor.at(*_COMPARATORS):
            operator = self.cursor.advance().text
            return nodes.OperatorTest(operator, self._binary(_ADDITIVE))
        return self._binary(level) if level else self.expression()

    def expression(self) -> Node:
        self.cursor.enter()
        try:
            return self._binary(_OR)
        finally:
            self.cursor.leave()

    def _level(self) -> int:
        token = self.cursor.token
        if token.kind == "operator":
            return _LEVELS.get(token.text, 0)
        return _WORD_LEVELS.get(token.text, 0) if token.kind == "name" else 0

    def _binary(self, lowest: int) -> Node:
        left = self._signed()
        while (level := self._level()) >= lowest and level:
            if level == _COMPARISON:
                left = self._comparison(left)
            elif level < _COMPARISON:
                left = self._logic(left, level)
            else:
                left = self._arithmetic(left, level)
        return left

    def _logic(self, first: Node, level: int) -> Node:
        operator = self.cursor.token.text
        operands = [first]
        while self.cursor.take_word(operator):
            operands.append(self._binary(level + 1))
        return nodes.Logic(operator, tuple(operands))

    def _arithmetic(self, first: Node, level: int) -> Node:
        rest: list[tuple[str, Node]] = []
        while self._level() == level:
            operator = self.cursor.advance().text
            rest.append((operator, self._binary(level + 1)))
        return nodes.Arithmetic(first, tuple(rest))

    def _comparison(self, left: Node) -> Node:
        operator = self.cursor.advance().text
        if operator == "between":
            low = self._binary(_ADDITIVE)
            self.cursor.expect_word("and")
            return nodes.Between(left, low, self._binary(_ADDITIVE))
        if operator == "in":
            return nodes.Membership(left, self._membership_tests())
        if operator == "instance":
            self.cursor.expect_word("of")
            return nodes.InstanceOf(left, read_type(self.cursor))
        return nodes.Comparison(operator, left, self._binary(_ADDITIVE))

    def _membership_tests(self) -> tuple[Node, ...]:
        start = self.cursor.position
        if self.cursor.take("("):
            tests = self._tests()
            if self.cursor.take(")"):
                return tests
            self.cursor.position = start
        return (self._test(_ADDITIVE),)

    def _signed(self) -> Node:
        signs = 0
        while self.cursor.take("-"):
            signs += 1
        operand = self._postfix(self._primary())
        if signs == 0:
            return operand
        return nodes.Negation(operand) if signs % 2 else nodes.Negation(nodes.Negation(operand))

    def _postfix(self, operand: Node) -> Node:
        while True:
            if self.cursor.at("[") and not self._closes_range():
                operand = self._filter(operand)
            elif self.cursor.take("."):
                operand = nodes.Path(operand, self.cursor.read_name())
            elif self.cursor.take("("):
                operand = self._call(operand)
            else:
                return operand

    def _closes_range(self) -> bool:
        """Whether a `[` ends a range such as `[1..5[` instead of starting a filter."""
        following = self.cursor.peek()
        if following.kind == "operator":
            return following.text not in ("(", "[", "]", "{", "-", "@", "?")
        return following.kind == "end" or following.text in _CANNOT_START

    def _filter(self, operand: Node) -> Node:
        self.cursor.expect("[")
        condition = self.expression()
        self.cursor.expect("]")
        return nodes.Filter(operand, condition)

    def _call(self, function: Node) -> Node:
        arguments: list[Node] = []
        names: list[str] = []
        while not self.cursor.take(")"):
            if length := self.cursor.declared_length(":"):
                names.append(self.cursor.take_name(length))
                self.cursor.expect(":")
            arguments.append(self.expression())
            if not self.cursor.at(")"):
                self.cursor.expect(",")
        if names and len(names) != len(arguments):
            raise self.cursor.error("either all arguments have names or none")
        return nodes.Call(function, tuple(arguments), tuple(names))

    def _primary(self) -> Node:
        token = self.cursor.token
        if token.kind == "number":
            return self._number()
        if token.kind == "string":
            return nodes.Literal(unescape(self.cursor.advance().text))
        if token.kind == "name":
            return self._named()
        if token.kind == "operator":
            return self._bracketed(token.text)
        raise self.cursor.error("expected an expression")

    def _number(self) -> Node:
        number = decimals.to_decimal(self.cursor.token.text)
        if number is None:
            raise self.cursor.error("the number is too large")
        self.cursor.advance()
        return nodes.Literal(number)

    def _bracketed(self, operator: str) -> Node:
        if operator == "(":
            return self._parenthesis()
        if operator == "[":
            return self._list_or_range()
        if operator == "]":
            self.cursor.advance()
            return self._range_end(self.expression(), False)
        if operator == "{":
            return self._context()
        if operator == "@":
            return self._at_literal()
        raise self.cursor.error("expected an expression")

    def _at_literal(self) -> Node:
        self.cursor.expect("@")
        if self.cursor.token.kind != "string":
            raise self.cursor.error("expected a string after @")
        value = parse_temporal(unescape(self.cursor.token.text))
        if value is None:
            raise self.cursor.error("expected a date, time or duration after @")
        self.cursor.advance()
        return nodes.Literal(value)

    def _parenthesis(self) -> Node:
        self.cursor.expect("(")
        inner = self._test(0)
        if self.cursor.at(".."):
            return self._range_end(inner, False)
        self.cursor.expect(")")
        return inner

    def _list_or_range(self) -> Node:
        self.cursor.expect("[")
        if self.cursor.take("]"):
            return nodes.ListLiteral(())
        first = self._test(0)
        if self.cursor.at(".."):
            return self._range_end(first, True)
        items = [first]
        while self.cursor.take(","):
            items.append(self._test(0))
        self.cursor.expect("]")
        return nodes.ListLiteral(tuple(items))

    def _range_end(self, start: Node, start_included: bool) -> Node:
        self.cursor.expect("..")
        end = self.expression()
        end_included = self.cursor.at("]")
        if not self.cursor.take("]", ")", "["):
            raise self.cursor.error("expected the end of the range")
        return nodes.RangeLiteral(start, end, start_included, end_included)

    def _context(self) -> Node:
        self.cursor.expect("{")
        entries: list[tuple[str, Node]] = []
        while not self.cursor.take("}"):
            name = self.cursor.read_declared_name(":")
            self.cursor.expect(":")
            if any(name == known for known, _ in entries):
                raise self.cursor.error(f"the entry '{name}' appears twice")
            entries.append((name, self.expression()))
            self.cursor.names.add(name)
            if not self.cursor.at("}"):
                self.cursor.expect(",")
        return nodes.ContextLiteral(tuple(entries))

    def _named(self) -> Node:
        token = self.cursor.token
        known = self.cursor.names.match(self.cursor.source, self.cursor.tokens, self.cursor.position)
        if token.text == "?" or (known == 0 and self.cursor.at_keyword()):
            return self._keyword(token.text)
        length = self.cursor.name_length()
        return nodes.Variable(self.cursor.take_name(length), token.start)

    def _keyword(self, word: str) -> Node:
        start = self.cursor.token.start
        if word in ("if", "for", "some", "every", "function", "true", "false", "null", "?"):
            self.cursor.advance()
        if word == "?":
            return nodes.Variable("?", start)
        if word in _CONSTANTS:
            return nodes.Literal(_CONSTANTS[word])
        if word == "if":
            return self._conditional()
        if word == "for":
            return self._for()
        if word in ("some", "every"):
            return self._quantified(word)
        if word == "function":
            return self._function()
        raise self.cursor.error("expected an expression")

    def _conditional(self) -> Node:
        condition = self.expression()
        self.cursor.expect_word("then")
        consequence = self.expression()
        self.cursor.expect_word("else")
        return nodes.Conditional(condition, consequence, self.expression())

    def _iterations(self) -> tuple[nodes.Iteration, ...]:
        iterations = [self._iteration()]
        while self.cursor.take(","):
            iterations.append(self._iteration())
        return tuple(iterations)

    def _iteration(self) -> nodes.Iteration:
        name = self.cursor.read_declared_name("in")
        self.cursor.names.add(name)
        self.cursor.expect_word("in")
        source = self.expression()
        end = self.expression() if self.cursor.take("..") else None
        return nodes.Iteration(name, source, end)

    def _for(self) -> Node:
        iterations = self._iterations()
        self.cursor.expect_word("return")
        return nodes.For(iterations, self.expression())

    def _quantified(self, quantifier: str) -> Node:
        iterations = self._iterations()
        self.cursor.expect_word("satisfies")
        return nodes.Quantified(quantifier, iterations, self.expression())

    def _function(self) -> Node:
        self.cursor.expect("(")
        parameters: list[tuple[str, TypeSpec | None]] = []
        while not self.cursor.take(")"):
            name = self.cursor.read_declared_name(":", ",", ")")
            self.cursor.names.add(name)
            parameters.append((name, read_type(self.cursor) if self.cursor.take(":") else None))
            if not self.cursor.at(")"):
                self.cursor.expect(",")
        if self.cursor.at_word("external"):
            raise self.cursor.error("external functions are not supported")
        return nodes.FunctionLiteral(tuple(parameters), self.expression())
