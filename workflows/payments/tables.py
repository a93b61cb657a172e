"""Entitlements, cycles, rosters, signatures, bank files, funds."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflows.records.types import Json, Moment


class Entitlement(SQLModel, table=True):
    """待遇: what one decision grants a household a month, from a month till a month (months as 2024-05)."""

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", description="None: taken over by import")
    scheme: str = Field(index=True, description="the process that grants it")
    decision_no: str
    decided_on: date
    category: str = Field(description="urban or rural: picks standard and budget code")
    base_fen: int
    supplement_fen: int = 0
    people: int = Field(description="persons protected")
    from_month: str = Field(index=True)
    to_month: str | None = Field(default=None, description="last payable month; None: goes on")
    paid_till: str | None = Field(default=None, description="last month paid before this system kept the books")
    stop_reason: str = ""
    held_from: str | None = Field(default=None, description="暂缓发放: from this month payment waits, the right goes on")
    held_to: str | None = Field(default=None, description="last month that waits; then what waited is due")
    held_reason: str = ""
    fund_source: str = Field(default="01", description="01 central, 03 provincial, 05 county")
    payee_name: str
    payee_id_number: str
    account_number: str
    bank_code: str


class CycleState(StrEnum):
    """How far a month has come (disbursement 4)."""

    DRAFT = "draft"            # 草稿: roster made, not yet submitted
    REVIEW = "review"          # 三级联审中
    APPROVED = "approved"      # 三级审毕, 待拨付
    SENT = "sent"              # 已送行
    RETURNED = "returned"      # 已回盘: some lines await correction
    RECONCILED = "reconciled"  # 已对平
    CLOSED = "closed"          # 已关账


class Cycle(SQLModel, table=True):
    """One month of one scheme in one county."""

    __table_args__ = (UniqueConstraint("scheme", "month", "division_code"),)

    id: int | None = Field(default=None, primary_key=True)
    scheme: str
    month: str = Field(index=True, description="2024-06")
    division_code: str
    state: str = Field(default=CycleState.DRAFT)
    cut_off_on: date
    pay_by_on: date
    opened_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    opened_by: int | None = Field(default=None, foreign_key="person.id", description="None: by schedule")
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", description="its review")
    late_reason: str = Field(default="", description="V10: why the pay-by day was missed")


class CycleStep(SQLModel, table=True):
    """What the month's flow did, for people to follow."""

    __tablename__ = "cycle_step"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    step: str = Field(description="cut_off, roster, review, payment_file, send, fetch, reconcile, reissue, close")
    state: str = Field(description="done, waiting, failed")
    at: datetime = Field(sa_type=Moment)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    flow_run: str = Field(default="", description="Prefect's run id")


class Roster(SQLModel, table=True):
    """发放名册: one version; a change of any line makes a new version and voids its signatures."""

    __table_args__ = (UniqueConstraint("cycle_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    version: int
    hash: str = Field(description="SHA-256 over the lines in order")
    households: int
    total_fen: int = Field(description="of the lines that will be paid; held ones don't count")
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False), description="what was hashed, zlib")
    bridge: dict[str, Any] = Field(sa_column=Column(Json, nullable=False),
                                   description="last month -> this month, by township")
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    voided_at: datetime | None = Field(default=None, sa_type=Moment)


class LineState(StrEnum):
    """Where a payment line stands (disbursement 4)."""

    PENDING = "pending"        # 待核
    APPROVED = "approved"      # 已审
    HELD = "held"              # 已暂缓
    SENT = "sent"              # 已送行
    PAID = "paid"              # 成功
    RETURNED = "returned"      # 退票, 待更正
    CORRECTED = "corrected"    # 更正已批, 待重发
    UNKNOWN = "unknown"        # R08, R99: no final answer; ask, or let the bank say it in writing
    DEFERRED = "deferred"      # 转下月: given up for this month, due again in the next


