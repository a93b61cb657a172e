"""Rows of several tables found by one plain query, handed to the session as if it had loaded them itself.

The ORM's own loading takes twice as long as query and rows together; it is used everywhere but where each step begins.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Column
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import manager_of_class, set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel

Kind = TypeVar("Kind", bound=SQLModel)


@lru_cache
def columns_of(kind: type[SQLModel]) -> tuple[Column[Any], ...]:
    """What a query has to ask for, its key first."""
    return tuple(SQLModel.metadata.tables[str(kind.__tablename__)].columns)


def loaded(session: Session, kind: type[Kind], values: Sequence[Any]) -> Kind:
    """The session's row with these values, in the order of `columns_of`; one that it knows already has them from now on."""
    named = dict(zip((column.name for column in columns_of(kind)), values, strict=True))
    known = session.identity_map.get(identity_key(kind, named["id"]))
    if known is not None:
        for name, value in named.items():
            set_committed_value(known, name, value)
        return known
    row: Kind = manager_of_class(kind).new_instance()
    vars(row).update(named)
    make_transient_to_detached(row)
    session.add(row)
    return row
