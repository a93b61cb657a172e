"""What is due by the clock in the whole county, in one row: timers of cases, those by which cases begin, ends of notices."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, func, select

from workflows.cases import start_timers, timers
from workflows.cases.notice import taking_down
from workflows.cases.tables import Notice, Timer
from workflows.cases.timers import Due
from workflows.releases.tables import RoundState, StartRound

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
TIMER, ROUND, NOTICE = "timer", "start timer", "notice"


class Source(NamedTuple):
    """A kind of what comes due: the room that finds and fires it, its table, and which of its rows still wait."""

    room: ModuleType
    table: Any
    waits: ColumnElement[bool]
    at: Any     # the column of its moment


SOURCES: Mapping[str, Source] = MappingProxyType({
    TIMER: Source(timers, Timer, true(), Timer.due_at),
    ROUND: Source(start_timers, StartRound, col(StartRound.state) == RoundState.WAITING, StartRound.due_at),
    NOTICE: Source(taking_down, Notice, taking_down.HANGS, Notice.ends_at)})


def next_due(session: Session, now: datetime, places: Mapping[str, Due]) -> tuple[Due, str] | None:
    """The earliest of all, and of which kind it is, each kind looked for behind its own place."""
    found = [(due, kind) for kind, source in SOURCES.items() if (due := source.room.next_due(session, now, places.get(kind)))]
    return min(found, default=None)


def count(session: Session, now: datetime) -> int:
    """How many of all kinds the moment has come for."""
    return sum(source.room.due(session, now) for source in SOURCES.values())


def postpone(session: Session, number: int, error: str, now: datetime, *, kind: str) -> None:
    """What could not happen says why, and is tried again: in five minutes, then after twice as long, an hour at most."""
    row = _waiting(session, kind, number)
    if row:
        row.retry_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.attempts, 10))
        row.attempts, row.error = row.attempts + 1, error[:2000]
        session.add(row)


def again(session: Session, kind: str, number: int) -> None:
    """Let it happen at the worker's next look."""
    row = _waiting(session, kind, number)
    if row:
        row.retry_at = None
        session.add(row)


def failing(session: Session, kind: str) -> list[Any]:
    """What could not happen when it last was due, in due order."""
    table = SOURCES[kind].table
    found = select(table).where(table.error != "", SOURCES[kind].waits)
    return list(session.exec(found.order_by(SOURCES[kind].at, table.id)))


def failures(session: Session) -> int:
    """How much of all kinds could not happen."""
    return sum(session.exec(select(func.count()).select_from(source.table).where(source.table.error != "", source.waits)).one()
               for source in SOURCES.values())


def _waiting(session: Session, kind: str, number: int) -> Any:
    table = SOURCES[kind].table
    return session.exec(select(table).where(table.id == number, SOURCES[kind].waits).with_for_update()).first()
