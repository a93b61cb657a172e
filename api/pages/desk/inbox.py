"""我的待办: the list, the open case beside it, and deciding from there."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import HIGHEST, AtDesk, Desk, Number
from api.errors import Answered, status_of
from api.known import Posted
from api.pages.cases import panels
from api.pages.desk import deciding
from api.pages.cases.panels import Panel
from api.pages.desk.work import seen_in
from workflows.cases import clocks
from workflows.cases import decisions
from workflows.cases.shown import worklist
from workflows.cases.shown.worklist import Worklist
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal

router = APIRouter()
Light = Literal["", "overdue", "near", "normal"]


class Wish(BaseModel):
    """Which rows are wanted, and which one is open."""

    light: Light = ""
    process: str = Field("", max_length=64)
    township: str = Field("", max_length=12)
    page: int = Field(1, ge=1, le=10_000)
    item: int | None = Field(None, ge=0, le=HIGHEST)     # 0: none is open
    done: int | None = Field(None, ge=0, le=HIGHEST)     # just finished: said once

    def url(self, path: str = "/inbox", **changes: object) -> str:
        """The same wish, changed a little, as an address."""
        values = {**self.model_dump(), "done": None, **changes}
        if "item" not in changes:
            values["item"] = None
        if not changes.keys().isdisjoint({"light", "process", "township"}):
            values["page"] = 1
        kept = {name: value for name, value in values.items() if value not in ("", None) and (name, value) != ("page", 1)}
        return path + (f"?{urlencode(kept)}" if kept else "")


Wished = Annotated[Wish, Query()]


@router.get("/inbox")
def inbox(desk: AtDesk, wish: Wished) -> Response:
    """The list with the chosen case open; on a wide screen the first one opens by itself."""
    work = _work(desk, wish)
    wanted = wish.item if wish.item is not None else next((row.id for row in work.rows), 0)
    panel = _open(desk, wanted) if wanted else None
    return desk.page("inbox/page.html", **_context(desk, wish, work), panel=panel, by_itself=wish.item is None,
                     finished=deciding.finished(desk, wish.done))


@router.get("/inbox/items/{item}")
def panel_of(desk: AtDesk, item: Number, wish: Wished) -> Response:
    """The panel alone, for htmx; asked for by itself it opens beside the list."""
    panel = panels.open_item(desk, item)
    return desk.page("inbox/panel.html", wish=wish, panel=panel, by_itself=False) if desk.by_htmx else desk.to(wish.url(item=item))


@router.post("/inbox/items/{item}")
def decide(desk: AtDesk, item: Number, wish: Wished, sent: Posted) -> Response:
    """Decide from the panel; the next item opens."""
    following = _after(_work(desk, wish), item)
    raw = panels.answers_of(desk, item, sent)
    try:
        decisions.complete(desk.session, item, raw, desk.officer, desk.now, seen=seen_in(sent))
    except (Invalid, Conflict, NotAllowed) as refusal:
        panel = panels.open_item(desk, item, refusal=refusal, opinion=str(sent.get("opinion") or ""))
        template = "inbox/panel.html" if desk.by_htmx else "inbox/page.html"
        context = {**_context(desk, wish, _work(desk, wish)), "panel": panel, "by_itself": False, "finished": ""}
        raise Answered(desk.page(template, status_of(refusal), **context)) from refusal
    if not desk.by_htmx:
        return desk.to(wish.url(item=following, done=item))
    return _moved_on(desk, wish, item, following)


def _moved_on(desk: Desk, wish: Wish, item: int, following: int | None) -> Response:
    work = _work(desk, wish)
    panel = _open(desk, following) if following else None
    answer = desk.page("inbox/after.html", **_context(desk, wish, work), panel=panel, by_itself=False,
                       finished=deciding.finished(desk, item))
    answer.headers["HX-Replace-Url"] = wish.url(item=following or 0)
    return answer


def _work(desk: Desk, wish: Wish) -> Worklist:
    return worklist.of(desk.session, desk.officer, desk.now, light=wish.light, process=wish.process,
                       township=wish.township, page=wish.page)


def _context(desk: Desk, wish: Wish, work: Worklist) -> dict[str, Any]:
    wanted = {*work.processes, *(row.process for row in work.rows)}
    return {"wish": wish, "work": work, "titles": panels.titles(desk, wanted),
            "steps": panels.steps(desk, work.rows),
            "provisional": clocks.provisional(desk.session, [row.case_number for row in work.rows])}


def _open(desk: Desk, item: int) -> Panel | None:
    """The item, unless it is gone: a list must not fail because of one row."""
    try:
        return panels.open_item(desk, item)
    except (NotFound, Refusal):
        return None


def _after(work: Worklist, item: int) -> int | None:
    ids = [row.id for row in work.rows]
    place = ids.index(item) if item in ids else -1
    rest = [*ids[place + 1:], *ids[:max(place, 0)]]
    return rest[0] if rest else None
