"""年检与抽查公示: each draw with its seed, population and result, how to repeat it; the lists of D9 and the conclusions of each year."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from api.desk import AtDoor, Number
from api.pages.inspections import words as words
from workflows.errors import NotFound
from workflows.inspections import draws, plans, published

router = APIRouter()


@router.get("/public/inspections")
def all_draws(visit: AtDoor) -> Response:
    """Every draw, the voided ones too."""
    return visit.page("public/draws.html", rows=published.all_draws(visit.session))


@router.get("/public/inspections/{draw}")
def one(visit: AtDoor, draw: Number) -> Response:
    """One draw, and how anybody repeats it."""
    made = draws.by_id(visit.session, draw)
    plan = plans.by_id(visit.session, made.plan_id)
    return visit.page("public/draw.html", draw=made, plan=plan, scope=plans.scope(plan), lines=published.lines(visit.session, made),
                      results=words.RESULTS)


@router.get("/public/inspections/{draw}/population.txt")
def population(visit: AtDoor, draw: Number) -> Response:
    """From whom it was drawn: a code a line."""
    made = draws.by_id(visit.session, draw)
    return PlainTextResponse(published.population(made), headers={"content-disposition": f'attachment; filename="population-{draw}.txt"'})


@router.get("/public/organisations")
def lists(visit: AtDoor, register: Annotated[str, Query(alias="list", max_length=20)] = published.ABNORMAL) -> Response:
    """The abnormal-activity list, or the serious-violation list."""
    if register not in published.LISTS:
        raise NotFound("This list is not on display.")
    return visit.page("public/organisations.html", register=register, rows=published.listed(visit.session, register, visit.now.date()),
                      causes=words.choices(*words.CAUSES))


@router.get("/public/organisations/inspected")
def conclusions(visit: AtDoor, year: Annotated[int, Query(ge=0, le=2100)] = 0) -> Response:
    """The conclusions of a year's annual inspection."""
    by_year = published.conclusions(visit.session, visit.now.date())
    shown = year or next(iter(by_year), 0)
    return visit.page("public/conclusions.html", year=shown, years=list(by_year), rows=by_year.get(shown, []),
                      said=words.choices("annual_report", "conclusion"))
