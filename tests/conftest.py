"""What every test may ask for: a database with all tables and the rules the database itself keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests import postgresql as pg
from tests.databases import at_file
from workflows.records import append_only, schema
from workflows.records.session import make_engine
from workflows.scenarios.databases import in_memory


@pytest.fixture
def bare_database() -> Engine:
    """All tables, without the triggers: for tests that tamper."""
    engine = in_memory()
    with engine.begin() as connection:
        append_only.remove(connection)
    return engine


@pytest.fixture
def database() -> Engine:
    """A database as an installation has it."""
    return in_memory()


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")])])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The same on either kind of database, one that several threads may open."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql_database")
        return
    engine = at_file(tmp_path / "either.sqlite")
    yield engine
    engine.dispose()
