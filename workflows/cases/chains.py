"""The audit chain of each case: its name, for a row and within a query."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast

_PREFIX = "case:"
ANY = f"{_PREFIX}%"


def of(case_id: int | None) -> str:
    """The chain of the case with that number of its row."""
    return f"{_PREFIX}{case_id}"


def column(case_id: Any) -> ColumnElement[str]:
    """The same of a column."""
    return _PREFIX + cast(case_id, String)


def case_of(chain: str) -> int | None:
    """Whose chain it is; None where it is no case's."""
    return int(chain.removeprefix(_PREFIX)) if chain.startswith(_PREFIX) else None
