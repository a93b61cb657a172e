"""Scenario words about payments: households that already receive, funds, a month's run; what was granted and paid."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import Field
from sqlmodel import Session, col, select

from workflows.cases import answers, jobs
from workflows.cases.tables import Case, Household, Member
from workflows.errors import NotFound
from workflows.payments import closing, cycles, entitlements, funds, month, readjustments, rosters, taken_over
from workflows.payments.effects import RUN_CYCLE
from workflows.payments.entitlements import Payee
from workflows.payments.tables import Cycle, Entitlement, Line, LineState
from workflows.records.audit import SYSTEM
from workflows.records.types import stored
from workflows.sample import fixture
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Before, Look, given, then, verb


class GivenHousehold(Shape):
    """A household that already receives: by its head's name; amounts in yuan."""

    name: str
    id_number: str
    scheme: str = Field(default="", description="what it receives; left out: the scenario's process")
    members: list[dict[str, str]] = Field(default_factory=list, description="name, id_number, relation")
    division: str = "990101001001"
    category: str = "urban"
    yuan: int | float = 0
    from_month: str = "2024-01"
    to_month: str | None = None
    paid_till: str | None = Field(default=None, description="last month paid before the scenario begins")
    died_on: date | None = Field(default=None, description="the head's death, as the registers say")
    account: str = "6228480012345678909"
    fund: str = "01"
    taken_over: bool = Field(default=False, description="also in the matter's register, as an import enters it")
    income: float | None = Field(default=None, description="with `taken_over`: yuan the family earns a month, where it is known")


@given("household", list[GivenHousehold], "a household that already receives: name, id_number, yuan a month, from_month, …")
def _households(before: Before, homes: list[GivenHousehold]) -> None:
    for place, home in enumerate(homes, start=1):
        _add_household(before, place, home)


@given("funds", dict[str, float], "source of money (01 central, 03 provincial, 05 county) = yuan allocated")
def _funds(before: Before, allotted: dict[str, float]) -> None:
    for source, yuan in allotted.items():
        funds.allocate(before.session, source, _fen(yuan), "给定资金", before.now)


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


class Stop(Shape):
    """Whose money stops, from when, and why."""

    name: str
    since: str = Field(alias="from")
    reason: str = "停发"
    decision: str = "停发1号"


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


@verb("stop", "a decision stops the entitlement of `name`: `from` a month on, `reason`", Stop)
def _stop(bureau: Bureau, step: Step) -> None:
    said = Stop.model_validate(step.answers)
    with bureau.work() as session:
        entitlements.stop(session, _entitlement(session, said.name), said.since, said.reason, said.decision, bureau.now)


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


class Amount(Shape):
    """What somebody has in a month."""

    to: str
    month: str
    yuan: int | float
    scheme: str = ""


@then("cycle", MonthRun, "`month` (and `scheme`), and any of `state`, `cut_off_on`, `pay_by_on`, `households`, `yuan`, "
      "`version`, lines by state such as `paid` or `held`, `broken` (checks V1–V13 that don't hold)")
def _month(look: Look, expected: MonthRun) -> Iterator[str]:
    which = expected.month
    cycle = cycles.find(look.session, expected.scheme or look.bureau.process, which, fixture.COUNTY)
    if cycle is None:
        if expected.state != "not open":
            yield f"the month {which} is not open"
        return
    found = _figures(look.session, cycle)
    for key, value in expected.model_dump(exclude_unset=True, exclude={"month", "scheme"}).items():
        if found[key] != value:
            yield f"month {which} {key}: expected {value!r}, found {found[key]!r}"


def _figures(session: Session, cycle: Cycle) -> dict[str, Any]:
    lines = rosters.lines(session, cycle)
    roster = rosters.current(session, cycle)
    by_state = {state.value: sum(line.state == state for line in lines) for state in LineState}
    return {"state": cycle.state, "cut_off_on": cycle.cut_off_on, "pay_by_on": cycle.pay_by_on,
            "households": roster.households if roster else 0, "yuan": roster.total_fen / 100 if roster else 0,
            "version": roster.version if roster else 0, **by_state,
            "broken": [check.code for check in closing.check(session, cycle) if not check.holds]}


