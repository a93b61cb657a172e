"""Functions of strings."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from decimal import Decimal

from bpmn.feel.builtins.registry import builtin
from bpmn.feel.limits import check_string_size
from bpmn.feel.regex import RegexError, compile_pattern
from bpmn.feel.regex.replacing import matches_anywhere, replace_all, split_by
from bpmn.feel.run import Run


@builtin("substring(string: string, start position: number, length?: number)")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None) -> str | None:
    """The part of a string from a position counted from 1, or from the end if negative."""
    first, size = _whole(start), _whole(length)
    if first is None or first == 0 or (length is not None and (size is None or size < 0)):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    if begin < 0 or begin >= len(text):
        return "" if begin >= len(text) else None
    return text[begin:] if size is None else text[begin : begin + size]


def _whole(number: Decimal | None) -> int | None:
    if number is None or number.adjusted() > 18:
        return None
    return int(number)


@builtin("string length(string: string)")
def string_length(run: Run, text: str) -> Decimal:
    """The number of characters."""
    return Decimal(len(text))


@builtin("upper case(string: string)")
def upper_case(run: Run, text: str) -> str:
    """A string in capital letters."""
    return _checked(text.upper())


@builtin("lower case(string: string)")
def lower_case(run: Run, text: str) -> str:
    """A string in small letters."""
    return _checked(text.lower())


def _checked(text: str) -> str:
    check_string_size(len(text))
    return text


@builtin("substring before(string: string, match: string)")
def substring_before(run: Run, text: str, match: str) -> str:
    """What stands before the first occurrence of another string."""
    head, found, _ = text.partition(match) if match else ("", "", "")
    return head if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(run: Run, text: str, match: str) -> str:
    """What stands after the first occurrence of another string."""
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def contains(run: Run, text: str, match: str) -> bool:
    """Whether a string contains another one."""
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(run: Run, text: str, match: str) -> bool:
    """Whether a string starts with another one."""
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(run: Run, text: str, match: str) -> bool:
    """Whether a string ends with another one."""
    return text.endswith(match)


@builtin("matches(input: string, pattern: string, flags?: string|null)")
def matches(run: Run, text: str, pattern: str, flags: str | None) -> bool | None:
    """Whether a regular expression is found in a string."""
    try:
        return matches_anywhere(compile_pattern(pattern, flags or ""), text, run)
    except RegexError:
        return None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string|null)")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str | None:
    """A string in which all matches of a regular expression are replaced."""
    try:
        return replace_all(compile_pattern(pattern, flags or ""), text, replacement, run)
    except RegexError:
        return None


@builtin("split(string: string, delimiter: string)")
def split(run: Run, text: str, delimiter: str) -> list[str] | None:
    """The parts of a string between the matches of a regular expression."""
    try:
        return split_by(compile_pattern(delimiter, ""), text, run)
    except RegexError:
        return None


@builtin("string join(list: list, delimiter?: string|null)")
def string_join(run: Run, parts: list[object], delimiter: str | None) -> str | None:
    """The strings of a list one after the other; nulls are left out."""
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < sum(part is not None for part in parts):
        return None
    glue = delimiter or ""
    check_string_size(sum(map(len, texts)) + len(glue) * len(texts))
    return glue.join(texts)
