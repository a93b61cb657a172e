"""Months as a page shows them: how far each is, what it pays, how its money moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from workflows.cases.shown import worklist
from workflows.office import working_days
from workflows.payments import cycles, funds
from workflows.payments.roster import rosters
from workflows.payments.tables import Cycle, CycleState, Line, LineState, Posting, Roster

OURS = ("fund", "reserved", "returned")   # money that no bank has
NOTHING = (0, 0)
SETTLED = (CycleState.RECONCILED, CycleState.CLOSED)


@dataclass(frozen=True)
class MonthRow:
    """One month in the list: counts and fen, and the light of its pay-by day."""

    cycle: Cycle
    roster: Roster | None
    lines: Mapping[str, tuple[int, int]]
    light: str
    days: int

    @property
    def paid(self) -> tuple[int, int]:
        """What the bank paid."""
        return self.lines.get(LineState.PAID, NOTHING)

    @property
    def returned(self) -> tuple[int, int]:
        """What came back and is not paid again yet."""
        return self._sum(LineState.RETURNED, LineState.CORRECTED)

    @property
    def unknown(self) -> tuple[int, int]:
        """What the bank has not said a final word about."""
        return self._sum(LineState.UNKNOWN)

    @property
    def held(self) -> tuple[int, int]:
        """What is kept back."""
        return self._sum(LineState.HELD, LineState.DEFERRED)

    @property
    def settled(self) -> bool:
        """Whether every line has found its place."""
        return self.cycle.state in SETTLED

    def _sum(self, *states: str) -> tuple[int, int]:
        some = [self.lines.get(state, NOTHING) for state in states]
        return sum(count for count, _ in some), sum(fen for _, fen in some)


@dataclass(frozen=True)
class FundRow:
    """One fund source in one month: opening + allocated - sent + returned = closing (V7)."""

    source: str
    opening: int
    allocated: int
    sent: int
    returned: int
    paid: int

    @property
    def closing(self) -> int:
        """What is left with us."""
        return self.opening + self.allocated - self.sent + self.returned


def listed(session: Session, division: str, now: datetime) -> list[MonthRow]:
    """All months of a county, of every scheme, the newest first."""
    found = session.exec(select(Cycle).where(Cycle.division_code == division)
                         .order_by(col(Cycle.month).desc(), col(Cycle.scheme)))
    return [row(session, cycle, now) for cycle in found]


def row(session: Session, cycle: Cycle, now: datetime) -> MonthRow:
    """One month."""
    due = working_days.end_of(cycle.pay_by_on)
    settled = cycle.state in SETTLED
    light = "settled" if settled else worklist.light_of(due, now, worklist.near_until(session, now))
    return MonthRow(cycle, rosters.current(session, cycle), cycles.progress(session, cycle).lines, light,
                    0 if settled else worklist.days_of(session, due, now))


def fund_rows(session: Session, cycle: Cycle) -> list[FundRow]:
    """How each fund source's money moved while the month lasted."""
    first, last = session.exec(select(func.min(Posting.id), func.max(Posting.id))
                               .where(Posting.cycle_id == cycle.id)).one()
    before = _sums(session, col(Posting.id) < first) if first else _sums(session)
    during = _sums(session, col(Posting.id) >= first, col(Posting.id) <= last) if first else {}
    mine = _moves(session, cycle)
    return [FundRow(source, sum(before.get(f"{name}:{source}", 0) for name in OURS),
                    -during.get(f"budget:{source}", 0), mine.get(("send", source), 0),
                    mine.get(("return", source), 0), mine.get(("pay", source), 0))
            for source in funds.sources(session)]


def wanted(session: Session, cycle: Cycle) -> dict[str, int]:
    """What the payable lines ask of each source before the money is promised."""
    found = session.exec(select(Line.fund_source, func.sum(Line.total_fen)).where(
        Line.cycle_id == cycle.id, col(Line.payable)).group_by(col(Line.fund_source)))
    return {source: int(fen or 0) for source, fen in found}


def _sums(session: Session, *where: object) -> dict[str, int]:
    query = select(Posting.account, func.sum(Posting.amount_fen)).group_by(col(Posting.account))
    return {account: int(fen) for account, fen in session.exec(query.where(*where))}  # type: ignore[arg-type]


def _moves(session: Session, cycle: Cycle) -> dict[tuple[str, str], int]:
    """(kind of entry, source) -> fen, of this month."""
    sums: dict[tuple[str, str], int] = {}
    for entry, fen in session.exec(select(Posting.entry, Posting.amount_fen).where(
            Posting.cycle_id == cycle.id, col(Posting.amount_fen) > 0)):
        kind, source, _ = entry.split(":")
        sums[kind, source] = sums.get((kind, source), 0) + fen
    return sums
