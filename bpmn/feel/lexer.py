"""Cuts FEEL source text into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpmn.feel.errors import FeelSyntaxError

_NAME_RANGES = (
    r"A-Za-z_\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C\u200D\u203F\u2040\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_TOKEN = re.compile(
    rf"""(?P<space>[\s\uFEFF]+|//[^\n\r]*|/\*(?s:.*?)\*/)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>\?|[{_NAME_RANGES}][{_NAME_RANGES}0-9]*)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<operator>\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.@'])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source text; `kind` is number, name, string, operator or end."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(source: str) -> list[Token]:
    """Cut a source text into tokens, the last of which is the end."""
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise FeelSyntaxError(_complaint(source[position]), position)
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match.group(), position, match.end()))
        position = match.end()
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def _complaint(character: str) -> str:
    if character == '"':
        return "the string has no closing quote"
    if character in "\u201c\u201d\uff02":
        return f"'{character}' is not a quote here, use \""
    return f"unexpected character '{character}'"


def unescape(literal: str) -> str:
    """The text of a string literal with its quotes."""
    text = _ESCAPE.sub(_replace_escape, literal[1:-1])
    return _SURROGATES.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)


def _replace_escape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point < 0x110000 else match[0]
    if code in "\"'\\":
        return code
    return _PLAIN_ESCAPES.get(code, match[0])
