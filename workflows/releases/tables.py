"""Published versions of processes."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class Release(SQLModel, table=True):
    """A published, unchangeable version of one process: drawing, tables, forms and rules together."""

    __table_args__ = (UniqueConstraint("process", "version"), UniqueConstraint("process", "hash"))

    id: int | None = Field(default=None, primary_key=True)
    process: str = Field(index=True, description="folder name: dibao")
    version: int
    hash: str = Field(description="SHA-256 over all files, 64 hex digits")
    title: str
    files: dict[str, str] = Field(sa_column=Column(Json, nullable=False), description="path -> text")
    published_at: datetime = Field(sa_type=Moment)
