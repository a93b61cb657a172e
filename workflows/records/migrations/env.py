"""Alembic's way in: all wings' tables against one database (configured in pyproject.toml)."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import workflows.cases.messages.tables
import workflows.cases.tables
import workflows.inspections.tables
import workflows.migration.tables
import workflows.releases.tables
import workflows.office.tables
import workflows.payments.petty_cash.tables
import workflows.payments.relief.tables
import workflows.payments.tables
import workflows.registers.tables
import workflows.records.tables  # noqa: F401  (each import fills the metadata)
from workflows.records.session import make_engine
from workflows.records.types import Moment
from workflows.settings import settings


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types short."""
    if kind == "type" and isinstance(item, Moment):
        autogen.imports.add("from workflows.records.types import Moment")
        return "Moment()"
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_item=render_item,
                      render_as_batch=not context.config.attributes.get("first"), compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Use the connection handed over, or make one."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine = make_engine(context.config.attributes.get("url") or settings().url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":  # a batch rebuilds tables that others refer to
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        run(connection)
    engine.dispose()


if context.is_offline_mode():
    context.configure(url=settings().url, target_metadata=SQLModel.metadata, literal_binds=True)
    context.run_migrations()
else:
    main()
