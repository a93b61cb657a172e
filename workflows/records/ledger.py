"""What a piece of work is going to write, gathered as plain rows and written together: one statement a table.

The ORM's flush takes a tenth of a millisecond for each kind of row, at each question asked in between. What every step
writes stands here till the step's end instead, or till somebody asks the session: nobody sees the difference.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable, Insert, Select, Table, Update, bindparam, event, insert, update
from sqlalchemy.orm import ORMExecuteState, SessionTransaction
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlmodel import Session, SQLModel

from workflows.records import written

_PLACE = "ledger"
Values = Mapping[str, Any]
Known = TypeVar("Known")


class _Ledger:
    """One session's: what waits, and the rows whose loaded values ran ahead of the ORM."""

    def __init__(self) -> None:
        self.depth = 0
        self.lines: dict[Insert, list[Values]] = {}
        self.changes: dict[int, tuple[SQLModel, dict[str, Any]]] = {}
        self.ahead: dict[int, SQLModel] = {}
        self.memory: dict[str, Any] = {}
        self.rows: list[object] = []
        self.connection: Connection | None = None

    @property
    def waiting(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.lines or self.changes)


@contextmanager
def gathering(session: Session) -> Iterator[dict[str, Any]]:
    """Within the block rows are gathered; at the end of the outermost they are written. Gives a memory of that long."""
    ledger = _of(session)
    ledger.depth += 1
    try:
        yield ledger.memory
        if ledger.depth == 1 and ledger.waiting:
            _write(_connection(session, ledger), ledger)
    finally:
        ledger.depth -= 1
        if not ledger.depth:
            _forget(ledger)


def add(session: Session, table: type[SQLModel], **values: Any) -> None:
    """A row to insert; columns that are not named take the class's own defaults."""
    ledger = _of(session)
    ledger.lines.setdefault(_insertion(table), []).append({**_blank(table), **values})
    if not ledger.depth:
        _write(_connection(session, ledger), ledger)


def change(session: Session, row: SQLModel, **values: Any) -> None:
    """A loaded row's new values: seen at once by whoever holds it, written with the rest."""
    if not instance_state(row).persistent:   # not stored yet: the ORM's business
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        return
    ledger = _of(session)
    for name, value in values.items():
        set_committed_value(row, name, value)
    ledger.ahead[id(row)] = row
    ledger.changes.setdefault(id(row), (row, {}))[1].update(values)
    if not ledger.depth:
        _write(_connection(session, ledger), ledger)


def ask(session: Session, statement: Executable, **values: Any) -> CursorResult[Any]:
    """Ask without having written what is gathered: for questions that nothing gathered could answer."""
    session.flush()
    return _connection(session, _of(session)).execute(statement, values)


def ask_plainly(session: Session, statement: Select[Any], **values: Any) -> CursorResult[Any]:
    """The same in the fewest steps, for numbers and texts and no list among the values."""
    session.flush()
    return written.ask(_connection(session, _of(session)), statement, values)


def ask_anew(session: Session, statement: Executable, **values: Any) -> CursorResult[Any]:
    """Ask for what may be gathered too: all of it is written before."""
    session.flush()
    ledger = _of(session)
    if ledger.waiting:
        _write(_connection(session, ledger), ledger)
    return _connection(session, ledger).execute(statement, values)


def once(session: Session, what: Hashable, read: Callable[[], Known]) -> Known:
    """What a piece of work asks again and again and does not itself change: asked once in it."""
    ledger = _of(session)
    if not ledger.depth:
        return read()
    known: dict[Hashable, Any] = ledger.memory.setdefault("once", {})
    if what not in known:
        known[what] = read()
    return cast(Known, known[what])


def forget(session: Session, what: Hashable) -> None:
    """It has changed after all: the next who asks reads it anew."""
    _of(session).memory.get("once", {}).pop(what, None)


def _of(session: AnySession) -> _Ledger:
    found: _Ledger = session.info.get(_PLACE) or session.info.setdefault(_PLACE, _Ledger())
    return found


def _connection(session: AnySession, ledger: _Ledger) -> Connection:
    """The session's, asked for once a block."""
    if not ledger.depth:
        return session.connection()
    if ledger.connection is None:
        ledger.connection = session.connection()
    return ledger.connection


def _write(connection: Connection, ledger: _Ledger) -> None:
    lines, changes = ledger.lines, ledger.changes
    ledger.lines, ledger.changes = {}, {}
    with _in_one_go(connection):
        for row, values in changes.values():
            written.write(connection, _update(type(row), frozenset(values)), [{"its_id": row.id, **values}])  # type: ignore[attr-defined]
        for statement, rows in lines.items():
            written.write(connection, statement, rows)


def _in_one_go(connection: Connection) -> AbstractContextManager[object]:
    """PostgreSQL is sent all statements before its answers are waited for."""
    driver: Any = connection.connection.driver_connection
    return driver.pipeline() if connection.dialect.name == "postgresql" else nullcontext()


def _forget(ledger: _Ledger) -> None:
    ledger.lines, ledger.changes, ledger.memory, ledger.connection = {}, {}, {}, None
    ledger.rows.clear()


@lru_cache
def _insertion(table: type[SQLModel]) -> Insert:
    return insert(_table(table)).inline()   # nobody asks for the new row's number


@lru_cache
def _blank(table: type[SQLModel]) -> Values:
    fields = table.model_fields
    return {column.name: fields[column.name].get_default(call_default_factory=True) for column in _table(table).columns
            if column.name != "id" and not fields[column.name].is_required()}


@lru_cache
def _update(table: type[SQLModel], names: frozenset[str]) -> Update:
    columns = _table(table).columns
    return update(_table(table)).where(columns["id"] == bindparam("its_id")).values(
        {name: bindparam(name, type_=columns[name].type) for name in sorted(names)})


def _table(table: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(table.__tablename__)]


@event.listens_for(AnySession, "do_orm_execute")
def _before_a_question(state: ORMExecuteState) -> None:
    ledger: _Ledger | None = state.session.info.get(_PLACE)
    if ledger and ledger.waiting:
        _write(_connection(state.session, ledger), ledger)


@event.listens_for(AnySession, "loaded_as_persistent")
def _after_a_row(session: AnySession, row: object) -> None:
    """The session knows a row only as long as somebody holds it: within a block it is not asked for twice."""
    ledger: _Ledger | None = session.info.get(_PLACE)
    if ledger and ledger.depth:
        ledger.rows.append(row)


@event.listens_for(AnySession, "before_flush")
def _before_a_flush(session: AnySession, _context: object, _rows: object) -> None:
    """What was assigned after a change stands above it."""
    ledger: _Ledger | None = session.info.get(_PLACE)
    if ledger and ledger.waiting:
        _write(_connection(session, ledger), ledger)


@event.listens_for(AnySession, "after_transaction_create")
def _before_a_savepoint(session: AnySession, transaction: SessionTransaction) -> None:
    """What was gathered before a savepoint outlives a return to it."""
    ledger: _Ledger | None = session.info.get(_PLACE)
    if transaction.nested and transaction.parent and ledger and ledger.waiting:
        _write(transaction.parent.connection(None), ledger)


@event.listens_for(AnySession, "after_soft_rollback")
def _undone(session: AnySession, _transaction: SessionTransaction) -> None:
    """What ran ahead is read anew: the ORM would expire only what it wrote itself."""
    ledger: _Ledger | None = session.info.get(_PLACE)
    if ledger:
        for row in ledger.ahead.values():
            if row in session:
                session.expire(row)
        ledger.ahead = {}
        _forget(ledger)
