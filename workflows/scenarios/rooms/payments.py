"""Scenario words about payments: funds, a month's run, lines of its roster, the bank; what was paid."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import Field
from sqlmodel import Session, select

from bpmn.message import Message
from workflows.cases import answers, jobs
from workflows.cases.tables import Case
from workflows.errors import NotFound
from workflows.payments import cycles, funds, month
from workflows.payments.cycle import closing
from workflows.payments.entitled import readjustments
from workflows.payments.roster import rosters
from workflows.payments.effects import RUN_CYCLE
from workflows.payments.tables import Cycle, Line, LineState
from workflows.sample import fixture
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.rooms.grants import Amount
from workflows.scenarios.shape import Shape, Step, fen
from workflows.scenarios.words import Before, Look, given, then, verb


@given("funds", dict[str, float], "source of money (01 central, 03 provincial, 05 county) = yuan allocated")
def _funds(before: Before, allotted: dict[str, float]) -> None:
    for source, yuan in allotted.items():
        funds.allocate(before.session, source, fen(yuan), "给定资金", before.now)


class RunMonth(Shape):
    """Which month, of what."""

    month: str
    scheme: str = ""


@verb("run_month", "machines go on with a `month` as far as they can; `scheme`: left out, the scenario's process", RunMonth)
def _run_month(bureau: Bureau, step: Step) -> None:
    said = RunMonth.model_validate(step.answers)
    run(bureau, said.scheme or bureau.process, said.month)


def run(bureau: Bureau, scheme: str, which: str) -> None:
    """Let machines go on with a month of a scheme."""
    bureau.bank.now = bureau.now
    month.run(month.Key(which, scheme, fixture.COUNTY), month.Desk(bureau.bank, lambda _session: bureau.now,
                                                                   bureau.engine))


def work_off(bureau: Bureau) -> None:
    """Do the jobs that the worker would do by now: a month that was asked to go on goes on."""
    while True:
        with bureau.work() as session:
            job = jobs.claim(session, bureau.now)
            if job is None:
                return
            asked = job.payload if job.topic == RUN_CYCLE else {}
            number, claim, key, token = job.id or 0, job.claims, job.key, job.token
            readjusts = job.topic == readjustments.TOPIC
            if not token:
                jobs.finish(session, number, bureau.now)
        if readjusts:
            _readjust(bureau, number, claim, key)
        if asked:
            run(bureau, str(asked["scheme"]), str(asked["month"]))


def _readjust(bureau: Bureau, job: int, claim: int, key: str) -> None:
    """Carry out a signed change of standard, and let its case go on."""
    with bureau.work() as session:
        made = readjustments.must(session, session.exec(select(Case).where(Case.number == key.partition(":")[0])).one())
        for line in readjustments.waiting(session, made):
            readjustments.carry_out(session, line, bureau.now)
        answers.keep(session, job, claim, {"readjustment": readjustments.totals(session, made)}, bureau.now)
    with bureau.work() as session:
        answers.take_in(session, job, bureau.now)


class Bank(Shape):
    """What the bank will answer, by payee."""

    fails: dict[str, str] = Field(default_factory=dict)
    truths: dict[str, str] = Field(default_factory=dict)


class OneLine(Shape):
    """Whose line of which month, and why."""

    name: str
    month: str
    reason: str = ""


@verb("bank", "`fails` = { payee = code of his next transfer }, `truths` = { payee = what a query of an unknown one will say }", Bank)
def _lay_failures(bureau: Bureau, step: Step) -> None:
    said = Bank.model_validate(step.answers)
    bureau.bank.fails |= said.fails
    bureau.bank.truths |= said.truths


@verb("hold", "the roster's maker holds the line of `name` in a `month`: `reason`", OneLine)
def _hold(bureau: Bureau, step: Step) -> None:
    said = OneLine.model_validate(step.answers)
    with bureau.work() as session:
        rosters.hold(session, [_line(session, said.name, said.month)], said.reason, bureau.who(session, step.who), bureau.now)


@verb("release", "the roster's maker releases a held line of `name` in a `month`", OneLine)
def _release(bureau: Bureau, step: Step) -> None:
    said = OneLine.model_validate(step.answers)
    with bureau.work() as session:
        rosters.release(session, _line(session, said.name, said.month), bureau.who(session, step.who), bureau.now)


class MonthRun(Shape):
    """What is expected of a month's run: its figures, and how many lines stand in which state."""

    month: str
    scheme: str = ""
    state: str = ""
    cut_off_on: date | None = None
    pay_by_on: date | None = None
    households: int = 0
    yuan: int | float = 0
    version: int = 0
    broken: list[str] = Field(default_factory=list)
    pending: int = 0
    approved: int = 0
    held: int = 0
    sent: int = 0
    paid: int = 0
    returned: int = 0
    corrected: int = 0
    unknown: int = 0
    deferred: int = 0


@then("cycle", MonthRun, "`month` (and `scheme`), and any of `state`, `cut_off_on`, `pay_by_on`, `households`, `yuan`, "
      "`version`, lines by state such as `paid` or `held`, `broken` (checks V1–V13 that don't hold)")
def _month(look: Look, expected: MonthRun) -> Iterator[Message]:
    which = expected.month
    cycle = cycles.find(look.session, expected.scheme or look.bureau.process, which, fixture.COUNTY)
    if cycle is None:
        if expected.state != "not open":
            yield Message("The month {month} is not open.", {"month": which})
        return
    asked = expected.model_dump(exclude_unset=True, exclude={"month", "scheme"})
    yield from told.differing(Message("month {month}", {"month": which}), asked, _figures(look.session, cycle))


def _figures(session: Session, cycle: Cycle) -> dict[str, Any]:
    lines = rosters.lines(session, cycle)
    roster = rosters.current(session, cycle)
    by_state = {state.value: sum(line.state == state for line in lines) for state in LineState}
    return {"state": cycle.state, "cut_off_on": cycle.cut_off_on, "pay_by_on": cycle.pay_by_on,
            "households": roster.households if roster else 0, "yuan": roster.total_fen / 100 if roster else 0,
            "version": roster.version if roster else 0, **by_state,
            "broken": [check.code for check in closing.check(session, cycle) if not check.holds]}


@then("payments", list[Amount], "`to` (payee), `month`, `yuan` received; `scheme`, where several pay him")
def _payments(look: Look, expected: list[Amount]) -> Iterator[Message]:
    for one in expected:
        wanted = select(Line).where(Line.payee_name == one.to, Line.month == one.month, Line.state == LineState.PAID)
        if one.scheme:
            wanted = wanted.where(Line.scheme == one.scheme)
        found = sum(line.total_fen for line in look.session.exec(wanted)) / 100
        if found != one.yuan:
            yield told.differs(Message("Yuan paid to {payee} in {month}", {"payee": one.to, "month": one.month}), one.yuan, found)


@then("paid", dict[str, float], "month = yuan the case's household has received for its matter")
def _paid(look: Look, expected: dict[str, float]) -> Iterator[Message]:
    for which, yuan in expected.items():
        lines = look.session.exec(select(Line).where(
            Line.household_id == look.case.household_id, Line.month == which, Line.state == LineState.PAID))
        found = sum(line.total_fen for line in lines) / 100
        if found != yuan:
            yield told.differs(Message("Yuan paid in {month}", {"month": which}), yuan, found)


def _line(session: Session, name: str, which: str) -> Line:
    found = session.exec(select(Line).where(Line.payee_name == name, Line.month == which)).first()
    if found is None:
        raise NotFound("This was not found.")
    return found
