"""Ours, twice: the engine with its own rows in one durable transaction, and the whole product step through its door."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlmodel import Session, SQLModel

from benchmarks.engine.measuring import Window, walk
from benchmarks.engine.process import AGAIN, FIRST, NAME, NOW
from workflows import engine as spiff
from workflows import releases
from workflows.cases import decisions, intake
from workflows.cases.tables import Case, Timer, Visit, WorkItem, WorkState
from workflows.office import people
from workflows.office.people import Officer
from workflows.records.session import reading, writing
from workflows.records.types import stored

OFFICER, GROUND = "town_clerk1", "990101001001"
Complete = Callable[["Desk", int, str], None]


@dataclass(frozen=True)
class Desk:
    """The database, who works there, and the process as published."""

    engine: Engine
    who: Officer
    unit: int
    release: int

    @classmethod
    def at(cls, engine: Engine) -> "Desk":
        """The town clerk's desk."""
        with reading(engine) as session:
            who = people.by_login(session, OFFICER)
            return cls(engine, who, who.duties[0].unit_id, stored(releases.newest(session, NAME).id))

    def opened(self) -> int:
        """A new case, its first task done: the first round begins."""
        with writing(self.engine) as session:
            case = intake.open_case(session, NAME, "基准", GROUND, {}, self.who, NOW)
        product(self, stored(case.id), FIRST)
        return stored(case.id)

    def state(self, case: int) -> int:
        """How many bytes the engine keeps of a case."""
        with reading(self.engine) as session:
            return len(session.get_one(Case, case).engine)


def rounds(desk: Desk, complete: Complete, count: int) -> list[Window]:
    """So many steps in one case."""
    case = desk.opened()
    return walk(desk.engine, lambda node: complete(desk, case, node), lambda: desk.state(case), count)


def product(desk: Desk, case: int, node: str) -> None:
    """Duties, form, guards of law, facts, engine, work items, clocks, audit event."""
    with writing(desk.engine) as session:
        item = _waiting(session, case, node)
        decisions.complete(session, item, {"outcome": AGAIN, "opinion": "同意"}, desk.who, NOW)


def lean(desk: Desk, case: int, node: str) -> None:
    """Load the state, move, write the state and the rows for work items, timers and visits."""
    with desk.engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        item, token, state, published = connection.execute(HELD, {"on": case, "node": node}).one()
        move = spiff.complete(_drawing(desk, published), state, token, {node: {"outcome": AGAIN}}, NOW)
        connection.execute(MOVED, {"on": case, "packed": move.state})
        connection.execute(DONE, {"on": item, "who": desk.who.id})
        _write(connection, case, published, move, desk.unit)


CASE, ITEM, TIMER, VISIT = (SQLModel.metadata.tables[table.__tablename__] for table in (Case, WorkItem, Timer, Visit))
HELD = select(ITEM.c.id, ITEM.c.token, CASE.c.engine, CASE.c.release_id).join(CASE, CASE.c.id == ITEM.c.case_id).where(
    CASE.c.id == bindparam("on"), ITEM.c.state == WorkState.OPEN, ITEM.c.node == bindparam("node")).with_for_update()
MOVED = update(CASE).where(CASE.c.id == bindparam("on")).values(engine=bindparam("packed"), version=CASE.c.version + 1)
DONE = update(ITEM).where(ITEM.c.id == bindparam("on")).values(state=WorkState.DONE, done_at=NOW, done_by=bindparam("who"))
GONE = delete(TIMER).where(TIMER.c.case_id == bindparam("on"), TIMER.c.token == bindparam("gone"))
BLANK_TIMER, BLANK_ITEM = ({name: field.default for name, field in table.model_fields.items()
                            if not field.is_required() and name != "id"} for table in (Timer, WorkItem))
SEEN, TIMED, ASKED = insert(VISIT), insert(TIMER), insert(ITEM)


def _drawing(desk: Desk, release: int) -> spiff.Drawing:
    if release not in _DRAWINGS:
        with reading(desk.engine) as session:
            _DRAWINGS[release] = releases.load(session, release).drawing
    return _DRAWINGS[release]


_DRAWINGS: dict[int, spiff.Drawing] = {}


def _waiting(session: Session, case: int, node: str) -> int:
    return session.execute(select(ITEM.c.id).where(
        ITEM.c.case_id == case, ITEM.c.state == WorkState.OPEN, ITEM.c.node == node)).scalar_one()


def _write(connection: Connection, case: int, release: int, move: spiff.Move, unit: int) -> None:
    connection.execute(SEEN, [{"case_id": case, "node": visit.node, "path": "/".join(visit.path), "what": visit.what,
                               "flow": visit.flow or "", "at": NOW, "release_id": release} for visit in move.visits])
    gone = [{"on": case, "gone": closed.token} for closed in move.closed if closed.node.kind != "user"]
    timers = [{**BLANK_TIMER, "case_id": case, "token": place.token, "node": place.node.id, "due_at": place.due_at}
              for place in move.opened if place.kind == "timer"]
    items = [{**BLANK_ITEM, "case_id": case, "release_id": release, "token": place.token, "node": place.node.id, "name": place.node.name,
              "unit_id": unit, "role": place.node.candidate_groups[0], "form_key": place.node.form_key, "opened_at": NOW}
             for place in move.opened if place.kind == "user"]
    for statement, rows in ((GONE, gone), (TIMED, timers), (ASKED, items)):
        if rows:
            connection.execute(statement, rows)
