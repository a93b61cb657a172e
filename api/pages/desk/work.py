"""A work item's own form."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDesk, Desk, Number
from api.errors import Answered, status_of
from api.known import Posted
from api.pages import secret_reads
from api.pages.cases import history, operations, panels
from api.pages.answering import Asking
from api.rendering.field_views import FormView
from bpmn.message import Term
from starlette.datastructures import FormData
from workflows.cases import decisions, world
from workflows.cases.shown import overview
from workflows.cases.freshness import Changed
from workflows.cases.incidents import Halted
from workflows.cases.shown.overview import CaseView, ItemView
from workflows.cases.tables import WorkState
from workflows.errors import Conflict, Invalid, NotAllowed, Refusal

router = APIRouter()
SEEN, LONGEST = "_seen", 10     # which version of the case the person has before him


@router.get("/work/{item}")
def ask(desk: AtDesk, item: Number) -> Response:
    """The form, filled with what is known; a finished item leads to its case."""
    found, view = secret_reads.item_view(desk, item)
    if found.item.state != WorkState.OPEN:
        return desk.to(f"/cases/{view.case.number}")
    first = decisions.initial(desk.session, found.item, view.case, desk.officer, desk.now)
    return _page(desk, found, view, _asking(desk, found, view).fresh(first))


@router.post("/work/{item}")
def answer(desk: AtDesk, item: Number, sent: Posted) -> Response:
    """Hand the form in, or draw it again; uploads are kept even when the answers are refused."""
    found, view = overview.item_view(desk.session, desk.officer, item, desk.now)
    asking = _asking(desk, found, view)
    raw = asking.read(sent)
    if found.why_not:
        return _late(desk, item, raw, found.why_not)
    again = asking.redrawn(sent, raw)
    if again:
        return _page(desk, found, view, again)
    try:
        asking.demand_files()
        with desk.session.begin_nested():
            decisions.complete(desk.session, item, raw, desk.officer, desk.now, seen=seen_in(sent))
    except Invalid as refusal:
        return _page(desk, found, view, asking.refused(raw, refusal), 422)
    except Changed as refusal:
        return _changed(desk, item, raw, refusal)
    except Halted as refusal:
        raise Answered(_late(desk, item, raw, refusal)) from refusal
    except (Conflict, NotAllowed) as refusal:
        return _late(desk, item, raw, refusal)
    return desk.to(f"/inbox?done={item}")


def _asking(desk: Desk, found: ItemView, view: CaseView) -> Asking:
    case, item = view.case, found.item
    seen = world.for_item(desk.session, case, view.published.drawing.nodes[item.node], item, desk.now)
    return Asking(desk, view.published.form(item.form_key), seen, case.id)


def seen_in(sent: FormData) -> int | None:
    """The case's version that stood on the page which was sent."""
    text = str(sent.get(SEEN) or "")
    return int(text) if text.isdecimal() and len(text) < LONGEST else None


def _changed(desk: Desk, item: int, raw: dict[str, Any], refusal: Changed) -> Response:
    """The form again as it was typed, beside what a colleague has written meanwhile."""
    found, view = overview.item_view(desk.session, desk.officer, item, desk.now)
    asking = _asking(desk, found, view)
    typed = dict(asking.check(raw).values)
    differing = history.compared(view, asking.form, typed, refusal.change.value) if isinstance(refusal.value, dict) else ()
    return _page(desk, found, view, asking.as_typed(raw), 409, refusal, tuple(differing))


def _late(desk: Desk, item: int, raw: dict[str, Any], refusal: Refusal) -> Response:
    """Somebody was faster, or it may not be done any more: what was typed stays to be read."""
    desk.session.expire_all()
    found, view = overview.item_view(desk.session, desk.officer, item, desk.now)
    asking = _asking(desk, found, view)
    return _page(desk, found, view, asking.as_typed(raw), status_of(refusal), late=refusal, typed=asking.told(raw))


def _page(desk: Desk, found: ItemView, view: CaseView, form: FormView, status: int = 200, refusal: Changed | None = None,
          differing: tuple[history.Change, ...] = (), late: Refusal | None = None, typed: Sequence[Mapping[str, Any]] = ()) -> Response:
    process = view.published.process
    return desk.page(
        "work/page.html", status, found=found, view=view, form=form, refusal=refusal, differing=differing, late=late, typed=typed, seen=SEEN,
        title=Term(process.title, process.en),
        node=history.node_name(desk, view, found.item.node), figures=panels.figures_of(desk, view),
        place_name=history.place(desk, view.case.division_code[:9]), entries=history.entries(desk, view),
        operations=operations.standing(desk, view), shown=panels.sections(desk, view), names=panels.names(desk, view))
