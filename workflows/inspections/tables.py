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


class Draw(SQLModel, table=True):
    """A draw by lot; never changed but by being voided, and then both it and the next one stay."""

    __tablename__ = "inspection_draw"

    id: int | None = Field(default=None, primary_key=True)
    plan: str
    division_code: str = Field(index=True)
    population: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False), description="code and name of each")
    digest: str = Field(description="SHA-256 over the population's codes")
    ratio: str = Field(description="percent")
    seed: str
    drawn: list[str] = Field(sa_column=Column(Json, nullable=False), description="codes in the order of the draw")
    roster: list[str] = Field(sa_column=Column(Json, nullable=False), description="inspectors there were")
    pairs: dict[str, Any] = Field(sa_column=Column(Json, nullable=False), description="code -> inspectors drawn for it")
    recused: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False), description="who was passed over, for what, why")
    witnesses: list[str] = Field(sa_column=Column(Json, nullable=False), description="who was present")
    drawn_at: datetime = Field(sa_type=Moment)
    voided_at: datetime | None = Field(default=None, sa_type=Moment)
    voided_by: str = ""
    void_reason: str = ""
