"""Plans that carry running cases to another version, each case of a plan, and why a case can't go."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class PlanState(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"            # its mapping may be changed
    CHECKING = "checking"      # the dry run is under way
    CHECKED = "checked"        # the dry run is there; a change of the mapping makes a draft of it again
    CARRYING = "carrying"
    RETURNING = "returning"
    PAUSED = "paused"          # by a person
    STOPPED = "stopped"        # by itself: too many cases failed
    DONE = "done"
    RETURNED = "returned"
    DROPPED = "dropped"


class Aim(StrEnum):
    """What a plan at work, or paused at work, is doing."""

    CHECK = "check"
    CARRY = "carry"
    BACK = "back"


class CaseState(StrEnum):
    """What a plan has made of one case."""

    MOVABLE = "movable"        # the dry run's word
    REFUSED = "refused"
    WAITING = "waiting"        # the plan is at work and has not come to it yet
    MOVED = "moved"
    FAILED = "failed"          # unexpectedly; nothing of the case was changed
    BACK = "back"
    KEPT = "kept"              # moved, and can't go back


class Plan(SQLModel, table=True):
    """迁移方案: from one version of a process to another, element by element."""

    __tablename__ = "migration_plan"

    id: int | None = Field(default=None, primary_key=True)
    process: str = Field(index=True)
    from_release_id: int = Field(foreign_key="release.id")
    to_release_id: int = Field(foreign_key="release.id")
    mapping: dict[str, str] = Field(sa_column=Column(Json, nullable=False),
                                    description="element id in the old version -> in the new one")
    state: str = Field(default=PlanState.DRAFT, index=True)
    aim: str = Field(default="", description="check, carry or back, while at work")
    cursor: int = Field(default=0, description="no case up to this id is still to be looked at; the case rows are the truth")
    total: int = Field(default=0, description="cases to look at, counted when the work was asked for")
    made_by: int = Field(foreign_key="person.id", description="who last changed the mapping")
    made_at: datetime = Field(sa_type=Moment)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    started_by: int | None = Field(default=None, foreign_key="person.id")
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    returned_by: int | None = Field(default=None, foreign_key="person.id", description="who last asked for the way back")
    finished_at: datetime | None = Field(default=None, sa_type=Moment)


class PlanCase(SQLModel, table=True):
    """One case as a plan sees it; moved, with what it was before and after, so that it can go back."""

    __tablename__ = "migration_case"
    __table_args__ = (UniqueConstraint("plan_id", "case_id"), Index("ix_migration_case_state", "plan_id", "state", "case_id"))

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="migration_plan.id")
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    state: str
    before: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False), description="engine state before")
    after: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    limits: list[int] = Field(default_factory=list, sa_column=Column(Json, nullable=False),
                              description="statutory limits that the move ended")
    at: datetime = Field(sa_type=Moment)
    error: str = ""


class PlanReason(SQLModel, table=True):
    """Why a case can't move, or what to know when it does."""

    __tablename__ = "migration_reason"
    __table_args__ = (Index("ix_migration_reason_code", "plan_id", "code", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="migration_plan.id")
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    code: str
    node: str = Field(default="", description="element of the version the case stands on")
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
