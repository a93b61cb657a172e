"""Releases, households, cases and everything a case gathers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.cases.notice_tables import Notice as Notice, Objection as Objection
from workflows.records.types import Json, Moment


class Household(SQLModel, table=True):
    """A family known to the bureau."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    division_code: str = Field(index=True, description="12 digits, the village")
    category: str = Field(description="urban or rural")
    address: str = ""
    phone: str = ""


class Member(SQLModel, table=True):
    """Somebody of a household."""

    __tablename__ = "household_member"
    __table_args__ = (UniqueConstraint("household_id", "id_number"),)

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    name: str
    id_number: str = Field(index=True)
    relation: str = Field(description="self, spouse, child, parent, other")
    died_on: date | None = None


class Case(SQLModel, table=True):
    """办件: one matter of one applicant, on its way through one release."""

    __tablename__ = "approval_case"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, description="DB-2024-03-0001")
    process: str = Field(index=True)
    release_id: int = Field(foreign_key="release.id")
    subject: str = Field(index=True, description="applicant's name, or what the case is about")
    division_code: str = Field(index=True, description="ground it belongs to: 6, 9 or 12 digits")
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    cycle_id: int | None = Field(default=None, index=True, description="the month's cycle a review belongs to")
    parent_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True,
                                  description="the case that opened this one")
    state: str = Field(index=True, description="running, suspended, terminated, or the id of the end event reached")
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    engine: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    version: int = Field(default=1, description="grows with every step; the guard against two at once")
    steps: list[Any] = Field(default_factory=list, sa_column=Column(Json, nullable=False),
                             description="people's last steps, as long as they might be taken back")
    opened_at: datetime = Field(sa_type=Moment)
    accepted_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    opened_by: int | None = Field(default=None, foreign_key="person.id")


class FactChange(SQLModel, table=True):
    """One fact's new value, who gave it and when; the case row holds the newest of each."""

    __tablename__ = "fact_change"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    name: str
    version: int = Field(description="the case's version that wrote it")
    value: Any = Field(default=None, sa_column=Column(Json))
    at: datetime = Field(sa_type=Moment)
    author: str = Field(description="a person's name, or the BPMN element that computed it")


class CasePerson(SQLModel, table=True):
    """An ID number that a case concerns, for look-up and for duplicates."""

    __tablename__ = "case_person"
    __table_args__ = (UniqueConstraint("case_id", "id_number"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    id_number: str = Field(index=True)
    name: str


class Recusal(SQLModel, table=True):
    """近亲属单独登记备案: a person kept away from a case (A1 11)."""

    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    relation: str = ""


class WorkState(StrEnum):
    """What has become of a work item."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class WorkItem(SQLModel, table=True):
    """待办: a user task that awaits one role of one unit."""

    __tablename__ = "work_item"
    __table_args__ = (Index("ix_work_item_inbox", "state", "role", "unit_id", "due_at"),
                      Index("ix_work_item_case", "case_id", "state"), Index("ix_work_item_node", "case_id", "node", "id"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id")
    token: str = Field(description="the engine's id of the waiting task")
    node: str
    release_id: int = Field(description="whose drawing the element belongs to")
    name: str
    role: str
    unit_id: int = Field(foreign_key="unit.id")
    form_key: str
    scope: str = Field(default="", description="key of the element a multi-instance task is for")
    state: str = Field(default=WorkState.OPEN)
    opened_at: datetime = Field(sa_type=Moment)
    version: int = Field(default=0, description="the case's version that opened it")
    due_at: datetime | None = Field(default=None, sa_type=Moment, description="from the nearest statutory clock")
    claimed_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    done_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    outcome: str = ""
    opinion: str = ""
    operation_id: int | None = Field(default=None, foreign_key="case_operation.id", description="the return that asks for it anew")


class Operation(SQLModel, table=True):
    """What an officer did to a running case out of its drawn way: returned it, suspended it, ended it."""

    __tablename__ = "case_operation"
    __table_args__ = (Index("ix_case_operation_case", "case_id", "what"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id")
    what: str = Field(description="send_back, take_back, suspend, resume, terminate, skip")
    node: str = Field(default="", description="where the case stood")
    target: str = Field(default="", description="where a return leads to")
    reason: str
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


class Held(SQLModel, table=True):
    """What came for a suspended case: heard when the case is resumed, in the order of its coming."""

    __tablename__ = "held_event"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    kind: str = Field(description="message, answer of a job, or its refusal")
    name: str = Field(description="the message's name, or the token that waits for the answer")
    author: str = ""
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    at: datetime = Field(sa_type=Moment)


class Timer(SQLModel, table=True):
    """A drawn timer that waits; found by its due time without loading its case."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("case_id", "token"), Index("ix_timer_due", "due_at", "id"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    token: str
    node: str
    due_at: datetime = Field(sa_type=Moment)
    retry_at: datetime | None = Field(default=None, sa_type=Moment, description="set after a failure")
    attempts: int = Field(default=0, description="how often it failed")
    held: bool = Field(default=False, description="its case is suspended")
    error: str = ""


class Clock(SQLModel, table=True):
    """A statutory limit that runs on a case, with all its due day is counted from (glossary 3.8)."""

    __tablename__ = "statutory_clock"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    kind: str = Field(description="as the process names it: total, county_review...")
    started_by: str = Field(description="the BPMN element that started it")
    recorded_on: date = Field(description="day on which that was written down")
    started_on: date = Field(description="day it counts from")
    started_at: datetime | None = Field(default=None, sa_type=Moment, description="moment it counts from, for hours")
    unit: str = Field(description="WD, CD, M, Y, H or DATE")
    length: int | None = Field(default=None, description="None: a fixed day, or not set here yet")
    until: date | None = Field(default=None, description="DATE: the day the rule names")
    rolls: bool = Field(default=False, description="a last day that is a day off moves to the next working day")
    minimum: bool = Field(default=False, description="not before instead of until")
    pauses: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False),
                                         description="rule, first and last day of standing still, reason, source, paper, who did it")
    extensions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False),
                                             description="new length, reason, signer, day, due day before")
    due_on: date | None = Field(default=None, index=True, description="None: stands still, or its length is not set here")
    due_at: datetime | None = Field(default=None, sa_type=Moment, description="end of that day, or the hour itself")
    provisional: bool = Field(default=False, description="runs into a year without a published calendar")
    ended_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_type=Moment, description="for hours")
    used: int | None = Field(default=None, description="days of `unit`, or hours, used when it ended")


