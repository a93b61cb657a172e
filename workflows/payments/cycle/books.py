"""All that the checks of a month look at, read once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from workflows.cases.tables import Household, Member
from workflows.payments import funds, schemes
from workflows.payments.bank import files as bank_files, reconciliation
from workflows.payments.entitled import entitlements
from workflows.payments.roster import bridges, rosters, signatures, sources as roster_sources
from workflows.payments.tables import (
    Attempt,
    BankFile,
    Correction,
    Cycle,
    Entitlement,
    FundAccount,
    Line,
    LinePart,
    LineState,
    PayeeException,
    Posting,
    Recovery,
    Roster,
    Signature,
)
from workflows.records import audit
from workflows.records.types import stored

Home = tuple[int, str]  # household, month


@dataclass(frozen=True)
class Books:
    """One month as it stands."""

    cycle: Cycle
    roster: Roster
    digest: str
    lines: Sequence[Line]
    attempts: Mapping[int, Sequence[Attempt]]
    decisions: Mapping[int, Sequence[Entitlement]]
    members: Mapping[int, Sequence[Member]]
    exceptions: Mapping[int, Sequence[PayeeException]]
    corrected: Mapping[int, Correction]   # line -> where its money was really sent
    paid: Mapping[Home, int]              # all that was ever paid for the months this cycle touches
    paid_twice: Sequence[Home]
    paid_after_stop: Sequence[Home]
    recoveries: Sequence[Recovery]
    shared_ids: frozenset[int]
    bridge: Mapping[str, object]
    files: Sequence[BankFile]
    balance: reconciliation.Balance
    signatures: Sequence[Signature]
    makers: frozenset[int]                # who made or changed any version of the roster
    townships: Sequence[str]
    accounts: Mapping[str, int]
    cycle_accounts: Mapping[str, int]
    unbalanced: Sequence[str]
    chain_broken_at: int | None

    @property
    def payable(self) -> list[Line]:
        """What was to be paid."""
        return [line for line in self.lines if line.payable]

    @property
    def paid_lines(self) -> list[Line]:
        """What was paid."""
        return [line for line in self.lines if line.state == LineState.PAID]


def read(session: Session, cycle: Cycle) -> Books:
    """Read the month's books."""
    session.flush()
    roster, lines = rosters.must(session, cycle), rosters.lines(session, cycle)
    return Books(
        cycle=cycle, roster=roster, digest=rosters.digest(lines)[0], lines=lines,
        attempts=_attempts(session, cycle), decisions=_decisions(session, cycle),
        members=_members(session, cycle), exceptions=_exceptions(session), paid=_paid(session, cycle),
        paid_twice=_paid_twice(session, cycle), paid_after_stop=_paid_after_stop(session, cycle),
        recoveries=session.exec(select(Recovery).where(Recovery.scheme == cycle.scheme)).all(),
        shared_ids=roster_sources.sharing(session, cycle.month, schemes.barring(session, cycle.scheme)),
        bridge=bridges.build(roster_sources.last_lines(session, cycle), lines),
        files=session.exec(select(BankFile).where(BankFile.cycle_id == cycle.id).order_by(col(BankFile.id))).all(),
        balance=reconciliation.balance(session, cycle), signatures=signatures.valid(session, roster),
        corrected=bank_files.corrected(session, lines),
        makers=frozenset(signatures.makers(session, stored(cycle.id))),
        townships=rosters.townships(session, cycle),
        accounts={row.name: row.balance_fen for row in session.exec(select(FundAccount))},
        cycle_accounts=_cycle_accounts(session, cycle), unbalanced=funds.unbalanced(session),
        chain_broken_at=audit.broken_at(session, f"cycle:{cycle.id}"))


def _attempts(session: Session, cycle: Cycle) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in session.exec(select(Attempt).join(Line, col(Line.id) == col(Attempt.line_id))
                                .where(Line.cycle_id == cycle.id).order_by(col(Attempt.number))):
        found[attempt.line_id].append(attempt)
    return found


