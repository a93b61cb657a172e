"""Why a file can't be read, told plainly and with the place: what pydantic, tomllib and json complain of in their own English."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from json import JSONDecodeError
from typing import Any

from bpmn.message import Message, Term

_SHOWN = 60     # characters of what stands there


class Unfit(ValueError):
    """A validator's complaint that brings its own sentence."""

    def __init__(self, sentence: Message | Term) -> None:
        """Keep the sentence."""
        self.sentence = sentence
        super().__init__(str(sentence))


_TEXT, _WHOLE, _NUMBER = Message("A text is needed here."), Message("A whole number is needed here."), Message("A number is needed here.")
_LIST, _TABLE = Message("A list is needed here: […]."), Message("Words of its own are needed here, not one value.")
_DAY = Message("A day is needed here, such as 2024-01-01.")
_SHAPES: Mapping[str, Message] = {
    "missing": Message("It is missing."),
    "extra_forbidden": Message("There is no such word here."),
    "literal_error": Message("“{input}” is not possible here; possible are: {expected}."),
    "enum": Message("“{input}” is not possible here; possible are: {expected}."),
    "union_tag_invalid": Message("There is no kind “{tag}”."),
    "union_tag_not_found": Message("Its kind is missing: {discriminator}."),
    "string_pattern_mismatch": Message("“{input}” is not written as it must be: {pattern}"),
    "string_too_short": Message("At least {min_length} characters are needed."),
    "string_too_long": Message("At most {max_length} characters are possible."),
    "too_short": Message("At least {min_length} entries are needed."),
    "too_long": Message("At most {max_length} entries are possible."),
    "greater_than_equal": Message("“{input}” is too small; at least {ge}."),
    "greater_than": Message("“{input}” is too small; more than {gt}."),
    "less_than_equal": Message("“{input}” is too large; at most {le}."),
    "less_than": Message("“{input}” is too large; less than {lt}."),
}
_KINDS: Sequence[tuple[str, Message]] = (
    ("string", _TEXT), ("int", _WHOLE), ("float", _NUMBER), ("decimal", _NUMBER), ("finite", _NUMBER),
    ("bool", Message("Only true or false is possible here.")), ("tuple", _LIST), ("list", _LIST), ("set", _LIST), ("frozen_set", _LIST),
    ("dict", _TABLE), ("mapping", _TABLE), ("model", _TABLE), ("dataclass", _TABLE), ("date", _DAY))
_OTHER = Message("“{input}” can't be used here.")

_TOML: Sequence[tuple[str, Message]] = (
    (r"Invalid value|Invalid date.*|Invalid hex.*", Message("this is no value; texts stand in quotes")),
    (r"Expected '=' after.*", Message("a “=” is missing after the word")),
    (r"Expected newline.*", Message("something follows the value that does not belong there")),
    (r"Expected '\]+' at.*", Message("the heading's bracket is not closed")),
    (r"Cannot (?:overwrite|declare|redefine|mutate).*|Duplicate inline.*", Message("this word stands there twice")),
    (r"Unclosed array", Message("the list is not closed by “]”")),
    (r"Unclosed inline table|Invalid initial character.*|Invalid statement", Message("a word is expected here")),
    (r"Unterminated string|Expected '[\"']+'", Message("the text's closing quote is missing")),
    (r"(?:Illegal|Found invalid) character.*|Unescaped.*|Escaped.*", Message("this character can't stand in a text")),
)
_JSON: Sequence[tuple[str, Message]] = (
    (r"Expecting ',' delimiter", Message("a comma is missing")),
    (r"Expecting ':' delimiter", Message("a colon is missing")),
    (r"Expecting property name.*|Illegal trailing comma.*", Message("a word in quotes is expected here")),
    (r"Expecting value", Message("a value is expected here")),
    (r"Extra data", Message("something follows the end")),
    (r"Unterminated string.*", Message("the text's closing quote is missing")),
    (r"Invalid (?:control character|\\).*", Message("this character can't stand in a text")),
)
_UNKNOWN = Message("it is not understood")
_AT = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def shape(error: Mapping[str, Any]) -> Message | Term:
    """One of pydantic's errors, without its place."""
    given, kind = error.get("ctx", {}), str(error["type"])
    if isinstance(told := given.get("error"), Unfit):
        return told.sentence
    said = _SHAPES.get(kind) or next((words for name, words in _KINDS if re.match(rf"{name}(_|$)", kind)), _OTHER)
    shown = {**given, "input": str(error.get("input", ""))[:_SHOWN]}
    if "expected" in given:
        shown["expected"] = ", ".join(re.findall(r"'([^']*)'", str(given["expected"])))
    return said.with_params(**shown)


def place(steps: Sequence[int | str]) -> Term:
    """Where in a file, as people count: `clock → 2 → unit` is the word `unit` of the second `clock`."""
    zh, en = [], []
    for step in steps:
        zh.append(f"第 {step + 1} 项" if isinstance(step, int) else step)
        en.append(f"no. {step + 1}" if isinstance(step, int) else step)
    return Term(" → ".join(zh), " → ".join(en))


def toml(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> Message:
    """Why a file is no TOML, and in which line."""
    if isinstance(error, UnicodeDecodeError):
        return Message("The file is not written in UTF-8.")
    found = _AT.fullmatch(str(error))
    what = _of(_TOML, found["what"] if found else "")
    if found is None or found["line"] is None:
        return Message("The file breaks off: {what}.", {"what": what})
    return Message("Line {line}, character {column}: {what}.", {"line": found["line"], "column": found["column"], "what": what})


def json(error: ValueError | RecursionError) -> Message:
    """Why a file is no JSON, and in which line."""
    if isinstance(error, UnicodeDecodeError):
        return Message("The file is not written in UTF-8.")
    if not isinstance(error, JSONDecodeError):
        return Message("The file is nested too deeply, or its numbers are too long.")
    return Message("Line {line}, character {column}: {what}.",
                   {"line": error.lineno, "column": error.colno, "what": _of(_JSON, error.msg)})


def _of(words: Sequence[tuple[str, Message]], what: str) -> Message:
    return next((said for pattern, said in words if re.fullmatch(pattern, what, re.DOTALL)), _UNKNOWN)
