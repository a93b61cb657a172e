"""恢复: the case goes on, and hears what came while it stood still: timers and messages in the order of their moments."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from workflows import engine
from workflows.cases import answers, due, facts, held, jobs, progress, timers
from workflows.cases.messages import mailbox
from workflows.cases.operations import asking, suspend
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Held, Timer
from workflows.errors import Conflict, Refusal
from workflows.office import clock, clock_jumps, permissions
from workflows.office.people import Officer
from workflows.records.types import stored

Turn = Callable[[], object]


def resume(session: Session, case_id: int, asked: Asked) -> Case:
    """Let a suspended case go on."""
    case = asking.begin(session, case_id, asked)
    permissions.demand(why_not(case, asked.who))
    case.state = progress.RUNNING
    timers.hold(session, case, False)
    asking.record(session, case, "resume", asked, asking.role_of(asked.who, suspend.ACTION, case),
                  before={"state": progress.SUSPENDED}, after={"state": progress.RUNNING})
    for turn in _in_due_order(session, case, asked.now):
        if case.ended_at is None:
            turn()
    progress.refresh(session, case, progress.Cause(asked.now, asked.who))
    return case


def why_not(case: Case, who: Officer) -> Refusal | None:
    """Why somebody may not resume that case; None: he may."""
    if case.state != progress.SUSPENDED:
        return asking.ended(case) or Conflict("This case is not suspended.")
    return permissions.why_not(who, suspend.ACTION, case.division_code)


def _in_due_order(session: Session, case: Case, now: datetime) -> list[Turn]:
    """What came meanwhile; while the clock is not known to be right its timers are left to the worker, who waits for that."""
    ripe = select(Timer).where(Timer.case_id == case.id, col(Timer.due_at) <= now)
    due = session.exec(ripe).all() if clock_jumps.is_watched(session, clock.machine()) else []
    turns: list[tuple[datetime, int, Turn]] = [
        (timer.due_at, stored(timer.id), partial(_fire, session, stored(timer.id), now)) for timer in due]
    turns += [(one.at, stored(one.id), partial(_hear, session, case, one, now)) for one in held.of(session, case)]
    return [turn for _, _, turn in sorted(turns, key=lambda turn: turn[:2])]


def _fire(session: Session, timer_id: int, now: datetime) -> None:
    """A timer that can't fire does not hold the resumption up: the worker tries it again, and says why."""
    try:
        with session.begin_nested():
            timers.fire(session, timer_id, now)
    except (engine.EngineError, Refusal) as failure:
        due.postpone(session, timer_id, f"{type(failure).__name__}: {failure}", now, kind=due.TIMER)


def _hear(session: Session, case: Case, one: Held, now: datetime) -> None:
    """What can't be taken in does not hold the resumption up either: it lies where an administrator sees it."""
    try:
        with session.begin_nested():
            _take_in(session, case, one, now)
    except (engine.EngineError, Refusal) as failure:
        _lay_aside(session, case, one, f"{type(failure).__name__}: {failure}", now)
    session.delete(one)
    session.flush()


def _take_in(session: Session, case: Case, one: Held, now: datetime) -> None:
    if one.kind == held.MESSAGE:
        progress.tell(session, case, one.name, progress.Cause(now))
    elif answers.awaits(session, case, one.name):
        if one.kind == held.REFUSAL:
            answers.go_astray(session, case, one.name, one.author, now)
        else:
            answers.go_on(session, case, one.name, one.author, facts.decode(one.payload), now)


def _lay_aside(session: Session, case: Case, one: Held, error: str, now: datetime) -> None:
    """A message goes on by the worker's way of messages; an answer waits as a job given up."""
    if one.kind == held.MESSAGE:
        message, _ = mailbox.put(session, case, one.name, {}, now, sender=case.number, key=f"held:{one.id}")
        mailbox.put_off(message, error, now)
        session.add(message)
    else:
        jobs.give_up(session, case, one.name, one.payload, error, now)
