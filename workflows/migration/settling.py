"""Work items, timers and awaited messages of a case, made to agree with what its state waits for; tokens keep their numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, select

from workflows.cases import elements
from workflows.cases.messages import mailbox
from workflows.cases.tables import Case, Timer, WorkItem, WorkState
from workflows.engine import Waiting
from workflows.office import jurisdiction
from workflows.records.types import stored

Places = Mapping[str, Waiting]


def settle(session: Session, case: Case, waiting: Sequence[Waiting], now: datetime) -> None:
    """Rename, open and cancel until each place that waits has its rows, and no row is left without a place."""
    places = {place.token: place for place in waiting}
    _work(session, case, places, now)
    _timers(session, case, places)
    mailbox.settle(session, case, waiting)
    session.flush()


def _work(session: Session, case: Case, places: Places, now: datetime) -> None:
    there: set[tuple[str, str]] = set()
    for item in session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)):
        place = places.get(item.token)
        if place is None or place.kind != "user" or item.role not in place.node.candidate_groups:
            item.state = WorkState.CANCELLED
        else:
            there.add((item.token, item.role))
            item.node, item.release_id = place.node.id, case.release_id
            item.name, item.form_key = place.node.name, place.node.form_key or ""
        session.add(item)
    for place in places.values():
        for role in place.node.candidate_groups if place.kind == "user" else ():
            if (place.token, role) not in there:
                session.add(_item(session, case, place, role, now))


def _item(session: Session, case: Case, place: Waiting, role: str, now: datetime) -> WorkItem:
    scope = elements.key(place.item, place.turn)
    unit = jurisdiction.unit_for(session, role, jurisdiction.ground(session, elements.text(scope), case.division_code))
    return WorkItem(case_id=stored(case.id), token=place.token, node=place.node.id, release_id=case.release_id,
                    name=place.node.name, role=role,
                    unit_id=stored(unit.id), form_key=place.node.form_key or "", scope=scope, opened_at=now,
                    version=case.version)


def _timers(session: Session, case: Case, places: Places) -> None:
    wanted = {token: place for token, place in places.items() if place.kind == "timer" and place.due_at}
    for timer in session.exec(select(Timer).where(Timer.case_id == case.id)):
        place = wanted.pop(timer.token, None)
        if place is None or place.due_at is None:
            session.delete(timer)
        else:
            timer.node, timer.due_at = place.node.id, place.due_at
            session.add(timer)
    for place in wanted.values():
        if place.due_at:
            session.add(Timer(case_id=stored(case.id), token=place.token, node=place.node.id, due_at=place.due_at))
