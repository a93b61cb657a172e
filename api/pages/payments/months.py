"""资金发放: the months, and each month from its cut-off to its closed books."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from sqlmodel import col, select

from api.desk import AtDesk, Desk, Number
from api.errors import Answered
from api.known import Posted
from api.pages.payments import words as words
from api.pages.small_forms import Ask
from api.pages.files import paper as paper_file, sheet
from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases.papers import documents
from workflows.cases.tables import Case, Household
from workflows.errors import Invalid, NotAllowed, NotFound, Refusal
from workflows.office import permissions
from workflows.office.tables import Person
from workflows.payments import cycles, duties, funds, schemes, sight
from workflows.payments.bank import traces
from workflows.payments.cycle import closing, overview, papers, runs
from workflows.payments.roster import rosters, rows as roster_rows
from workflows.payments.roster.bridge_steps import Bridge
from workflows.payments.cycle.invariants import Check
from workflows.payments.tables import BankFile, Cycle, CycleState, Roster, Signature

router = APIRouter()
LATE, ALLOCATE = "late_reason", "allocate_funds"


@dataclass(frozen=True)
class Stage:
    """One dot of the month's stepper."""

    step: str
    state: str          # done, now, waiting, failed, skipped, ahead
    at: datetime | None
    details: list[tuple[Any, object, bool]]
    flow_run: str


@router.get("/payments")
@router.get("/payments/funds")      # where its forms are sent to: no month is called so
@router.get("/payments/runs")
def months(desk: AtDesk) -> Response:
    """Every month of the county, and starting the next one."""
    return _months(desk)


@router.post("/payments/funds")
def allocate(desk: AtDesk, sent: Posted) -> Response:
    """Enter money that the budget has given to a source."""
    permissions.demand(permissions.why_not(desk.officer, "allocate_funds", sight.county(desk.officer)))
    asked = Ask(desk, ALLOCATE)
    try:
        values = _allocation(asked, sent)
    except Invalid as refusal:
        raise Answered(_months(desk, asked.again(sent, refusal), 422)) from refusal
    funds.allocate(desk.session, str(values["source"]), int(values["amount_fen"]), str(values["memo"]), desk.now,
                   desk.officer)
    return desk.to("/payments#funds")


def _allocation(asked: Ask, sent: Posted) -> Any:
    values = asked.checked(sent)
    if values["amount_fen"] <= 0:
        raise Invalid([FieldError("amount_fen", Message("The amount must be more than 0."))])
    return values


def _months(desk: Desk, form: Any = None, status: int = 200) -> Response:
    county = sight.county(desk.officer)
    may_allocate = permissions.why_not(desk.officer, "allocate_funds", county) is None
    return desk.page("payments/list.html", status, rows=overview.listed(desk.session, county, desk.now), words=words,
                     runs=runs.unsettled(desk.session, county), waiting=runs.before_cut_off(desk.session, county, desk.now),
                     offered=runs.offers(desk.session, county, desk.now),
                     schemes={name: schemes.title(desk.session, name) for name in schemes.every(desk.session)},
                     why_not=permissions.why_not(desk.officer, "run_cycle", county),
                     funds=[(source, funds.available(desk.session, source)) for source in funds.sources(desk.session)],
                     allocation=(form or Ask(desk, ALLOCATE).fresh()) if may_allocate else None)


