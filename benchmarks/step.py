"""Milliseconds a completed user task, through the whole product and a durable commit: `python -m benchmarks.step [steps]`.

The yardstick is a bare transaction of two rows on the same database, taken before every step: step and yardstick see the
same disk and the same neighbours. What grows with other waiting cases is measured by `benchmarks.engine`.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session, select

import forms.answers
from benchmarks.engine.databases import postgres, sqlite
from benchmarks.engine.measuring import bare, timed
from benchmarks.engine.process import NOW
from workflows import engine as spiff
from workflows import releases
from workflows.cases import access, decisions, intake, progress
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import jurisdiction, people
from workflows.office.people import Officer
from workflows.records import audit, ledger
from workflows.records.session import reading, writing
from workflows.records.types import stored

ROOT = Path(__file__).parent / "round"
WINDOW = 100
PHASES: tuple[tuple[str, Any, str], ...] = (     # each measured without those that it calls
    ("take the item with its case", progress, "locked_item"), ("duties, recusal, kept apart", access, "why_not"),
    ("release", releases, "load"), ("form", forms.answers, "check"), ("engine", spiff, "complete"),
    ("desk of the next item", jurisdiction, "desk_for"), ("audit event", audit, "append"),
    ("rows written", ledger, "_write"), ("commit", Session, "commit"), ("everything else", decisions, "complete"))


@dataclass
class Round:
    """One case that goes round and round, one user task a round."""

    engine: Engine
    who: Officer
    case: int
    said: int = 0

    @classmethod
    def opened(cls, engine: Engine) -> "Round":
        """A new case of the smallest process that has a decision in it."""
        with writing(engine) as session:
            releases.publish(session, "round", NOW, ROOT)
            who = people.by_login(session, "town_clerk1")
            return cls(engine, who, stored(intake.open_case(session, "round", "基准", "990101001001", {}, who, NOW).id))

    def step(self) -> Callable[[], None]:
        """The next completed task, ready to be timed; every answer differs from the one before."""
        with reading(self.engine) as session:
            item = stored(session.exec(select(WorkItem.id).where(WorkItem.case_id == self.case,
                                                                 WorkItem.state == WorkState.OPEN)).one())
        self.said += 1

        def once() -> None:
            with writing(self.engine) as session:
                decisions.complete(session, item, {"outcome": "again", "opinion": f"同意 {self.said}"}, self.who, NOW)

        return once

    def state(self) -> int:
        """How many bytes the engine keeps."""
        with reading(self.engine) as session:
            return len(session.get_one(Case, self.case).engine)


def main(steps: int) -> None:
    """Measure and print."""
    with sqlite() as engine:
        _report("SQLite", Round.opened(engine), steps)
    with postgres() as server:
        if server is None:
            print("PostgreSQL: no server programs (initdb, pg_ctl) on this machine")
        else:
            _report("PostgreSQL", Round.opened(server), steps)


def _report(database: str, case: Round, steps: int) -> None:
    for _ in range(50):     # what is read once is read
        case.step()()
    print(f"{database}: {len(statements(case))} statements a step, BEGIN and COMMIT not counted")
    print(f"{'steps':>15} {'bare ms':>9} {'step ms':>9} {'ratio':>6} {'CPU ms':>8} {'state bytes':>12}")
    firsts = sorted({1, *(start for start in (steps // 10, steps // 2) if start > WINDOW), max(1, steps - WINDOW + 1)})
    done = 0
    for first in firsts:
        while done < first - 1:
            case.step()()
            done += 1
        floor, took, cpu = _window(case)
        done += WINDOW
        print(f"{first:>7,}-{done:<7,} {floor:>9.2f} {took:>9.2f} {took / floor:>6.1f} {cpu:>8.2f} {case.state():>12}")
    for name, ms in _phases(case):
        print(f"{name:>40} {ms:>7.3f} ms")


def _window(case: Round) -> tuple[float, float, float]:
    """Medians of a bare transaction, of a step, and of the processor's time for a step."""
    floors, took = [], []
    for _ in range(WINDOW):
        floors.append(bare(case.engine))
        took.append(timed(case.step()))
    return statistics.median(floors), statistics.median(ms for ms, _ in took), statistics.median(cpu for _, cpu in took)


def statements(case: Round) -> list[str]:
    """What one step says to its database."""
    once, said = case.step(), []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(case.engine, "before_cursor_execute", hear)
    once()
    event.remove(case.engine, "before_cursor_execute", hear)
    return said


def _phases(case: Round, times: int = 300) -> Iterator[tuple[str, float]]:
    spent: Counter[str] = Counter()
    with _watched(spent):
        for _ in range(times):
            case.step()()
    for name, _, _ in PHASES:
        yield name, spent[name] / times * 1000


@contextmanager
def _watched(spent: Counter[str]) -> Iterator[None]:
    """Each phase's functions note down how long they take, what they call among them not counted."""
    stack: list[str] = []

    def watching(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            start = time.perf_counter()
            stack.append(name)
            try:
                return original(*given, **named)
            finally:
                took = time.perf_counter() - start
                stack.pop()
                spent[name] += took
                if stack:
                    spent[stack[-1]] -= took
        return watched

    originals = [(place, function, getattr(place, function)) for _, place, function in PHASES]
    for (name, place, function), (_, _, original) in zip(PHASES, originals, strict=True):
        setattr(place, function, watching(name, original))
    try:
        yield
    finally:
        for place, function, original in originals:
            setattr(place, function, original)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
