"""What a person's last step was, kept small and as long as nobody has gone on from it: for taking it back."""

from collections.abc import Sequence, Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, or_, select

from workflows import engine
from workflows.cases.effects import EFFECTS
from workflows.cases.tables import Case, CaseStep, WorkItem
from workflows.records import ledger
from workflows.records.types import stored

KEPT = 32   # so many versions of a case a step is kept that only filled a join
_PAST: Any = delete(CaseStep).where(col(CaseStep.case_id) == bindparam("its_case"), or_(
    (col(CaseStep.first) <= bindparam("token")) & (col(CaseStep.last) >= bindparam("token")),
    col(CaseStep.version) < bindparam("oldest"), bindparam("ended")))


def remember(session: Session, case: Case, item: WorkItem, before: bytes, moves: Sequence[engine.Move], effect: str) -> None:
    """Keep a step just made; the one that led to it is past."""
    ledger.enter(session, _PAST, {"its_case": case.id, "token": int(item.token), "oldest": case.version - KEPT,
                                  "ended": case.ended_at is not None})
    if case.ended_at is not None:
        return
    waiting = {place.token for place in moves[-1].waiting}
    opened = [int(place.token) for made in moves for place in made.opened if place.token in waiting]
    done = [item.node] if effect else []
    done += [place.node.id for made in moves for place in made.opened
             if place.kind == "service" and place.node.topic in EFFECTS]
    ledger.add(session, CaseStep, case_id=case.id, item_id=item.id, release_id=case.release_id, version=case.version,
               first=min(opened, default=0), last=max(opened, default=0), before=b"" if done else before,
               after=b"" if done else case.engine, effects=done,
               visits=[[visit.what, visit.node] for made in moves for visit in made.visits])


def of(session: Session, item: WorkItem) -> CaseStep | None:
    """The step by which an item was completed, while it is kept."""
    return session.exec(select(CaseStep).where(CaseStep.case_id == item.case_id, CaseStep.item_id == item.id)).first()


def keep_standing(session: Session, case: Case, drawing: engine.Drawing, redone: AbstractSet[str], now: datetime) -> None:
    """After a return a step is kept only if it need not be done again and all it brought about still stands."""
    for step, node in session.exec(select(CaseStep, WorkItem.node).join(WorkItem, col(WorkItem.id) == col(CaseStep.item_id))
                                   .where(CaseStep.case_id == case.id)).all():
        if node in redone or not _stands(case, drawing, step, now):
            session.delete(step)
    session.flush()


def forget(session: Session, case: Case) -> None:
    """No step of a case can be taken back any more."""
    session.execute(delete(CaseStep).where(col(CaseStep.case_id) == stored(case.id)))


def _stands(case: Case, drawing: engine.Drawing, step: CaseStep, now: datetime) -> bool:
    if step.effects:    # never taken back: kept to say why
        return any(step.first <= int(place.token) <= step.last for place in engine.waiting(drawing, case.engine))
    try:
        engine.undo(drawing, case.engine, step.before, step.after, now)
    except engine.EngineError:
        return False
    return True
