"""Searching, replacing and splitting with regular expressions."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn.feel.limits import check_list_size, check_string_size
from bpmn.feel.regex.machine import Marks, find
from bpmn.feel.regex.program import Program, RegexError
from bpmn.feel.run import Run


def matches_anywhere(program: Program, text: str, run: Run) -> bool:
    """Whether a pattern matches any part of a text."""
    return find(program, text, 0, run) is not None


def _all_matches(program: Program, text: str, run: Run) -> Iterator[Marks]:
    position = 0
    while position <= len(text):
        marks = find(program, text, position, run)
        if marks is None:
            return
        yield marks
        position = marks[1] + (marks[0] == marks[1])


def _forbid_empty(program: Program, run: Run) -> None:
    if matches_anywhere(program, "", run):
        raise RegexError("the pattern matches the empty text")


def replace_all(program: Program, text: str, replacement: str, run: Run) -> str:
    """A text with all matches replaced; $1 stands for a group."""
    _forbid_empty(program, run)
    pieces: list[str] = []
    size = position = 0
    for marks in _all_matches(program, text, run):
        new = replacement if program.literal else _expand(replacement, text, marks)
        pieces += [text[position : marks[0]], new]
        size += len(new)
        check_string_size(size)
        position = marks[1]
    result = "".join(pieces) + text[position:]
    check_string_size(len(result))
    return result


def _expand(replacement: str, text: str, marks: Marks) -> str:
    pieces: list[str] = []
    position = 0
    while position < len(replacement):
        character = replacement[position]
        following = replacement[position + 1 : position + 2]
        if character == "\\":
            if following not in ("\\", "$"):
                raise RegexError("bad escape in the replacement")
            pieces.append(following)
            position += 2
        elif character == "$":
            number, length = _group_number(replacement, position + 1, len(marks) // 2 - 1)
            pieces.append(_group_text(number, text, marks))
            position += 1 + length
        else:
            pieces.append(character)
            position += 1
    return "".join(pieces)


def _group_number(replacement: str, start: int, groups: int) -> tuple[int, int]:
    """The number of a group, as long as such a group exists, and its count of digits."""
    end = start
    while end < len(replacement) and end - start < 3 and replacement[end] in "0123456789":
        end += 1
    if end == start:
        raise RegexError("a lonely $ in the replacement")
    while end - start > 1 and int(replacement[start:end]) > groups:
        end -= 1
    return int(replacement[start:end]), end - start


def _group_text(number: int, text: str, marks: Marks) -> str:
    if 2 * number + 1 >= len(marks) or marks[2 * number] < 0:
        return ""
    return text[marks[2 * number] : marks[2 * number + 1]]


def split_by(program: Program, text: str, run: Run) -> list[str]:
    """The parts of a text between the matches."""
    _forbid_empty(program, run)
    parts: list[str] = []
    position = 0
    for marks in _all_matches(program, text, run):
        parts.append(text[position : marks[0]])
        check_list_size(len(parts))
        position = marks[1]
    return [*parts, text[position:]]
