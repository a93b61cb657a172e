"""Measure all contenders in one run and print one table: `python -m benchmarks.engine --help`."""

import argparse

from sqlalchemy import Engine

from benchmarks.engine import crowd, databases, javascript, ours, upstream
from benchmarks.engine.report import ENGINE, PRODUCT, UPSTREAM, Report

BESIDE = 200    # steps after which bare SpiffWorkflow is looked at: the issue's own measure


def main() -> None:
    """Read what is wanted, measure, print."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--steps", type=int, default=10_000, help="of one case")
    wanted.add_argument("--cases", type=int, default=100_000, help="waiting at once (1000000 takes some minutes)")
    wanted.add_argument("--upstream-seconds", type=float, default=180, help="how long bare SpiffWorkflow may go round till it breaks")
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
    report.say(f"{UPSTREAM}: {upstream.to_its_end(chosen.upstream_seconds)}")
    report.tell()


def _one_database(report: Report, name: str, engine: Engine, chosen: argparse.Namespace) -> None:
    desk = ours.Desk.at(engine)
    ours.rounds(desk, ours.product, 60)     # what is read once is read
    report.steps(name, ENGINE, ours.rounds(desk, ours.lean, chosen.steps))
    report.steps(name, PRODUCT, ours.rounds(desk, ours.product, chosen.steps))
    report.steps(name, UPSTREAM, upstream.rounds(engine, BESIDE))
    for row in crowd.rows(desk, chosen.cases):
        report.crowd(name, row)


def _javascript(report: Report, count: int) -> None:
    found = javascript.rounds(min(count, 1_000))
    if isinstance(found, str):
        report.say(f"npm bpmn-engine: {found}")
    else:
        report.steps("file, fsync", "npm bpmn-engine 25.0.1", found)


if __name__ == "__main__":
    main()
