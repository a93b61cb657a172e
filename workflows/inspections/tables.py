"""The frozen lists of inspections: a year's campaign with its cases, and draws with everything needed to repeat them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class Campaign(SQLModel, table=True):
    """The annual inspection of a year on a ground: who had to take part, as it was frozen."""

    __tablename__ = "inspection_campaign"
    __table_args__ = (UniqueConstraint("year", "division_code"),)

    id: int | None = Field(default=None, primary_key=True)
    year: int = Field(description="in which it takes place; the year before is inspected")
    division_code: str
    frozen_at: datetime = Field(sa_type=Moment)
    frozen_by: int = Field(foreign_key="person.id")
    digest: str = Field(description="SHA-256 over the codes on the list")


class CampaignLine(SQLModel, table=True):
    """One organisation on a frozen list, and its case once that is open."""

    __tablename__ = "inspection_line"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="inspection_campaign.id")
    code: str
    name: str
    kind: str
    supervising_unit: str = ""
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True)


class Chase(SQLModel, table=True):
    """One organisation chased once: at which state, by whom, with which paper."""

    __tablename__ = "inspection_chase"

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="inspection_line.id", index=True)
    state: str
    chased_at: datetime = Field(sa_type=Moment)
    chased_by: str
    document_id: int = Field(foreign_key="issued_document.id")


class Plan(SQLModel, table=True):
    """抽查方案: from whom is drawn, how many, and what is inspected; a regular one draws from all."""

    __tablename__ = "inspection_plan"
    __table_args__ = (UniqueConstraint("division_code", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    division_code: str
    name: str
    regular: bool = True
    ratio: str = Field(description="percent")
    kinds: list[str] = Field(sa_column=Column(Json, nullable=False), description="of organisations; none: all")
    unit: str = Field(default="", description="of this supervising unit alone")
    field: str = Field(default="", description="whose field or scope says this")
    risks: list[str] = Field(sa_column=Column(Json, nullable=False), description="of those with one of these risks alone")
    content: list[str] = Field(sa_column=Column(Json, nullable=False), description="what is inspected")
    joint: str = Field(default="", description="units that inspect together")
    reason: str = Field(default="", description="why a special one is made")
    document_id: int | None = Field(default=None, foreign_key="issued_document.id")
    made_at: datetime = Field(sa_type=Moment)
    made_by: str


class Draw(SQLModel, table=True):
    """A draw by lot; never changed but by being voided, and then both it and the next one stay."""

    __tablename__ = "inspection_draw"

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="inspection_plan.id", index=True)
    division_code: str = Field(index=True)
    population: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False), description="code and name of each")
    digest: str = Field(description="SHA-256 over the population's codes")
    ratio: str = Field(description="percent")
    seed: str
    seed_source: str = Field(description="where it comes from: a public number, or this machine")
    drawn: list[str] = Field(sa_column=Column(Json, nullable=False), description="codes in the order of the draw")
    roster: list[str] = Field(sa_column=Column(Json, nullable=False), description="inspectors there were")
    pairs: dict[str, Any] = Field(sa_column=Column(Json, nullable=False), description="code -> inspectors drawn for it")
    recused: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False), description="who was passed over, for what, why")
    witnesses: list[str] = Field(sa_column=Column(Json, nullable=False), description="who was present")
    document_id: int | None = Field(default=None, foreign_key="issued_document.id")
    drawn_at: datetime = Field(sa_type=Moment)
    voided_at: datetime | None = Field(default=None, sa_type=Moment)
    voided_by: str = ""
    void_reason: str = ""
