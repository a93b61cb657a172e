"""The audit log's row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from workflows.records import append_only
from workflows.records.types import Json, Moment


class AuditEvent(SQLModel, table=True):
    """One thing that happened; rows are only ever added, and each knows the hash before it in its chain."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("chain", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    chain: str = Field(description="`case:17`, `cycle:3`, `office`: one hash chain each")
    seq: int
    at: datetime = Field(sa_type=Moment)
    actor_id: int | None = Field(default=None, description="None: the system itself")
    actor: str = Field(description="name at that time")
    role: str = ""
    action: str = Field(description="verb in snake_case, such as `work_item.complete`")
    node: str = Field(default="", description="BPMN element id")
    summary: str = Field(default="", description="one plain sentence in Chinese, no secret in it")
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    after: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    previous: str = Field(description="hash of the event before, 64 hex digits; zeros at the chain's start")
    hash: str


class AuditHead(SQLModel, table=True):
    """How far a chain has come: without this a chain that lost its newest events would still look whole."""

    __tablename__ = "audit_head"

    chain: str = Field(primary_key=True)
    seq: int
    hash: str


event.listen(SQLModel.metadata.tables[AuditEvent.__tablename__], "after_create", append_only.keep_heads)
