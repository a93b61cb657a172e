"""Rows that are only ever added: the database itself refuses to change or delete them."""

from sqlalchemy import Connection, Engine, inspect, text

TABLES = ("audit_event", "fact_change", "decision_record")
_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def install(bind: Engine | Connection) -> None:
    """Put the triggers on all append-only tables that are there; again does no harm."""
    if isinstance(bind, Engine):
        with bind.begin() as connection:
            install(connection)
        return
    there = set(inspect(bind).get_table_names())
    for statement in ddl(bind.dialect.name, tuple(table for table in TABLES if table in there)):
        bind.execute(text(statement))


def remove(connection: Connection) -> None:
    """Take the triggers off, for a migration that must rewrite rows; `schema.upgrade` puts them on again."""
    on = connection.dialect.name == "postgresql"
    for table in TABLES:
        for what in ("update", "delete", *(["truncate"] if on else [])):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{what}" + (f" ON {table}" if on else "")))


def ddl(dialect: str, tables: tuple[str, ...] = TABLES) -> list[str]:
    """The statements for one kind of database."""
    if dialect == "postgresql":
        return [_REFUSE, *(statement for table in tables for statement in _postgresql(table))]
    if dialect == "sqlite":
        return [f"CREATE TRIGGER IF NOT EXISTS {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                for table in tables for what in ("UPDATE", "DELETE")]
    raise NotImplementedError(f"no append-only triggers for {dialect}")


def _postgresql(table: str) -> list[str]:
    return [f"CREATE OR REPLACE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
            f"FOR EACH {'STATEMENT' if what == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION refuse_change()"
            for what in ("UPDATE", "DELETE", "TRUNCATE")]
