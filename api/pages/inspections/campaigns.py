"""年检: a year's campaign, what is done, late and not begun, by type, supervising unit and person; chasing many at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import AtDesk, Desk, Number
from api.errors import Answered
from api.pages.inspections import words as words
from api.pages.files import sheet
from bpmn.message import Message
from workflows.errors import Conflict
from workflows.inspections import campaigns, chasing, sheet as sheets, standings
from workflows.inspections.standings import Standing

router = APIRouter()
Year = Annotated[int, Path(ge=2000, le=2100)]
Read = Callable[[Standing], str]
BY: dict[str, tuple[Message, Read]] = {"kind": (Message("By type"), lambda one: one.line.kind),
                                       "unit": (Message("By supervising unit"), lambda one: one.line.supervising_unit),
                                       "desk": (Message("By person"), lambda one: one.desk)}


class Asked(BaseModel):
    """Which organisations are wanted, and by what they are counted, as it stands in the address."""

    state: str = Field("", max_length=20)
    kind: str = Field("", max_length=20)
    unit: str = Field("", max_length=60)
    desk: str = Field("", max_length=60)
    q: str = Field("", max_length=60)
    by: Literal["kind", "unit", "desk"] = "kind"

    def holds(self, one: Standing) -> bool:
        """Whether it is one of them."""
        return (not self.state or self.state in _states(one)) and (not self.q or self.q.strip() in f"{one.line.name} {one.line.code}") \
            and all(not wanted or read(one) == wanted for wanted, (_, read) in zip((self.kind, self.unit, self.desk), BY.values(), strict=True))


@router.get("/inspections")
def this_year(desk: AtDesk) -> Response:
    """The campaign of this year."""
    return desk.to(f"/inspections/{desk.now.year}")


@router.get("/inspections/{year}")
def shown(desk: AtDesk, year: Year, asked: Annotated[Asked, Query()]) -> Response:
    """A year's campaign, counted and listed."""
    return _page(desk, year, asked)


@router.get("/inspections/{year}/sheet.xlsx")
def workbook(desk: AtDesk, year: Year, asked: Annotated[Asked, Query()]) -> Response:
    """The same organisations as a workbook."""
    made = campaigns.must(desk.session, year, words.ground(desk))
    rows = [one for one in standings.of(desk.session, made, desk.now) if asked.holds(one)]
    title = f"{year}年检"
    return sheet(sheets.workbook(title, rows, lambda code: desk.say(words.called(code))), f"{title}.xlsx")


@router.post("/inspections/{year}/freeze")
def freeze(desk: AtDesk, year: Year) -> Response:
    """Write down who must take part."""
    campaigns.freeze(desk.session, year, words.ground(desk), desk.officer, desk.now)
    return desk.to(f"/inspections/{year}")


@router.post("/inspections/{year}/open")
def open_cases(desk: AtDesk, year: Year) -> Response:
    """Open the cases that are not open yet."""
    campaigns.open_cases(desk.session, campaigns.must(desk.session, year, words.ground(desk)), desk.officer, desk.now)
    return desk.to(f"/inspections/{year}")


@router.post("/inspections/{year}/chase")
def chase(desk: AtDesk, year: Year, asked: Annotated[Asked, Query()], line: Annotated[list[Number] | None, Form()] = None,
          every: Annotated[bool, Form()] = False) -> Response:
    """Chase the chosen organisations, or every listed one that can be."""
    made = campaigns.must(desk.session, year, words.ground(desk))
    listed = [one for one in standings.of(desk.session, made, desk.now) if every and asked.holds(one) and chasing.chasable(one)]
    try:
        chasing.send(desk.session, made, [one.line.id or 0 for one in listed] if every else line or [], desk.officer, desk.now)
    except Conflict as refusal:     # before anything is sent
        again = _page(desk, year, asked, refusal.message)
        again.status_code = 409
        raise Answered(again) from refusal
    return desk.to(f"{desk.request.url.path.removesuffix('/chase')}?{desk.request.url.query}")


def _page(desk: Desk, year: int, asked: Asked, wrong: Message | None = None) -> Response:
    ground = words.ground(desk)
    made = campaigns.campaign(desk.session, year, ground)
    rows = standings.of(desk.session, made, desk.now) if made else []
    listed = [one for one in rows if asked.holds(one)]
    return desk.page("inspections/year.html", year=year, made=made, rows=listed, total=len(rows), words=words, asked=asked, by=BY,
                     counted=Counter(state for one in rows for state in _states(one)), table=_counted(rows, BY[asked.by][1]),
                     choices={key: sorted({read(one) for one in rows} - {""}) for key, (_, read) in BY.items()}, chasable=chasing.chasable,
                     chase_all=sum(map(chasing.chasable, listed)), today=desk.now.date(), may_run=words.may(desk, "run_campaign", ground),
                     wrong=wrong)


def _states(one: Standing) -> list[str]:
    """Its state, and how it is late."""
    return [one.state, *(["overdue"] if one.overdue else []), *(["late"] if one.late else [])]


def _counted(rows: Sequence[Standing], read: Read) -> list[tuple[str, int, Counter[str]]]:
    """Each value with how many there are of it, and in which states; late ones counted beside."""
    found: dict[str, Counter[str]] = {}
    for one in rows:
        found.setdefault(read(one), Counter()).update(_states(one))
    return [(value, sum(counted[state] for state in words.STATES), counted) for value, counted in sorted(found.items())]
