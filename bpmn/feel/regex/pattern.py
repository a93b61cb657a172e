"""Reads a regular expression into a tree."""

from __future__ import annotations

from dataclasses import dataclass

from bpmn.feel.regex.charsets import CLASSES, CharTest, folded, negated, property_test

MAX_PATTERN = 1000
MAX_REPEAT = 1000
_MAX_DEPTH = 50
_SINGLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN_ESCAPED = "\\|.?*+(){}$-[]^/"


class RegexError(Exception):
    """The text is not a regular expression that can be used."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character out of a set."""

    test: CharTest


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start or the end of the text, or of a line."""

    at_start: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several branches, the first that matches."""

    branches: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A part in parentheses that is remembered."""

    number: int
    body: Part


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part some number of times; no upper bound if `most` is None."""

    body: Part
    least: int
    most: int | None
    greedy: bool


Part = Char | Anchor | Sequence | Choice | Group | Repeat


@dataclass(slots=True)
class PatternReader:
    """Reads one pattern from left to right."""

    text: str
    flags: frozenset[str]
    position: int = 0
    groups: int = 0
    depth: int = 0

    def read(self) -> Part:
        """Read the whole pattern."""
        part = self._choice()
        if self.position < len(self.text):
            raise RegexError("unbalanced parenthesis")
        return part

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self, expected: str) -> bool:
        if not self.text.startswith(expected, self.position):
            return False
        self.position += len(expected)
        return True

    def _next(self) -> str:
        if self.position >= len(self.text):
            raise RegexError("the pattern ends too early")
        self.position += 1
        return self.text[self.position - 1]

    def _choice(self) -> Part:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise RegexError("the pattern is nested too deeply")
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while (character := self._peek()) and character not in "|)":
            parts.append(self._quantified())
        return Sequence(tuple(parts))

    def _quantified(self) -> Part:
        part = self._atom()
        bounds = self._bounds()
        if bounds is None:
            return part
        least, most = bounds
        greedy = not self._take("?")
        if self._peek() and self._peek() in "*+?{":
            raise RegexError("a quantifier follows a quantifier")
        return Repeat(part, least, most, greedy)

    def _bounds(self) -> tuple[int, int | None] | None:
        for symbol, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(symbol):
                return bounds
        if not self._take("{"):
            return None
        end = self.text.find("}", self.position)
        low, comma, high = self.text[self.position : max(end, 0)].partition(",")
        if end < 0 or not low.isdecimal() or not (high.isdecimal() or not high) or len(low + high) > 8:
            raise RegexError("bad quantifier")
        self.position = end + 1
        least, most = int(low), (int(high) if high else None) if comma else int(low)
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise RegexError("bad quantifier")
        return least, most

    def _atom(self) -> Part:  # noqa: PLR0911
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return Char(self._class())
        if character == ".":
            dot_all = "s" in self.flags
            return Char(lambda each: dot_all or each not in "\n\r")
        if character == "^":
            return Anchor(True)
        if character == "$":
            return Anchor(False)
        if character == "\\":
            return Char(self._escape())
        if character in "*+?{}]":
            raise RegexError(f"'{character}' has to be escaped")
        return Char(self._folded(_literal(character)))

    def _folded(self, test: CharTest) -> CharTest:
        return folded(test) if "i" in self.flags else test

    def _group(self) -> Part:
        number = 0
        if not self._take("?:"):
            self.groups += 1
            number = self.groups
        body = self._choice()
        if not self._take(")"):
            raise RegexError("unbalanced parenthesis")
        return Group(number, body) if number else body

    def _escape(self) -> CharTest:
        character = self._next()
        if character in "pP":
            test = self._property()
            return negated(test) if character == "P" else test
        if character.lower() in CLASSES:
            test = CLASSES[character.lower()]
            return negated(test) if character.isupper() else test
        if character in _SINGLE_ESCAPES or character in _PLAIN_ESCAPED:
            return self._folded(_literal(_SINGLE_ESCAPES.get(character, character)))
        raise RegexError(f"unknown or unsupported escape '\\{character}'")

    def _property(self) -> CharTest:
        end = self.text.find("}", self.position)
        if not self._take("{") or end < 0:
            raise RegexError("bad category")
        name, self.position = self.text[self.position : end], end + 1
        test = property_test(name)
        if test is None:
            raise RegexError(f"unknown category {name}")
        return test

    def _class(self) -> CharTest:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise RegexError("the pattern is nested too deeply")
        inverse = self._take("^")
        tests: list[CharTest] = []
        removed: CharTest | None = None
        while not self._take("]"):
            if tests and self._take("-["):
                removed = self._class()
                if self._peek() != "]":
                    raise RegexError("a subtraction ends its class")
            else:
                tests.append(self._class_item(bool(tests)))
        if not tests:
            raise RegexError("an empty class")
        self.depth -= 1
        return _combined(tests, inverse, removed)

    def _class_item(self, follows: bool) -> CharTest:
        character = self._next()
        if character == "[":
            raise RegexError("'[' has to be escaped in a class")
        if character == "\\":
            start = self.position
            test = self._escape()
            low = self.text[start] if self.position == start + 1 else ""
            character = _SINGLE_ESCAPES.get(low, low if low in _PLAIN_ESCAPED else "")
            if not character:
                return test
        elif character == "-" and follows and self._peek() != "]":
            raise RegexError("'-' has to be escaped in a class")
        return self._range_from(character)

    def _range_from(self, low: str) -> CharTest:
        ahead = self.text[self.position : self.position + 2]
        if not ahead.startswith("-") or ahead in ("-", "-]", "-["):
            return self._folded(_literal(low))
        self.position += 1
        high = self._next()
        if high == "\\":
            high = self._next()
            if high not in _PLAIN_ESCAPED and high not in _SINGLE_ESCAPES:
                raise RegexError("bad range in a class")
            high = _SINGLE_ESCAPES.get(high, high)
        if high < low:
            raise RegexError("a range in a class is backwards")
        return self._folded(lambda each: low <= each <= high)


def _literal(character: str) -> CharTest:
    return lambda each: each == character


def _combined(tests: list[CharTest], inverse: bool, removed: CharTest | None) -> CharTest:
    def accepts(character: str) -> bool:
        if any(test(character) for test in tests) == inverse:
            return False
        return removed is None or not removed(character)

    return accepts
