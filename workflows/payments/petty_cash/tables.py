"""A township's petty cash: books, postings, releases, requests, counts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Moment

ASKED, APPROVED, REFUSED = "asked", "approved", "refused"


class CashBook(SQLModel, table=True):
    """One township's petty cash of one year; its balance stands beside its postings so that the database refuses a negative one."""

    __tablename__ = "cash_book"
    __table_args__ = (UniqueConstraint("division_code", "year"), CheckConstraint("balance_fen >= 0", name="cash_never_negative"))

    id: int | None = Field(default=None, primary_key=True)
    division_code: str = Field(index=True, description="the township, 9 digits")
    year: int
    quota_fen: int
    balance_fen: int = 0
    opened_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    year_end: str = Field(default="", description="returned to the county, or carried over")


class CashPosting(SQLModel, table=True):
    """One side of an entry; the sides of one `entry` add up to zero."""

    __tablename__ = "cash_posting"

    id: int | None = Field(default=None, primary_key=True)
    book_id: int = Field(foreign_key="cash_book.id", index=True)
    entry: str = Field(index=True, description="one id for the two sides")
    account: str = Field(description="cash, county or relief")
    kind: str = Field(description="quota, top_up, release, return, replenish, year_end, carried")
    amount_fen: int
    case_id: int | None = Field(default=None, foreign_key="approval_case.id")
    memo: str = ""
    at: datetime = Field(sa_type=Moment)
    by_id: int | None = Field(default=None, foreign_key="person.id")


class CashRequest(SQLModel, table=True):
    """A township asks for money: to replace what it released, or urgently."""

    __tablename__ = "cash_request"

    id: int | None = Field(default=None, primary_key=True)
    book_id: int = Field(foreign_key="cash_book.id", index=True)
    kind: str = Field(description="replenish or urgent")
    fen: int
    reason: str = ""
    state: str = Field(default=ASKED, description="asked, approved or refused")
    asked_by: int = Field(foreign_key="person.id")
    asked_at: datetime = Field(sa_type=Moment)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    opinion: str = ""
    document_id: int | None = Field(default=None, foreign_key="issued_document.id", description="its paper, as it was asked")


class CashRelease(SQLModel, table=True):
    """Money released for exactly one case; whether its papers are in, and by which request it was replaced."""

    __tablename__ = "cash_release"
    __table_args__ = (UniqueConstraint("case_id"), CheckConstraint("fen > 0", name="release_positive"))

    id: int | None = Field(default=None, primary_key=True)
    book_id: int = Field(foreign_key="cash_book.id", index=True)
    case_id: int = Field(foreign_key="approval_case.id")
    fen: int
    returned_fen: int = 0
    mode: str = Field(default="", description="transfer, cash, goods, service; money where the full procedure decided")
    released_at: datetime = Field(sa_type=Moment)
    released_by: int | None = Field(default=None, foreign_key="person.id")
    papers_on: date | None = Field(default=None, description="when its papers were completed; till when they must be says the case's limit")
    request_id: int | None = Field(default=None, foreign_key="cash_request.id", index=True, description="the request that replaces it")


class CashCount(SQLModel, table=True):
    """A month's reconciliation: bank and box against the ledger, counted by one and signed by another."""

    __tablename__ = "cash_count"
    __table_args__ = (UniqueConstraint("book_id", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    book_id: int = Field(foreign_key="cash_book.id", index=True)
    month: str = Field(description="2024-07")
    ledger_fen: int
    bank_fen: int
    box_fen: int
    difference_reason: str = ""
    counted_by: int = Field(foreign_key="person.id")
    counted_at: datetime = Field(sa_type=Moment)
    signed_by: int | None = Field(default=None, foreign_key="person.id")
    signed_at: datetime | None = Field(default=None, sa_type=Moment)
