"""Start timers: at each of their moments a process begins by itself, once, with a case for every ground it is drawn for.

A round that has come calls its grounds, and each of them begins in a transaction of its own: one without a desk is seen,
and tried again, while the others go on.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from bpmn.schema import LookUp, TimedStart
from sqlmodel import Session, col, func, select

from workflows import engine, releases
from workflows.cases import facts, guards, intake, timers
from workflows.cases.messages import mailbox
from workflows.cases.tables import Case, Household
from workflows.cases.timers import Due
from workflows.errors import NotFound
from workflows.office import jurisdiction, rates
from workflows.office.tables import Division
from workflows.releases import Published, start_rounds
from workflows.releases.start_rounds import Ground
from workflows.releases.tables import RoundState, StartRound

DIGITS = {"county": jurisdiction.COUNTY, "township": jurisdiction.TOWNSHIP, "village": jurisdiction.VILLAGE}


def next_due(session: Session, now: datetime, after: Due | None = None) -> Due | None:
    """The earliest round whose moment has come, behind a place in the row."""
    return timers.first_due(session, _waiting(), now, after)


@cache
def _waiting() -> timers.InRow:
    return timers.in_row(StartRound, col(StartRound.due_at), col(StartRound.state) == RoundState.WAITING)


def due(session: Session, now: datetime) -> int:
    """How many processes should have begun by now."""
    found = select(func.count()).select_from(StartRound).where(
        col(StartRound.state) == RoundState.WAITING, col(StartRound.due_at) <= now)
    return session.exec(found).one()


def fire(session: Session, number: int, now: datetime) -> bool:
    """Let a round call its grounds, or drop it if it was missed, or begin for one ground; whether it still waited."""
    row = _held(session, number)
    if row is None or row.state != RoundState.WAITING or row.due_at > now:
        return False
    row.state, row.settled_at, row.error = RoundState.FIRED, now, ""
    session.add(row)
    published = releases.current(session, row.process)
    if row.division:
        _open(session, published, row, now)
    else:
        _call(session, published, row, now)
    return True


def _open(session: Session, published: Published, row: StartRound, now: datetime) -> None:
    """A case for the round's ground; none for a household that has come into another case of the process meanwhile."""
    opens, home = row.opens, row.opens.get("household")
    if home and home in _busy(session, row.process):
        row.state = RoundState.SKIPPED
        return
    intake.open_case(session, row.process, str(opens.get("subject") or published.process.title), row.division,
                     facts.decode(opens.get("facts") or {}), None, now, rung=intake.Rung(row.node, row.due_at))


def _held(session: Session, number: int) -> StartRound | None:
    """A row that nobody else fires: a round is alone in its process, a ground with itself."""
    found = select(StartRound).where(StartRound.id == number)
    row = session.exec(found).first()
    if row and not row.division:
        start_rounds.hold(session, row.process)
    return session.exec(found.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()


def _call(session: Session, published: Published, row: StartRound, now: datetime) -> None:
    timer = next(one for one in published.drawing.start_timers if one.node == row.node)
    this = engine.unpack(row.due_at, row.cycle)
    skipped = timer.drops(this, now)
    if skipped:
        row.state = RoundState.SKIPPED
    start_rounds.wait(session, row.process, timer, timer.coming(this, now))
    grounds = [] if skipped else _grounds(session, published, row, now)
    start_rounds.spread(session, row, grounds)
    told = {"entries": [ground.entry for ground in grounds]} if any(ground.entry for ground in grounds) else {
        "grounds": [ground.division for ground in grounds]}
    timers.record(session, f"process:{row.process}", row.node, row.due_at, now, skipped=skipped, after=told)


def _grounds(session: Session, published: Published, row: StartRound, now: datetime) -> list[Ground]:
    """What gets a case each: the entries that process.toml asks for, or the divisions in the order of their codes."""
    timed = published.process.timer
    if timed and timed.of:
        return list(_entries(session, timed, timed.of, row, now))
    return [Ground(code) for code in _divisions(session, timed.for_each if timed else "")]


def _entries(session: Session, timed: TimedStart, asked: LookUp, row: StartRound, now: datetime) -> Iterator[Ground]:
    """The entries that are asked for, but those of households that are in a running case of the process."""
    rules = rates.in_force(session, row.process, row.due_at.date(), rates.NATION)
    found = guards.look_up(asked, session, {"timer": {"due_at": row.due_at}, "rules": rules}, now)
    busy = _busy(session, row.process) if found else frozenset()
    for entry in found:
        seen = {"entry": entry}
        home = mailbox.computed(timed.household, seen, now)
        if home is None or home not in busy:
            yield Ground(str(entry["division"]), int(entry["id"]), {
                "subject": mailbox.computed(timed.subject, seen, now), "household": home,
                "facts": facts.encode(mailbox.computed(timed.facts, seen, now) or {})})


def _busy(session: Session, process: str) -> frozenset[str]:
    """The households, by number, that are in a running case of the process."""
    found = select(Household.number).join(Case, col(Case.household_id) == col(Household.id)).where(
        Case.process == process, col(Case.ended_at).is_(None))
    return frozenset(session.exec(found))


def _divisions(session: Session, level: str) -> list[str]:
    found = list(session.exec(select(Division.code).where(
        func.length(Division.code) == DIGITS.get(level, 0)).order_by(col(Division.code))))
    if not found:
        raise NotFound("There is no ground of the level {level} for which a case could be opened.", level=level)
    return found
