"""Names of several words or with operators in them, found among the names in scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce

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


Candidates = tuple[tuple[tuple[str, ...], str], ...]     # the words of each name that begins with the same one, the longest first


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    """The tokens of a name that are more than one word; empty: it is one word, or no name."""
    if _SIMPLE.fullmatch(name):
        return ()
    try:
        words = tuple(token.text for token in tokenize(name)[:-1])
    except FeelSyntaxError:
        return ()
    return words if len(words) > 1 else ()


def _with(index: Mapping[str, Candidates], name: str) -> Mapping[str, Candidates]:
    """An index with one more name; the one given stays as it is."""
    name = normalize(name)
    words = _words(name)
    if not words:
        return index
    candidates = (*index.get(words[0], ()), (words, name))
    return {**index, words[0]: tuple(sorted(candidates, key=lambda candidate: -len(candidate[0])))}


@lru_cache(maxsize=256)
def _shared(names: frozenset[str]) -> Mapping[str, Candidates]:
    """The index of names that many expressions see."""
    return reduce(_with, names, {})


class NameIndex:
    """The known names that are more than one word."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first = _shared(frozenset(names))

    def add(self, name: str) -> None:
        """Make one more name known."""
        self._by_first = _with(self._by_first, name)

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
