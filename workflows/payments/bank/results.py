"""What the bank answers: result files taken in whole or not at all, and queries about single lines."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from workflows.office.people import Officer
from workflows.payments import cycles, duties, funds
from workflows.payments.bank import files as bank_files, format as bank_format, reconciliation
from workflows.payments.bank.format import ResultRow
from workflows.payments.bank.reconciliation import NOT_FINAL, PAID
from workflows.payments.refusals import AlreadyImported, FileRefused, WrongState
from workflows.payments.tables import Attempt, BankFile, Cycle, Line, LineState
from workflows.records.types import stored


def take_in(session: Session, cycle: Cycle, content: bytes, name: str, who: Officer | None,
            now: datetime) -> BankFile:
    """Take in a result file: once, and whole or not at all (PY-13)."""
    cycle = cycles.hold(session, stored(cycle.id))
    role = duties.need(who, cycle.division_code, "take_in_results")
    sha256 = hashlib.sha256(content).hexdigest()
    if bank_files.known(session, sha256):
        raise AlreadyImported
    read = bank_format.decode(content)
    out = session.exec(select(BankFile).where(BankFile.cycle_id == cycle.id, BankFile.direction == bank_files.OUT,
                                              BankFile.batch == read.batch)).first()
    if out is None or not out.receipt:
        raise FileRefused("it belongs to no file that was sent this month")
    file = BankFile(cycle_id=stored(cycle.id), direction=bank_files.IN, batch=read.batch, name=name, sha256=sha256,
                    count=len(read.rows), total_fen=read.total_fen, content=content, at=now)
    figures = apply_results(session, cycle, out, read.rows, now)
    session.add(file)
    session.flush()
    cycles.note(session, cycle, "bank_file.take_in", f"回盘文件 {name}", now, who, role,
                after={"sha256": sha256, **figures})
    return file


def apply_results(session: Session, cycle: Cycle, out: BankFile, rows: Sequence[ResultRow],
                  now: datetime) -> dict[str, object]:
    """Write each answer to its line and move the money; refused whole when one row does not fit."""
    attempts = {attempt.trace_id: attempt for attempt in session.exec(
        select(Attempt).where(Attempt.file_id == out.id))}
    lines = {line.id: line for line in session.exec(
        select(Line).join(Attempt, col(Attempt.line_id) == col(Line.id)).where(Attempt.file_id == out.id))}
    for row in rows:
        _must_fit(row, attempts.get(row.trace_id))
    moved: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        attempt = attempts[row.trace_id]
        if attempt.code in ("", *NOT_FINAL):
            line = lines[attempt.line_id]
            moved[_write(session, attempt, line, row)].append(line)
    session.flush()
    _move_money(session, cycle, moved, out.name, now)
    reconciliation.settle(session, cycle)
    return {state: len(some) for state, some in moved.items()}


def answer(session: Session, attempt: Attempt, row: ResultRow, now: datetime) -> str:
    """The bank's answer to a query about one line (PY-6); gives the line's new state."""
    line = session.get_one(Line, attempt.line_id)
    cycle = cycles.hold_line(session, line)
    session.refresh(attempt)
    if attempt.code not in ("", *NOT_FINAL):
        raise WrongState
    _must_fit(row, attempt)
    state = _write(session, attempt, line, row)
    session.flush()
    _move_money(session, cycle, {state: [line]}, f"查询 {attempt.trace_id}", now)
    reconciliation.settle(session, cycle)
    cycles.note(session, cycle, "bank.query", f"查询到结果 {attempt.code}", now, None,
                after={"line": line.id, "trace_id": attempt.trace_id, "code": attempt.code})
    return state


def to_query(session: Session, cycle: Cycle) -> list[Attempt]:
    """Attempts the bank has to be asked about before anything else."""
    return list(session.exec(select(Attempt).join(Line, col(Line.id) == col(Attempt.line_id)).where(
        Line.cycle_id == cycle.id, Line.state == LineState.UNKNOWN, col(Attempt.code).in_(NOT_FINAL))))


def _must_fit(row: ResultRow, attempt: Attempt | None) -> None:
    if attempt is None:
        raise FileRefused("it answers a line that was not sent")
    if row.fen != attempt.amount_fen:
        raise FileRefused("an amount differs from what was sent")
    code = bank_format.internal(row.code)
    if attempt.code not in ("", *NOT_FINAL, code):
        raise FileRefused("it contradicts an earlier answer")


def _write(session: Session, attempt: Attempt, line: Line, row: ResultRow) -> str:
    code = bank_format.internal(row.code)
    attempt.code, attempt.bank_message, attempt.bank_serial = code, row.message, row.serial
    attempt.answered_at = row.at
    final = LineState.PAID if code == PAID else LineState.RETURNED
    line.state = LineState.UNKNOWN if code in NOT_FINAL else final
    session.add_all([attempt, line])
    return line.state


def _move_money(session: Session, cycle: Cycle, moved: Mapping[str, Sequence[Line]], memo: str, now: datetime) -> None:
    funds.pay(session, cycle, funds.together(moved.get(LineState.PAID, ())), memo, now)
    funds.give_back(session, cycle, funds.together(moved.get(LineState.RETURNED, ())), memo, now)