@router.post("/payments/runs")
def start(desk: AtDesk, month: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Ask the machines to run a month, `<scheme>/2024-06`; nothing runs here."""
    scheme, _, which = month.rpartition("/")
    runs.ask(desk.session, schemes.check(desk.session, scheme), which, sight.county(desk.officer), desk.officer, desk.now)
    return desk.to("/payments")


@router.post("/payments/runs/{job}/retry")
def retry(desk: AtDesk, job: Number) -> Response:
    """Try a failed run again."""
    runs.retry(desk.session, job, desk.officer, desk.now)
    return desk.to("/payments")


@router.get("/payments/trace")
def trace(desk: AtDesk, serial: Annotated[str, Query(max_length=100)] = "") -> Response:
    """From a bank serial to its payment."""
    sight.grounds(desk.officer)
    if not serial.strip():
        return desk.page("payments/trace.html", serial="", missing=None)
    try:
        line = sight.line(desk.session, desk.officer, traces.by_serial(desk.session, serial.strip()).line.id or 0)
    except NotFound as refusal:
        return desk.page("payments/trace.html", 404, serial=serial, missing=refusal.message)
    return desk.to(f"/payments/lines/{line.id}")


@router.get("/payments/papers/{document}.pdf")
def paper(desk: AtDesk, document: Number) -> Response:
    """A paper of a month, for whoever reads the county's payments."""
    found = documents.by_id(desk.session, document)
    if found.cycle_id is None:
        raise NotFound("This document was not found.")
    permissions.demand(permissions.why_not(desk.officer, "read_payments",
                                           cycles.get(desk.session, found.cycle_id).division_code))
    return paper_file(desk, found)


@router.get("/payments/{scheme}/{month}")
def month_page(desk: AtDesk, scheme: str, month: str) -> Response:
    """How far the month is, what changed, who signed, where the money comes from."""
    cycle = sight.cycle(desk.session, desk.officer, scheme, month)
    roster = rosters.current(desk.session, cycle)
    return desk.page("payments/month.html", **head(desk, cycle), roster=roster, stages=stages(desk, cycle),
                     bridge=_bridge(desk, cycle, roster), signatures=_signatures(desk, roster),
                     funds=overview.fund_rows(desk.session, cycle), wanted=overview.wanted(desk.session, cycle),
                     papers=papers.issued(desk.session, cycle), may_issue=_may_issue(desk, cycle),
                     review=_review(desk, cycle), maker=_maker(desk, roster))


@router.get("/payments/{scheme}/{month}/bank")
def bank(desk: AtDesk, scheme: str, month: str) -> Response:
    """Files to and from the bank, answers by code, and what came back."""
    cycle = sight.cycle(desk.session, desk.officer, scheme, month)
    grounds = sight.grounds(desk.officer)
    files = desk.session.exec(select(BankFile).where(BankFile.cycle_id == cycle.id).order_by(col(BankFile.id))).all()
    return desk.page("payments/bank.html", **head(desk, cycle), files=files,
                     codes=roster_rows.by_code(desk.session, cycle), back=roster_rows.back(desk.session, cycle, grounds))


@router.get("/payments/{scheme}/{month}/checks")
def checks(desk: AtDesk, scheme: str, month: str) -> Response:
    """V1 to V13, closing, and saying why the month was late."""
    return _checks(desk, sight.cycle(desk.session, desk.officer, scheme, month))


@router.post("/payments/{scheme}/{month}/close")
def close(desk: AtDesk, scheme: str, month: str) -> Response:
    """Close the month for good."""
    closing.close(desk.session, sight.cycle(desk.session, desk.officer, scheme, month), desk.officer, desk.now)
    return desk.to(f"/payments/{scheme}/{month}/checks")


@router.post("/payments/{scheme}/{month}/lateness")
def lateness(desk: AtDesk, scheme: str, month: str, sent: Posted) -> Response:
    """Say why the pay-by day was missed."""
    cycle = sight.cycle(desk.session, desk.officer, scheme, month)
    asked = Ask(desk, LATE)
    try:
        values = asked.checked(sent)
    except Invalid as refusal:
        raise Answered(_checks(desk, cycle, asked.again(sent, refusal), 422)) from refusal
    cycles.explain_lateness(desk.session, cycle, str(values["reason"]), desk.officer, desk.now)
    return desk.to(f"/payments/{scheme}/{month}/checks")


@router.post("/payments/{scheme}/{month}/papers")
def issue(desk: AtDesk, scheme: str, month: str) -> Response:
    """Issue the month's application and review sheets."""
    cycle = sight.cycle(desk.session, desk.officer, scheme, month)
    permissions.demand(permissions.why_not(desk.officer, "edit_roster", cycle.division_code))
    papers.issue(desk.session, cycle, desk.now, desk.officer)
    return desk.to(f"/payments/{scheme}/{month}#papers")


@router.get("/payments/{scheme}/{month}/roster.xlsx")
def workbook(desk: AtDesk, scheme: str, month: str, township: Annotated[str, Query(max_length=9, min_length=9)]) -> Response:
    """发放名册 of one township."""
    cycle = sight.cycle(desk.session, desk.officer, scheme, month)
    if not township.startswith(sight.grounds(desk.officer)):
        raise NotAllowed("This lies outside your area.")
    place = roster_rows.places(desk.session, {township}).get(township, township)
    return sheet(papers.workbook(desk.session, cycle, township), f"{schemes.title(desk.session, scheme).zh}{month}{place}发放名册.xlsx")


def head(desk: Desk, cycle: Cycle) -> dict[str, Any]:
    """What every page of a month shows at its top."""
    towns = {code for code in rosters.townships(desk.session, cycle) if code.startswith(sight.grounds(desk.officer))}
    return {"cycle": cycle, "row": overview.row(desk.session, cycle, desk.now), "words": words,
            "scheme": schemes.title(desk.session, cycle.scheme),
            "title": words.month_name(cycle.month), "towns": roster_rows.places(desk.session, towns)}


def stages(desk: Desk, cycle: Cycle) -> list[Stage]:
    """The nine steps: done, at work, failed; what was passed over is marked as such."""
    steps = cycles.progress(desk.session, cycle).steps
    done = max((place for place, step in enumerate(steps) if step.state == "done"), default=-1)
    busy = any(step.state in {"waiting", "failed"} for step in steps[done + 1:])
    found = []
    for place, step in enumerate(steps):
        state = {"todo": "skipped" if place < done else "ahead"}.get(step.state, step.state)
        if state == "ahead" and place == done + 1 and not busy:
            state = "now"
        found.append(Stage(step.step, state, step.at, words.details(step.detail), step.flow_run))
    return found


def _bridge(desk: Desk, cycle: Cycle, roster: Roster | None) -> list[Bridge]:
    return papers.bridge_of(desk.session, cycle, roster) if roster else []


def _signatures(desk: Desk, roster: Roster | None) -> list[tuple[Signature, str, str]]:
    """Each signature with its person and its place."""
    if roster is None:
        return []
    found = desk.session.exec(select(Signature, Person.name).join(Person, col(Person.id) == col(Signature.person_id))
                              .where(Signature.roster_id == roster.id).order_by(col(Signature.level), col(Signature.id)))
    signed = list(found)
    places = roster_rows.places(desk.session, {one.scope for one, _ in signed})
    return [(one, name, places.get(one.scope, one.scope)) for one, name in signed]


def _maker(desk: Desk, roster: Roster | None) -> str:
    person = desk.session.get(Person, roster.made_by) if roster and roster.made_by else None
    return person.name if person else ""


def _may_issue(desk: Desk, cycle: Cycle) -> bool:
    return cycle.state not in {CycleState.DRAFT, CycleState.REVIEW} \
        and permissions.why_not(desk.officer, "edit_roster", cycle.division_code) is None


def _review(desk: Desk, cycle: Cycle) -> str:
    case = desk.session.get(Case, cycle.case_id) if cycle.case_id else None
    return case.number if case else ""


def _checks(desk: Desk, cycle: Cycle, form: Any = None, status: int = 200) -> Response:
    roster = rosters.current(desk.session, cycle)
    found = [_numbered(desk, one) for one in closing.check(desk.session, cycle)] if roster else []
    why_not = _why_not_close(desk, cycle, found)
    may_explain = _closer(desk, cycle) is None and cycle.state != CycleState.CLOSED
    return desk.page("payments/checks.html", status, **head(desk, cycle), checks=found, why_not=why_not,
                     form=form or (Ask(desk, LATE).fresh({"reason": cycle.late_reason}) if may_explain else None))


def _numbered(desk: Desk, check: Check) -> Check:
    """A check whose problems name each household by its number, and none outside the reader's ground."""
    mine, elsewhere, grounds = [], 0, sight.grounds(desk.officer)
    for problem in check.problems:
        home = desk.session.get(Household, problem.params.get("household") or 0)
        if home and not home.division_code.startswith(grounds):
            elsewhere += 1
        else:
            mine.append(Message(problem.text, {**problem.params, "household": home.number}) if home else problem)
    if elsewhere:
        mine.append(Message("{count} more outside your area.", {"count": elsewhere}))
    return replace(check, problems=tuple(mine))


def _closer(desk: Desk, cycle: Cycle) -> Refusal | None:
    try:
        duties.need(desk.officer, cycle.division_code, "close_cycle")
    except Refusal as refusal:
        return refusal
    return None


def _why_not_close(desk: Desk, cycle: Cycle, found: list[Check]) -> Any:
    """Why the month can't be closed by this person now; None: it can."""
    refusal = _closer(desk, cycle)
    if refusal:
        return refusal.message
    if cycle.state == CycleState.CLOSED:
        return desk.say("The month is closed.")
    if cycle.state != CycleState.RECONCILED:
        return desk.say("The month is not reconciled yet.")
    return None if all(one.holds for one in found) else desk.say("Some checks do not hold yet.")
