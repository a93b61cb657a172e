"""A reading position in the tokens of one source text."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn.feel.errors import FeelLimitExceeded, FeelSyntaxError
from bpmn.feel.lexer import Token, tokenize, unescape
from bpmn.feel.limits import MAX_NESTING, MAX_SOURCE_LENGTH
from bpmn.feel.names import KEYWORDS, NameIndex, count_words, slice_name

_MAX_NAME_TOKENS = 40


class Cursor:
    """Steps through tokens and reads the names among them."""

    def __init__(self, source: str, names: Iterable[str]) -> None:
        if len(source) > MAX_SOURCE_LENGTH:
            raise FeelLimitExceeded(f"an expression may have at most {MAX_SOURCE_LENGTH} characters")
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.names = NameIndex(names)
        self._nesting = 0

    @property
    def token(self) -> Token:
        """The token at the position."""
        return self.tokens[self.position]

    def peek(self, distance: int = 1) -> Token:
        """The token some steps ahead, or the end."""
        return self.tokens[min(self.position + distance, len(self.tokens) - 1)]

    def at(self, *operators: str) -> bool:
        """Whether the next token is one of the operators."""
        return self.token.kind == "operator" and self.token.text in operators

    def at_word(self, word: str) -> bool:
        """Whether the next token is a keyword."""
        return self.token.kind == "name" and self.token.text == word

    def advance(self) -> Token:
        """Take the next token."""
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def take(self, *operators: str) -> bool:
        """Take the next token if it is one of the operators."""
        if not self.at(*operators):
            return False
        self.position += 1
        return True

    def take_word(self, word: str) -> bool:
        """Take the next token if it is that keyword."""
        if not self.at_word(word):
            return False
        self.position += 1
        return True

    def expect(self, operator: str) -> None:
        """Take an operator that has to come next."""
        if not self.take(operator):
            raise self.error(f"expected '{operator}'")

    def expect_word(self, word: str) -> None:
        """Take a keyword that has to come next."""
        if not self.take_word(word):
            raise self.error(f"expected '{word}'")

    def error(self, message: str) -> FeelSyntaxError:
        """A syntax error at the position."""
        found = f"'{self.token.text[:40]}'" if self.token.kind != "end" else "the end"
        return FeelSyntaxError(f"{message}, found {found}", self.token.start)

    def enter(self) -> None:
        """Note one more level of nesting."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise FeelLimitExceeded(f"an expression may be nested at most {MAX_NESTING} levels deep")

    def leave(self) -> None:
        """Note that a level of nesting is complete."""
        self._nesting -= 1

    def name_length(self) -> int:
        """The number of tokens of the name at the position, 0 if there is none."""
        known = self.names.match(self.source, self.tokens, self.position)
        return max(known, count_words(self.tokens, self.position))

    def take_name(self, length: int) -> str:
        """Take a name of so many tokens."""
        start, self.position = self.position, self.position + length
        return slice_name(self.source, self.tokens, start, self.position)

    def read_name(self) -> str:
        """Read a name that has to come next; after a dot any word will do."""
        length = self.name_length()
        if length == 0 and self.token.kind == "name":
            length = 1
        if length == 0:
            raise self.error("expected a name")
        return self.take_name(length)

    def read_declared_name(self, *terminators: str) -> str:
        """Read a new name, which may be a string or contain operators, up to a terminator."""
        if self.token.kind == "string" and self.peek().text in terminators:
            return unescape(self.advance().text)
        length = self.declared_length(*terminators)
        if length == 0:
            raise self.error("expected a name")
        return self.take_name(length)

    def declared_length(self, *terminators: str) -> int:
        """The number of tokens of a new name that a terminator ends, 0 if there is none."""
        if self.token.kind != "name":
            return 0
        for length in range(1, _MAX_NAME_TOKENS):
            token = self.peek(length)
            if token.text in terminators and token.kind in ("operator", "name"):
                return length
            if token.kind not in ("name", "number") and token.text not in ("+", "-", "*", "/", "'", "."):
                return 0
        return 0

    def at_keyword(self) -> bool:
        """Whether the next token is a reserved word."""
        return self.token.kind == "name" and self.token.text in KEYWORDS
