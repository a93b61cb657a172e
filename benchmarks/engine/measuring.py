"""How a step is measured: wall and processor time, the state's size, and a bare transaction beside it."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from benchmarks.engine.process import steps, windows
from workflows.records.session import writing


@dataclass(frozen=True)
class Sample:
    """One step; `bare` is the yardstick at that very moment, measured in the windows only."""

    ms: float
    cpu: float
    size: int
    bare: float | None = None


@dataclass(frozen=True)
class Window:
    """Medians of a stretch of steps."""

    first: int
    last: int
    ms: float
    cpu: float
    size: int
    bare: float


def bare(engine: Engine) -> float:
    """Milliseconds of a transaction that inserts two small rows and commits them durably."""
    def once() -> None:
        with writing(engine) as session:
            session.execute(text("INSERT INTO bare (note) VALUES ('a')"))
            session.execute(text("INSERT INTO bare (note) VALUES ('b')"))

    return timed(once)[0]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds it took, on the wall's clock and on the processor's."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def walk(engine: Engine, step: Callable[[str], object], size: Callable[[], int], count: int) -> list[Window]:
    """So many steps in one case, looked at in the windows."""
    looked = {number for first, last in windows(count) for number in range(first, last + 1)}
    found: list[Sample] = []
    for number, node in enumerate(steps(count), start=1):
        took = timed(lambda node=node: step(node))
        found.append(Sample(*took, size(), bare(engine)) if number in looked else Sample(*took, 0))
    return gathered(found)


def gathered(samples: Sequence[Sample]) -> list[Window]:
    """The medians of each window."""
    return [_window(first, last, samples[first - 1:last]) for first, last in windows(len(samples))]


def _window(first: int, last: int, samples: Sequence[Sample]) -> Window:
    def middle(what: Callable[[Sample], float | None]) -> float:
        return statistics.median(value for one in samples if (value := what(one)) is not None)

    return Window(first, last, middle(lambda one: one.ms), middle(lambda one: one.cpu),
                  max(one.size for one in samples), middle(lambda one: one.bare))
