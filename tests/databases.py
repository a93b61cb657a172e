"""Databases of one's own: a copy of one that was made before, in a file."""

from pathlib import Path

from sqlalchemy import Engine

from workflows.records.session import make_engine
from workflows.scenarios.databases import in_memory, kept


def at_file(path: Path, like: Engine | None = None) -> Engine:
    """A database in a file that several threads and processes may open: empty, or like one in memory."""
    path.write_bytes(kept(like or in_memory()))
    return make_engine(f"sqlite:///{path}")
