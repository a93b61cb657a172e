"""示例时钟: the sample county's clock, moved by hand so that deadlines can be watched."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from api.desk import AtDesk, Desk
from workflows.errors import Conflict, NotFound
from workflows.office import clock, permissions, working_days
from workflows.records.types import CHINA

router = APIRouter()
Days = Annotated[int, Form(ge=0, le=400)]


@router.get("/sample/clock")
def shown(desk: AtDesk, moved: Annotated[str, Query(max_length=40)] = "") -> Response:
    """What time it is in the sample county, and the ways to move it."""
    _demand(desk)
    calendar = working_days.calendar(desk.session)
    following = calendar.next_working(desk.now.date() + working_days.ONE_DAY)
    return desk.page("sample/clock.html", following=following, moved=moved)


@router.post("/sample/clock/days")
def by_days(desk: AtDesk, days: Days = 1) -> Response:
    """Go on by some days."""
    _demand(desk)
    clock.advance(desk.session, desk.officer, days=days)
    return _back(desk)


@router.post("/sample/clock/working-day")
def to_working_day(desk: AtDesk) -> Response:
    """Go to nine o'clock on the next working day."""
    _demand(desk)
    following = working_days.calendar(desk.session).next_working(desk.now.date() + working_days.ONE_DAY)
    clock.move_to(desk.session, datetime(following.year, following.month, following.day, 9, tzinfo=CHINA), desk.officer)
    return _back(desk)


@router.post("/sample/clock/moment")
def to_moment(desk: AtDesk, moment: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Go to a chosen moment."""
    _demand(desk)
    try:
        wanted = datetime.fromisoformat(moment).replace(tzinfo=CHINA)
    except ValueError as error:
        raise Conflict("Choose a day and a time.") from error
    clock.move_to(desk.session, wanted, desk.officer)
    return _back(desk)


def _demand(desk: Desk) -> None:
    if not clock.is_movable(desk.session):
        raise NotFound("There is no such page.")
    if not desk.officer.holds(*permissions.MAY["move_sample_clock"]):
        raise NotFound("There is no such page.")


def _back(desk: Desk) -> Response:
    return desk.to("/sample/clock?moved=1")
