"""Joint review: a signature holds for one version of one roster, and no two levels are signed by one person."""

from datetime import datetime

from sqlmodel import Session, col, select

from workflows.errors import Conflict
from workflows.office.people import Officer
from workflows.payments import cycles, duties, funds
from workflows.payments.roster import rosters
from workflows.payments.refusals import ErrorsOpen, OutOfOrder, RosterLocked
from workflows.payments.tables import Cycle, CycleState, Line, LineState, Roster, Signature
from workflows.records.types import stored

MAKER, TOWN, COUNTY, FINANCE = range(4)
AGREE, RETURN = "agree", "return"


def sign(session: Session, roster: Roster, level: int, scope: str, who: Officer, result: str, comment: str,
         now: datetime) -> Signature:
    """Sign a version at a level: in order, by distinct persons, never by its maker, with the money there."""
    cycle = _held(session, roster)
    role = duties.need(who, scope, f"sign_roster_{level}")
    if roster.voided_at is not None or cycle.state not in rosters.OPEN:
        raise RosterLocked
    _need_unchanged(session, roster)
    _need_distinct(session, roster, level, scope, who)
    if result == AGREE:
        _need_order(session, roster, level)
        _need_clean(session, roster)
        if level == FINANCE:
            funds.plan(session, payable(session, roster))
    signed = Signature(roster_id=stored(roster.id), roster_hash=roster.hash, level=level, scope=scope,
                       person_id=who.id, result=result, comment=comment, at=now)
    session.add(signed)
    session.flush()
    cycles.note(session, cycle, "roster.sign", f"{'同意' if result == AGREE else '退回'}第{roster.version}版",
                now, who, role, after={"level": level, "scope": scope, "result": result, "hash": roster.hash})
    return signed


def valid(session: Session, roster: Roster) -> list[Signature]:
    """The signatures that hold for this version."""
    return list(session.exec(select(Signature).where(
        Signature.roster_id == roster.id, Signature.roster_hash == roster.hash, col(Signature.voided_at).is_(None))
        .order_by(col(Signature.level), col(Signature.id))))


def makers(session: Session, cycle_id: int) -> set[int]:
    """Everybody who made or changed a version of this month's roster: none of them signs any version of it.

    A reviewer who keeps a line back has changed nothing: `rosters.hold` leaves the version to its maker.
    """
    return {who for who in session.exec(select(Roster.made_by).where(Roster.cycle_id == cycle_id)) if who}


def missing(session: Session, roster: Roster, level: int) -> list[str]:
    """The scopes that have not agreed at a level."""
    cycle = cycles.get(session, roster.cycle_id)
    wanted = rosters.townships(session, cycle) if level == TOWN else [cycle.division_code]
    agreed = {s.scope for s in valid(session, roster) if s.level == level and s.result == AGREE}
    return [scope for scope in wanted if scope not in agreed]


def complete(session: Session, roster: Roster) -> bool:
    """Whether all three levels agreed to this version."""
    return not any(missing(session, roster, level) for level in (TOWN, COUNTY, FINANCE))


def payable(session: Session, roster: Roster) -> list[Line]:
    """The lines that will be paid."""
    cycle = cycles.get(session, roster.cycle_id)
    return [line for line in rosters.lines(session, cycle) if line.payable]


def approve(session: Session, roster: Roster, now: datetime, who: Officer | None = None) -> None:
    """All levels agreed: lock the roster and promise the money."""
    cycle = _held(session, roster)
    if roster.voided_at is not None or cycle.state not in rosters.OPEN:
        raise RosterLocked
    if not complete(session, roster):
        raise OutOfOrder
    _need_unchanged(session, roster)
    lines = payable(session, roster)
    split = funds.reserve(session, cycle, lines, now)
    for line in lines:
        line.state = LineState.APPROVED
        session.add(line)
    cycle.state = CycleState.APPROVED
    session.add(cycle)
    cycles.note(session, cycle, "roster.approve", f"第{roster.version}版三级审毕", now, who,
                after={"hash": roster.hash, "total_fen": roster.total_fen, "funding": split})


def send_back(session: Session, roster: Roster, now: datetime, who: Officer | None = None) -> None:
    """A level returned it: all signatures are void, the maker has it again."""
    cycle = _held(session, roster)
    if cycle.state not in rosters.OPEN:
        raise RosterLocked
    rosters.void_signatures(session, cycle, now)
    cycle.state = CycleState.DRAFT
    session.add(cycle)
    cycles.note(session, cycle, "roster.send_back", f"第{roster.version}版退回制表人", now, who)


def _held(session: Session, roster: Roster) -> Cycle:
    """The roster's cycle, held; roster and lines as they stand now."""
    cycle = cycles.hold(session, roster.cycle_id)
    session.refresh(roster)
    return cycle


def _need_unchanged(session: Session, roster: Roster) -> None:
    """What is signed is what is in the books."""
    lines = rosters.lines(session, cycles.get(session, roster.cycle_id))
    if rosters.digest(lines)[0] != roster.hash:
        raise Conflict("The roster's lines differ from the version that is to be signed.")


def _need_distinct(session: Session, roster: Roster, level: int, scope: str, who: Officer) -> None:
    """PY-12: the maker never signs, and who signed one level signs no other."""
    signed = valid(session, roster)
    if any(s.level == level and s.scope == scope for s in signed if level != MAKER):
        raise Conflict("This level has signed already.")
    others = [s.person_id for s in signed if s.level != level]
    duties.apart(who, [*others, *makers(session, roster.cycle_id)] if level != MAKER else others)


def _need_order(session: Session, roster: Roster, level: int) -> None:
    if level > TOWN and missing(session, roster, level - 1):
        raise OutOfOrder


def _need_clean(session: Session, roster: Roster) -> None:
    wrong = rosters.open_errors(session, cycles.get(session, roster.cycle_id))
    if wrong:
        raise ErrorsOpen(count=len(wrong))