@then("payments", list[Amount], "`to` (payee), `month`, `yuan` received; `scheme`, where several pay him")
def _payments(look: Look, expected: list[Amount]) -> Iterator[str]:
    for one in expected:
        wanted = select(Line).where(Line.payee_name == one.to, Line.month == one.month, Line.state == LineState.PAID)
        if one.scheme:
            wanted = wanted.where(Line.scheme == one.scheme)
        found = sum(line.total_fen for line in look.session.exec(wanted)) / 100
        if found != one.yuan:
            yield f"{one.to} in {one.month}: expected {one.yuan} yuan, found {found}"


@then("paid", dict[str, float], "month = yuan the case's household has received for its matter")
def _paid(look: Look, expected: dict[str, float]) -> Iterator[str]:
    for which, yuan in expected.items():
        lines = look.session.exec(select(Line).where(
            Line.household_id == look.case.household_id, Line.month == which, Line.state == LineState.PAID))
        found = sum(line.total_fen for line in lines) / 100
        if found != yuan:
            yield f"paid in {which}: expected {yuan}, found {found}"


class Grants(Shape):
    """What is expected of the entitlement that a case gave."""

    nothing: bool = False
    yuan: int | float = 0
    since: str = Field(default="", alias="from")
    to: str = ""
    people: int = 0
    scheme: str = ""
    plan: dict[str, float] = Field(default_factory=dict)


@then("grants", Grants, "the entitlement the case gave: `yuan` a month, `from`, `to`, `people`, `scheme`; `plan` = { month = yuan } "
      "of one paid in stages; `nothing` = true")
def _grants(look: Look, expected: Grants) -> Iterator[str]:
    given = look.session.exec(select(Entitlement).where(Entitlement.case_id == look.case.id)
                              .order_by(col(Entitlement.id).desc())).all()
    newest = given[0] if given else None
    found: dict[str, Any] = {"nothing": newest is None}
    if newest:
        found |= {"yuan": _yuan(newest), "from": newest.from_month, "people": newest.people, "to": newest.to_month,
                  "scheme": newest.scheme, "plan": {one.from_month: _yuan(one) for one in given}}
    for key, value in expected.model_dump(by_alias=True, exclude_unset=True).items():
        if found.get(key) != value:
            yield f"grants.{key}: expected {value!r}, found {found.get(key)!r}"


@then("amounts", list[Amount], "what a household is entitled to: `to` (payee), `month`, `yuan`; `scheme`: left out, the scenario's")
def _amounts(look: Look, expected: list[Amount]) -> Iterator[str]:
    for one in expected:
        rows = look.session.exec(select(Entitlement).where(
            Entitlement.payee_name == one.to, Entitlement.scheme == (one.scheme or look.bureau.process))).all()
        found = entitlements.owed(rows, one.month).get(one.month, 0) / 100
        if found != one.yuan:
            yield f"{one.to} in {one.month}: expected {one.yuan} yuan, entitled to {found}"


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


def _add_household(before: Before, place: int, home: GivenHousehold) -> None:
    session, row = before.session, Household(number=f"H{place:04d}", division_code=home.division, category=home.category)
    session.add(row)
    session.flush()
    people = [{"name": home.name, "id_number": home.id_number, "relation": "self"}, *home.members]
    session.add_all(Member(household_id=stored(row.id), name=one["name"], id_number=one["id_number"],
                           relation=one.get("relation", "other"),
                           died_on=home.died_on if one["id_number"] == home.id_number else None) for one in people)
    session.flush()
    if home.yuan:
        given = entitlements.grant(
            session, stored(row.id), None, f"给定{place}号", before.now.date(), _fen(home.yuan), 0, len(people), home.category,
            Payee(home.name, home.id_number, home.account, "ABC"), before.now, scheme=home.scheme or before.process,
            from_month=home.from_month, to_month=home.to_month, fund_source=home.fund, paid_till=home.paid_till)
        if home.taken_over:
            taken_over.Register(session, given.scheme, SYSTEM, before.now).enter(
                row, given, taken_over.Known(income_fen=None if home.income is None else _fen(home.income)))


def _yuan(given: Entitlement) -> float:
    return (given.base_fen + given.supplement_fen) / 100


def _fen(yuan: float) -> int:
    return round(yuan * 100)
