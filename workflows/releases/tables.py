"""Published versions of processes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
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


class RoundState(StrEnum):
    """What has become of a start timer's round."""

    WAITING = "waiting"
    FIRED = "fired"
    SKIPPED = "skipped"
    STOPPED = "stopped"     # a newer version is drawn otherwise


class StartRound(SQLModel, table=True):
    """One moment at which a process begins by itself; kept when it is over, so that no moment comes twice."""

    __tablename__ = "start_round"
    __table_args__ = (UniqueConstraint("process", "node", "due_at", "division", "entry"), Index("ix_start_round_due", "state", "due_at", "id"))

    id: int | None = Field(default=None, primary_key=True)
    process: str
    node: str = Field(description="the start event")
    drawn: str = Field(description="the timer's words: drawn the same in a newer version it is the same timer")
    due_at: datetime = Field(sa_type=Moment)
    division: str = Field(default="", description="the ground it opens a case for; empty: the round itself, which calls them all")
    entry: int = Field(default=0, description="the register's entry it opens a case for; 0: for the ground itself")
    opens: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False),
                                  description="of an entry: subject, household and facts of its case")
    cycle: list[Any] | None = Field(default=None, sa_column=Column(Json), description="what the next round is counted from")
    state: str = Field(default=RoundState.WAITING)
    settled_at: datetime | None = Field(default=None, sa_type=Moment, description="when it fired, was skipped or stopped")
    retry_at: datetime | None = Field(default=None, sa_type=Moment, description="set after a failure")
    attempts: int = Field(default=0, description="how often it failed")
    error: str = ""
