"""A wrong clock is noticed: what the machine's clock shows against what it must show, and who said it is right.

While a machine runs, its clock must move as its uptime does; a machine that starts must not be earlier than the last
moment found right, nor unbelievably later; and its clock must agree with the database server's. As long as a difference
is not settled nothing happens by the clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from workflows.errors import Conflict
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import ClockJump, ClockSighting, Role
from workflows.records import audit
from workflows.records.session import alone
from workflows.settings import settings

FORWARD, BACK, AWAY, DATABASE = "forward", "back", "away", "database"
REMEMBER = timedelta(seconds=30)    # how often the last right moment is written down


@dataclass(frozen=True)
class Sight:
    """What the clocks show in one moment."""

    boot: str                           # which start of which machine
    uptime: timedelta                   # since that start, sleep included
    wall: datetime
    database: datetime | None = None    # None: the database runs by this very clock


def look(session: Session, sight: Sight) -> bool:
    """Compare the clocks and write down what is new; whether the clock can be trusted."""
    alone(session, "clock")
    known = session.get(ClockSighting, sight.boot, populate_existing=True) or _first(session, sight)
    _by_uptime(session, known, sight)
    _by_database(session, known, sight)
    session.flush()
    return not unsettled(session)


def is_calm(session: Session, sight: Sight) -> bool:
    """Whether nothing is doubted, nothing new is to be seen, and the last look is not long ago."""
    known = session.get(ClockSighting, sight.boot)
    if known is None or unsettled(session):
        return False
    return known.zero_at + sight.uptime - known.seen_at < REMEMBER and not _kind(_off(known, sight)) and not _apart(known, sight)


def is_watched(session: Session, wall: datetime) -> bool:
    """Whether nothing is doubted and a worker found the clock right just now: for whoever does not watch it himself.

    Where no worker ever looked there is nothing to compare with.
    """
    last = session.exec(select(ClockSighting.seen_at).order_by(col(ClockSighting.seen_at).desc()).limit(1)).first()
    return not unsettled(session) and (last is None or abs(wall - last) <= 2 * REMEMBER)


def unsettled(session: Session) -> list[ClockJump]:
    """What is doubted and not settled, of every machine."""
    found = select(ClockJump).where(col(ClockJump.settled_at).is_(None)).order_by(col(ClockJump.id))
    return list(session.exec(found))


def recent(session: Session, limit: int = 10) -> list[ClockJump]:
    """The newest that were noticed, settled or not."""
    return list(session.exec(select(ClockJump).order_by(col(ClockJump.id).desc()).limit(limit)))


def confirm(session: Session, jump_id: int, who: Officer, now: datetime) -> None:
    """An administrator says that the clock, as it was found, is right."""
    permissions.demand(permissions.why_not_anywhere(who, "mend_jobs"))
    alone(session, "clock")
    jump = session.get(ClockJump, jump_id, populate_existing=True)
    if jump is None or jump.settled_at:
        raise Conflict("This has been taken up already.")
    known = session.get(ClockSighting, jump.boot, populate_existing=True)
    if known and jump.kind == DATABASE:
        known.apart_seconds += off(jump).total_seconds()
    elif known:
        known.zero_at += off(jump)
    jump.settled_at, jump.settled_by = now, who.id
    session.add(jump)
    audit.append(session, "office", who.actor(Role.ADMIN), "clock.confirm", now, summary="确认系统时钟正确", after=_said(jump))


def off(jump: ClockJump) -> timedelta:
    """By how much the clock stood ahead; negative: behind."""
    return jump.found_at - jump.expected_at


def _first(session: Session, sight: Sight) -> ClockSighting:
    """A machine's first look since its start: only the last right moment is known, and what was doubted then."""
    last = session.exec(select(ClockSighting).order_by(col(ClockSighting.seen_at).desc()).limit(1)).first()
    known = ClockSighting(boot=sight.boot, zero_at=sight.wall - sight.uptime, seen_at=sight.wall)
    for jump in unsettled(session):
        if jump.kind in (BACK, DATABASE) or sight.wall < jump.found_at:      # what is still wrong is found again
            _settle(session, jump, sight.wall)
    if last is not None and unsettled(session):     # another start doubts its clock: this one's is not known to be right
        known.seen_at = last.seen_at
    elif last is not None:
        gap = sight.wall - last.seen_at
        if _kind(min(gap, timedelta())) or gap > timedelta(days=settings().clock_away):
            known.zero_at, known.seen_at = last.seen_at - sight.uptime, last.seen_at
            _note(session, AWAY if gap > timedelta() else BACK, sight, last.seen_at)
    session.add(known)
    session.flush()
    return known


def _by_uptime(session: Session, known: ClockSighting, sight: Sight) -> None:
    kind, difference = _kind(_off(known, sight)), _off(known, sight)
    mine = [jump for jump in unsettled(session) if jump.boot == sight.boot and jump.kind != DATABASE]
    if kind and not mine:
        _note(session, kind, sight, sight.wall - difference)
    elif not kind or all(_is_over(jump, difference, sight) for jump in mine):
        for jump in mine:
            _settle(session, jump, sight.wall)
        if mine or known.zero_at + sight.uptime - known.seen_at >= REMEMBER:
            known.zero_at = sight.wall - sight.uptime
            known.seen_at = known.seen_at if unsettled(session) else sight.wall
            session.add(known)


def _is_over(jump: ClockJump, difference: timedelta, sight: Sight) -> bool:
    """Time has caught up with a clock that went back; one that came from too far has been put back."""
    if jump.kind == BACK:
        return sight.wall >= jump.expected_at
    return jump.kind == AWAY and difference < off(jump) - timedelta(seconds=settings().clock_back)


def _by_database(session: Session, known: ClockSighting, sight: Sight) -> None:
    mine = [jump for jump in unsettled(session) if jump.boot == sight.boot and jump.kind == DATABASE]
    apart = _apart(known, sight)
    if apart and not mine:
        _note(session, DATABASE, sight, sight.wall - apart)
    elif not apart:
        for jump in mine:
            _settle(session, jump, sight.wall)


def _off(known: ClockSighting, sight: Sight) -> timedelta:
    return sight.wall - (known.zero_at + sight.uptime)


def _apart(known: ClockSighting, sight: Sight) -> timedelta:
    """The difference to the database server's clock, where it is too large; else nothing."""
    if sight.database is None:
        return timedelta()
    apart = sight.wall - sight.database - timedelta(seconds=known.apart_seconds)
    return apart if abs(apart) > timedelta(seconds=settings().clock_apart) else timedelta()


def _kind(difference: timedelta) -> str:
    if difference > timedelta(seconds=settings().clock_forward):
        return FORWARD
    return BACK if difference < -timedelta(seconds=settings().clock_back) else ""


def _note(session: Session, kind: str, sight: Sight, expected: datetime) -> None:
    jump = ClockJump(boot=sight.boot, kind=kind, expected_at=expected, found_at=sight.wall)
    session.add(jump)
    session.flush()
    audit.append(session, "office", audit.SYSTEM, "clock.jump", sight.wall, summary="发现系统时钟异常，定时事项暂停",
                 after=_said(jump))


def _settle(session: Session, jump: ClockJump, now: datetime) -> None:
    jump.settled_at = now
    session.add(jump)
    session.flush()
    audit.append(session, "office", audit.SYSTEM, "clock.settle", now, summary="系统时钟已恢复，定时事项继续", after=_said(jump))


def _said(jump: ClockJump) -> dict[str, object]:
    return {"jump": jump.id, "kind": jump.kind, "seconds": round(off(jump).total_seconds())}
