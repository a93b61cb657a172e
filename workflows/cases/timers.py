"""Fire drawn timers when they are due: the earliest of the whole county first, each once, found by an index.

A timer fires at the moment it really is: facts, days and papers of its step bear the true time, nothing is dated
back. When it should have fired its drawing reads as `timer.due_at`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, func, or_, select, tuple_, update
from sqlmodel.sql.expression import Select

from workflows import engine
from workflows.cases import chains, progress
from workflows.cases.tables import Case, Timer
from workflows.records import audit, ledger
from workflows.records.types import Moment

InRow = Select[Any]


@dataclass(frozen=True, order=True)
class Due:
    """A timer's place in the county's row: by its moment, ties by its number."""

    due_at: datetime
    id: int


BEGINNING = Due(datetime(1, 1, 2, tzinfo=UTC), 0)     # before every row that is stored


def first_due(session: Session, waiting: InRow, now: datetime, after: Due | None) -> Due | None:
    """The first of a row of what is due, behind a place in it."""
    place = after or BEGINNING
    row = ledger.ask_anew(session, waiting, now=now, since=place.due_at, behind=place.id).first()
    return Due(*row) if row else None


def in_row(table: Any, at: Any, *waits: ColumnElement[bool]) -> InRow:
    """The question for the first of a table's rows that is due at `now` and may be tried, by its moment, ties by its number."""
    place = tuple_(bindparam("since", type_=Moment), bindparam("behind", type_=Integer))
    now = bindparam("now", type_=Moment)
    return select(at, table.id).where(at <= now, or_(col(table.retry_at).is_(None), col(table.retry_at) <= now),
                                      tuple_(at, col(table.id)) > place, *waits).order_by(at, col(table.id)).limit(1)


@cache
def _waiting() -> InRow:
    earlier = aliased(Timer)
    held_up = exists().where(col(earlier.case_id) == col(Timer.case_id),
                             tuple_(col(earlier.due_at), col(earlier.id)) < tuple_(col(Timer.due_at), col(Timer.id)))
    return in_row(Timer, col(Timer.due_at), col(Timer.held).is_(False), ~held_up)


def next_due(session: Session, now: datetime, after: Due | None = None) -> Due | None:
    """The earliest timer whose moment has come, behind a place in the row.

    A case's timers fire in their order: one that failed and waits holds up the later ones of its case, and of no
    other. Those of a suspended case wait.
    """
    return first_due(session, _waiting(), now, after)


def due(session: Session, now: datetime) -> int:
    """How many timers the moment has come for."""
    found = select(func.count()).select_from(Timer).where(col(Timer.due_at) <= now, col(Timer.held).is_(False))
    return session.exec(found).one()


def fire(session: Session, timer_id: int, now: datetime) -> bool:
    """Fire one timer, if it still waits, is the first of its case, and nobody else holds the case just now."""
    case_id = session.exec(select(Timer.case_id).where(Timer.id == timer_id)).first()
    if case_id is None or not progress.free(session, case_id):
        return False
    first = select(Timer).where(Timer.case_id == case_id).order_by(col(Timer.due_at), col(Timer.id)).limit(1)
    timer = session.exec(first.execution_options(populate_existing=True)).first()
    if timer is None or timer.id != timer_id or timer.due_at > now:
        return False
    case = progress.locked(session, case_id)
    if case.state != progress.RUNNING:
        return False
    token, node, due_at = timer.token, timer.node, timer.due_at

    def perform(drawing: engine.Drawing, state: bytes, known: Mapping[str, Any]) -> engine.Move:
        made = engine.fire(drawing, state, token, known, now)
        skipped = any(one.token == token and one.why == "cancelled" for one in made.closed)
        record(session, chains.of(case.id), node, due_at, now, skipped=skipped)
        return made

    progress.move(session, case, perform, progress.Cause(now, due_at=due_at))
    return True


def record(session: Session, chain: str, node: str, due_at: datetime, now: datetime, *, skipped: bool,
           after: Mapping[str, object] | None = None) -> None:
    """Write down that a timer fired, or that its round had been missed and was dropped."""
    action, summary = ("timer.skip", "错过的定时不再补办") if skipped else ("timer.fire", "时限到期")
    audit.append(session, chain, audit.SYSTEM, action, now, node=node, summary=summary,
                 after={"due_at": due_at.isoformat(), **(after or {})})


def hold(session: Session, case: Case, held: bool) -> None:
    """Let a case's timers wait whatever their moment, or no longer."""
    session.execute(update(Timer).where(col(Timer.case_id) == case.id).values(held=held))
