"""The payment verbs of a scenario, and what it may expect of a month."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import jobs
from workflows.errors import NotFound
from workflows.payments import closing, cycles, entitlements, month, rosters
from workflows.payments.effects import RUN_CYCLE
from workflows.payments.tables import Cycle, Entitlement, Line, LineState
from workflows.sample import fixture
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Step, Then

SCHEME = "dibao"


def run_month(bureau: Bureau, which: str) -> None:
    """Let machines go on with a month as far as they can."""
    bureau.bank.now = bureau.now
    month.run(month.Key(which, SCHEME, fixture.COUNTY), month.Desk(bureau.bank, lambda _session: bureau.now,
                                                                   bureau.engine))


def work_off(bureau: Bureau) -> None:
    """Do the jobs that the worker would do by now: a month that was asked to go on goes on."""
    while True:
        with bureau.work() as session:
            job = jobs.claim(session, bureau.now)
            if job is None:
                return
            jobs.finish(session, job.id or 0, bureau.now)
            asked = str(job.payload.get("month")) if job.topic == RUN_CYCLE else ""
        if asked:
            run_month(bureau, asked)


def lay_failures(bureau: Bureau, step: Step) -> None:
    """`fails`: payee = code of his next transfer; `truths`: payee = what a query will say of an unknown one."""
    bureau.bank.fails |= step.answers.get("fails", {})
    bureau.bank.truths |= step.answers.get("truths", {})


def stop(bureau: Bureau, step: Step) -> None:
    """A decision stops a household's entitlement from a month on."""
    with bureau.work() as session:
        entitlements.stop(session, _entitlement(session, str(step.answers["name"])), str(step.answers["from"]),
                          str(step.answers.get("reason", "停发")), str(step.answers.get("decision", "停发1号")), bureau.now)


def hold(bureau: Bureau, step: Step) -> None:
    """The roster's maker holds a household's line."""
    with bureau.work() as session:
        rosters.hold(session, [_line(session, str(step.answers["name"]), str(step.answers["month"]))],
                     str(step.answers["reason"]), bureau.who(session, step.who), bureau.now)


def release(bureau: Bureau, step: Step) -> None:
    """The roster's maker releases a held line."""
    with bureau.work() as session:
        rosters.release(session, _line(session, str(step.answers["name"]), str(step.answers["month"])),
                        bureau.who(session, step.who), bureau.now)


def failures(session: Session, then: Then) -> list[str]:
    """What a scenario expects of a month and of payments, and does not find."""
    return [*_month(session, then.cycle), *_payments(session, then.payments)]


def _month(session: Session, expected: dict[str, Any]) -> Iterator[str]:
    if not expected:
        return
    which = str(expected["month"])
    cycle = cycles.find(session, SCHEME, which, fixture.COUNTY)
    if cycle is None:
        if expected.get("state") != "not open":
            yield f"the month {which} is not open"
        return
    found = _figures(session, cycle)
    for key, value in expected.items():
        if key != "month" and found.get(key) != value:
            yield f"month {which} {key}: expected {value!r}, found {found.get(key)!r}"


def _figures(session: Session, cycle: Cycle) -> dict[str, Any]:
    lines = rosters.lines(session, cycle)
    roster = rosters.current(session, cycle)
    by_state = {state.value: sum(line.state == state for line in lines) for state in LineState}
    return {"state": cycle.state, "cut_off_on": cycle.cut_off_on, "pay_by_on": cycle.pay_by_on,
            "households": roster.households if roster else 0, "yuan": roster.total_fen / 100 if roster else 0,
            "version": roster.version if roster else 0, **by_state,
            "broken": [check.code for check in closing.check(session, cycle) if not check.holds]}


def _payments(session: Session, expected: list[dict[str, Any]]) -> Iterator[str]:
    for one in expected:
        lines = session.exec(select(Line).where(Line.payee_name == one["to"], Line.month == one["month"])).all()
        paid = [line.total_fen for line in lines if line.state == LineState.PAID]
        if sum(paid) / 100 != one["yuan"]:
            yield f"{one['to']} in {one['month']}: expected {one['yuan']} yuan, found {sum(paid) / 100}"


def _entitlement(session: Session, name: str) -> Entitlement:
    found = session.exec(select(Entitlement).where(Entitlement.payee_name == name)
                         .order_by(col(Entitlement.id).desc())).first()
    if found is None:
        raise NotFound("This was not found.")
    return found


def _line(session: Session, name: str, which: str) -> Line:
    found = session.exec(select(Line).where(Line.payee_name == name, Line.month == which)).first()
    if found is None:
        raise NotFound("This was not found.")
    return found
