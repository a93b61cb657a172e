"""One month from cut-off to closed books, as plain steps: each its own committed transaction, each safe to repeat.

What comes next is read from the books, never remembered: a run may be killed anywhere and started again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session, select

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from workflows.payments.bank.port import Answer, BadAnswer, Bank
from workflows.cases import intake
from workflows.office import clock
from workflows.office.tables import Unit
from workflows.payments import cycles, months, schemes
from workflows.payments.bank import files as bank_files, format as bank_format, reconciliation, results as bank_results
from workflows.payments.cycle import closing
from workflows.payments.roster import rosters
from workflows.payments.bank.format import ResultRow
from workflows.payments.refusals import AlreadyImported, FileRefused, NotBalanced
from workflows.payments.tables import Attempt, BankFile, Cycle, CycleState, Line, LineState
from workflows.records.session import reading, writing
from workflows.records.types import stored

DONE, WAITING, FAILED, NOTHING = "done", "waiting", "failed", ""
NOTED_AS = {"open_corrections": "reissue"}
PASSES = 20
REASONS = {"R01": "账号不存在", "R02": "户名不符", "R03": "账户已销户", "R04": "账户冻结或异常", "R05": "账户类型限额",
           "R06": "格式或金额错误", "R07": "付款账户余额不足", "R90": "银行书面说明未收妥", "R99": "其他原因"}


@dataclass(frozen=True)
class Key:
    """Which month of which scheme in which county."""

    month: str
    scheme: str
    division: str


@dataclass(frozen=True)
class Said:
    """What a step did: done, waiting for somebody, or nothing to do; figures only, no person's data."""

    state: str = NOTHING
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """What the steps work with."""

    bank: Bank
    clock: Callable[[Session], datetime] = clock.now
    source: Engine | None = None
    flow_run: str = ""


Step = Callable[[Key, Desk], Said]
Runner = Callable[[str, Callable[[], Said]], Said]


def cut_off(key: Key, desk: Desk) -> Said:
    """Open the month once its cut-off day has come."""
    with writing(desk.source) as session:
        now = desk.clock(session)
        if cycles.find(session, key.scheme, key.month, key.division):
            return Said()
        day, pay_by = cycles.due_dates(session, key.month, key.division)
        if now.date() < day:
            return Said(WAITING, {"until": day.isoformat()})
        cycle = cycles.open(session, key.scheme, key.month, key.division, None, now)
        return _noted(session, cycle, "cut_off", desk, DONE, {"pay_by": pay_by.isoformat()})


def roster(key: Key, desk: Desk) -> Said:
    """Make the roster from the entitlements, with its bridge of totals."""
    with writing(desk.source) as session:
        cycle = _locked(session, key)
        if cycle is None or cycle.state != CycleState.DRAFT or rosters.current(session, cycle):
            return Said()
        earlier = rosters.earlier_open(session, cycle)
        if earlier:
            return _noted(session, cycle, "roster", desk, WAITING, {"after": earlier.month})
        made = rosters.make(session, cycle, None, desk.clock(session))
        wrong = len(rosters.open_errors(session, cycle))
        return _noted(session, cycle, "roster", desk, DONE, {
            "version": made.version, "households": made.households, "total_fen": made.total_fen, "errors": wrong})


def review(key: Key, desk: Desk) -> Said:
    """Open the three-level review, drawn as a process; then people work and the flow rests."""
    with writing(desk.source) as session:
        cycle = _locked(session, key)
        if cycle is None or cycle.state not in rosters.OPEN or rosters.current(session, cycle) is None:
            return Said()
        if cycle.case_id is None:
            now = desk.clock(session)
            cycle.state = CycleState.REVIEW
            session.add(cycle)
            subject = f"{schemes.title(session, cycle.scheme).zh}{cycle.month}发放名册"
            case = intake.open_case(session, "monthly_review", subject, cycle.division_code,
                                    {"roster": rosters.fact(session, cycle)}, None, now, cycle_id=cycle.id)
            cycle.case_id = case.id
            session.add(cycle)
        return _noted(session, cycle, "review", desk, WAITING, {"case": cycle.case_id})


def payment_file(key: Key, desk: Desk) -> Said:
    """Write the month's file from the version that was signed."""
    with writing(desk.source) as session:
        cycle = _locked(session, key)
        if cycle is None or cycle.state != CycleState.APPROVED or bank_files.first_file(session, cycle):
            return Said()
        cycles.note_step(session, cycle, "review", DONE, desk.clock(session), flow_run=desk.flow_run)
        if not any(line.payable for line in rosters.lines(session, cycle)):
            reconciliation.settle(session, cycle)
            return _noted(session, cycle, "payment_file", desk, DONE, {"count": 0, "total_fen": 0})
        file = bank_files.payment_file(session, cycle, desk.clock(session))
        return _noted(session, cycle, "payment_file", desk, DONE, {
            "batch": file.batch, "count": file.count, "total_fen": file.total_fen})


