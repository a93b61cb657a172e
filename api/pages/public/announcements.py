"""公告: what the law has announced for good, by matter and by whom it is about."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import AtDoor, Number
from api.pages.public.notices import matter_title
from workflows.cases import announcements
from workflows.cases.announcements import Wish

router = APIRouter()


class Asked(BaseModel):
    """Which announcements are wanted, as it stands in the address."""

    q: str = Field("", max_length=100)
    matter: str = Field("", max_length=60)
    page: int = Field(1, ge=1, le=10_000)


@router.get("/public/announcements")
def listed(visit: AtDoor, asked: Annotated[Asked, Query()]) -> Response:
    """All that stand, the newest first."""
    found = announcements.listed(visit.session, Wish(asked.q, asked.matter, asked.page))
    titles = {name: matter_title(visit, name) for name in announcements.matters(visit.session)}
    return visit.page("public/announcements.html", found=found, asked=asked, matters=titles)


@router.get("/public/announcements/{number}")
def one(visit: AtDoor, number: Number) -> Response:
    """One announcement, as it was issued."""
    return visit.page("public/announcement.html", paper=announcements.one(visit.session, number))
