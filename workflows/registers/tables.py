"""Entries of registers, the values they are found by, and every change."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class RegisterEntry(SQLModel, table=True):
    """One entry as it stands now; what stood before is in its changes."""

    __tablename__ = "register_entry"
    __table_args__ = (Index("ix_register_entry_listed", "register_name", "division_code", "title"),
                      UniqueConstraint("register_name", "series", "serial"))

    id: int | None = Field(default=None, primary_key=True)
    register_name: str
    title: str = Field(description="what it is called in lists")
    division_code: str = Field(description="ground it belongs to")
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    valid_from: date
    valid_to: date | None = Field(default=None, description="last day, where it is known beforehand")
    closed_on: date | None = Field(default=None, description="from this day on it holds no more")
    close_reason: str = ""
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True, description="by which it was entered")
    series: str | None = Field(default=None, description="of a numbered register: what it is counted among, county and year")
    serial: int | None = Field(default=None, description="its running number there")
    version: int = Field(default=1, description="grows with every change")

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to) \
            and (self.closed_on is None or day < self.closed_on)


class RegisterKey(SQLModel, table=True):
    """A value by which an entry is found, for as long as it stood or stands."""

    __tablename__ = "register_key"
    __table_args__ = (Index("ix_register_key_found", "register_name", "kind", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="register_entry.id", index=True)
    register_name: str
    kind: str
    value: str = Field(description="as compared: half-width, capitals, no blanks; of a due day the day")
    valid_from: date
    valid_to: date | None = Field(default=None, description="last day")
    replaced: bool = Field(default=False, description="another value has taken its place, or its entry is closed")


class RegisterChange(SQLModel, table=True):
    """What one act did to an entry, field by field; only ever added."""

    __tablename__ = "register_change"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="register_entry.id", index=True)
    version: int
    what: str = Field(description="enter, change, close or undo")
    on: date = Field(description="from which day on it holds")
    at: datetime = Field(sa_type=Moment)
    author: str
    person_id: int | None = Field(default=None, foreign_key="person.id")
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True)
    node: str = Field(default="", description="the element that asked for it")
    reason: str = ""
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False),
                                   description="field -> [before, after]")
