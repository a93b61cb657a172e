"""期限怎么算: why a statutory limit ends on its day, to be counted again by hand; also on paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDesk, Number
from api.pages import secret_reads
from api.pages.cases.history import node_name
from api.pages.rules.words import SURE, length
from bpmn.message import Message, Term
from workflows.cases import clocks, recounts
from workflows.cases.clocks.explaining import Day
from workflows.errors import NotFound
from workflows.office.working_days import calendar

router = APIRouter()
STATES = {
    "unset": (Message("Its length is not set here"), "red"), "paused": (Message("The limit stands still"), "amber"),
    "running": (Message("Being counted"), "blue"), "overdue": (Message("Overdue"), "red"), "met": (Message("Ended in time"), "green"),
    "late": (Message("Ended late"), "red"), "ended": (Message("Ended"), "green"), "passed": (Message("Has passed"), "green"),
    "short": (Message("Ended before it had passed"), "red"),
}
WHY = {"start": Message("first day, not counted"), "counted": Message("counted"), "makeup": Message("make-up day, counted"),
       "weekend": Message("weekend"), "holiday": Message("holiday"), "paused": Message("stands still"), "moved": Message("moved on")}


@dataclass(frozen=True)
class Month:
    """A month's sheet of the wall calendar: weeks from Monday; None: not of this month, or not of the limit."""

    first: date
    weeks: tuple[tuple[Day | date | None, ...], ...]


@router.get("/cases/{number}/limits")
def pressing(desk: AtDesk, number: str) -> Response:
    """The limit that the case's due day comes from; where none presses the newest."""
    view = secret_reads.case_view(desk, number)
    if not view.clocks:
        raise NotFound("No limit has begun in this case.")
    running = [clock for clock in view.clocks if clock.ended_on is None]
    chosen = next((clock for clock in running if clock.due_at == view.due_at), (running or view.clocks)[-1])
    return desk.to(f"/cases/{number}/limits/{chosen.id}")


@router.get("/cases/{number}/limits/{limit}")
def explained(desk: AtDesk, number: str, limit: Number) -> Response:
    """One limit, day by day."""
    view = secret_reads.case_view(desk, number)
    clock = next((clock for clock in view.clocks if clock.id == limit), None)
    if clock is None:
        raise NotFound("No such limit runs in this case.")
    rules = {rule.kind: rule for rule in view.published.process.clocks}
    told = clocks.explain(desk.session, view.case, clock, rules.get(clock.kind), desk.now)
    others = [(one, rules[one.kind].title if one.kind in rules else Term(one.kind, one.kind)) for one in view.clocks if one.id != clock.id]
    return desk.page(
        "limits/page.html", view=view, told=told, clock=clock, name=told.rule.title if told.rule else Term(clock.kind, clock.kind),
        started=node_name(desk, view, clock.started_by), state=STATES[told.state], months=tuple(months(told.days)), why=WHY, others=others,
        length=length, sure=SURE, today=desk.now.date(), published=calendar(desk.session).is_published,
        recounting=recounts.unfinished(desk.session))


def months(days: Sequence[Day]) -> Iterator[Month]:
    """The months that a limit touches, as sheets of a wall calendar."""
    for _, own in groupby(days, key=lambda one: (one.day.year, one.day.month)):
        sheet = {one.day: one for one in own}
        first = next(iter(sheet)).replace(day=1)
        yield Month(first, tuple(_weeks(first, sheet)))


def _weeks(first: date, sheet: dict[date, Day]) -> Iterator[tuple[Day | date | None, ...]]:
    cells: list[Day | date | None] = [None] * first.weekday()
    for number in range(1, 32):
        try:
            day = first.replace(day=number)
        except ValueError:
            break
        cells.append(sheet.get(day, day))
    cells += [None] * (-len(cells) % 7)
    weeks = [tuple(cells[n:n + 7]) for n in range(0, len(cells), 7)]
    yield from (week for week in weeks if any(isinstance(cell, Day) for cell in week))
