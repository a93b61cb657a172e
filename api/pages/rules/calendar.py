"""工作日历: a year's days off and make-up days, the State Council's notice entered as published, and what moves by it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.desk import AtDesk, Desk
from api.errors import Answered
from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases import access, recounts
from workflows.cases.clocks.explaining import runs
from workflows.errors import Invalid, Refusal
from workflows.office import day_notices, own_days, permissions, working_days
from workflows.office.arrangements import FIRST, LAST, MAKEUP_WORK, OFF, arranged
from workflows.office.day_names import DayNames, Named, day_names
from workflows.office.day_notices import Arranged
from workflows.office.tables import CalendarDay
from workflows.records import days

router = APIRouter()
SHOWN = 200     # limits that move, listed one by one
KINDS = {OFF: Message("off work"), MAKEUP_WORK: Message("make-up day")}


class Sent(BaseModel):
    """A year's notice as pasted, or one day of this place's own."""

    year: int = Field(ge=FIRST, le=LAST)
    text: str = Field(default="", max_length=5_000)
    source: str = Field(default="", max_length=300)
    day: str = Field(default="", max_length=10)
    kind: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=40)


@dataclass(frozen=True)
class Cell:
    """A day of the wall calendar."""

    day: date
    kind: str       # work, weekend, off, makeup
    named: Named | None


@router.get("/calendar")
def shown(desk: AtDesk, year: Annotated[int, Query(ge=0, le=LAST)] = 0) -> Response:
    """A year at a glance, and the form to enter it."""
    return _page(desk, year or desk.now.year)


@router.post("/calendar/preview")
def preview(desk: AtDesk, sent: Annotated[Sent, Form()]) -> Response:
    """What the notice says, and which due days would move; nothing is kept."""
    own_days.may(desk.officer)
    days = _read(desk, sent)
    moved = list(islice(recounts.preview(desk.session, _with(desk.session, days), lambda case: access.may_see(desk.session, case, desk.officer)), SHOWN + 1))
    return desk.page("calendar/preview.html", sent=sent, days=days, moved=moved[:SHOWN], more=len(moved) > SHOWN, kinds=KINDS)


@router.post("/calendar")
def enter(desk: AtDesk, sent: Annotated[Sent, Form()]) -> Response:
    """Keep the days, and let every running limit be counted anew."""
    days = _read(desk, sent)
    own_days.put(desk.session, {one.day: one.kind for one in days}, sent.source, desk.officer, desk.now, {one.day: one.name for one in days})
    recounts.ask(desk.session, f"工作日历：{sent.source.strip()}", desk.officer, desk.now)
    return desk.to(f"/calendar?year={sent.year}")


@router.post("/calendar/remove")
def remove(desk: AtDesk, day: Annotated[date, Form()]) -> Response:
    """Take one of our own days back; the published arrangement holds again."""
    own_days.remove(desk.session, day, desk.officer, desk.now)
    recounts.ask(desk.session, f"工作日历撤销 {day}", desk.officer, desk.now)
    return desk.to(f"/calendar?year={day.year}")


def _page(desk: Desk, year: int, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_calendar"))
    own = desk.session.exec(select(CalendarDay).where(col(CalendarDay.day) >= date(year, 1, 1), col(CalendarDay.day) <= date(year, 12, 31))
                            .order_by(col(CalendarDay.day))).all()
    calendar, names = working_days.calendar(desk.session), day_names(desk.session)
    months = [tuple(_month(calendar, names, date(year, month, 1))) for month in range(1, 13)]
    asked = recounts.newest(desk.session)
    return desk.page("calendar/page.html", 422 if refusal else 200, year=year, months=months, own=own, kinds=KINDS, refusal=refusal,
                     sent=sent or Sent(year=year), published=calendar.is_published(year), asked=asked,
                     holidays=runs((cell.day, cell.named) for month in months for cell in month), may=permissions.why_not_anywhere(desk.officer, "change_calendar") is None)


def _read(desk: Desk, sent: Sent) -> list[Arranged]:
    """The days that are meant; the page with what is wrong where they can't be read."""
    try:
        return _meant(sent)
    except Invalid as refusal:
        raise Answered(_page(desk, sent.year, sent, refusal)) from refusal


def _meant(sent: Sent) -> list[Arranged]:
    if not sent.source.strip():
        raise Invalid([FieldError("source", Message("Name the document that says so."))])
    return day_notices.read(sent.text, sent.year) if sent.text.strip() else [_single(sent)]


def _single(sent: Sent) -> Arranged:
    day = days.read(sent.day)
    if day is None:
        raise Invalid([FieldError("text", Message("Paste the notice, or give one day."))])
    if sent.kind not in KINDS or (sent.kind == MAKEUP_WORK and day.weekday() < 5):
        raise Invalid([FieldError("kind", Message("A day is off, or a weekend day is worked."))])
    return Arranged(day, sent.kind, sent.name.strip())


def _with(session: Session, days: Sequence[Arranged]) -> working_days.Calendar:
    """The calendar as it would be with these days."""
    own = {row.day: row.kind for row in session.exec(select(CalendarDay))} | {one.day: one.kind for one in days}
    return working_days.Calendar(arranged(own.items()))


def _month(calendar: working_days.Calendar, names: DayNames, day: date) -> Iterator[Cell]:
    month = day.month
    while day.month == month:
        weekend, works = day.weekday() >= 5, calendar.is_working(day)
        named = names.makeup(day) if works and weekend else None if works else names.off(day)
        named = named if named and named.source else None
        yield Cell(day, "makeup" if works and weekend else "work" if works else "off" if named else "weekend", named)
        day += working_days.ONE_DAY
