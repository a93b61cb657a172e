"""One-off payments, recoveries, and the invoices that applications rest on."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflows.records.types import Moment


class ReliefPayment(SQLModel, table=True):
    """One transfer of one case's relief; a stage is paid once, a voucher stands for one payment."""

    __tablename__ = "relief_payment"
    __table_args__ = (UniqueConstraint("case_id", "stage"), UniqueConstraint("voucher"), CheckConstraint("fen > 0", name="relief_positive"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
    stage: int
    fen: int
    payee: str
    account_number: str
    fund_source: str
    voucher: str
    paid_on: date
    paid_by: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


class ReliefRecovery(SQLModel, table=True):
    """追回: relief to be given back, with the fine and the transfer to the police where there are any."""

    __tablename__ = "relief_recovery"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id")
    fen: int
    fine_fen: int = 0
    transfer_number: str = Field(default="", description="of the file handed to the police; empty: not handed over")
    repay_by: date
    repaid_fen: int = 0
    receipt: str = ""
    repaid_on: date | None = None
    written_off: str = Field(default="", description="why it can't be recovered")


class ReliefInvoice(SQLModel, table=True):
    """An invoice counts for one case only."""

    __tablename__ = "relief_invoice"

    number: str = Field(primary_key=True)
    case_id: int = Field(foreign_key="approval_case.id", index=True)
