"""案件: everything a person may see of one case, and what he may do with it beside his work items."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.desk import AtDesk, Desk
from api.pages import secret_reads
from api.pages.cases import history, operations, panels, verdicts
from api.pages.payments import words as payment_words
from api.pages.cases.payments import money
from api.pages.rules.words import length
from bpmn.message import Term
from workflows.cases import clocks, extensions
from workflows.cases.shown import overview, worklist
from workflows.cases.shown.overview import CaseView
from workflows.cases.tables import Clock
from workflows.office import working_days

router = APIRouter()


@dataclass(frozen=True)
class Limit:
    """A statutory clock with what a reader needs to check it."""

    clock: Clock
    name: Term
    source: str
    used: int
    light: str
    days: int


@router.get("/cases/{number}")
def case(desk: AtDesk, number: str) -> Response:
    """The case, whole."""
    view = secret_reads.case_view(desk, number)
    process, found = view.published.process, limits(desk, view)
    return desk.page(
        "case/page.html", view=view, pressing=next((one for one in found if not one.clock.ended_on), None), title=Term(process.title, process.en), limits=found, length=length,
        figures=panels.figures_of(desk, view), entries=history.entries(desk, view), drawings=drawings(view),
        place_name=history.place(desk, view.case.division_code[:9]), village=history.place(desk, view.case.division_code),
        verdicts=verdicts.of(desk, view), outcome=outcome(view),
        operations=operations.standing(desk, view), shown=panels.sections(desk, view), money=money(desk, view), words=payment_words, names=panels.names(desk, view))


@router.post("/cases/{number}/extension")
def extend(desk: AtDesk, number: str, kind: Annotated[str, Form(max_length=80)] = "",
           reason: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Sign an extension of one limit."""
    view = overview.case_view(desk.session, desk.officer, number, desk.now)
    extensions.sign(desk.session, view.case.id or 0, kind, reason, desk.officer, desk.now)
    return desk.to(f"/cases/{number}")


def limits(desk: Desk, view: CaseView) -> tuple[Limit, ...]:
    """Every clock of the case: running ones first, by their due day."""
    rules = {rule.kind: rule for rule in view.published.process.clocks}
    calendar, edge = working_days.calendar(desk.session), worklist.near_until(desk.session, desk.now)
    found = []
    for clock in sorted(view.clocks, key=lambda one: (one.ended_on is not None, one.due_on or date.max)):
        rule = rules.get(clock.kind)
        light = _without_day(clock) or worklist.light_of(clock.due_at, desk.now, edge)
        found.append(Limit(clock, Term(rule.name, rule.en) if rule else Term(clock.kind), rule.source if rule else "",
                           clocks.used(calendar, clock, desk.now), light, worklist.days_of(desk.session, clock.due_at, desk.now)))
    return tuple(found)


def _without_day(clock: Clock) -> str:
    """Why no day of a limit is to come: it has ended, no length is set here, or it stands still."""
    if clock.ended_on:
        return "ended"
    if clock.length is None and clock.until is None:
        return "unset"
    return "paused" if clock.due_on is None else ""


def drawings(view: CaseView) -> tuple[tuple[str, Term], ...]:
    """The drawings the case has been in: its own, and each called part it has entered."""
    own = view.case.process
    shown = [one.process for one in view.colours if one.process == own or one.done or one.current]
    return tuple((name, Term(view.published.parts[name].title, view.published.parts[name].en))
                 for name in sorted(shown, key=lambda one: one != own))


def outcome(view: CaseView) -> Term:
    """What the case's end means."""
    end = view.published.process.ends.get(view.case.state)
    return Term(end.name, end.en) if end else Term(view.outcome)
