"""What a person's last step was, kept small and as long as nobody has gone on from it: for taking it back."""

from base64 import b64decode, b64encode
from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from workflows import engine
from workflows.cases.effects import EFFECTS
from workflows.cases.tables import Case, WorkItem
from workflows.records import ledger
from workflows.records.types import stored

KEPT = 32   # so many versions of a case a step is kept that only filled a join


@dataclass(frozen=True)
class CaseStep:
    """A person's last step at one place of a case; it stands in the case's row, which every step writes anyhow."""

    item: int
    release: int    # whose drawing the states belong to
    version: int    # the case's, that made it
    first: int      # number of the first token it opened, and of the last; 0: none
    last: int
    before: str     # the engine's states
    after: str
    visits: list[list[str]]     # what, element
    effects: list[str]          # elements that did something outside the case: it can't be taken back

    def states(self) -> tuple[bytes, bytes]:
        """The engine's states before and after it."""
        return b64decode(self.before), b64decode(self.after)


def remember(session: Session, case: Case, item: WorkItem, before: bytes, moves: Sequence[engine.Move], effect: str) -> None:
    """Keep a step just made; the one that led to it is past."""
    if case.ended_at is not None:
        forget(session, case)
        return
    waiting = {place.token for place in moves[-1].waiting}
    opened = [int(place.token) for made in moves for place in made.opened if place.token in waiting]
    done = [item.node] if effect else []
    done += [place.node.id for made in moves for place in made.opened
             if place.kind == "service" and place.node.topic in EFFECTS]
    states = ("", "") if done else (_text(before), _text(case.engine))
    visits = [[visit.what, visit.node] for made in moves for visit in made.visits]
    step = CaseStep(stored(item.id), case.release_id, case.version, min(opened, default=0), max(opened, default=0), *states,
                    visits, done)
    others = [one for one in case.steps
              if not one["first"] <= int(item.token) <= one["last"] and one["version"] >= case.version - KEPT]
    ledger.change(session, case, steps=[*others, vars(step)])


def of(case: Case, item: WorkItem) -> CaseStep | None:
    """The step by which an item was completed, while it is kept."""
    return next((step for step in kept(case) if step.item == item.id), None)


def kept(case: Case) -> list[CaseStep]:
    """All of a case, the oldest first."""
    return [CaseStep(**one) for one in case.steps]


def drop(session: Session, case: Case, step: CaseStep) -> None:
    """A step has been taken back."""
    ledger.change(session, case, steps=[one for one in case.steps if one["item"] != step.item])


def keep_standing(session: Session, case: Case, drawing: engine.Drawing, redone: AbstractSet[str], now: datetime) -> None:
    """After a return a step is kept only if it need not be done again and all it brought about still stands."""
    again = set(session.exec(select(WorkItem.id).where(
        col(WorkItem.id).in_([step.item for step in kept(case)]), col(WorkItem.node).in_(redone))))
    ledger.change(session, case, steps=[vars(step) for step in kept(case)
                                        if step.release == case.release_id and step.item not in again and _stands(case, drawing, step, now)])


def forget(session: Session, case: Case) -> None:
    """No step of a case can be taken back any more."""
    if case.steps:
        ledger.change(session, case, steps=[])


def _stands(case: Case, drawing: engine.Drawing, step: CaseStep, now: datetime) -> bool:
    if step.effects:    # never taken back: kept to say why
        return any(step.first <= int(place.token) <= step.last for place in engine.waiting(drawing, case.engine))
    try:
        engine.undo(drawing, case.engine, *step.states(), now)
    except engine.EngineError:
        return False
    return True


def _text(state: bytes) -> str:
    return b64encode(state).decode()

