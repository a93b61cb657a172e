"""Rows that are only ever added: the database itself refuses to change them, and knows how far each audit chain has come."""

from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

TABLES = ("audit_event", "fact_change", "decision_record", "release", "register_change")
HEAD = "audit_head"  # not append-only: its rows may go on, one event at a time, and never back
_ONWARD = "NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1"
# `INSERT OR REPLACE` removes a row without asking a DELETE trigger: SQLite must be told what a row's keys are.
_KEYS = {"audit_event": "id = NEW.id OR (chain = NEW.chain AND seq = NEW.seq)", HEAD: "chain = NEW.chain",
         "release": "id = NEW.id OR (process = NEW.process AND (version = NEW.version OR hash = NEW.hash))"}
_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
# With each event the head of its chain goes on: no writer can forget it, nor leave a number out.
_HEADS = {"sqlite": ("""
CREATE TRIGGER IF NOT EXISTS audit_event_onward AFTER INSERT ON audit_event
BEGIN
    UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE chain = NEW.chain;
    INSERT INTO audit_head (chain, seq, hash) SELECT NEW.chain, NEW.seq, NEW.hash WHERE NEW.seq = 1;
END
""",), "postgresql": ("""
CREATE OR REPLACE FUNCTION audit_head_onward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq = 1 THEN INSERT INTO audit_head (chain, seq, hash) VALUES (NEW.chain, NEW.seq, NEW.hash);
    ELSE UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE chain = NEW.chain; END IF;
    RETURN NULL;
END $$
""", """
CREATE OR REPLACE TRIGGER audit_event_onward AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_head_onward()
""")}


def keep_heads(_table: Any, connection: Connection, **_: Any) -> None:
    """Let the database write down how far each chain has come; heard when the table of events is made."""
    for statement in _HEADS[connection.dialect.name]:
        connection.execute(text(statement))


def install(bind: Engine | Connection) -> None:
    """Put the triggers on all append-only tables that are there; again does no harm."""
    if isinstance(bind, Engine):
        with bind.begin() as connection:
            install(connection)
        return
    there = set(inspect(bind).get_table_names())
    for statement in ddl(bind.dialect.name, tuple(table for table in (*TABLES, HEAD) if table in there)):
        bind.execute(text(statement))
    if TABLES[0] in there:
        keep_heads(None, bind)


def remove(connection: Connection) -> None:
    """Take the triggers off, for a migration that must rewrite rows; `schema.upgrade` puts them on again."""
    on = connection.dialect.name == "postgresql"
    for table in (*TABLES, HEAD):
        for what in ("update", "delete", "truncate" if on else "insert"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{what}" + (f" ON {table}" if on else "")))


def ddl(dialect: str, tables: tuple[str, ...] = (*TABLES, HEAD)) -> list[str]:
    """The statements for one kind of database."""
    if dialect == "postgresql":
        return [_REFUSE, *(statement for table in tables for statement in _postgresql(table))]
    if dialect == "sqlite":
        return [statement for table in tables for statement in _sqlite(table)]
    raise NotImplementedError(f"no append-only triggers for {dialect}")


def _sqlite(table: str) -> list[str]:
    same = _KEYS.get(table, "id = NEW.id")
    when = {"UPDATE": f"WHEN {_ONWARD} " if table == HEAD else "", "DELETE": "",
            "INSERT": f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "}  # noqa: S608  (our own names)
    return [f"CREATE TRIGGER IF NOT EXISTS {table}_no_{what.lower()} BEFORE {what} ON {table} {only}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for what, only in when.items()]


def _postgresql(table: str) -> list[str]:
    when = {"UPDATE": f"WHEN ({_ONWARD}) " if table == HEAD else "", "DELETE": "", "TRUNCATE": ""}
    return [f"CREATE OR REPLACE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
            f"FOR EACH {'STATEMENT' if what == 'TRUNCATE' else 'ROW'} {only}EXECUTE FUNCTION refuse_change()"
            for what, only in when.items()]
