"""Names of several words or with operators in them, found among the names in scope."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bpmn.feel.errors import FeelSyntaxError
from bpmn.feel.lexer import Token, tokenize

KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "external",
        "true",
        "false",
        "null",
    ]
)
_SPACES = re.compile(r"\s+")
_SIMPLE = re.compile(r"[^\W\d]\w*")


def normalize(name: str) -> str:
    """A name with single spaces."""
    return _SPACES.sub(" ", name.strip())


def slice_name(source: str, tokens: list[Token], start: int, end: int) -> str:
    """The name that the tokens from start up to end spell."""
    return normalize(source[tokens[start].start : tokens[end - 1].end])


class NameIndex:
    """The known names that are more than one word."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make one more name known."""
        name = normalize(name)
        if _SIMPLE.fullmatch(name):
            return
        try:
            words = tuple(token.text for token in tokenize(name)[:-1])
        except FeelSyntaxError:
            return
        if len(words) > 1:
            candidates = self._by_first.setdefault(words[0], [])
            candidates.append((words, name))
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def match(self, source: str, tokens: list[Token], position: int) -> int:
        """The number of tokens that the longest known name at a position has, or 0."""
        for words, name in self._by_first.get(tokens[position].text, ()):
            end = position + len(words)
            found = tuple(token.text for token in tokens[position:end])
            if found == words and slice_name(source, tokens, position, end) == name:
                return len(words)
        return 0


def count_words(tokens: list[Token], position: int) -> int:
    """The number of adjacent words from a position that can only be one name."""
    count = 0
    while position + count < len(tokens):
        token = tokens[position + count]
        digits = count > 0 and token.kind == "number" and token.text.isdigit()
        if not digits and (token.kind != "name" or token.text in KEYWORDS or token.text == "?"):
            break
        count += 1
    return count
