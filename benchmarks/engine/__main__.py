"""Measure all contenders in one run and print one table: `python -m benchmarks.engine --help`."""

import argparse
import statistics
from collections.abc import Sequence

from sqlalchemy import Engine

from benchmarks.engine import crowd, databases, javascript, ours, upstream
from benchmarks.engine.process import windows
from benchmarks.engine.report import Report

BESIDE = 200    # steps after which bare SpiffWorkflow is looked at: the issue's own measure


def main() -> None:
    """Read what is wanted, measure, print."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--steps", type=int, default=10_000, help="of one case")
    wanted.add_argument("--cases", type=int, default=100_000, help="waiting at once (1000000 takes some minutes)")
    wanted.add_argument("--upstream-seconds", type=float, default=120, help="how long bare SpiffWorkflow may go round")
    chosen = wanted.parse_args()
    report = Report()
    with databases.sqlite() as engine:
        _one_database(report, "SQLite", engine, chosen)
    with databases.postgres() as engine:
        if engine is None:
            report.say("PostgreSQL: no server programs (initdb, pg_ctl) on this machine")
        else:
            _one_database(report, "PostgreSQL", engine, chosen)
    _javascript(report, chosen.steps)
    report.verdicts()


def _one_database(report: Report, name: str, engine: Engine, chosen: argparse.Namespace) -> None:
    report.floor(name, databases.bare(engine))
    desk = ours.Desk.at(engine)
    ours.rounds(desk, ours.product, 60)     # what is read once is read
    for who, complete in (("engine", ours.lean), ("product", ours.product)):
        _growth(report, name, f"Yimen, {who} step", *ours.rounds(desk, complete, chosen.steps))
    _growth(report, name, "bare SpiffWorkflow 3.2.0", *upstream.rounds(engine, BESIDE))
    report.end(name, upstream.to_its_end(engine, chosen.upstream_seconds))
    for row in crowd.rows(desk, chosen.cases):
        report.crowd(name, row)
    report.floor(name, databases.bare(engine))


def _javascript(report: Report, count: int) -> None:
    found = javascript.rounds(min(count, 1_000))
    if isinstance(found, str):
        report.say(f"npm bpmn-engine: {found}")
        return
    report.floor("file, fsync", found.bare)
    _growth(report, "file, fsync", "npm bpmn-engine 25.0.1", found.ms, found.bytes)


def _growth(report: Report, database: str, who: str, took: Sequence[float], sizes: Sequence[int]) -> None:
    for first, last in windows(len(took)):
        report.step(database, who, (first, last), statistics.median(took[first - 1:last]), sizes[last - 1])


if __name__ == "__main__":
    main()
