"""One month of one scheme: its dates, its steps, how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import func
from sqlmodel import Session, col, select

from workflows.errors import NotFound
from workflows.office import working_days
from workflows.office.people import Officer
from workflows.payments import duties, months, rules
from workflows.payments.refusals import WrongState
from workflows.payments.tables import Cycle, CycleState, CycleStep, Line
from workflows.records import audit
from workflows.records.types import stored

STEPS = ("cut_off", "roster", "review", "payment_file", "send", "fetch", "reconcile", "reissue", "close")


class WorkingDays(Protocol):
    """The part of the calendar a cycle needs."""

    def previous_working(self, day: date) -> date:
        """That day, or the last working day before it."""


def dates(month: str, calendar: WorkingDays, cut_off_day: int = 25, pay_day: int = 10) -> tuple[date, date]:
    """Cut-off in the month before and pay-by day: the earlier working day when it is none (PY-1)."""
    return (calendar.previous_working(months.day_of(months.before(month), cut_off_day)),
            calendar.previous_working(months.day_of(month, pay_day)))


def due_dates(session: Session, month: str, division: str) -> tuple[date, date]:
    """The dates by this county's settings and calendar."""
    set_here = rules.of(session, months.day_of(month, 1), division)
    return dates(month, working_days.calendar(session), set_here.cut_off_day, set_here.pay_day)


def find(session: Session, scheme: str, month: str, division: str) -> Cycle | None:
    """The cycle, if it was opened."""
    return session.exec(select(Cycle).where(Cycle.scheme == scheme, Cycle.month == month,
                                            Cycle.division_code == division)).first()


def locked(session: Session, scheme: str, month: str, division: str) -> Cycle | None:
    """The cycle, its row held till the transaction ends."""
    found = find(session, scheme, month, division)
    return hold(session, stored(found.id)) if found else None


def hold(session: Session, cycle_id: int) -> Cycle:
    """The cycle, read anew and its row held till the transaction ends: the first thing of every command that writes.

    Whoever waited here sees what the other one wrote; a line has to be read again too.
    """
    session.flush()
    cycle = session.exec(select(Cycle).where(Cycle.id == cycle_id).with_for_update()
                         .execution_options(populate_existing=True)).first()
    if cycle is None:
        raise NotFound
    return cycle


def hold_line(session: Session, line: Line) -> Cycle:
    """The line's cycle held, and the line as it stands now."""
    cycle = hold(session, line.cycle_id)
    session.refresh(line)
    return cycle


def before(session: Session, cycle: Cycle) -> Cycle | None:
    """The cycle before this one, of the same scheme and county."""
    return session.exec(select(Cycle).where(
        Cycle.scheme == cycle.scheme, Cycle.division_code == cycle.division_code, col(Cycle.month) < cycle.month)
        .order_by(col(Cycle.month).desc()).limit(1)).first()


def get(session: Session, cycle_id: int) -> Cycle:
    """The cycle with that id."""
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        raise NotFound
    return cycle


def unfinished(session: Session, scheme: str, division: str) -> list[Cycle]:
    """Cycles not yet closed, the oldest first."""
    return list(session.exec(select(Cycle).where(Cycle.scheme == scheme, Cycle.division_code == division,
                                                 Cycle.state != CycleState.CLOSED).order_by(col(Cycle.month))))


def open(session: Session, scheme: str, month: str, division: str,  # noqa: A001  (cycles.open reads well)
         who: Officer | None, now: datetime) -> Cycle:
    """Open the month, once."""
    found = find(session, scheme, month, division)
    if found:
        return found
    role = duties.need(who, division, "open_cycle")
    cut_off_on, pay_by_on = due_dates(session, month, division)
    cycle = Cycle(scheme=scheme, month=month, division_code=division, cut_off_on=cut_off_on, pay_by_on=pay_by_on,
                  opened_at=now, opened_by=who.id if who else None)
    session.add(cycle)
    session.flush()
    note(session, cycle, "cycle.open", f"{month} 发放周期开启", now, who, role,
         after={"cut_off_on": cut_off_on.isoformat(), "pay_by_on": pay_by_on.isoformat()})
    return cycle


def explain_lateness(session: Session, cycle: Cycle, reason: str, who: Officer, now: datetime) -> None:
    """Say why the pay-by day was missed (V10)."""
    cycle = hold(session, stored(cycle.id))
    role = duties.need(who, cycle.division_code, "close_cycle")
    if cycle.state == CycleState.CLOSED:
        raise WrongState
    cycle.late_reason = reason
    session.add(cycle)
    note(session, cycle, "cycle.explain_lateness", f"逾期说明:{reason}", now, who, role)


def note(session: Session, cycle: Cycle, action: str, summary: str, now: datetime, who: Officer | None,
         role: str = "", *, before: Mapping[str, object] | None = None,
         after: Mapping[str, object] | None = None) -> None:
    """One event on the cycle's audit chain."""
    audit.append(session, f"cycle:{cycle.id}", duties.actor(who, role), action, now, summary=summary,
                 before=before, after=after)


def note_step(session: Session, cycle: Cycle, step: str, state: str, now: datetime,
              detail: Mapping[str, object] | None = None, flow_run: str = "") -> CycleStep:
    """What the flow did; a repeated waiting or failure updates its row instead of adding one."""
    last = session.exec(select(CycleStep).where(CycleStep.cycle_id == cycle.id)
                        .order_by(col(CycleStep.id).desc()).limit(1)).first()
    if last is None or (last.step, last.state) != (step, state) or state == "done":
        last = CycleStep(cycle_id=cycle.id or 0, step=step, state=state, at=now)
    last.at, last.detail, last.flow_run = now, dict(detail or {}), flow_run
    session.add(last)
    session.flush()
    return last


@dataclass(frozen=True)
class StepProgress:
    """One step of the month: not reached, waiting, done or failed."""

    step: str
    state: str = "todo"
    at: datetime | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    flow_run: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a month is: its steps, and its lines by state as (count, fen)."""

    steps: tuple[StepProgress, ...]
    lines: Mapping[str, tuple[int, int]]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)


def progress(session: Session, cycle: Cycle) -> Progress:
    """The newest entry of each step, in the month's order, and where the lines stand."""
    newest = {row.step: row for row in session.exec(
        select(CycleStep).where(CycleStep.cycle_id == cycle.id).order_by(col(CycleStep.id)))}
    steps = tuple(StepProgress(name, row.state, row.at, row.detail, row.flow_run)
                  if (row := newest.get(name)) else StepProgress(name) for name in STEPS)
    counted = session.exec(select(Line.state, func.count(), func.sum(Line.total_fen))
                           .where(Line.cycle_id == cycle.id).group_by(Line.state)).all()
    return Progress(steps, {state: (count, int(total or 0)) for state, count, total in counted})
