"""Lives of the machine that pays a month: read once, each life a fork that goes on till it is killed.

Reads `start` on standard input, answers with the new process's number. A life fires timers, takes jobs and runs the
month against the simulated bank's own file, over and over.
"""

import os
import sqlite3
import sys
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from tasks import worker
from tasks.adapters.stand_ins import StandInBank
from tasks.bank_simulator.counter import Counter
from workflows.payments import month
from workflows.records.session import engine
from workflows.records.types import CHINA
from workflows.sample import fixture

NOW = datetime(2024, 6, 3, 9, tzinfo=CHINA)
KEY = month.Key("2024-06", "dibao", fixture.COUNTY)


def bank(folder: Path) -> StandInBank:
    """The simulator's counter on its own file: what it took in outlives us."""
    found = StandInBank()
    found.counter = Counter(sqlite3.connect(folder / "bank.sqlite", timeout=30, check_same_thread=False))
    return found


def life(folder: Path) -> None:
    """Go on for ever, as worker and flow do."""
    desk = month.Desk(bank(folder), lambda _session: NOW)

    def run_month(_payload: object, _key: str) -> None:
        month.run(KEY, desk)

    def now(_session: Session) -> datetime:
        return NOW

    while True:
        worker.turn(now, {"run_cycle": run_month, "render_document": lambda _payload, _key: None})
        month.run(KEY, desk)


def main(folder: Path) -> None:
    """Serve lives till standard input ends."""
    engine().dispose()
    print("ready", flush=True)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            life(folder)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
