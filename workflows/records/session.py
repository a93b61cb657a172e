"""One database session a piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Engine, StaticPool, event, text
from sqlalchemy.util import LRUCache
from sqlmodel import Session, create_engine

from workflows.settings import settings

# A compiled statement belongs to a dialect: all engines of this process that speak the same one share what was compiled.
_COMPILED: LRUCache[Any, Any] = LRUCache(2000)
_SPOKEN: dict[str, Dialect] = {}    # by name, once a connection has told it the server's ways


def make_engine(url: str) -> Engine:
    """An engine with this house's rules: SQLite in WAL, synced in full, one writer that waits."""
    if url.startswith("sqlite"):
        memory = {"poolclass": StaticPool} if url == "sqlite://" else {}
        made = _with_sqlite_rules(create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, **_OPTIONS, **memory))
    else:
        made = create_engine(url, pool_pre_ping=True, **_OPTIONS)
    made.dialect = _SPOKEN.get(made.dialect.name, made.dialect)
    event.listen(made, "connect", lambda *_: _SPOKEN.setdefault(made.dialect.name, made.dialect))
    return made


_OPTIONS: dict[str, Any] = {"execution_options": {"compiled_cache": _COMPILED}}


def _with_sqlite_rules(engine: Engine) -> Engine:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        how = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {how}")

    return engine


@lru_cache
def engine(url: str | None = None) -> Engine:
    """The engine of this process."""
    return make_engine(url or settings().url)


@contextmanager
def reading(source: Engine | None = None) -> Iterator[Session]:
    """A session that only reads."""
    with Session(source or engine(), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(source: Engine | None = None) -> Iterator[Session]:
    """A session that is committed when the block ends well, and undone when it doesn't.

    On SQLite it takes the one writer's place at once, so that what it read can't have changed when it writes.
    """
    bound = (source or engine()).execution_options(begin="IMMEDIATE")
    with Session(bound, expire_on_commit=False) as session:
        yield session
        session.commit()


def alone(session: Session, what: str) -> None:
    """Till this transaction ends nobody else passes here for the same `what`: before a number is counted on.

    On SQLite whoever writes is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": what})
