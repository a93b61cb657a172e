"""Start timers: at each of their moments a process begins by itself, once, with a case for every ground it is drawn for.

All cases of a moment are opened together or none is: one ground without a desk is seen, and mended, before any begins.
"""

from datetime import datetime

from sqlmodel import Session, col, func, literal, or_, select, tuple_

from workflows import engine, releases
from workflows.cases import intake, timers
from workflows.cases.timers import Due
from workflows.errors import NotFound
from workflows.office import jurisdiction
from workflows.office.tables import Division
from workflows.records.types import Moment, stored
from workflows.releases import Published, start_rounds
from workflows.releases.tables import RoundState, StartRound

DIGITS = {"county": jurisdiction.COUNTY, "township": jurisdiction.TOWNSHIP, "village": jurisdiction.VILLAGE}


def next_due(session: Session, now: datetime, after: Due | None = None) -> Due | None:
    """The earliest round whose moment has come, behind a place in the row."""
    found = select(StartRound.due_at, StartRound.id).where(
        col(StartRound.state) == RoundState.WAITING, col(StartRound.due_at) <= now,
        or_(col(StartRound.retry_at).is_(None), col(StartRound.retry_at) <= now))
    if after:
        place = tuple_(literal(after.due_at, Moment), literal(after.id))
        found = found.where(tuple_(col(StartRound.due_at), col(StartRound.id)) > place)
    row = session.exec(found.order_by(col(StartRound.due_at), col(StartRound.id)).limit(1)).first()
    return Due(row[0], stored(row[1])) if row else None


def due(session: Session, now: datetime) -> int:
    """How many processes should have begun by now."""
    found = select(func.count()).select_from(StartRound).where(
        col(StartRound.state) == RoundState.WAITING, col(StartRound.due_at) <= now)
    return session.exec(found).one()


def fire(session: Session, round_id: int, now: datetime) -> bool:
    """Let the process begin, or drop a missed round, if it still waits; the next round is armed with it."""
    process = session.exec(select(StartRound.process).where(StartRound.id == round_id)).first()
    if process is None:
        return False
    start_rounds.hold(session, process)
    row = session.get(StartRound, round_id, populate_existing=True)
    if row is None or row.state != RoundState.WAITING or row.due_at > now:
        return False
    published = releases.load(session, stored(releases.newest(session, process).id))
    timer = next(one for one in published.drawing.start_timers if one.node == row.node)
    this = engine.unpack(row.due_at, row.cycle)
    skipped = timer.drops(this, now)
    row.state, row.settled_at, row.error = RoundState.SKIPPED if skipped else RoundState.FIRED, now, ""
    session.add(row)
    start_rounds.wait(session, process, timer, timer.coming(this, now))
    opened = [] if skipped else _open(session, published, row, now)
    timers.record(session, f"process:{process}", row.node, row.due_at, now, skipped=skipped, after={"cases": opened})
    return True


def postpone(session: Session, round_id: int, error: str, now: datetime) -> None:
    """A round that could not begin says why, and is tried again later and later."""
    row = session.get(StartRound, round_id, with_for_update=True)
    if row and row.state == RoundState.WAITING:
        timers.put_off(row, error, now)
        session.add(row)


def failing(session: Session) -> list[StartRound]:
    """Rounds that could not begin when they last were due."""
    found = select(StartRound).where(StartRound.error != "", StartRound.state == RoundState.WAITING)
    return list(session.exec(found.order_by(col(StartRound.due_at), col(StartRound.id))))


def again(session: Session, round_id: int) -> None:
    """Let it begin at the worker's next look."""
    row = session.get(StartRound, round_id)
    if row:
        row.retry_at = None
        session.add(row)


def _open(session: Session, published: Published, row: StartRound, now: datetime) -> list[str]:
    opening = intake.Rung(row.node, row.due_at)
    return [intake.open_case(session, row.process, published.process.title, division, {}, None, now, rung=opening).number
            for division in _grounds(session, published)]


def _grounds(session: Session, published: Published) -> list[str]:
    """The divisions that get a case each, in the order of their codes."""
    level = published.process.timer.for_each if published.process.timer else ""
    found = list(session.exec(select(Division.code).where(
        func.length(Division.code) == DIGITS.get(level, 0)).order_by(col(Division.code))))
    if not found:
        raise NotFound("There is no ground of the level {level} for which a case could be opened.", level=level)
    return found
