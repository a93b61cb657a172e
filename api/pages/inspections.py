"""年检: a year's campaign, what is done, late and not begun, by type, supervising unit and person; and the draws by lot."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import AtDesk, Desk
from api.pages.files import sheet
from bpmn.message import Message, Term
from workflows.inspections import campaigns, draws, sheet as sheets
from workflows.inspections.campaigns import Standing
from workflows.office import permissions
from workflows.office.permissions import MAY
from workflows.registers import declared

router = APIRouter()
Year = Annotated[int, Path(ge=2000, le=2100)]
STATES = {"not_opened": Message("Case not opened"), "not_begun": Message("Report not handed in"), "with_unit": Message("With the supervising unit"),
          "with_registrar": Message("With the registrar"), "rectifying": Message("To rectify"), "missed": Message("Did not take part"),
          "done": Message("Done")}
CONCLUSIONS = {"qualified": Message("Qualified"), "basic": Message("Basically qualified"), "unqualified": Message("Not qualified")}
DESKS = {"REG_AUTH": Message("Registrar, nobody yet"), "SUPERVISING_UNIT": Message("Supervising unit, nobody yet"),
         "COUNTY_LEAD": Message("Leader, nobody yet")}
LATE = "late"
Read = Callable[[Standing], str]


class Asked(BaseModel):
    """Which organisations are wanted, as it stands in the address."""

    state: str = Field("", max_length=20)
    kind: str = Field("", max_length=20)
    unit: str = Field("", max_length=60)
    desk: str = Field("", max_length=60)

    def holds(self, one: Standing) -> bool:
        """Whether it is one of them."""
        return (not self.state or (one.late if self.state == LATE else one.state == self.state)) \
            and (not self.kind or one.line.kind == self.kind) and (not self.unit or one.line.supervising_unit == self.unit) \
            and (not self.desk or one.desk == self.desk)


@router.get("/inspections")
def this_year(desk: AtDesk) -> Response:
    """The campaign of this year."""
    return desk.to(f"/inspections/{desk.now.year}")


@router.get("/inspections/{year}")
def shown(desk: AtDesk, year: Year, asked: Annotated[Asked, Query()]) -> Response:
    """A year's campaign, counted and listed."""
    ground = _ground(desk)
    made = campaigns.campaign(desk.session, year, ground)
    rows = campaigns.standings(desk.session, made) if made else []
    tables: Sequence[tuple[str, Message, Read]] = (("kind", Message("By type"), lambda one: one.line.kind),
                                                   ("unit", Message("By supervising unit"), lambda one: one.line.supervising_unit),
                                                   ("desk", Message("By person"), lambda one: one.desk))
    return desk.page("inspections/year.html", year=year, made=made, rows=[one for one in rows if asked.holds(one)], total=len(rows),
                     counted=Counter(one.state for one in rows), late=sum(one.late for one in rows), states=STATES, asked=asked,
                     tables=[(key, title, _counted(rows, read)) for key, title, read in tables], words=lambda code: _words(desk, code),
                     draws=draws.all_of(desk.session, ground), may_run=_may(desk, "run_campaign", ground))


@router.get("/inspections/{year}/sheet.xlsx")
def workbook(desk: AtDesk, year: Year, asked: Annotated[Asked, Query()]) -> Response:
    """The same organisations as a workbook."""
    made = campaigns.must(desk.session, year, _ground(desk))
    rows = [one for one in campaigns.standings(desk.session, made) if asked.holds(one)]
    title = f"{year}年检"
    return sheet(sheets.workbook(title, rows, lambda code: _words(desk, code)), f"{title}.xlsx")


@router.post("/inspections/{year}/freeze")
def freeze(desk: AtDesk, year: Year) -> Response:
    """Write down who must take part."""
    campaigns.freeze(desk.session, year, _ground(desk), desk.officer, desk.now)
    return desk.to(f"/inspections/{year}")


@router.post("/inspections/{year}/open")
def open_cases(desk: AtDesk, year: Year) -> Response:
    """Open the cases that are not open yet."""
    campaigns.open_cases(desk.session, campaigns.must(desk.session, year, _ground(desk)), desk.officer, desk.now)
    return desk.to(f"/inspections/{year}")


def _ground(desk: Desk) -> str:
    """The ground of the duty by which the person may read; refused to whoever has none."""
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_inspections"))
    return next(held.division_code for held in desk.officer.duties if held.role in MAY["read_inspections"])


def _may(desk: Desk, action: str, ground: str) -> bool:
    return permissions.why_not(desk.officer, action, ground) is None


def _counted(rows: Sequence[Standing], read: Read) -> list[tuple[str, int, Counter[str]]]:
    """Each value with how many there are of it, and in which states; late ones counted beside."""
    found: dict[str, Counter[str]] = {}
    for one in rows:
        counted = found.setdefault(read(one), Counter())
        counted.update([one.state, *([LATE] if one.late else [])])
    return [(value, sum(counted[state] for state in STATES), counted) for value, counted in sorted(found.items()) if value]


def _words(desk: Desk, code: str) -> str:
    """A type, state, desk or conclusion in the reader's words; a name as it is."""
    kinds = next(field for field in declared.named("organisation").fields if field.key == "kind").values
    said = Term(*kinds[code]) if code in kinds else {**STATES, **CONCLUSIONS, **DESKS}.get(code)
    return desk.say(said) if said else code
