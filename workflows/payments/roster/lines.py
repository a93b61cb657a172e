"""One household's line of a month, computed from what is known; pure, so that a county takes seconds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.cases.tables import Household
from workflows.payments.entitled import entitlements
from workflows.payments.roster import checks as roster_checks
from workflows.payments.roster.sources import Sources
from workflows.payments.tables import Entitlement, Line, LinePart, LineState, Recovery
from workflows.records.types import stored

TOWNSHIP_DIGITS = 9


@dataclass(frozen=True)
class Draft:
    """A line, and what it pays month by month."""

    line: Line
    parts: tuple[LinePart, ...]


def drafts(known: Sources) -> Iterator[Draft]:
    """All lines of the month, in the roster's order: by township, village, household."""
    homes = sorted(known.decisions, key=lambda home: (known.households[home].division_code, home))
    for home in homes:
        draft = _draft(known, known.households[home], known.decisions[home])
        if draft:
            yield draft


def _draft(known: Sources, home: Household, rows: Sequence[Entitlement]) -> Draft | None:
    month, home_id = known.cycle.month, stored(home.id)
    covered = known.covered.get(home_id, {})
    gaps = {m: fen - covered.get(m, 0) for m, fen in entitlements.owed(rows, month).items()}
    now_due = next((row for row in reversed(rows) if entitlements.covers(row, month)), None)
    open_gaps = {m: fen for m, fen in gaps.items() if fen > 0 or (m == month and now_due and month not in covered)}
    if not open_gaps:
        return None
    line = _line(known, home, now_due or rows[-1], open_gaps, monthly=now_due is not None)
    parts = [_part(line, m, "difference" if covered.get(m) else "month", fen) for m, fen in open_gaps.items()]
    parts += _offsets(line, known.recoveries.get(home_id, ()))
    line.total_fen = sum(part.fen for part in parts)
    _judge(line, known, now_due or rows[-1])
    for part in parts:
        part.live = line.payable
    return Draft(line, tuple(parts))


def _line(known: Sources, home: Household, given: Entitlement, gaps: Mapping[str, int], *, monthly: bool) -> Line:
    cycle = known.cycle
    whole = gaps.get(cycle.month, 0)
    supplement = min(given.supplement_fen, whole)
    return Line(
        cycle_id=stored(cycle.id), entitlement_id=stored(given.id), household_id=stored(home.id),
        scheme=cycle.scheme, month=cycle.month, kind="monthly" if monthly else "arrears",
        township_code=home.division_code[:TOWNSHIP_DIGITS], village_code=home.division_code,
        decision_no=given.decision_no, payee_name=given.payee_name, payee_id_number=given.payee_id_number,
        account_number=given.account_number, bank_code=given.bank_code, people=given.people,
        base_fen=whole - supplement, supplement_fen=supplement,
        arrears_fen=sum(fen for month, fen in gaps.items() if month != cycle.month),
        total_fen=0, months_covered=sorted(gaps), fund_source=given.fund_source)


def _part(line: Line, month: str, kind: str, fen: int, recovery_id: int | None = None) -> LinePart:
    return LinePart(line_id=0, household_id=line.household_id, scheme=line.scheme, month=month, kind=kind, fen=fen,
                    recovery_id=recovery_id, live=True)


def _offsets(line: Line, asked: Sequence[tuple[Recovery, int]]) -> list[LinePart]:
    """What is kept back for money paid too much, booked on the months it was paid for."""
    parts = []
    for recovery, rest in asked:
        keep = min(recovery.per_month_fen, rest)
        settled = sum(recovery.months.values()) - rest
        for month, fen in sorted(recovery.months.items()):
            here = min(keep, max(0, fen - settled))
            settled = max(0, settled - fen)
            if here:
                parts.append(_part(line, month, "recovery", -here, recovery.id))
                keep -= here
    line.recovery_fen = -sum(part.fen for part in parts)
    return parts


def _judge(line: Line, known: Sources, given: Entitlement) -> None:
    """Hold the line where its data, a death, another household or the bank says so; mark what changed."""
    members = known.members.get(line.household_id, ())
    filed = known.exceptions.get(line.household_id, ())
    line.errors = roster_checks.wrong_data(line, members, filed, known.cycle.cut_off_on)
    reason = "wrong_data" if line.errors else roster_checks.death(line, members, given.decided_on)
    if not reason and roster_checks.suspended(given, line.month):
        reason = "suspended"
    if not reason and line.household_id in known.shared_ids:
        reason = "duplicate_id"
    if not reason and line.household_id in known.failing:
        reason = "failed_before"
    if reason:
        line.state, line.payable, line.hold_reason = LineState.HELD, False, reason
    line.change = _change(line, known.last_month.get(line.household_id))


def _change(line: Line, last: Line | None) -> str:
    """How the line differs from last month's."""
    if last is None:
        return "new"
    now, then = line.base_fen + line.supplement_fen, last.base_fen + last.supplement_fen
    if now != then:
        return "raised" if now > then else "cut"
    return "account" if line.account_number != last.account_number else ""
