"""Both databases with durable commits, the product's tables and the county in them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.engine.process import NAME, NOW, ROOT
from tests import postgresql
from workflows import releases
from workflows.records import schema
from workflows.records.session import make_engine, writing
from workflows.sample import fixture


@contextmanager
def sqlite() -> Iterator[Engine]:
    """A file in WAL mode, `synchronous=FULL`."""
    with tempfile.TemporaryDirectory() as folder, _prepared(f"sqlite:///{Path(folder) / 'bench.sqlite'}") as engine:
        yield engine


@contextmanager
def postgres() -> Iterator[Engine | None]:
    """A server of our own with `fsync=on`; None where the machine has no server programs."""
    found = postgresql.programs()
    if found is None:
        yield None
        return
    with postgresql.serving(found, durable=True) as server, _prepared(postgresql.new_database(server)) as engine:
        yield engine


@contextmanager
def _prepared(url: str) -> Iterator[Engine]:
    schema.upgrade(url)
    engine = make_engine(url)
    with writing(engine) as session:
        number = "INTEGER PRIMARY KEY" if url.startswith("sqlite") else "BIGSERIAL PRIMARY KEY"
        session.execute(text(f"CREATE TABLE bare (id {number}, note TEXT)"))
        session.execute(text("CREATE TABLE whole_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL)"))
        fixture.load(session)
        releases.publish(session, NAME, NOW, ROOT)
    yield engine
    engine.dispose()
