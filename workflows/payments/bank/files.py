"""Payment files, made and sent: one trace id a line and attempt."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from workflows.office.people import Officer
from workflows.payments import cycles, funds, schemes
from workflows.payments.bank import format as bank_format
from workflows.payments.roster import rosters, signatures
from workflows.payments.bank.format import PayRow
from workflows.payments.refusals import NotBalanced, WrongState
from workflows.payments.tables import (
    Attempt,
    BankFile,
    Correction,
    Cycle,
    CycleState,
    Line,
    LineState,
)
from workflows.records.types import stored

IN, OUT = "in", "out"


def payment_file(session: Session, cycle: Cycle, now: datetime, who: Officer | None = None) -> BankFile:
    """The month's first file, of all payable lines; made once, from the very version that was signed."""
    cycle = cycles.hold(session, stored(cycle.id))
    made = first_file(session, cycle)
    if made:
        return made
    if cycle.state != CycleState.APPROVED:
        raise WrongState
    roster = rosters.must(session, cycle)
    everything = rosters.lines(session, cycle)
    lines = [line for line in everything if line.payable]
    if rosters.digest(everything)[0] != roster.hash or not signatures.complete(session, roster):
        raise NotBalanced(("V8",))
    return make(session, cycle, lines, now, who)


def make(session: Session, cycle: Cycle, lines: Sequence[Line], now: datetime, who: Officer | None = None) -> BankFile:
    """A file of these lines, each with a new attempt."""
    roster = rosters.must(session, cycle)
    numbers, payees = _attempts_so_far(session, lines), corrected(session, lines)
    batch = f"{cycle.division_code}-{cycle.scheme}-{cycle.month}-{_files(session, cycle) + 1:02d}"
    purpose = f"{schemes.title(session, cycle.scheme).zh}{cycle.month}"
    attempts, rows = [], []
    for line in lines:
        paid_to = payees.get(line.id or 0)
        account = paid_to.account_number if paid_to else line.account_number
        name = paid_to.payee_name if paid_to else line.payee_name
        number = numbers.get(line.id or 0, 0) + 1
        trace = f"{cycle.month.replace('-', '')}{line.id:010d}{number:02d}"
        attempts.append(Attempt(line_id=stored(line.id), number=number, trace_id=trace, file_id=0,
                                account_number=account, account_name=name, amount_fen=line.total_fen))
        rows.append(PayRow(account, name, line.total_fen, purpose, trace))
    content = bank_format.encode(batch, now.date(), funds.together(lines), rows)
    file = BankFile(cycle_id=stored(cycle.id), direction=OUT, batch=batch, name=f"{batch}.csv",
                    sha256=hashlib.sha256(content).hexdigest(), count=len(rows),
                    total_fen=sum(row.fen for row in rows), content=content, roster_hash=roster.hash, at=now)
    session.add(file)
    session.flush()
    for attempt in attempts:
        attempt.file_id = stored(file.id)
    session.add_all(attempts)
    session.flush()
    cycles.note(session, cycle, "bank_file.make", f"生成代发文件 {file.name}", now, who,
                after={"sha256": file.sha256, "count": file.count, "total_fen": file.total_fen})
    return file


def sent(session: Session, file: BankFile, receipt: str, now: datetime, who: Officer | None = None) -> None:
    """The bank took the file: its lines are under way, the money is with the bank. Told twice, done once."""
    cycle = cycles.hold(session, file.cycle_id)
    session.refresh(file)
    if file.receipt:
        return
    lines = list(session.exec(select(Line).join(Attempt, col(Attempt.line_id) == col(Line.id))
                              .where(Attempt.file_id == file.id)))
    again = any(line.state == LineState.CORRECTED for line in lines)
    funds.send(session, cycle, funds.together(lines), file.name, now, again=again)
    for line in lines:
        line.state = LineState.SENT
    session.add_all(lines)
    file.receipt = receipt
    cycle.state = CycleState.SENT
    session.add_all([file, cycle])
    session.flush()
    cycles.note(session, cycle, "bank_file.send", f"代发文件 {file.name} 已送行", now, who, after={"receipt": receipt})


def known(session: Session, sha256: str) -> bool:
    """Whether a file with these bytes was made or taken in before."""
    return session.exec(select(BankFile.id).where(BankFile.sha256 == sha256)).first() is not None


def first_file(session: Session, cycle: Cycle) -> BankFile | None:
    """The month's first file, if it was made."""
    return session.exec(select(BankFile).where(BankFile.cycle_id == cycle.id, BankFile.direction == OUT)
                        .order_by(col(BankFile.id))).first()


def every(session: Session, cycle: Cycle) -> list[BankFile]:
    """All files made for the month."""
    return list(session.exec(select(BankFile).where(BankFile.cycle_id == cycle.id, BankFile.direction == OUT)
                             .order_by(col(BankFile.id))))


def unsent(session: Session, cycle: Cycle) -> list[BankFile]:
    """Files made whose receipt is missing."""
    return list(session.exec(select(BankFile).where(
        BankFile.cycle_id == cycle.id, BankFile.direction == OUT, BankFile.receipt == "").order_by(col(BankFile.id))))


def awaited(session: Session, cycle: Cycle) -> list[BankFile]:
    """Files sent with lines that have no answer at all yet."""
    open_files = select(col(Attempt.file_id)).where(Attempt.code == "")
    return list(session.exec(select(BankFile).where(
        BankFile.cycle_id == cycle.id, BankFile.direction == OUT, BankFile.receipt != "",
        col(BankFile.id).in_(open_files)).order_by(col(BankFile.id))))


def corrected(session: Session, lines: Sequence[Line]) -> dict[int, Correction]:
    """The newest approved correction of each line that has one."""
    if not lines:
        return {}
    found = session.exec(select(Correction).join(Line, col(Line.id) == col(Correction.line_id)).where(
        Line.cycle_id == lines[0].cycle_id, col(Correction.approved_at).is_not(None)).order_by(col(Correction.id)))
    return {correction.line_id: correction for correction in found}


def _attempts_so_far(session: Session, lines: Sequence[Line]) -> dict[int, int]:
    if not lines:
        return {}
    return dict(session.exec(select(Attempt.line_id, func.max(Attempt.number)).join(
        Line, col(Line.id) == col(Attempt.line_id)).where(Line.cycle_id == lines[0].cycle_id)
        .group_by(col(Attempt.line_id))).all())


def _files(session: Session, cycle: Cycle) -> int:
    return session.exec(select(func.count()).select_from(BankFile).where(
        BankFile.cycle_id == cycle.id, BankFile.direction == OUT)).one()
