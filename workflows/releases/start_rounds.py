"""The moments at which processes begin by themselves: armed when a version is published, one ahead of each start timer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, delete, or_, select, update

from workflows import engine
from workflows.engine import StartTimer
from workflows.records import ledger
from workflows.records.session import alone
from workflows.records.types import Moment
from workflows.releases.tables import RoundState, StartRound


_HAPPENED = select(StartRound.id, StartRound.state).where(
    StartRound.process == bindparam("process"), StartRound.node == bindparam("node"), StartRound.due_at == bindparam("due", type_=Moment))


def hold(session: Session, process: str) -> None:
    """Till this transaction ends nobody else publishes the process, or arms or fires its start timers."""
    alone(session, f"release:{process}")


def arm(session: Session, process: str, timers: Sequence[StartTimer], now: datetime) -> None:
    """The newest version's start timers take over; one that is drawn as before goes on with its rounds."""
    going_on = [timer for timer in timers if _goes_on(session, process, timer)]
    session.exec(update(StartRound).where(
        col(StartRound.process) == process, col(StartRound.state) == RoundState.WAITING,
        or_(and_(StartRound.division == "", col(StartRound.node).not_in([timer.node for timer in going_on])),
            col(StartRound.node).not_in([timer.node for timer in timers])),     # no case can begin there any more
    ).values(state=RoundState.STOPPED, settled_at=now))
    for timer in timers:
        if timer not in going_on:
            wait(session, process, timer, timer.schedule(now))


def wait(session: Session, process: str, timer: StartTimer, schedule: engine.Schedule | None) -> None:
    """From now on a round is waited for: the first whose moment has not had its turn; None: there is no more."""
    while schedule and not _comes_first(session, process, timer.node, schedule.due):
        schedule = schedule.following()
    if schedule:
        ledger.add(session, StartRound, process=process, node=timer.node, drawn=_words(timer), due_at=schedule.due,
                   cycle=engine.pack(schedule))


@dataclass(frozen=True)
class Ground:
    """What a round opens one case for: a division, or an entry of a register that lies in it."""

    division: str
    entry: int = 0
    opens: Mapping[str, Any] = field(default_factory=dict)


def spread(session: Session, row: StartRound, grounds: Iterable[Ground]) -> None:
    """A round has come: each of its grounds waits for its own turn, in that order."""
    for ground in grounds:
        ledger.add(session, StartRound, process=row.process, node=row.node, drawn=row.drawn, due_at=row.due_at,
                   division=ground.division, entry=ground.entry, opens=dict(ground.opens))


def _comes_first(session: Session, process: str, node: str, due: datetime) -> bool:
    """Whether nothing happened at that moment yet; a round that was stopped makes way."""
    found = ledger.ask_anew(session, _HAPPENED, process=process, node=node, due=due).all()
    stopped = [number for number, state in found if state == RoundState.STOPPED]
    if stopped:
        session.exec(delete(StartRound).where(col(StartRound.id).in_(stopped)))
    return len(found) == len(stopped)


def _goes_on(session: Session, process: str, timer: StartTimer) -> bool:
    """Whether the version before was drawn the same there: its rounds go on, or are over."""
    last = select(StartRound).where(StartRound.process == process, StartRound.node == timer.node,
                                    StartRound.division == "")
    found = session.exec(last.order_by(col(StartRound.id).desc()).limit(1)).first()
    return found is not None and (found.drawn, found.state != RoundState.STOPPED) == (_words(timer), True)


def _words(timer: StartTimer) -> str:
    return f"{timer.manner} {timer.text} {timer.catch_up}"
