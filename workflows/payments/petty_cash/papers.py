"""The books on paper: 备用金台账 of a month or the year so far, and the request for money with what it is to replace."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases.tables import Case, Document
from workflows.office import jurisdiction
from workflows.office.people import Officer
from workflows.office.tables import Person, Role
from workflows.papers import chinese_date, chinese_month
from workflows.payments import own_papers
from workflows.payments.money import yuan
from workflows.payments.petty_cash import books, counts
from workflows.payments.petty_cash.tables import CashBook, CashPosting, CashRelease, CashRequest
from workflows.records.types import CHINA, stored

ROOM = Path(__file__).parent
SHORT = "备用金"
KINDS = {"quota": "额度", "top_up": "追加", "release": "放款", "return": "退回", "replenish": "补充", "year_end": "年终结清", "carried": "上年结转"}
MODES = {"transfer": "转账", "cash": "现金", "goods": "实物", "service": "服务", "money": "现金"}
NO_ENTRY = {"memo": "本期无收支"}


def ledger(session: Session, book: CashBook, today: date, month: str = "") -> Mapping[str, Any]:
    """What the ledger of a month says, or of the whole year so far."""
    moved = books.postings(session, stored(book.id))
    before, within = [one for one in moved if month and _month(one) < month], [one for one in moved if not month or _month(one) == month]
    opening = sum(one.amount_fen for one in before)
    received, paid = (sum(abs(one.amount_fen) for one in within if (one.amount_fen > 0) is gain) for gain in (True, False))
    values = {
        "place": own_papers.place(session, book.division_code), "period": chinese_month(month) if month else f"{book.year}年度",
        "quota_fen": book.quota_fen, "opening_fen": opening, "in_fen": received, "out_fen": paid, "closing_fen": opening + received - paid,
        "unreplaced_fen": books.outstanding(session, stored(book.id)),
        "entries": list(_entries(session, within, opening)) or [NO_ENTRY], "counted": _counted(session, book, month)}
    return own_papers.sheet(session, own_papers.declared(ROOM, "ledger"), values, book.division_code, today, str(values["period"]))


def request(session: Session, book: CashBook, asked: CashRequest, listed: Sequence[CashRelease], who: Officer, now: datetime) -> Document:
    """Issue the request's paper, numbered, as it is asked."""
    values = {"place": own_papers.place(session, book.division_code), "year": book.year, "quota_fen": book.quota_fen,
              "balance_fen": book.balance_fen, "asked_fen": asked.fen, "reason": asked.reason, "asked_by": who.name,
              "asked_on": now.date(), "releases": list(_releases(session, listed))}
    bureau = jurisdiction.unit_for(session, Role.COUNTY_LEAD, book.division_code).name
    return own_papers.issue(session, own_papers.declared(ROOM, asked.kind), f"petty_cash.{asked.kind}", values, book.division_code,
                            short=SHORT, to=bureau, now=now)


def _entries(session: Session, moved: Sequence[CashPosting], opening: int) -> Iterable[Mapping[str, Any]]:
    cases, people = _cases(session, [one.case_id for one in moved]), _people(session, moved)
    balance = opening
    for one in moved:
        balance += one.amount_fen
        case = cases.get(one.case_id or 0)
        yield {"on": f"{one.at.astimezone(CHINA):%Y.%m.%d}", "kind": KINDS.get(one.kind, one.kind), "memo": "" if case else one.memo,
               "case_no": case.number if case else "", "person": case.subject if case else "",
               "received_fen": one.amount_fen if one.amount_fen > 0 else None, "paid_fen": -one.amount_fen if one.amount_fen < 0 else None,
               "balance_fen": balance, "by": people.get(one.by_id or 0, "")}


def _releases(session: Session, listed: Sequence[CashRelease]) -> Iterable[Mapping[str, Any]]:
    cases = _cases(session, [one.case_id for one in listed])
    for one in listed:
        case = cases[one.case_id]
        yield {"on": f"{one.released_at.astimezone(CHINA):%Y.%m.%d}", "case_no": case.number, "person": case.subject,
               "mode": MODES.get(one.mode, one.mode), "paid_fen": one.fen, "returned_fen": one.returned_fen or None,
               "asked_fen": one.fen - one.returned_fen, "papers": f"{chinese_date(one.papers_on)}补齐" if one.papers_on else "在期限内"}


def _counted(session: Session, book: CashBook, month: str) -> str:
    """The month's count beside its ledger, or the newest of the year."""
    rows = [one for one in counts.of_book(session, stored(book.id)) if not month or one.month == month]
    if not rows:
        return ""
    newest = rows[0]
    signed = session.get(Person, newest.signed_by) if newest.signed_by else None
    return (f"{chinese_month(newest.month)}对账：银行{yuan(newest.bank_fen)}元、库存现金{yuan(newest.box_fen)}元，账面{yuan(newest.ledger_fen)}元"
            + (f"，{newest.difference_reason}" if newest.difference_reason else "") + (f"；{signed.name}已签字。" if signed else "；尚未签字。"))


def _cases(session: Session, numbers: Iterable[int | None]) -> dict[int, Case]:
    wanted = {one for one in numbers if one}
    return {stored(one.id): one for one in session.exec(select(Case).where(col(Case.id).in_(wanted)))}


def _people(session: Session, moved: Iterable[CashPosting]) -> dict[int, str]:
    wanted = {one.by_id for one in moved if one.by_id}
    return {stored(one.id): one.name for one in session.exec(select(Person).where(col(Person.id).in_(wanted)))}


def _month(one: CashPosting) -> str:
    return f"{one.at.astimezone(CHINA):%Y-%m}"
