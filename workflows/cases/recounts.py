"""重算期限: when the calendar, or a length left to the place, is entered or changed, what runs is counted anew.

Each case in its own transaction and with one event of its own; a case of which nothing moves is not touched. Counting is a
function of what the limit's row says and the calendar, so that doing it twice changes nothing.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from workflows import releases
from workflows.cases import chains, clocks, progress
from workflows.cases.tables import Case, Clock, Recount
from workflows.office import working_days
from workflows.office.people import Officer
from workflows.office.working_days import Calendar
from workflows.records import audit, ledger
from workflows.records.session import reading, writing

Now = Callable[[Session], datetime]
HANDFUL = 25        # cases between two looks at timers and jobs

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shift:
    """A limit that moves: by which day it was due, and is now; None: it has no day."""

    case: str
    subject: str
    kind: str
    name: str
    en: str
    before: date | None
    after: date | None
    provisional: bool
    was_provisional: bool


def ask(session: Session, reason: str, who: Officer, now: datetime) -> Recount:
    """Let the machines count every running limit anew."""
    asked = Recount(reason=reason, asked_by=who.id, asked_at=now)
    session.add(asked)
    session.flush()
    return asked


def newest(session: Session) -> Recount | None:
    """The last one asked for."""
    return session.exec(select(Recount).order_by(col(Recount.id).desc()).limit(1)).first()


def waits_for_length(session: Session) -> bool:
    """Whether a running limit has no length because none is set here."""
    found = select(Clock.id).where(col(Clock.ended_on).is_(None), col(Clock.length).is_(None), col(Clock.until).is_(None)).limit(1)
    return session.exec(found).first() is not None


def preview(session: Session, calendar: Calendar, seen: Callable[[Case], bool] = lambda _case: True) -> Iterator[Shift]:
    """What would move by another calendar; without the names of cases that are not to be seen. Nothing is changed."""
    found = select(Clock, Case).join(Case, col(Case.id) == col(Clock.case_id)).where(col(Clock.ended_on).is_(None))
    for clock, case in session.exec(found.order_by(col(Clock.due_on), col(Clock.id))):
        twin = Clock(**clock.model_dump())
        clocks.count(calendar, twin)
        if (twin.due_on, twin.provisional) != (clock.due_on, clock.provisional):
            rule = next((rule for rule in releases.load(session, case.release_id).process.clocks if rule.kind == clock.kind), None)
            number, subject = (case.number, case.subject) if seen(case) else ("", "")
            yield Shift(number, subject, clock.kind, rule.name if rule else clock.kind, rule.en if rule else clock.kind,
                        clock.due_on, twin.due_on, twin.provisional, clock.provisional)


def turn(now: Now, source: Engine | None = None) -> int:
    """The next cases of the recount that was asked for first; how many were looked at."""
    with reading(source) as session:
        asked = session.exec(select(Recount).where(col(Recount.done_at).is_(None)).order_by(col(Recount.id)).limit(1)).first()
        if asked is None:
            return 0
        ids = list(session.exec(select(Clock.case_id).where(col(Clock.ended_on).is_(None), col(Clock.case_id) > asked.cursor)
                                .distinct().order_by(col(Clock.case_id)).limit(HANDFUL)))
    done = [_one(case_id, asked.reason, now, source) for case_id in ids]
    with writing(source) as session:
        held = session.get_one(Recount, asked.id, with_for_update=True)
        if held.cursor == asked.cursor and held.done_at is None:    # else another worker was faster
            held.cursor, held.moved = max([held.cursor, *ids]), held.moved + done.count(True)
            held.failed += done.count(None)
            held.done_at = None if ids else now(session)
            session.add(held)
    return len(ids)


def recount(session: Session, case_id: int, reason: str, now: datetime) -> bool:
    """Count a case's running limits anew, with the work they press on and the timers that wait for them; whether one moved."""
    case = progress.keep(session, case_id)
    calendar, process = working_days.calendar(session), releases.load(session, case.release_id).process
    rules = {rule.kind: rule for rule in process.clocks}
    moved: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for clock in clocks.running(session, case):
        before = _said(clock)
        if clock.length is None and clock.until is None and clock.kind in rules:
            clocks.set_length(session, case, clock, rules[clock.kind])
        clocks.count(calendar, clock)
        session.add(clock)
        if _said(clock) != before:
            moved[clock.kind] = (before, _said(clock))
    if not moved:
        return False
    ledger.change(session, case, version=case.version + 1)
    clocks.press(session, case, process, now)
    timers = progress.retime(session, case, now)
    audit.append(session, chains.of(case.id), audit.SYSTEM, "clock.recount", now, summary=f"重新计算期限：{reason}",
                 before={kind: was for kind, (was, _) in moved.items()},
                 after={kind: now_is for kind, (_, now_is) in moved.items()} | ({"timers": len(timers)} if timers else {}))
    return True


def _one(case_id: int, reason: str, now: Now, source: Engine | None) -> bool | None:
    """One case in its own transaction; None: it failed."""
    try:
        with writing(source) as session:
            return recount(session, case_id, reason, now(session))
    except Exception as failure:  # one case must not hold up the others
        log.exception("recounting case %s: %s", case_id, type(failure).__name__)
        return None


def _said(clock: Clock) -> dict[str, Any]:
    return {"due_on": clock.due_on.isoformat() if clock.due_on else None, "provisional": clock.provisional, "length": clock.length}


def unfinished(session: Session) -> bool:
    """Whether the machines are still at it."""
    return session.exec(select(Recount.id).where(col(Recount.done_at).is_(None)).limit(1)).first() is not None
