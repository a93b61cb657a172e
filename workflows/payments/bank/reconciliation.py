"""Sent = paid + returned + unknown, line by line; what came back is sent again only after a final failure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from workflows.errors import Conflict
from workflows.office.people import Officer
from workflows.payments import cycles, duties, funds
from workflows.payments.bank import files as bank_files
from workflows.payments.refusals import NotFinal, WrongState
from workflows.payments.tables import (
    Attempt,
    BankFile,
    Cycle,
    CycleState,
    Line,
    LinePart,
    LineState,
)

PAID, UNKNOWN, NOT_RECEIVED, OTHER = "00", "R08", "R90", "R99"
NOT_FINAL = (UNKNOWN, OTHER)  # nothing is sent again on such an answer
OPEN = (LineState.APPROVED, LineState.SENT, LineState.RETURNED, LineState.CORRECTED, LineState.UNKNOWN)


@dataclass(frozen=True)
class Balance:
    """Where what was sent has gone, as (count, fen)."""

    sent: tuple[int, int]
    by_state: Mapping[str, tuple[int, int]]

    @property
    def holds(self) -> bool:
        """Whether every line sent stands in exactly one place and the sums agree."""
        places = list(self.by_state.values())
        return self.sent == (sum(n for n, _ in places), sum(fen for _, fen in places))


def returned(session: Session, cycle: Cycle) -> list[tuple[Line, Attempt]]:
    """Lines that came back and await their correction, each with its last attempt."""
    last: dict[int, tuple[Line, Attempt]] = {}
    for line, attempt in session.exec(
            select(Line, Attempt).join(Attempt, col(Attempt.line_id) == col(Line.id)).where(
                Line.cycle_id == cycle.id, Line.state == LineState.RETURNED)
            .order_by(col(Line.id), col(Attempt.number))):
        last[attempt.line_id] = (line, attempt)
    return list(last.values())


def reissue(session: Session, lines: Sequence[Line], now: datetime, who: Officer | None = None) -> BankFile:
    """Send corrected lines again, in one file: only after a final failure and an approved correction (PY-5)."""
    cycle = cycles.hold(session, lines[0].cycle_id)
    for line in lines:
        session.refresh(line)
        if line.state in (LineState.UNKNOWN, LineState.SENT):
            raise NotFinal
        if line.state != LineState.CORRECTED:
            raise WrongState("Only a line whose correction was approved can be sent again.")
    duties.need(who, cycle.division_code, "send_again")
    waiting = in_unsent_file(session, lines)
    if waiting:
        raise WrongState("This line is in a file already that has not been sent.")
    return bank_files.make(session, cycle, lines, now, who)


def ready_again(session: Session, cycle: Cycle) -> list[Line]:
    """Corrected lines that are in no file yet."""
    lines = list(session.exec(select(Line).where(Line.cycle_id == cycle.id, Line.state == LineState.CORRECTED)
                              .order_by(col(Line.id))))
    taken = in_unsent_file(session, lines)
    return [line for line in lines if line.id not in taken]


def in_unsent_file(session: Session, lines: Iterable[Line]) -> set[int]:
    """Those of the lines that are in a file without a receipt."""
    ids = {line.id for line in lines}
    found = session.exec(select(Attempt.line_id).join(BankFile, col(BankFile.id) == col(Attempt.file_id))
                         .where(BankFile.receipt == "", BankFile.direction == bank_files.OUT))
    return {line for line in found if line in ids}


def defer(session: Session, line: Line, reason: str, who: Officer, now: datetime) -> None:
    """Give a returned line up for this month: its money is free, its months are due again in the next roster."""
    cycle = cycles.hold_line(session, line)
    role = duties.need(who, cycle.division_code, "defer_line")
    if line.state == LineState.UNKNOWN:
        raise NotFinal
    if line.state not in (LineState.RETURNED, LineState.CORRECTED) or in_unsent_file(session, [line]):
        raise WrongState
    funds.release(session, cycle, line.funding, f"转下月 {line.decision_no}", now)
    line.state, line.hold_reason, line.held_by = LineState.DEFERRED, reason, who.id
    session.add(line)
    session.flush()
    session.execute(update(LinePart).where(col(LinePart.line_id) == line.id).values(live=False))
    settle(session, cycle)
    cycles.note(session, cycle, "line.defer", f"退票转下月:{reason}", now, who, role, after={"line": line.id})


def record_not_received(session: Session, line: Line, statement: str, who: Officer, now: datetime) -> None:
    """The bank said in writing that it never received the line: only now has it failed, and may be corrected."""
    cycle = cycles.hold_line(session, line)
    role = duties.need(who, cycle.division_code, "record_not_received")
    attempt = _last_attempt(session, line)
    if line.state != LineState.UNKNOWN or attempt.code not in NOT_FINAL:
        raise WrongState("Only a payment without a final answer can be recorded as not received.")
    if not statement.strip():
        raise Conflict("Write down what the bank stated: its letter's number, date and words.")
    before = attempt.code
    attempt.code, attempt.bank_message, attempt.answered_at = NOT_RECEIVED, statement.strip(), now
    line.state = LineState.RETURNED
    session.add_all([attempt, line])
    session.flush()
    funds.give_back(session, cycle, line.funding, f"银行书面说明 {attempt.trace_id}", now)
    settle(session, cycle)
    cycles.note(session, cycle, "bank.not_received", f"银行书面说明未收妥:{statement.strip()}", now, who, role,
                before={"code": before}, after={"line": line.id, "trace_id": attempt.trace_id, "code": NOT_RECEIVED})


def settle(session: Session, cycle: Cycle) -> str:
    """Set the cycle's state by where its lines stand."""
    session.flush()
    states = set(session.exec(select(Line.state).where(Line.cycle_id == cycle.id, col(Line.payable)).distinct()))
    if states & {LineState.APPROVED, LineState.SENT}:
        cycle.state = CycleState.SENT
    elif states & set(OPEN):
        cycle.state = CycleState.RETURNED
    else:
        cycle.state = CycleState.RECONCILED
    session.add(cycle)
    session.flush()
    return cycle.state


def balance(session: Session, cycle: Cycle) -> Balance:
    """Sent against paid, returned and unknown, by the lines' last attempts."""
    rows = session.exec(select(Attempt.line_id, Attempt.code, Attempt.amount_fen).join(
        Line, col(Line.id) == col(Attempt.line_id)).where(Line.cycle_id == cycle.id)
        .order_by(col(Attempt.number)))
    last = {line: (code, fen) for line, code, fen in rows}
    places: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for code, fen in last.values():
        place = {PAID: "paid", UNKNOWN: "unknown", OTHER: "unknown", "": "waiting"}.get(code, "returned")
        places[place] += 1
        sums[place] += fen
    out = bank_files.first_file(session, cycle)
    sent = (out.count, out.total_fen) if out else (0, 0)
    return Balance(sent, {name: (places[name], sums[name]) for name in ("paid", "returned", "unknown", "waiting")})


def _last_attempt(session: Session, line: Line) -> Attempt:
    return session.exec(select(Attempt).where(Attempt.line_id == line.id)
                        .order_by(col(Attempt.number).desc()).limit(1)).one()
