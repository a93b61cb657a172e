"""Money by fund source, in double entry: the sides of an entry add up to zero, no balance goes below it (V7)."""

# budget ─allocate→ fund ─reserve→ reserved ─send→ bank ─┬─pay→ paid
#                     ↑                            ↑     └─return→ returned ─┐
#                     └──────────── release ───────┴──────── re-issue ───────┘

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from workflows.errors import Conflict, NotAllowed
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.payments import duties
from workflows.payments.money import yuan
from workflows.payments.refusals import ShortOfFunds
from workflows.payments.tables import Cycle, FundAccount, Line, Posting
from workflows.records import audit
from workflows.records.session import alone

Split = Mapping[str, int]  # fund source -> fen


def allocate(session: Session, source: str, amount_fen: int, memo: str, now: datetime,
             who: Officer | None = None) -> None:
    """Money the budget gives to a source."""
    if who is not None and not any(held.role in permissions.MAY["allocate_funds"] for held in who.duties):
        raise NotAllowed("Your duty does not include this.")
    _move(session, "allocate", "budget", "fund", {source: amount_fen}, memo, now)
    audit.append(session, "funds", duties.actor(who), "funds.allocate", now, summary=f"资金下达:{memo}",
                 after={"source": source, "fen": amount_fen})


def available(session: Session, source: str) -> int:
    """What a source has that is promised to nobody."""
    return balance(session, f"fund:{source}")


def balance(session: Session, account: str) -> int:
    """An account's balance."""
    row = session.exec(select(FundAccount.balance_fen).where(FundAccount.name == account)).first()
    return row or 0


def sources(session: Session) -> list[str]:
    """The sources there are, in the order they are drawn on: central money first."""
    return sorted(name.split(":")[1] for name in session.exec(
        select(FundAccount.name).where(col(FundAccount.name).startswith("fund:"))))


def total(split: Split) -> int:
    """The sum over all sources."""
    return sum(split.values())


def plan(session: Session, lines: Iterable[Line]) -> dict[int, dict[str, int]]:
    """Which source pays how much of each line: its own first, then the others; `ShortOfFunds` names the gap (PY-10)."""
    lines = list(lines)
    left = {source: available(session, source) for source in sources(session)}
    shares: dict[int, dict[str, int]] = {line.id or 0: {} for line in lines}
    open_fen = {line.id or 0: line.total_fen for line in lines}
    for own_only in (True, False):
        for line in lines:
            for source in ([line.fund_source] if own_only else left):
                _draw(left, source, shares[line.id or 0], open_fen, line.id or 0)
    short = sum(open_fen.values())
    if short:
        raise ShortOfFunds(short=yuan(short), needed=yuan(sum(line.total_fen for line in lines)))
    return shares


def reserve(session: Session, cycle: Cycle, lines: Iterable[Line], now: datetime) -> dict[str, int]:
    """Promise the roster's money, line by line; nothing is promised when it does not suffice."""
    lines = list(lines)
    shares = plan(session, lines)
    for line in lines:
        line.funding = shares[line.id or 0]
        session.add(line)
    split = together(lines)
    _move(session, "reserve", "fund", "reserved", split, "名册审定", now, cycle)
    return split


def send(session: Session, cycle: Cycle, split: Split, memo: str, now: datetime, *, again: bool = False) -> None:
    """The money went to the bank, from what was reserved or, sent again, from what had come back."""
    _move(session, "send", "returned" if again else "reserved", "bank", split, memo, now, cycle)


def pay(session: Session, cycle: Cycle, split: Split, memo: str, now: datetime) -> None:
    """The bank paid it."""
    _move(session, "pay", "bank", "paid", split, memo, now, cycle)


def give_back(session: Session, cycle: Cycle, split: Split, memo: str, now: datetime) -> None:
    """The bank returned it: shown as returned until it is paid again."""
    _move(session, "return", "bank", "returned", split, memo, now, cycle)


def release(session: Session, cycle: Cycle, split: Split, memo: str, now: datetime) -> None:
    """Returned money that won't be paid this month is free again."""
    _move(session, "release", "returned", "fund", split, memo, now, cycle)


def pay_directly(session: Session, source: str, fen: int, memo: str, now: datetime) -> None:
    """One payment outside any month's roster: from a fund to who was helped."""
    _move(session, "relief", "fund", "paid", {source: fen}, memo, now)


def take_back_directly(session: Session, source: str, fen: int, memo: str, now: datetime) -> None:
    """Such a payment, or part of it, came back to its fund."""
    _move(session, "relief_return", "paid", "fund", {source: fen}, memo, now)


def together(lines: Iterable[Line]) -> dict[str, int]:
    """The lines' shares, by source."""
    summed: Counter[str] = Counter()
    for line in lines:
        summed.update(line.funding)
    return dict(sorted(summed.items()))


def unbalanced(session: Session) -> list[str]:
    """Entries whose sides don't add up to zero, and accounts that differ from their postings."""
    entries = session.exec(select(Posting.entry).group_by(col(Posting.entry))
                           .having(func.sum(Posting.amount_fen) != 0)).all()
    sums = {name: int(fen) for name, fen in session.exec(
        select(Posting.account, func.sum(Posting.amount_fen)).group_by(col(Posting.account)))}
    kept = {row.name: row.balance_fen for row in session.exec(select(FundAccount))}
    return [*entries, *(name for name in sums.keys() | kept.keys() if sums.get(name, 0) != kept.get(name, 0))]


def _draw(left: dict[str, int], source: str, share: dict[str, int], open_fen: dict[int, int], line: int) -> None:
    drawn = min(left.get(source, 0), open_fen[line])
    if drawn > 0:
        left[source] -= drawn
        open_fen[line] -= drawn
        share[source] = share.get(source, 0) + drawn


def _move(session: Session, kind: str, giver: str, taker: str, split: Split, memo: str, now: datetime,
          cycle: Cycle | None = None) -> None:
    """One entry a source: from one account to another."""
    for source, fen in split.items():
        if fen < 0:
            raise Conflict("An amount must not be negative.")
        if fen == 0:
            continue
        entry = f"{kind}:{source}:{_next(session)}"
        for account, amount in ((f"{giver}:{source}", -fen), (f"{taker}:{source}", fen)):
            _book(session, account, amount)
            session.add(Posting(entry=entry, account=account, amount_fen=amount, at=now, memo=memo,
                                cycle_id=cycle.id if cycle else None))
        session.flush()


def _book(session: Session, account: str, fen: int) -> None:
    """Move a balance, with its row locked; refused where it would fall below zero."""
    row = session.exec(select(FundAccount).where(FundAccount.name == account).with_for_update()
                       .execution_options(populate_existing=True)).first()
    if row is None:
        session.add(FundAccount(name=account, balance_fen=0))
        session.flush()
    have = balance(session, account)
    if have + fen < 0 and not account.startswith("budget:"):
        raise ShortOfFunds(short=yuan(-have - fen), needed=yuan(-fen))
    session.execute(update(FundAccount).where(col(FundAccount.name) == account)
                    .values(balance_fen=FundAccount.balance_fen + fen))


def _next(session: Session) -> int:
    alone(session, "posting")
    return (session.exec(select(func.max(Posting.id))).one() or 0) + 1
