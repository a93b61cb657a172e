"""Where cases stand in the tables: their open work, timers and jobs, read for a page of cases at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import progress
from workflows.cases.tables import Case, Job, JobState, Timer, WorkItem, WorkState

PAGE = 500


@dataclass
class Standing:
    """One case as far as a move to another version is concerned."""

    case_id: int
    release_id: int
    engine: bytes
    division_code: str
    cycle_id: int | None
    over: bool
    suspended: bool
    items: list[WorkItem] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


def of(session: Session, ids: Sequence[int]) -> list[Standing]:
    """These cases, in the order of their numbers."""
    query = select(Case).where(col(Case.id).in_(ids)).order_by(col(Case.id)).with_only_columns(
        col(Case.id), col(Case.release_id), col(Case.engine), col(Case.division_code), col(Case.cycle_id), col(Case.ended_at),
        col(Case.state))
    found = {number: Standing(number, release, state, ground, cycle, ended is not None, said == progress.SUSPENDED)
             for number, release, state, ground, cycle, ended, said in session.execute(query)}
    for item in _rows(session, WorkItem, ids, WorkItem.state == WorkState.OPEN):
        found[item.case_id].items.append(item)
    for timer in _rows(session, Timer, ids):
        found[timer.case_id].timers.append(timer)
    for job in _rows(session, Job, ids, col(Job.token).is_not(None), Job.state != JobState.DONE):
        found[job.case_id or 0].jobs.append(job)
    return list(found.values())


def on_release(session: Session, release_id: int, after: int, limit: int = PAGE) -> list[int]:
    """The next cases of a version that have not ended."""
    query = select(Case.id).where(Case.release_id == release_id, col(Case.ended_at).is_(None), col(Case.id) > after)
    return [number for number in session.exec(query.order_by(col(Case.id)).limit(limit)) if number is not None]


def _rows(session: Session, table: type[Any], ids: Sequence[int], *where: Any) -> list[Any]:
    query = select(table).where(col(table.case_id).in_(ids), *where).order_by(col(table.id))
    return list(session.exec(query))
