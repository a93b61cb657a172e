"""公示 and what is said against it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class Notice(SQLModel, table=True):
    """公示: what the public may read, from posting till its end."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    division_code: str = Field(index=True)
    shown: dict[str, Any] = Field(sa_column=Column(Json, nullable=False), description="masked; whitelisted keys")
    posted_on: date | None = Field(default=None, description="None: not yet confirmed by the village")
    ends_on: date | None = Field(default=None, description="last day, till 24:00")
    ends_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    taken_down_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn: str = Field(default="", description="why it counts no longer: what it announced was undone")
    posted_at: datetime | None = Field(default=None, sa_type=Moment, description="since when it can be read online")
    days: int | None = Field(default=None, description="how long it must stand")
    unit: str = Field(default="", description="CD or WD")
    place: str = Field(default="", description="where it was posted")
    posted_by: str = Field(default="", description="who posted it there")
    photos: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False), description="SHA-256 of each photo; never public")
    removal: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False),
                                    description="removed_on, statement, photos: that the paper was taken off the wall")
    retry_at: datetime | None = Field(default=None, sa_type=Moment, description="set after it could not be taken down")
    attempts: int = Field(default=0, description="how often that failed")
    error: str = ""


class Objection(SQLModel, table=True):
    """公示异议; the objector is never shown to the village or the applicant."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    received_at: datetime = Field(sa_type=Moment)
    text: str
    objector_name: str = ""
    objector_phone: str = ""
    late: bool = Field(default=False, description="came after the notice's days: a complaint, which holds nothing up")
    receipt: str = Field(default="", index=True, description="the number to come back with")
    secret: str = Field(default="", description="hash of the code that goes with the receipt")
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answer: str = ""
