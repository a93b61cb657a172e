"""What every test may ask for: a database with all tables and the rules the database itself keeps."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from tests import postgresql as pg
from workflows.cases.messages import tables as _messages  # noqa: F401
from workflows.cases import tables as _cases  # noqa: F401
from workflows.migration import tables as _migration  # noqa: F401
from workflows.office import tables as _office  # noqa: F401
from workflows.payments import tables as _payments  # noqa: F401
from workflows.records import append_only, schema
from workflows.records import tables as _records  # noqa: F401
from workflows.records.session import make_engine
from workflows.releases import tables as _releases  # noqa: F401


@pytest.fixture
def bare_database() -> Engine:
    """All tables, without the triggers: for tests that tamper."""
    engine = make_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    return engine


@pytest.fixture
def database(bare_database: Engine) -> Engine:
    """A database as an installation has it."""
    append_only.install(bare_database)
    return bare_database


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """A session on that database."""
    with Session(database, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own; its URL without a database."""
    found = pg.programs()
    if found is None:
        pytest.skip("no PostgreSQL server programs (initdb, pg_ctl) on this machine")
    with pg.serving(found) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The name of a migrated database without rows."""
    url = pg.new_database(postgresql)
    schema.upgrade(url)
    return url.rsplit("/", 1)[-1]


@pytest.fixture
def postgresql_database(postgresql: str, postgresql_template: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database of one's own."""
    engine = make_engine(pg.new_database(postgresql, postgresql_template))
    yield engine
    engine.dispose()
