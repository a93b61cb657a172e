"""Everything a month's roster is computed from, read at once: a handful of queries for a whole county."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from workflows.cases.tables import Household, Member
from workflows.payments import cycles, months, schemes
from workflows.payments.entitled import entitlements
from workflows.payments.tables import (
    Cycle,
    Entitlement,
    Line,
    LinePart,
    LineState,
    PayeeException,
    Recovery,
)

CHUNK = 500
Covered = Mapping[str, int]
Row = TypeVar("Row", Entitlement, Member, PayeeException)


@dataclass(frozen=True)
class Sources:
    """What is known of the county's households at the cut-off."""

    cycle: Cycle
    households: Mapping[int, Household]
    decisions: Mapping[int, Sequence[Entitlement]]     # by household, in order of their first month
    members: Mapping[int, Sequence[Member]]
    covered: Mapping[int, Covered]                     # household -> month -> fen paid or under way
    exceptions: Mapping[int, Sequence[PayeeException]]
    recoveries: Mapping[int, Sequence[tuple[Recovery, int]]]  # with what is still to give back
    last_month: Mapping[int, Line]
    failing: frozenset[int]                            # households whose last so many lines all came back
    shared_ids: frozenset[int]                         # households that share a living member with another


def gather(session: Session, cycle: Cycle, failed_cycles: int) -> Sources:
    """Read it all."""
    rows = entitlements.until(session, cycle.month, cycle.scheme, cycle.division_code, cycle.cut_off_on)
    decisions = _by_household(rows)
    return Sources(
        cycle=cycle,
        households={home.id: home for home in session.exec(
            select(Household).where(col(Household.division_code).startswith(cycle.division_code))) if home.id},
        decisions=decisions,
        members=_by_household(session.exec(
            select(Member).join(Household, col(Household.id) == col(Member.household_id))
            .where(col(Household.division_code).startswith(cycle.division_code))).all()),
        covered=_covered(session, cycle, decisions),
        exceptions=_by_household(session.exec(select(PayeeException)).all()),
        recoveries=_open_recoveries(session, cycle.scheme),
        last_month=last_lines(session, cycle),
        failing=_failing(session, cycle, failed_cycles),
        shared_ids=sharing(session, cycle.month, schemes.barring(session, cycle.scheme)),
    )


def last_lines(session: Session, cycle: Cycle) -> dict[int, Line]:
    """The lines of the cycle before this one, by household."""
    before = cycles.before(session, cycle)
    if before is None:
        return {}
    return {line.household_id: line for line in session.exec(select(Line).where(Line.cycle_id == before.id))}


def sharing(session: Session, month: str, exclusive: Collection[str]) -> frozenset[int]:
    """Households with an active entitlement of schemes that bar each other that share a living member's ID number (PY-9)."""
    active = select(col(Entitlement.household_id)).where(
        col(Entitlement.scheme).in_(exclusive), col(Entitlement.from_month) <= month,
        (col(Entitlement.to_month).is_(None)) | (col(Entitlement.to_month) >= month)).distinct()
    living = select(col(Member.id_number)).where(col(Member.household_id).in_(active),
                                                 col(Member.died_on).is_(None))
    twice = living.group_by(col(Member.id_number)).having(func.count(func.distinct(Member.household_id)) > 1)
    return frozenset(session.exec(select(Member.household_id).where(
        col(Member.id_number).in_(twice), col(Member.household_id).in_(active)).distinct()))


def _covered(session: Session, cycle: Cycle, decisions: Mapping[int, Sequence[Entitlement]]) -> dict[int, Covered]:
    """Month by month, but only for households whose sum says that something is open."""
    sums = dict(session.exec(select(LinePart.household_id, func.sum(LinePart.fen)).where(
        LinePart.scheme == cycle.scheme, col(LinePart.live), col(LinePart.month) <= cycle.month)
        .group_by(col(LinePart.household_id))).all())
    earlier = months.before(cycle.month)
    unequal = [home for home, rows in decisions.items()
               if sum(entitlements.owed(rows, earlier).values()) != int(sums.get(home) or 0)]
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for start in range(0, len(unequal), CHUNK):
        for home, month, fen in session.exec(select(LinePart.household_id, LinePart.month, func.sum(LinePart.fen))
                .where(LinePart.scheme == cycle.scheme, col(LinePart.live),
                       col(LinePart.household_id).in_(unequal[start:start + CHUNK]))
                .group_by(col(LinePart.household_id), col(LinePart.month))):
            found[home][month] = int(fen)
    level = {home: entitlements.owed(rows, earlier) for home, rows in decisions.items() if home not in set(unequal)}
    return {**level, **found}


def _open_recoveries(session: Session, scheme: str) -> dict[int, list[tuple[Recovery, int]]]:
    offset = dict(session.exec(select(LinePart.recovery_id, func.sum(LinePart.fen)).where(
        col(LinePart.live), col(LinePart.recovery_id).is_not(None)).group_by(col(LinePart.recovery_id))).all())
    found: dict[int, list[tuple[Recovery, int]]] = defaultdict(list)
    for asked in session.exec(select(Recovery).where(Recovery.scheme == scheme, Recovery.way == "offset")):
        rest = sum(asked.months.values()) - asked.settled_fen + int(offset.get(asked.id) or 0)
        if rest > 0:
            found[asked.household_id].append((asked, rest))
    return found


def _failing(session: Session, cycle: Cycle, count: int) -> frozenset[int]:
    recent = list(session.exec(select(Cycle.id).where(
        Cycle.scheme == cycle.scheme, Cycle.division_code == cycle.division_code, col(Cycle.month) < cycle.month)
        .order_by(col(Cycle.month).desc()).limit(count)))
    if len(recent) < count:
        return frozenset()
    failed = (LineState.RETURNED, LineState.DEFERRED)
    return frozenset(session.exec(select(Line.household_id).where(
        col(Line.cycle_id).in_(recent), col(Line.state).in_(failed))
        .group_by(col(Line.household_id)).having(func.count() == count)))


def _by_household(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.household_id].append(row)
    return found
