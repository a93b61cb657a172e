"""Monthly reconciliation: what lies in the bank and in the box against the ledger, counted by one and signed by another."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows.errors import Conflict, Invalid, NotFound
from workflows.office.people import Officer
from workflows.payments import duties
from workflows.payments.money import yuan
from workflows.payments.petty_cash import books
from workflows.payments.petty_cash.tables import CashCount, CashPosting
from workflows.records import audit
from workflows.records.types import CHINA, stored

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def of_book(session: Session, book_id: int) -> list[CashCount]:
    """The counts of a book, newest month first."""
    return list(session.exec(select(CashCount).where(CashCount.book_id == book_id).order_by(col(CashCount.month).desc())))


def ledger_at(session: Session, book_id: int, month: str) -> int:
    """The ledger's balance at the end of a month."""
    return sum(one.amount_fen for one in session.exec(select(CashPosting).where(
        CashPosting.book_id == book_id, CashPosting.account == books.CASH))
        if f"{one.at.astimezone(CHINA):%Y-%m}" <= month)


def count(session: Session, book_id: int, month: str, bank_fen: int, box_fen: int, reason: str, who: Officer,
          now: datetime) -> CashCount:
    """Enter what was counted; a difference to the ledger needs its reason. A signed month stands."""
    book = books.get(session, book_id)
    duties.need(who, book.division_code, "count_petty_cash")
    if not MONTH.fullmatch(month) or int(month[:4]) != book.year or month > f"{now:%Y-%m}":
        raise Invalid([FieldError("month", Message("“{month}” is not a month of this book that has begun.", {"month": month}))])
    if wrong := [name for name, fen in (("bank_fen", bank_fen), ("box_fen", box_fen)) if fen < 0]:
        raise Invalid([FieldError(name, Message("An amount must not be negative.")) for name in wrong])
    ledger = ledger_at(session, book_id, month)
    apart = bank_fen + box_fen - ledger
    if apart and not reason.strip():
        raise Invalid([FieldError("reason", Message("The count differs from the ledger by {fen} yuan; say why.", {"fen": yuan(apart)}))])
    row = session.exec(select(CashCount).where(CashCount.book_id == book_id, CashCount.month == month)).first()
    if row is not None and row.signed_at is not None:
        raise Invalid([FieldError("month", Message("This month is signed already."))])
    row = row or CashCount(book_id=book_id, month=month, ledger_fen=0, bank_fen=0, box_fen=0, counted_by=stored(who.id), counted_at=now)
    row.ledger_fen, row.bank_fen, row.box_fen, row.difference_reason = ledger, bank_fen, box_fen, reason.strip()
    row.counted_by, row.counted_at = stored(who.id), now
    session.add(row)
    session.flush()
    _say(session, book.division_code, row, who, "cash.count", now)
    return row


def sign(session: Session, count_id: int, who: Officer, now: datetime) -> CashCount:
    """The township's lead signs what a colleague counted."""
    row = session.get(CashCount, count_id)
    if row is None:
        raise NotFound("This count was not found.")
    book = books.get(session, row.book_id)
    duties.need(who, book.division_code, "sign_petty_cash")
    duties.apart(who, [row.counted_by])
    if row.signed_at is not None:
        raise Conflict("This month is signed already.")
    row.signed_by, row.signed_at = who.id, now
    session.add(row)
    session.flush()
    _say(session, book.division_code, row, who, "cash.sign", now)
    return row


def _say(session: Session, division: str, row: CashCount, who: Officer, action: str, now: datetime) -> None:
    audit.append(session, f"cash:{division}", who.actor(), action, now, summary=f"备用金对账:{row.month}",
                 after={"count": row.id, "ledger_fen": row.ledger_fen, "bank_fen": row.bank_fen, "box_fen": row.box_fen})
