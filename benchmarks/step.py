"""Milliseconds a completed user task, through engine, forms, audit and commit: `python -m benchmarks.step`.

The yardstick, in the same run and on the same file with the same settings, is a bare transaction of two rows.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import SQLModel, select

from workflows import releases
from workflows.cases import decisions, intake
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import people
from workflows.records import append_only
from workflows.records.session import make_engine, reading, writing
from workflows.records.types import CHINA
from workflows.sample import fixture

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
ROOT = Path(__file__).parent / "round"
ROUNDS = 1000
WINDOWS = ((1, 10), (90, 100), (490, 500), (990, 1000))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        engine = _prepared(Path(folder))
        bare = _bare(engine)
        steps, sizes = _rounds(engine)
        again = _bare(engine)
    floor = statistics.median([*bare, *again])
    print(f"bare two-row transaction        {floor:8.2f} ms   1.0")
    for low, high in WINDOWS:
        took = statistics.median(steps[low - 1:high])
        print(f"user task, rounds {low:>4}-{high:<4}     {took:8.2f} ms  {took / floor:4.1f}   state {sizes[high - 1]} bytes")
    growth = statistics.median(steps[-100:]) / statistics.median(steps[:100])
    print(f"growth, last 100 to first 100 of {ROUNDS}: {growth:.2f}")


def _prepared(folder: Path) -> Engine:
    engine = make_engine(f"sqlite:///{folder / 'bench.sqlite'}")
    SQLModel.metadata.create_all(engine)
    append_only.install(engine)
    with writing(engine) as session:
        session.execute(text("CREATE TABLE bare (id INTEGER PRIMARY KEY, note TEXT)"))
        fixture.load(session)
        releases.publish(session, "round", NOW, ROOT)
    return engine


def _bare(engine: Engine, times: int = 200) -> list[float]:
    def once() -> None:
        with writing(engine) as session:
            session.execute(text("INSERT INTO bare (note) VALUES ('a')"))
            session.execute(text("INSERT INTO bare (note) VALUES ('b')"))

    return [_timed(once) for _ in range(times)]


def _rounds(engine: Engine) -> tuple[list[float], list[int]]:
    with writing(engine) as session:
        who = people.by_login(session, "town_clerk1")
        case = intake.open_case(session, "round", "基准", "990101001001", {}, who, NOW)
    took, sizes = [], []
    for _ in range(ROUNDS):
        with reading(engine) as session:
            waiting = session.exec(select(WorkItem.id).where(WorkItem.case_id == case.id,
                                                             WorkItem.state == WorkState.OPEN)).one()

        def once(item: int = waiting) -> None:
            with writing(engine) as session:
                decisions.complete(session, item, {"outcome": "again", "opinion": "同意"}, who, NOW)

        took.append(_timed(once))
        with reading(engine) as session:
            sizes.append(len(session.get_one(Case, case.id).engine))
    return took, sizes


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
