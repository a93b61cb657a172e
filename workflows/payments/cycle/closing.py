"""Closing a month: every check holds, or it stays open."""

from datetime import datetime

from sqlmodel import Session

from workflows.office.people import Officer
from workflows.payments import cycles, duties
from workflows.payments.cycle import books, invariants
from workflows.payments.refusals import NotBalanced, WrongState
from workflows.payments.tables import Cycle, CycleState
from workflows.records.types import stored


def check(session: Session, cycle: Cycle) -> list[invariants.Check]:
    """How the month's checks stand now."""
    return invariants.check(books.read(session, cycle))


def close(session: Session, cycle: Cycle, who: Officer | None, now: datetime) -> list[invariants.Check]:
    """Close the month for good; `NotBalanced` names the checks that fail."""
    cycle = cycles.hold(session, stored(cycle.id))
    role = duties.need(who, cycle.division_code, "close_cycle")
    if cycle.state != CycleState.RECONCILED:
        raise WrongState("The month is not reconciled yet.")
    done = check(session, cycle)
    failed = tuple(one.code for one in done if not one.holds)
    if failed:
        raise NotBalanced(failed)
    cycle.state, cycle.closed_at = CycleState.CLOSED, now
    session.add(cycle)
    cycles.note(session, cycle, "cycle.close", f"{cycle.month} 关账", now, who, role,
                after={one.code: dict(one.figures) for one in done})
    return done
