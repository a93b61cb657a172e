"""Compiles a regular expression into the instructions of a small machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bpmn.feel.regex.charsets import CharTest
from bpmn.feel.regex.pattern import (
    MAX_PATTERN,
    Anchor,
    Char,
    Choice,
    Group,
    Part,
    PatternReader,
    RegexError,
    Repeat,
    Sequence,
)

_MAX_INSTRUCTIONS = 3000
_FLAGS = frozenset("smixq")
__all__ = ["Instruction", "Program", "RegexError", "compile_pattern"]


@dataclass(slots=True)
class Instruction:
    """One step: char, split, jump, save, start, end or match."""

    operation: str
    target: int = 0
    other: int = 0
    test: CharTest | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """All steps of a pattern and the number of its groups."""

    instructions: tuple[Instruction, ...]
    groups: int
    multiline: bool
    literal: bool


class _Assembler:
    def __init__(self) -> None:
        self.code: list[Instruction] = []

    def emit(self, operation: str, target: int = 0, test: CharTest | None = None) -> Instruction:
        if len(self.code) >= _MAX_INSTRUCTIONS:
            raise RegexError("the pattern is too large")
        instruction = Instruction(operation, target, 0, test)
        self.code.append(instruction)
        return instruction

    def add(self, part: Part) -> None:
        if isinstance(part, Char):
            self.emit("char", test=part.test)
        elif isinstance(part, Anchor):
            self.emit("start" if part.at_start else "end")
        elif isinstance(part, Sequence):
            for each in part.parts:
                self.add(each)
        elif isinstance(part, Group):
            self.emit("save", part.number * 2)
            self.add(part.body)
            self.emit("save", part.number * 2 + 1)
        elif isinstance(part, Choice):
            self._add_choice(part)
        else:
            self._add_repeat(part)

    def _add_choice(self, part: Choice) -> None:
        exits: list[Instruction] = []
        for branch in part.branches[:-1]:
            fork = self.emit("split")
            fork.target = len(self.code)
            self.add(branch)
            exits.append(self.emit("jump"))
            fork.other = len(self.code)
        self.add(part.branches[-1])
        for leave in exits:
            leave.target = len(self.code)

    def _add_repeat(self, part: Repeat) -> None:
        for _ in range(part.least):
            self.add(part.body)
        if part.most is None:
            start = len(self.code)
            fork = self.emit("split")
            self.add(part.body)
            self.emit("jump", start)
            self._aim(fork, start + 1, len(self.code), part.greedy)
            return
        forks: list[tuple[Instruction, int]] = []
        for _ in range(part.most - part.least):
            forks.append((self.emit("split"), len(self.code)))
            self.add(part.body)
        for fork, inside in forks:
            self._aim(fork, inside, len(self.code), part.greedy)

    @staticmethod
    def _aim(fork: Instruction, inside: int, outside: int, greedy: bool) -> None:
        fork.target, fork.other = (inside, outside) if greedy else (outside, inside)


def _without_spaces(pattern: str) -> str:
    """A pattern without the white space outside classes, as the flag x demands."""
    kept: list[str] = []
    depth = 0
    for character in pattern:
        depth += (character == "[") - (character == "]")
        if depth > 0 or not character.isspace():
            kept.append(character)
    return "".join(kept)


def _escape_all(pattern: str) -> str:
    return "".join("\\" + each if each in "\\|.?*+(){}$-[]^" else each for each in pattern)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str) -> Program:
    """Compile a pattern with XPath flags; RegexError if it cannot be used."""
    if len(pattern) > MAX_PATTERN:
        raise RegexError("the pattern is too long")
    if not set(flags) <= _FLAGS:
        raise RegexError("unknown flag")
    literal = "q" in flags
    if literal:
        pattern = _escape_all(pattern)
    elif "x" in flags:
        pattern = _without_spaces(pattern)
    reader = PatternReader(pattern, frozenset(flags))
    tree = reader.read()
    assembler = _Assembler()
    assembler.emit("save", 0)
    assembler.add(tree)
    assembler.emit("save", 1)
    assembler.emit("match")
    return Program(tuple(assembler.code), reader.groups, "m" in flags, literal)