class Recount(SQLModel, table=True):
    """重算期限: the calendar or a length has changed, and every running limit is counted anew, case by case."""

    __tablename__ = "limit_recount"

    id: int | None = Field(default=None, primary_key=True)
    reason: str = Field(description="what has changed, and the document that says so")
    asked_by: int | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime = Field(sa_type=Moment)
    cursor: int = Field(default=0, description="the last case looked at")
    moved: int = Field(default=0, description="cases of which a limit has moved")
    failed: int = 0
    done_at: datetime | None = Field(default=None, sa_type=Moment, index=True)


class Document(SQLModel, table=True):
    """A paper the bureau issued: number, day and data frozen in the step that issued it."""

    __tablename__ = "issued_document"
    __table_args__ = (UniqueConstraint("ground", "series", "year", "serial"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True)
    cycle_id: int | None = Field(default=None, index=True)
    release_id: int | None = Field(default=None, foreign_key="release.id", description="where a process says what it is")
    kind: str
    name: str = Field(description="what it is called, as it was when it was issued")
    english: str = ""
    ground: str = Field(description="of the unit whose numbers it is counted among")
    series: str = Field(description="what is counted: dibao.decision")
    year: int
    serial: int
    number: str
    issued_on: date
    announced_on: date | None = Field(default=None, index=True, description="since when everybody reads it on the public site")
    addressee: str = ""
    data: dict[str, Any] = Field(sa_column=Column(Json, nullable=False), description="the facts it was made from")
    said: dict[str, Any] | None = Field(default=None, sa_column=Column(Json), description="what it says; None: a house paper")
    replaces_id: int | None = Field(default=None, foreign_key="issued_document.id", description="the paper it stands in for")
    sha256: str | None = Field(default=None, description="of the rendered file, kept under its hash")
    copy_sha256: str | None = Field(default=None, description="of the copy that may be edited")


class Attachment(SQLModel, table=True):
    """A file handed in; its bytes lie under their SHA-256."""

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True, description="what a form's hidden field carries")
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True)
    sha256: str
    name: str
    media_type: str
    size: int
    uploaded_by: int | None = Field(default=None, foreign_key="person.id")
    uploaded_at: datetime = Field(sa_type=Moment)


class DecisionRecord(SQLModel, table=True):
    """What a decision table saw, and the rows it hit."""

    __tablename__ = "decision_record"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    node: str
    decision: str
    release_id: int = Field(foreign_key="release.id", description="the version whose table was asked")
    at: datetime = Field(sa_type=Moment)
    inputs: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    rows: list[Any] = Field(sa_column=Column(Json, nullable=False))
    value: Any = Field(default=None, sa_column=Column(Json))


class Visit(SQLModel, table=True):
    """An element the case entered or left: the diagram's colours and the history's skeleton."""

    __tablename__ = "case_visit"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    node: str
    release_id: int = Field(description="whose drawing the element belongs to")
    path: str = Field(default="", description="enclosing call activities, joined by /")
    what: str = Field(description="entered, completed, cancelled, migrated")
    flow: str = ""
    at: datetime = Field(sa_type=Moment)


class Rename(SQLModel, table=True):
    """A case's move to another version of its process: what became of each element's name."""

    __tablename__ = "case_rename"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    from_release_id: int = Field(foreign_key="release.id")
    to_release_id: int = Field(foreign_key="release.id")
    mapping: dict[str, str] = Field(sa_column=Column(Json, nullable=False), description="element left -> element come to")
    version: int = Field(description="the case's version that moved it")
    back: bool = Field(default=False, description="undoes an earlier move")


class Incident(SQLModel, table=True):
    """Why a case could not go on, or not even begin: kept though its step left nothing."""

    id: int | None = Field(default=None, primary_key=True)
    process: str
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True,
                                description="None: no case began")
    state: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False),
                         description="where the case stood: once it stands elsewhere this is over")
    node: str = ""
    zh: str
    en: str
    at: datetime = Field(sa_type=Moment, description="when it happened last")
    times: int = 0
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


class JobState(StrEnum):
    """Where a machine's piece of work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    ANSWERED = "answered"       # done outside; its answer still has to reach the case
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"     # the case went another way before it was done


class Job(SQLModel, table=True):
    """The outbox: what leaves this machine, asked in the step's transaction and done after it."""

    __table_args__ = (Index("ix_job_due", "state", "not_before"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, description="asked twice with one key is asked once")
    topic: str
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", index=True)
    token: str | None = Field(default=None, description="the engine's waiting service task, if one waits")
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    state: str = Field(default=JobState.WAITING)
    attempts: int = 0
    claims: int = Field(default=0, description="grows with every claim, never goes back: whose answer counts")
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(Json), description="what the machine said")
    refused: str = Field(default="", description="the code by which the other side said no, for an error event of the drawing")
    not_before: datetime = Field(sa_type=Moment)
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    stale: dict[str, Any] | None = Field(default=None, sa_column=Column(Json),
                                         description="an answer that came when the case did not wait for it any more")
    error: str = ""