def send(key: Key, desk: Desk) -> Said:
    """Hand each unsent file to the bank; the bank knows a file it has seen, so a crash here sends nothing twice."""
    with reading(desk.source) as session:
        cycle = _find(session, key)
        files = [(stored(file.id), file.name, file.content) for file in bank_files.unsent(session, cycle)] if cycle else []
    for file_id, name, content in files:
        receipt = desk.bank.send(content, name)
        with writing(desk.source) as session:
            cycle = _must(session, key)
            bank_files.sent(session, session.get_one(BankFile, file_id), receipt, desk.clock(session))
            _noted(session, cycle, "send", desk, DONE, {"batch": name, "receipt": receipt})
    return Said(DONE, {"files": len(files)}) if files else Said()


def fetch(key: Key, desk: Desk) -> Said:
    """Take in what the bank returned, and ask about what it left unknown."""
    with reading(desk.source) as session:
        cycle = _find(session, key)
        batches = [file.batch for file in bank_files.awaited(session, cycle)] if cycle else []
    did = [_fetch(key, desk, batch) for batch in batches]
    with reading(desk.source) as session:
        cycle = _find(session, key)
        unknown = [(stored(a.id), a.trace_id) for a in bank_results.to_query(session, cycle)] if cycle else []
    did += [_query(key, desk, *one) for one in unknown]
    if not did:
        return Said()
    done = any(said.state == DONE for said in did)
    open_ones = [said for said in did if said.state == WAITING]
    if not done or any("problem" in said.detail for said in open_ones):
        detail = {name: value for said in open_ones for name, value in said.detail.items()}
        with writing(desk.source) as session:
            _noted(session, _must(session, key), "fetch", desk, WAITING, detail)
        if not done:
            return Said(WAITING, detail)
    return Said(DONE, {"files": len(batches), "queries": len(unknown)})


def reconcile(key: Key, desk: Desk) -> Said:
    """Say where everything that was sent has gone."""
    with writing(desk.source) as session:
        cycle = _locked(session, key)
        if cycle is None or not bank_files.first_file(session, cycle) or cycle.state == CycleState.CLOSED:
            return Said()
        balance = reconciliation.balance(session, cycle)
        figures: dict[str, object] = {name: count for name, (count, _) in balance.by_state.items()}
        figures |= {"sent": balance.sent[0], "holds": balance.holds}
        if balance.by_state["waiting"][0] or figures == _last(session, cycle, "reconcile"):
            return Said()
        return _noted(session, cycle, "reconcile", desk, DONE, figures)


def open_corrections(key: Key, desk: Desk) -> Said:
    """Open a case for each payment that came back: one person corrects, another approves."""
    with reading(desk.source) as session:
        cycle = _find(session, key)
        open_ones = [stored(attempt.id) for _, attempt in reconciliation.returned(session, cycle)
                     if attempt.case_id is None] if cycle else []
    for attempt_id in open_ones:
        with writing(desk.source) as session:
            _open_correction(session, _must(session, key), attempt_id, desk.clock(session))
    return Said(DONE, {"cases": len(open_ones)}) if open_ones else Said()


def reissue(key: Key, desk: Desk) -> Said:
    """Write a file of the lines whose correction was approved; `send` takes it from there."""
    with writing(desk.source) as session:
        cycle = _locked(session, key)
        if cycle is None or cycle.state == CycleState.CLOSED:
            return Said()
        ready = reconciliation.ready_again(session, cycle)
        if ready:
            file = reconciliation.reissue(session, ready, desk.clock(session))
            return _noted(session, cycle, "reissue", desk, DONE, {"batch": file.batch, "count": file.count})
        waiting = len(reconciliation.returned(session, cycle))
        return _noted(session, cycle, "reissue", desk, WAITING, {"corrections": waiting}) if waiting else Said()


def close(key: Key, desk: Desk) -> Said:
    """Close the month when every check holds; else say which don't."""
    with writing(desk.source) as session:
        cycle = _locked(session, key)
        if cycle is None or cycle.state != CycleState.RECONCILED:
            return Said()
        try:
            closing.close(session, cycle, None, desk.clock(session))
        except NotBalanced as refused:
            return _noted(session, cycle, "close", desk, WAITING, {"checks": list(refused.codes)})
        return _noted(session, cycle, "close", desk, DONE, {})


STEPS: Mapping[str, Step] = {
    "cut_off": cut_off, "roster": roster, "review": review, "payment_file": payment_file, "send": send,
    "fetch": fetch, "reconcile": reconcile, "open_corrections": open_corrections, "reissue": reissue, "close": close,
}


def run(key: Key, desk: Desk, runner: Runner = lambda _name, step: step()) -> str:
    """Go on with a month as far as machines can; gives its state. What is sent again goes round again."""
    for _ in range(PASSES):
        did = [runner(name, partial(_try, name, step, key, desk)) for name, step in STEPS.items()]
        if did[list(STEPS).index("reissue")].state != DONE:
            break
    with reading(desk.source) as session:
        cycle = _find(session, key)
        return cycle.state if cycle else "not open"


