"""Runs a compiled pattern over a text, all alternatives at once, so that no pattern is slow."""

from __future__ import annotations

from bpmn.feel.regex.program import Program
from bpmn.feel.run import Run

Marks = tuple[int, ...]
_Threads = list[tuple[int, Marks]]
_CHARGED_STEPS = 8


class _Search:
    """One search; threads are kept in order of preference."""

    def __init__(self, program: Program, text: str, run: Run) -> None:
        self.program = program
        self.text = text
        self.run = run
        self.blank: Marks = (-1,) * (2 * program.groups + 2)

    def find(self, start: int) -> Marks | None:
        """The marks of the first match from a position on, or None."""
        threads: _Threads = []
        found: Marks | None = None
        work = 0
        for position in range(start, len(self.text) + 1):
            seen: set[int] = {pc for pc, _ in threads}
            current = threads
            if found is None:
                current = threads + self._follow(0, self.blank, position, seen)
            if not current:
                if found is not None:
                    break
                continue
            work += len(current) + 1
            if work >= _CHARGED_STEPS:
                self.run.spend(work // _CHARGED_STEPS)
                work %= _CHARGED_STEPS
            threads, matched = self._step(current, position)
            found = matched or found
        return found

    def _step(self, current: _Threads, position: int) -> tuple[_Threads, Marks | None]:
        """Let every thread read one character; less preferred ones end at a match."""
        following: _Threads = []
        seen: set[int] = set()
        character = self.text[position : position + 1]
        for pc, marks in current:
            instruction = self.program.instructions[pc]
            if instruction.operation == "match":
                return following, marks
            if character and instruction.test is not None and instruction.test(character):
                following += self._follow(pc + 1, marks, position + 1, seen)
        return following, None

    def _follow(self, pc: int, marks: Marks, position: int, seen: set[int]) -> _Threads:
        """The threads that wait for a character or a match after all free steps."""
        ready: _Threads = []
        pending = [(pc, marks)]
        while pending:
            pc, marks = pending.pop()
            if pc in seen:
                continue
            seen.add(pc)
            instruction = self.program.instructions[pc]
            operation = instruction.operation
            if operation in ("char", "match"):
                ready.append((pc, marks))
            elif operation == "jump":
                pending.append((instruction.target, marks))
            elif operation == "split":
                pending.append((instruction.other, marks))
                pending.append((instruction.target, marks))
            elif operation == "save":
                slot = instruction.target
                pending.append((pc + 1, (*marks[:slot], position, *marks[slot + 1 :])))
            elif self._anchored(operation, position):
                pending.append((pc + 1, marks))
        return ready

    def _anchored(self, operation: str, position: int) -> bool:
        if operation == "start":
            if position == 0:
                return True
            return self.program.multiline and self.text[position - 1] == "\n" and position < len(self.text)
        if position == len(self.text):
            return True
        return self.program.multiline and self.text[position] == "\n"


def find(program: Program, text: str, start: int, run: Run) -> Marks | None:
    """The marks of the first match from a position on: start and end of the whole and of each group."""
    return _Search(program, text, run).find(start)
