"""Places, units, people, duties, calendar, rates, the clock."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class Role(StrEnum):
    """The glossary's roles (glossary 2)."""

    WINDOW_CLERK = "WINDOW_CLERK"      # 一门受理窗口: takes what comes in
    VILLAGE = "VILLAGE"
    TOWN_CLERK = "TOWN_CLERK"
    TOWN_LEAD = "TOWN_LEAD"
    CHECK_ORG = "CHECK_ORG"
    COUNTY_CLERK = "COUNTY_CLERK"
    COUNTY_LEAD = "COUNTY_LEAD"
    COUNTY_FINANCE = "COUNTY_FINANCE"  # the bureau's own finance section: makes and releases rosters
    THIRD_PARTY = "THIRD_PARTY"
    SUPERVISING_UNIT = "SUPERVISING_UNIT"
    REG_AUTH = "REG_AUTH"
    FINANCE = "FINANCE"                # 财政局
    AUDITOR = "AUDITOR"
    DESIGNER = "DESIGNER"
    ADMIN = "ADMIN"


class Division(SQLModel, table=True):
    """An administrative division; `code` is 6 (county), 9 (township) or 12 (village) digits."""

    code: str = Field(primary_key=True)
    name: str
    parent_code: str | None = Field(default=None, index=True)


class Unit(SQLModel, table=True):
    """An organisation that work can lie with; `division_code` is the ground it answers for."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    kind: str = Field(index=True, description="COUNTY, TOWNSHIP, VILLAGE, CHECK, FINANCE, BANK, AUDIT")
    division_code: str = Field(index=True)
    parent_id: int | None = Field(default=None, foreign_key="unit.id")
    phone: str = ""


class Person(SQLModel, table=True):
    """Somebody who can sign in."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    password_hash: str = ""
    phone: str = ""
    active: bool = True
    language: str = Field(default="zh_CN", description="zh_CN or en")


class Duty(SQLModel, table=True):
    """What a person is in a unit; one person may hold several."""

    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    title: str = Field(default="", description="post as printed: 社会救助科 · 审核岗")


class SignIn(SQLModel, table=True):
    """A browser session; only the token's hash is kept."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    csrf: str
    started_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class CalendarDay(SQLModel, table=True):
    """A day that differs from the published calendar (glossary 3.7)."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    kind: str = Field(description="OFF or MAKEUP_WORK")
    name: str = Field(default="", description="the holiday it belongs to")
    source: str = Field(description="the document that says so")


class LocalRate(SQLModel, table=True):
    """A rule's value set here: overrides what is shipped, from a day on (glossary 6a)."""

    __tablename__ = "local_rate"
    __table_args__ = (UniqueConstraint("code", "scope", "valid_from"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(index=True, description="`dibao.standard.urban`")
    scope: str = Field(default="", description="division code it holds for; empty: everywhere")
    value: Any = Field(sa_column=Column(Json, nullable=False))
    unit: str = ""
    valid_from: date
    valid_to: date | None = Field(default=None, description="last day, inclusive")
    source: str = ""
    entered_by: int | None = Field(default=None, foreign_key="person.id")


class SampleClock(SQLModel, table=True):
    """The sample county's movable clock: one row; absent where the clock is real."""

    __tablename__ = "sample_clock"

    id: int = Field(default=1, primary_key=True)
    offset_seconds: int = Field(default=0, description="added to the machine's time")
    fixed_at: datetime | None = Field(default=None, sa_type=Moment, description="set: time stands still there")


class ClockSighting(SQLModel, table=True):
    """How the clock of one running machine stood when it was last found right."""

    __tablename__ = "clock_sighting"

    boot: str = Field(primary_key=True, description="which start of which machine")
    zero_at: datetime = Field(sa_type=Moment, description="what the clock showed, or should have, when the machine started")
    seen_at: datetime = Field(sa_type=Moment, description="the last moment taken for right")
    apart_seconds: float = Field(default=0, description="difference to the database server's clock that was confirmed")


class ClockJump(SQLModel, table=True):
    """A clock found wrong; as long as one is not settled nothing happens by the clock."""

    __tablename__ = "clock_jump"
    __table_args__ = (Index("ix_clock_jump_settled", "settled_at"),)

    id: int | None = Field(default=None, primary_key=True)
    boot: str
    kind: str = Field(description="forward, back, away (too long between two starts) or database (apart from its server)")
    expected_at: datetime = Field(sa_type=Moment, description="what the clock should have shown")
    found_at: datetime = Field(sa_type=Moment, description="what it showed")
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_by: int | None = Field(default=None, foreign_key="person.id", description="who said it is right; None: by itself")
