"""Statements said so often that they are put into words once: their text, and what turns each value into the driver's.

SQLAlchemy looks a compiled statement up by a key it computes anew and asks it for its parameters by name, each time:
for a row of thirteen columns that takes longer than the row itself. The column types convert the values here as there.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Dialect, Select
from sqlalchemy.sql.dml import UpdateBase

Values = Mapping[str, Any]


class _Words(NamedTuple):
    """A statement as one kind of database is told it."""

    text: str
    names: tuple[str, ...]      # in the order of their places, if places count
    positional: bool
    fixed: Values               # what the statement itself says
    conversions: tuple[tuple[str, Callable[[Any], Any]], ...]

    def filled(self, values: Values) -> Any:
        """The values as the driver takes them."""
        told = {**self.fixed, **values}
        for name, convert in self.conversions:
            told[name] = convert(told[name])
        return tuple([told[name] for name in self.names]) if self.positional else told


def write(connection: Connection, statement: UpdateBase, rows: Iterable[Values]) -> None:
    """Execute a statement with each of these rows; all of them name the same columns."""
    rows = list(rows)
    words = _words(statement, connection.dialect, tuple(rows[0]))
    told = [words.filled(row) for row in rows]
    connection.exec_driver_sql(words.text, told if len(told) > 1 else told[0])


def ask(connection: Connection, statement: Select[Any], values: Values) -> CursorResult[Any]:
    """Ask for columns that come as the driver gives them: numbers and texts."""
    words = _words(statement, connection.dialect, tuple(values))
    return connection.exec_driver_sql(words.text, words.filled(values))


@lru_cache(maxsize=512)
def _words(statement: UpdateBase | Select[Any], dialect: Dialect, names: tuple[str, ...]) -> _Words:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    found = ((name, kind.bind_processor(dialect)) for name, kind in types.items())
    fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required and name not in names}
    return _Words(str(compiled), tuple(compiled.positiontup or types), bool(compiled.positional), fixed,
                  tuple((name, convert) for name, convert in found if convert))
