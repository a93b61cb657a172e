"""What time it is: the machine's, or in the sample county the movable clock's (the one place that asks the machine)."""

import math
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from workflows.errors import Conflict, NotAllowed
from workflows.office.people import Officer
from workflows.office.permissions import MAY
from workflows.office.tables import SampleClock, SignIn
from workflows.records import audit
from workflows.records.types import CHINA
from workflows.settings import settings

FARTHEST = timedelta(days=366)


def now(session: Session) -> datetime:
    """The moment in force, in China's time."""
    moved = _moved(session)
    return machine() if moved is None else _told(moved)


def machine() -> datetime:
    """The machine's own time, whatever the sample county's clock says."""
    return datetime.now(CHINA)


def is_movable(session: Session) -> bool:
    """Whether this is the sample county, with its movable clock."""
    return _moved(session) is not None


def move_to(session: Session, moment: datetime, who: Officer) -> datetime:
    """Put the sample county's clock forward to a moment; never back."""
    clock = _must_move(session, who)
    before = _told(clock)
    if moment < before:
        raise Conflict("The clock only moves forward. It is {now}.", now=before.strftime("%Y-%m-%d %H:%M"))
    if moment > before + FARTHEST:
        raise Conflict("The clock moves a year forward at most. It is {now}.", now=before.strftime("%Y-%m-%d %H:%M"))
    _set(clock, moment, still=clock.fixed_at is not None)
    _keep_signed_in(session, before, moment - before)
    session.add(clock)
    session.flush()
    audit.append(session, "office", who.actor(), "clock.move", before, summary=f"示例县时钟拨到 {moment:%Y-%m-%d %H:%M}",
                 before={"now": before.isoformat()}, after={"now": moment.isoformat()})
    return moment


def advance(session: Session, who: Officer, *, days: int = 0, hours: int = 0) -> datetime:
    """Put the sample county's clock forward by days and hours."""
    if days < 0 or hours < 0:
        raise Conflict("The clock only moves forward. It is {now}.", now=now(session).strftime("%Y-%m-%d %H:%M"))
    return move_to(session, now(session) + timedelta(days=days, hours=hours), who)


def stand_still(session: Session, who: Officer, *, still: bool = True) -> datetime:
    """Stop the sample county's clock where it is, or let it go on from there."""
    clock = _must_move(session, who)
    moment = _told(clock)
    _set(clock, moment, still=still)
    session.add(clock)
    session.flush()
    audit.append(session, "office", who.actor(), "clock.stand_still" if still else "clock.go_on", moment,
                 summary="示例县时钟停住" if still else "示例县时钟继续走", after={"now": moment.isoformat()})
    return moment


def _moved(session: Session) -> SampleClock | None:
    return session.get(SampleClock, 1) if settings().sample else None


def _must_move(session: Session, who: Officer) -> SampleClock:
    clock = _moved(session)
    if clock is None:
        raise Conflict("Only the sample county's clock can be moved.")
    if not who.holds(*MAY["move_sample_clock"]):
        raise NotAllowed("Your duty does not include this.")
    return clock


def _told(clock: SampleClock) -> datetime:
    return clock.fixed_at.astimezone(CHINA) if clock.fixed_at else machine() + timedelta(seconds=clock.offset_seconds)


def _set(clock: SampleClock, moment: datetime, *, still: bool) -> None:
    clock.fixed_at = moment if still else None
    clock.offset_seconds = math.ceil((moment - machine()).total_seconds())     # 09:00 is never 08:59:59


def _keep_signed_in(session: Session, before: datetime, jump: timedelta) -> None:
    """Nobody is signed out because the demonstration jumped a month."""
    for row in session.exec(select(SignIn).where(col(SignIn.expires_at) > before)):
        row.expires_at += jump
        session.add(row)
