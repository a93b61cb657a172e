"""Messages on their way to cases, what cases wait for, and on what terms one case opened another."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class MessageState(StrEnum):
    """What has become of a message."""

    WAITING = "waiting"             # till its case waits for it, or its time is over
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"     # its time was over: a person decides
    DISCARDED = "discarded"         # a person let it go, with a reason
    MOOT = "moot"                   # its case ended, or went another way


class CaseMessage(SQLModel, table=True):
    """A message for one case; its row is the outbox, so that no two cases are ever locked together."""

    __tablename__ = "case_message"
    __table_args__ = (UniqueConstraint("sender", "key"), Index("ix_case_message_state", "state", "case_id", "name", "id"))

    id: int | None = Field(default=None, primary_key=True)
    sender: str = Field(description="a sender's name from outside, or the number of the case that sent it")
    key: str = Field(description="the same key of the same sender is the same message")
    digest: str = Field(description="SHA-256 of its content: the same key with other content is refused")
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    name: str
    token: str | None = Field(default=None, description="the waiting step it answers; None: whoever waits for the name")
    payload: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    state: str = Field(default=MessageState.WAITING)
    hops: int = Field(default=0, description="how many messages one after the other caused it; 0: none did")
    received_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    attempts: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Moment, description="set after a failed delivery")
    error: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = Field(default="", description="why it was discarded, in a person's words")


class Awaited(SQLModel, table=True):
    """A message a case waits for; found by a message without loading the case."""

    __tablename__ = "awaited_message"
    __table_args__ = (UniqueConstraint("case_id", "token"), Index("ix_awaited_message_name", "case_id", "name"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id")
    token: str
    node: str
    name: str


class ChildCase(SQLModel, table=True):
    """On what terms a case was opened by another."""

    __tablename__ = "child_case"

    case_id: int = Field(primary_key=True, foreign_key="approval_case.id")
    parent_id: int = Field(foreign_key="approval_case.id", index=True)
    node: str = Field(description="the parent's element that opened it")
    token: str = Field(default="", description="the parent's step that waits for its end; empty: none does")
    message: str = Field(default="", description="the message its end sends to the parent; empty: none")
    result: str = Field(default="", description="FEEL over this case's facts, handed back at its end")
    with_parent: bool = Field(default=False, description="terminated when the parent is")


class CaseKey(SQLModel, table=True):
    """A fact by which messages find their case: its process names it in `correlations`."""

    __tablename__ = "case_key"
    __table_args__ = (Index("ix_case_key_value", "path", "value"),)

    case_id: int = Field(primary_key=True, foreign_key="approval_case.id")
    path: str = Field(primary_key=True, description="`receipt.number`")
    value: str