def due(session: Session, scheme: str, division: str, today: date) -> list[Key]:
    """The months to go on with: all that are not closed, and the newest whose cut-off day has come."""
    open_months = {cycle.month for cycle in cycles.unfinished(session, scheme, division)}
    here = months.of(today)
    started = [month for month in (here, months.after(here)) if cycles.due_dates(session, month, division)[0] <= today]
    if started and cycles.find(session, scheme, started[-1], division) is None:
        open_months.add(started[-1])
    return [Key(month, scheme, division) for month in sorted(open_months)]


def counties(session: Session) -> Sequence[str]:
    """The counties this installation pays for."""
    return sorted(set(session.exec(select(Unit.division_code).where(Unit.kind == "COUNTY"))))


def _try(name: str, step: Step, key: Key, desk: Desk) -> Said:
    """Do a step; what fails is noted in the month's progress, then told on."""
    try:
        return step(key, desk)
    except Exception as failure:
        with writing(desk.source) as session:
            cycle = _locked(session, key)
            if cycle:
                _noted(session, cycle, NOTED_AS.get(name, name), desk, FAILED, {"error": type(failure).__name__})
        raise


def _fetch(key: Key, desk: Desk, batch: str) -> Said:
    content = desk.bank.result(batch)
    if content is None:
        return Said(WAITING, {"batch": batch})
    try:
        with writing(desk.source) as session:
            cycle = _must(session, key)
            file = bank_results.take_in(session, cycle, content, f"{batch}-result.csv", None, desk.clock(session))
            return _noted(session, cycle, "fetch", desk, DONE, {"batch": batch, "count": file.count})
    except AlreadyImported:
        return Said(WAITING, {"batch": batch})
    except FileRefused as refused:
        return Said(WAITING, {"batch": batch, "problem": str(refused)})


def _query(key: Key, desk: Desk, attempt_id: int, trace_id: str) -> Said:
    """Ask about one line; a bank that does not know it has not failed it, and a bad answer is one line's matter."""
    try:
        said = desk.bank.query(trace_id)
        if not said.known or bank_format.internal(said.code) in ("", *reconciliation.NOT_FINAL):
            return Said(WAITING, {"unknown": 1})
        return _answered(key, desk, attempt_id, said)
    except (BadAnswer, FileRefused) as bad:
        return Said(WAITING, {"unknown": 1, "problem": str(bad)})


def _answered(key: Key, desk: Desk, attempt_id: int, said: Answer) -> Said:
    with writing(desk.source) as session:
        cycle, attempt = _must(session, key), session.get_one(Attempt, attempt_id)
        if session.get_one(Line, attempt.line_id).state != LineState.UNKNOWN:
            return Said()
        now = desk.clock(session)
        row = ResultRow(attempt.trace_id, said.code, said.message, said.serial, said.at or now, said.fen)
        bank_results.answer(session, attempt, row, now)
        return _noted(session, cycle, "fetch", desk, DONE, {"query": bank_format.internal(said.code)})


def _open_correction(session: Session, cycle: Cycle, attempt_id: int, now: datetime) -> None:
    attempt = session.get_one(Attempt, attempt_id)
    line = session.get_one(Line, attempt.line_id)
    if attempt.case_id is not None or line.state != LineState.RETURNED:
        return
    fact = {"line": line.id, "month": line.month, "amount_fen": line.total_fen, "code": attempt.code,
            "reason": REASONS.get(attempt.code, REASONS["R99"]), "payee": attempt.account_name,
            "account_last4": attempt.account_number[-4:], "attempt": attempt.number}
    case = intake.open_case(session, "returned_payment", line.payee_name, line.village_code, {"payment": fact}, None,
                            now, cycle_id=cycle.id)
    attempt.case_id = case.id
    session.add(attempt)


def _noted(session: Session, cycle: Cycle, step: str, desk: Desk, state: str, detail: Mapping[str, object]) -> Said:
    cycles.note_step(session, cycle, step, state, desk.clock(session), detail, desk.flow_run)
    return Said(state, detail)


def _last(session: Session, cycle: Cycle, step: str) -> Mapping[str, object]:
    return next((one.detail for one in cycles.progress(session, cycle).steps if one.step == step), {})


def _find(session: Session, key: Key) -> Cycle | None:
    return cycles.find(session, key.scheme, key.month, key.division)


def _locked(session: Session, key: Key) -> Cycle | None:
    """The month's row, held against another run of the same month."""
    return cycles.locked(session, key.scheme, key.month, key.division)


def _must(session: Session, key: Key) -> Cycle:
    cycle = _locked(session, key)
    if cycle is None:
        raise LookupError(f"{key.scheme} {key.month} is not open")
    return cycle
