"""Watch this machine's clock: before anything happens by it, it is compared with clocks that nobody sets."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlmodel import Session

from workflows.office import clock, clock_jumps
from workflows.office.clock_jumps import Sight
from workflows.records.session import reading, writing

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)      # goes on while the machine sleeps, never jumps
FRESH = timedelta(seconds=1)
_ALONE = str(uuid4())       # where the system does not tell its starts apart each process counts as one

See = Callable[[], Sight]


class ClockWatch:
    """Whether the clock can be trusted: asked before every timer, looked at in the database once a second."""

    def __init__(self, see: See | None = None) -> None:
        """`see` tells what the clocks of the machine show; the database's own is asked here."""
        self._see = see or machine
        self._last: Sight | None = None
        self._trusted = False

    def trusted(self) -> bool:
        """Whether things may happen by this clock now."""
        sight = self._see()
        if self._last is None or not _is_like(self._last, sight):
            with reading() as session:
                sight = _with_database(session, sight)
                self._trusted = clock_jumps.is_calm(session, sight)
            if not self._trusted:
                with writing() as session:
                    self._trusted = clock_jumps.look(session, sight)
            self._last = sight
        return self._trusted


def machine() -> Sight:
    """This machine's clocks."""
    boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else _ALONE
    return Sight(boot, timedelta(seconds=time.clock_gettime(BOOTTIME)), clock.machine())


def _is_like(last: Sight, sight: Sight) -> bool:
    """Less than a second has passed, by both clocks."""
    passed = sight.uptime - last.uptime
    return timedelta() <= passed < FRESH and abs(sight.wall - last.wall - passed) < FRESH


def _with_database(session: Session, sight: Sight) -> Sight:
    """The database server's clock too, where it may be another machine's."""
    if session.get_bind().dialect.name != "postgresql":
        return sight
    told: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return Sight(sight.boot, sight.uptime, sight.wall, told.astimezone(UTC))
