"""Migrations: what they build is what the tables say, and rows that only grow can't shrink."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, SQLModel

import workflows.cases.tables
import workflows.releases.tables
import workflows.office.tables
import workflows.payments.tables  # noqa: F401  (fills the metadata)
from workflows.records import append_only, audit, schema
from workflows.records.session import make_engine
from workflows.records.types import CHINA

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
CHANGES = ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that isn't there yet, in a folder that isn't either."""
    return f"sqlite:///{tmp_path}/var/new.sqlite"


@pytest.fixture
def migrated(url: str) -> Iterator[Engine]:
    """A database at the newest revision."""
    schema.upgrade(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()


def _write(engine: Engine) -> None:
    with Session(engine) as session:
        audit.append(session, "office", audit.SYSTEM, "x", NOW)
        session.commit()


def test_the_migrations_build_what_the_tables_say(migrated: Engine, url: str) -> None:
    assert schema.check(url) == ""
    assert set(inspect(migrated).get_table_names()) == set(SQLModel.metadata.tables) | {"alembic_version"}


def test_a_difference_is_told(migrated: Engine, url: str) -> None:
    with migrated.begin() as connection:
        connection.execute(text("ALTER TABLE unit ADD COLUMN odd INTEGER"))
    assert "odd" in schema.check(url)


def test_upgrading_again_changes_nothing(migrated: Engine, url: str) -> None:
    _write(migrated)
    schema.upgrade(url)
    with Session(migrated) as session:
        assert len(audit.events(session, "office")) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_an_audit_event_can_neither_change_nor_go(migrated: Engine, change: str) -> None:
    _write(migrated)
    with migrated.connect() as connection, pytest.raises((IntegrityError, OperationalError), match="append-only"):
        connection.execute(text(change))


@pytest.mark.parametrize("table", [*append_only.TABLES, append_only.HEAD])
def test_every_append_only_table_is_guarded(migrated: Engine, table: str) -> None:
    with migrated.connect() as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"),
                                       {"t": table}).scalars())
    assert names - {"audit_event_onward"} == {f"{table}_no_update", f"{table}_no_delete", f"{table}_no_insert"}


def test_tables_made_without_migrations_are_guarded_too() -> None:
    engine = make_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    append_only.install(engine)
    append_only.install(engine)
    _write(engine)
    with engine.connect() as connection, pytest.raises((IntegrityError, OperationalError), match="append-only"):
        connection.execute(text(CHANGES[1]))


def test_a_migration_may_take_the_guard_off_and_the_upgrade_puts_it_on_again(migrated: Engine, url: str) -> None:
    _write(migrated)
    with migrated.begin() as connection:
        append_only.remove(connection)
        connection.execute(text(CHANGES[0]))
    schema.upgrade(url)
    with migrated.connect() as connection, pytest.raises((IntegrityError, OperationalError), match="append-only"):
        connection.execute(text(CHANGES[0]))


def test_postgresql_refuses_truncate_as_well() -> None:
    statements = append_only.ddl("postgresql")
    assert len(statements) == 1 + 3 * (len(append_only.TABLES) + 1)
    assert "BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT" in "\n".join(statements)
    with pytest.raises(NotImplementedError):
        append_only.ddl("mysql")


def test_a_chain_that_was_touched_is_found_out(migrated: Engine) -> None:
    for _ in range(3):
        _write(migrated)
    with migrated.begin() as connection:
        append_only.remove(connection)
        connection.execute(text("UPDATE audit_event SET summary = 'x' WHERE seq = 2"))
    with Session(migrated) as session:
        assert audit.broken_at(session, "office") == 2


def test_the_command_line_tells_what_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    assert schema.main(["nonsense"]) == 2
    assert "upgrade" in capsys.readouterr().err


@pytest.mark.parametrize("table", append_only.TABLES)
def test_no_row_is_replaced_by_its_number(migrated: Engine, table: str) -> None:
    values = ", ".join("1" for _ in inspect(migrated).get_columns(table))
    with migrated.connect() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(f"INSERT INTO {table} VALUES ({values})"))
        with pytest.raises((IntegrityError, OperationalError), match="append-only"):
            connection.execute(text(f"INSERT OR REPLACE INTO {table} VALUES ({values})"))
        connection.rollback()
