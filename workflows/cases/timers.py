"""Fire drawn timers when they are due; found by an index, without loading the cases that wait."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update

from workflows import engine
from workflows.cases import progress
from workflows.cases.tables import Case, Timer
from workflows.records import audit


def due(session: Session, now: datetime, limit: int = 100) -> list[Timer]:
    """Timers whose moment has come, the earliest first; those of a suspended case wait for its resumption."""
    found = select(Timer).where(col(Timer.due_at) <= now, col(Timer.held).is_(False),
                                or_(col(Timer.retry_at).is_(None), col(Timer.retry_at) <= now))
    return list(session.exec(found.order_by(col(Timer.due_at), col(Timer.id)).limit(limit)))


def fire(session: Session, timer_id: int, now: datetime) -> bool:
    """Fire one timer, if it still waits; the step happens at its own due moment's turn, now."""
    timer = session.get(Timer, timer_id)
    if timer is None:
        return False
    case = progress.locked(session, timer.case_id)
    timer = session.exec(select(Timer).where(Timer.id == timer_id).execution_options(populate_existing=True)).first()
    if timer is None or timer.due_at > now or case.state != progress.RUNNING:
        return False
    token, node = timer.token, timer.node
    audit.append(session, progress.chain(case), audit.SYSTEM, "timer.fire", now, node=node,
                 summary="时限到期", after={"due_at": timer.due_at.isoformat()})
    progress.move(session, case, lambda drawing, state, known: engine.fire(drawing, state, token, known, now),
                  progress.Cause(now))
    return True


def postpone(session: Session, timer_id: int, error: str, now: datetime) -> None:
    """A timer that could not fire is tried again in five minutes, and says why."""
    timer = session.get(Timer, timer_id)
    if timer:
        timer.error, timer.retry_at, timer.attempts = error[:2000], now + timedelta(minutes=5), timer.attempts + 1
        session.add(timer)


def failing(session: Session) -> list[tuple[Timer, str]]:
    """Timers that could not fire when they last were due, each with its case's number."""
    found = select(Timer, Case.number).join(Case, col(Case.id) == col(Timer.case_id)).where(Timer.error != "")
    return list(session.exec(found.order_by(col(Timer.due_at), col(Timer.id))))


def hold(session: Session, case: Case, held: bool) -> None:
    """Let a case's timers wait whatever their moment, or no longer."""
    session.execute(update(Timer).where(col(Timer.case_id) == case.id).values(held=held))


def again(session: Session, timer_id: int) -> None:
    """Fire it at the worker's next look."""
    timer = session.get(Timer, timer_id)
    if timer:
        timer.retry_at = None
        session.add(timer)
