"""Databases in memory: made once, and copied for everybody who wants one of his own."""

import sqlite3
from functools import cache
from typing import cast

from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

import workflows.cases.messages.tables
import workflows.cases.tables
import workflows.inspections.tables
import workflows.migration.tables
import workflows.office.tables
import workflows.payments.petty_cash.tables
import workflows.payments.relief.tables
import workflows.payments.tables
import workflows.records.tables
import workflows.registers.tables
import workflows.releases.tables  # noqa: F401  (each import fills the metadata)
from workflows.records import append_only
from workflows.records.session import make_engine


def in_memory(rows: bytes = b"") -> Engine:
    """A database that is gone with the process: a copy of one that was `kept`, else an empty one."""
    made = make_engine("sqlite://")
    with made.connect() as connection:
        _driver(connection).deserialize(rows or _empty())
    return made


def kept(database: Engine) -> bytes:
    """Everything that lies in an SQLite database, as its file has it."""
    with database.connect() as connection:
        return _driver(connection).serialize()


@cache
def _empty() -> bytes:
    made = make_engine("sqlite://")
    SQLModel.metadata.create_all(made)
    append_only.install(made)
    return kept(made)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)