def _decisions(session: Session, cycle: Cycle) -> dict[int, list[Entitlement]]:
    found: dict[int, list[Entitlement]] = defaultdict(list)
    for given in entitlements.until(session, cycle.month, cycle.scheme, cycle.division_code, cycle.cut_off_on):
        found[given.household_id].append(given)
    return found


def _members(session: Session, cycle: Cycle) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = defaultdict(list)
    for member in session.exec(select(Member).join(Household, col(Household.id) == col(Member.household_id))
                               .where(col(Household.division_code).startswith(cycle.division_code))):
        found[member.household_id].append(member)
    return found


def _exceptions(session: Session) -> dict[int, list[PayeeException]]:
    found: dict[int, list[PayeeException]] = defaultdict(list)
    for filed in session.exec(select(PayeeException)):
        found[filed.household_id].append(filed)
    return found


def _paid(session: Session, cycle: Cycle) -> dict[Home, int]:
    touched = _touched(session, cycle)
    rows = session.exec(select(LinePart.household_id, LinePart.month, func.sum(LinePart.fen))
                        .join(Line, col(Line.id) == col(LinePart.line_id))
                        .where(Line.state == LineState.PAID, col(LinePart.live), LinePart.scheme == cycle.scheme,
                               col(LinePart.month).in_({month for _, month in touched}))
                        .group_by(col(LinePart.household_id), col(LinePart.month)))
    return {(home, month): int(fen) for home, month, fen in rows if (home, month) in touched}


def _touched(session: Session, cycle: Cycle) -> set[Home]:
    """The months that this cycle's payments were for."""
    return set(session.exec(select(LinePart.household_id, LinePart.month)
                            .join(Line, col(Line.id) == col(LinePart.line_id))
                            .where(Line.cycle_id == cycle.id, Line.state == LineState.PAID)))


def _paid_twice(session: Session, cycle: Cycle) -> list[Home]:
    months = session.exec(select(LinePart.household_id, LinePart.month)
                          .join(Line, col(Line.id) == col(LinePart.line_id))
                          .where(Line.state == LineState.PAID, LinePart.scheme == cycle.scheme,
                                 LinePart.kind == "month", col(LinePart.live),
                                 col(LinePart.month).in_({month for _, month in _touched(session, cycle)}))
                          .group_by(col(LinePart.household_id), col(LinePart.month)).having(func.count() > 1)).all()
    lines = session.exec(select(Line.household_id, Line.month).join(Attempt, col(Attempt.line_id) == col(Line.id))
                         .where(Line.cycle_id == cycle.id, Attempt.code == reconciliation.PAID)
                         .group_by(col(Line.id), col(Line.household_id), col(Line.month))
                         .having(func.count() > 1)).all()
    return [(home, month) for home, month in (*months, *lines)]


def _paid_after_stop(session: Session, cycle: Cycle) -> list[Home]:
    """Months paid that no decision covers any more."""
    rows = session.exec(select(LinePart.household_id, LinePart.month)
                        .join(Line, col(Line.id) == col(LinePart.line_id))
                        .join(Entitlement, col(Entitlement.id) == col(Line.entitlement_id))
                        .where(Line.state == LineState.PAID, col(LinePart.live), LinePart.kind == "month",
                               LinePart.scheme == cycle.scheme, col(LinePart.month) <= cycle.month,
                               col(Line.village_code).startswith(cycle.division_code),
                               col(Entitlement.to_month) < col(LinePart.month))).all()
    others = entitlements.of_households(session, cycle.scheme, {home for home, _ in rows})
    return [(home, month) for home, month in rows
            if not any(entitlements.covers(given, month) for given in others.get(home, ()))]


def _cycle_accounts(session: Session, cycle: Cycle) -> dict[str, int]:
    return {name: int(fen) for name, fen in session.exec(
        select(Posting.account, func.sum(Posting.amount_fen)).where(Posting.cycle_id == cycle.id)
        .group_by(col(Posting.account)))}