class Line(SQLModel, table=True):
    """One household's money of one month; the unique key is the last defence against paying twice."""

    __tablename__ = "payment_line"
    __table_args__ = (UniqueConstraint("household_id", "scheme", "month", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    entitlement_id: int = Field(foreign_key="entitlement.id", index=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    scheme: str
    month: str
    kind: str = Field(default="monthly", description="monthly, or arrears when nothing is due for the month itself")
    township_code: str = Field(index=True)
    village_code: str
    decision_no: str
    payee_name: str
    payee_id_number: str
    account_number: str
    bank_code: str
    people: int
    base_fen: int
    supplement_fen: int = 0
    arrears_fen: int = 0
    recovery_fen: int = 0
    total_fen: int
    months_covered: list[str] = Field(sa_column=Column(Json, nullable=False))
    fund_source: str
    funding: dict[str, int] = Field(default_factory=dict, sa_column=Column(Json, nullable=False),
                                    description="fund source -> fen, allotted at approval")
    state: str = Field(default=LineState.PENDING, index=True)
    payable: bool = Field(default=True, description="False: held when the roster was signed")
    errors: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False),
                              description="wrong data found; keeps the line out until mended or held by a person")
    hold_reason: str = ""
    held_by: int | None = Field(default=None, foreign_key="person.id", description="None: held by a rule")
    difference_reason: str = Field(default="", description="why the amount is not the entitled one (V2)")
    change: str = Field(default="", description="new, stopped, raised, cut, account; empty: as last month")


class LinePart(SQLModel, table=True):
    """What a line pays for one month: several months may travel in one transfer.

    A whole month can be under way or paid once only, in whatever line: the database says so.
    """

    __tablename__ = "payment_line_part"
    __table_args__ = (
        Index("uq_line_part_month", "household_id", "scheme", "month", unique=True,
              sqlite_where=text("live AND kind = 'month'"), postgresql_where=text("live AND kind = 'month'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="payment_line.id", index=True)
    household_id: int = Field(foreign_key="household.id")
    scheme: str
    month: str
    kind: str = Field(description="month (a whole month), difference (more for a paid month), recovery")
    fen: int
    recovery_id: int | None = Field(default=None, index=True, description="recovery: the decision it gives back to")
    live: bool = Field(description="counts as paid or under way")


class Attempt(SQLModel, table=True):
    """One sending of one line: one trace id, one answer."""

    __tablename__ = "payment_attempt"
    __table_args__ = (UniqueConstraint("line_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="payment_line.id", index=True)
    number: int = Field(description="1 for the first sending")
    trace_id: str = Field(unique=True)
    file_id: int = Field(foreign_key="bank_file.id", index=True)
    account_number: str
    account_name: str
    amount_fen: int
    code: str = Field(default="", description="00, R01..R08, R90, R99; empty: no answer yet")
    bank_message: str = ""
    bank_serial: str = Field(default="", index=True)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    case_id: int | None = Field(default=None, foreign_key="approval_case.id", description="the case that mends a return")


class BankFile(SQLModel, table=True):
    """A payment file sent, or a result file taken in; the hash keeps it from being taken twice."""

    __tablename__ = "bank_file"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    direction: str = Field(description="out or in")
    batch: str = Field(index=True, description="one name for a file sent and for its results")
    name: str
    sha256: str = Field(unique=True)
    count: int
    total_fen: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    roster_hash: str = Field(default="", description="of the version it was made from")
    at: datetime = Field(sa_type=Moment, description="made or taken in")
    receipt: str = Field(default="", description="the bank's receipt for a file sent; empty: not sent")


class Signature(SQLModel, table=True):
    """One hand under one version of one roster."""

    id: int | None = Field(default=None, primary_key=True)
    roster_id: int = Field(foreign_key="roster.id", index=True)
    roster_hash: str
    level: int = Field(description="0 maker, 1 township, 2 county, 3 finance bureau")
    scope: str = Field(default="", description="division signed for: a township at level 1, else the county")
    person_id: int = Field(foreign_key="person.id")
    result: str = Field(description="agree or return")
    comment: str = ""
    at: datetime = Field(sa_type=Moment)
    voided_at: datetime | None = Field(default=None, sa_type=Moment)


class Correction(SQLModel, table=True):
    """An account corrected by one person and approved by another before a line is sent again."""

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="payment_line.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="approval_case.id")
    payee_name: str
    payee_id_number: str = ""
    account_number: str
    bank_code: str
    reason: str
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Moment)
    approved_by: int | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    rejected_at: datetime | None = Field(default=None, sa_type=Moment)


class Posting(SQLModel, table=True):
    """One side of a double entry; the sides of one `entry` add up to zero."""

    id: int | None = Field(default=None, primary_key=True)
    entry: str = Field(index=True, description="one id for the sides that belong together")
    account: str = Field(index=True, description="budget:01, fund:01, reserved:01, bank:01, …")
    amount_fen: int
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    line_id: int | None = Field(default=None, foreign_key="payment_line.id")
    memo: str = ""
    at: datetime = Field(sa_type=Moment)


class FundAccount(SQLModel, table=True):
    """An account's balance, kept beside its postings so that the database itself refuses a negative one (V7)."""

    __tablename__ = "fund_account"
    __table_args__ = (CheckConstraint("balance_fen >= 0 OR name LIKE 'budget:%'", name="never_negative"),)

    name: str = Field(primary_key=True, description="fund:01; only budget: accounts may be below zero")
    balance_fen: int = 0


class Recovery(SQLModel, table=True):
    """追回: money paid too much, to be given back (disbursement 6)."""

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    scheme: str
    decision_no: str
    decided_on: date
    reason: str
    months: dict[str, int] = Field(sa_column=Column(Json, nullable=False), description="month -> fen paid too much")
    way: str = Field(description="repayment (to the treasury), offset (against later months), write_off")
    per_month_fen: int = Field(default=0, description="offset: how much a month")
    settled_fen: int = Field(default=0, description="given back, offset or written off so far")


class Readjustment(SQLModel, table=True):
    """调标: one decision by which a new standard changes what every household of a scheme receives."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", unique=True)
    scheme: str
    division_code: str
    from_month: str = Field(description="first month by the new standard; an earlier one than now brings arrears")
    prepared_at: datetime = Field(sa_type=Moment)
    decision_no: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


class ReadjustmentState(StrEnum):
    """What has become of a line of a readjustment."""

    WAITING = "waiting"
    DONE = "done"
    LEFT = "left"       # decided anew since it was signed: to be looked at by a person


class ReadjustmentLine(SQLModel, table=True):
    """One household's old and new amount; carried out once, in a transaction of its own."""

    __tablename__ = "readjustment_line"
    __table_args__ = (UniqueConstraint("readjustment_id", "entitlement_id"),)

    id: int | None = Field(default=None, primary_key=True)
    readjustment_id: int = Field(foreign_key="readjustment.id", index=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    entitlement_id: int = Field(foreign_key="entitlement.id")
    payee_name: str
    people: int
    from_month: str
    base_before_fen: int
    supplement_before_fen: int
    base_after_fen: int
    supplement_after_fen: int
    state: str = Field(default=ReadjustmentState.WAITING)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    changed_to: int | None = Field(default=None, foreign_key="entitlement.id")

    @property
    def before_fen(self) -> int:
        """What is received now."""
        return self.base_before_fen + self.supplement_before_fen

    @property
    def after_fen(self) -> int:
        """What is received by the new standard."""
        return self.base_after_fen + self.supplement_after_fen


class PayeeException(SQLModel, table=True):
    """A payee outside the household, by a filed agreement (A1 art. 26)."""

    __tablename__ = "payee_exception"
    __table_args__ = (UniqueConstraint("household_id", "payee_id_number"),)

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    payee_name: str
    payee_id_number: str
    agreement_no: str
    filed_on: date
    ends_on: date | None = None
