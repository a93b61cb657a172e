"""What races in processes of its own: completions of one task, parallel branches, workers on one database."""

import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from tasks import worker
from tests.makers import at
from workflows.cases import decisions, timers
from workflows.cases.effects import Step
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import WorkItem, WorkState
from workflows.errors import Conflict
from workflows.messages import say
from workflows.office import people
from workflows.records import session as sessions
from workflows.records.session import make_engine, writing
from workflows.settings import settings

NOW = at("2024-03-04")
LATE = timedelta(minutes=11)     # a worker that went silent has lost its job by then
WAIT = 60


def complete(url: str, start: Barrier, login: str, tasks: Sequence[int], told: Any) -> None:
    """Complete each of these items at the same moment as the others do, and tell what came of it."""
    engine = make_engine(url)
    told.put((login, [_once(engine, start, login, item) for item in tasks]))
    engine.dispose()


def go_round(url: str, start: Barrier, login: str, rounds: Sequence[Sequence[str]], case: int, told: Any) -> None:
    """Complete the case's item at each of these elements, round after round, all racers at one moment."""
    engine = make_engine(url)
    found = []
    for nodes in rounds:
        start.wait(WAIT)
        for node in nodes:
            with writing(engine) as session:
                item = session.exec(select(WorkItem.id).where(
                    WorkItem.case_id == case, WorkItem.node == node, WorkItem.state == WorkState.OPEN)).one()
            found.append(_completed(engine, login, item))
    told.put((login, found))
    engine.dispose()


def fire(url: str, start: Barrier, which: Sequence[int], told: Any) -> None:
    """Fire each of these timers at the same moment as somebody completes what it hangs on."""
    engine = make_engine(url)
    found = []
    for timer in which:
        start.wait(WAIT)
        with writing(engine) as session:
            found.append(timers.fire(session, timer, NOW + timedelta(days=20)))
    told.put(("timer", found))
    engine.dispose()


def operate(url: str, start: Barrier, login: str, calls: Sequence[Callable[[Session, Asked], object]], seen: Sequence[int],
            told: Any) -> None:
    """Do each of these operations, on the case as it was seen, while somebody completes its work."""
    engine = make_engine(url)
    found = []
    for call, version in zip(calls, seen, strict=True):
        start.wait(WAIT)
        try:
            with writing(engine) as session:
                call(session, Asked(people.by_login(session, login), "赛跑", NOW, version))
            found.append("done")
        except Conflict as refusal:
            found.append(say(refusal.message, "zh_CN"))
    told.put((login, found))
    engine.dispose()


def work(url: str, tally: str, topic: str, late: bool) -> None:
    """A worker: timers and jobs till nothing is due."""
    settings().database_url = url
    sessions.engine.cache_clear()
    idle = 0
    while idle < 3:
        idle = 0 if worker.turn(lambda _session: NOW + LATE * late, {topic: knock_on(Path(tally))}) else idle + 1


def die_at_work(url: str, door: str, topic: str, late: bool) -> None:
    """A worker that is killed inside its handler: before what it does outside has happened, or `late`, just after."""
    settings().database_url = url
    sessions.engine.cache_clear()

    def knock(_payload: object, key: str) -> dict[str, object]:
        if late:
            (Path(door) / key.replace(":", "_")).touch()
        os.kill(os.getpid(), signal.SIGKILL)
        return {}

    worker.turn(lambda _session: NOW, {topic: knock})


def take_over(url: str, door: str, topic: str, now: datetime) -> None:
    """A worker whose work outside counts once under one key, however often it is asked."""
    settings().database_url = url
    sessions.engine.cache_clear()

    def knock(_payload: object, key: str) -> dict[str, object]:
        (Path(door) / key.replace(":", "_")).touch()
        return {"knocked": key}

    for _ in range(4):
        worker.turn(lambda _session: now, {topic: knock})


def counted(step: Step) -> dict[str, object]:
    """An effect that shows when it happens twice."""
    return {"tally": int(str(step.facts.get("tally", 0))) + 1}


def knock_on(door: Path) -> Callable[..., dict[str, object]]:
    """A handler that leaves a line outside the database."""
    def knock(_payload: object, key: str) -> dict[str, object]:
        with door.open("a", encoding="utf-8") as lines:
            lines.write(f"{os.getpid()} {key}\n")
        return {"knocked": key}
    return knock


def _once(engine: Any, start: Barrier, login: str, item: int) -> str:
    start.wait(WAIT)
    return _completed(engine, login, item)


def _completed(engine: Any, login: str, item: int, now: datetime = NOW) -> str:
    try:
        with writing(engine) as session:
            who = people.by_login(session, login)
            decisions.complete(session, item, {"outcome": "again", "opinion": f"{login} {item}"}, who, now)
    except Conflict as refusal:
        return say(refusal.message, "zh_CN")
    return "done"
