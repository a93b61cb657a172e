"""Many waiting cases: one real case copied by the database itself, then steps on cases picked at random."""

import random
import statistics
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from benchmarks.engine import ours
from benchmarks.engine.measuring import timed
from benchmarks.engine.process import NOW
from workflows.cases import timers
from workflows.cases.shown import worklist
from workflows.cases.tables import Case, Timer, Visit, WorkItem
from workflows.records.session import reading, writing
from workflows.records.tables import AuditHead

TRIES = 150
NODE = "check"      # one of three tasks waiting side by side, with a timer on another


@dataclass(frozen=True)
class Row:
    """What things cost among so many."""

    cases: int
    lean: float
    lean_cpu: float
    product: float
    product_cpu: float
    due: float      # the worker's look for timers
    inbox: float    # the first page of a desk that holds them all


def sizes(highest: int) -> Iterator[int]:
    """1,000, 10,000 and so on, and the highest."""
    size = 1_000
    while size < highest:
        yield size
        size *= 10
    yield highest


def rows(desk: ours.Desk, highest: int) -> Iterator[Row]:
    """The same measurements, with more and more cases waiting."""
    template = desk.opened()
    ours.product(desk, template, "accept")
    there, picked = 0, random.Random(7)
    for size in sizes(highest):
        _copy(desk.engine, template, there, size)
        numbers = picked.sample(range(there + 1, size + 1), 2 * TRIES)
        there = size
        yield Row(size, *_steps(desk, ours.lean, template, numbers[:TRIES]), *_steps(desk, ours.product, template, numbers[TRIES:]),
                  _look(desk, lambda session: timers.next_due(session, NOW)),
                  _look(desk, lambda session: worklist.of(session, desk.who, NOW)))


def _steps(desk: ours.Desk, complete: ours.Complete, template: int, numbers: Sequence[int]) -> tuple[float, float]:
    took = [timed(lambda n=n: complete(desk, template + n, NODE)) for n in numbers]
    return statistics.median(ms for ms, _ in took), statistics.median(cpu for _, cpu in took)


def _look(desk: ours.Desk, query: Any) -> float:
    with reading(desk.engine) as session:
        return statistics.median(timed(lambda: query(session))[0] for _ in range(3))


def _copy(engine: Engine, template: int, after: int, upto: int) -> None:
    with writing(engine) as session:
        for table in (Case, WorkItem, Timer, Visit, AuditHead):
            _copies(session, table, template, after, upto)
    _tidy(engine)


def _tidy(engine: Engine) -> None:
    """What a database does by itself between two bursts: statistics, and the log written back."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        return
    with closing(engine.raw_connection()) as raw:
        for statement in ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement).fetchall()


def _copies(session: Session, table: Any, template: int, after: int, upto: int) -> None:
    """Rows `after + 1` to `upto` of the template's own, each under the number of its case."""
    own, which = {"case_id": "case_id + n"}, "case_id = :template"
    if table is Case:
        own, which = {"id": "id + n", "number": "number || '-' || n"}, "id = :template"
    if table is AuditHead:
        own, which = {"chain": "'case:' || (:template + n)"}, "chain = 'case:' || :template"
    columns = [column.name for column in table.__table__.columns if column.name != "id" or table is Case]
    chosen = ", ".join(own.get(name, name) for name in columns)
    session.execute(text(
        f"WITH RECURSIVE numbers(n) AS (SELECT CAST(:after AS INTEGER) + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :upto) "
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) SELECT {chosen} FROM {table.__tablename__}, numbers "
        f"WHERE {which}"), {"after": after, "upto": upto, "template": template})
