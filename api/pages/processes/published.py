"""流程: what is published, who is under way on which version, and a version's drawing with the cases on it."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from api.desk import HIGHEST, AtDesk, Number
from api.pages.processes import drawings, words as words
from bpmn.message import Message
from workflows import releases
from workflows.errors import NotFound
from workflows.migration import plans, views
from workflows.office import permissions

router = APIRouter()
Chosen = Annotated[int, Form(ge=1, le=HIGHEST)]


@router.get("/processes")
def listed(desk: AtDesk) -> Response:
    """Every process with its versions."""
    return desk.page("processes/list.html", found=views.processes(desk.session, desk.officer), words=words,
                     may_plan=permissions.why_not_anywhere(desk.officer, "plan_migration") is None)


@router.get("/processes/{process}/versions/{number}")
def version(desk: AtDesk, process: str, number: Number) -> Response:
    """One version: its drawings, the cases on them, its files."""
    view = views.version(desk.session, desk.officer, process, number)
    published = view.published
    parts = [(name, words.title(part), view.published.version) for name, part in published.parts.items()]
    return desk.page("processes/version.html", view=view, findings=releases.check(process, published.files).findings, parts_shown=sorted(parts, key=lambda one: one[0] != process), words=words,
                     standing=[(node, view.places[node.id]) for node in published.drawing.nodes.values() if node.id in view.places],
                     files=[(path, len(content)) for path, content in published.files.items()],
                     may_plan=permissions.why_not_anywhere(desk.officer, "plan_migration") is None)


@router.get("/processes/{process}/versions/{number}/drawing")
def drawing(desk: AtDesk, process: str, number: Number, part: Annotated[str, Query(max_length=64)] = "") -> Response:
    """A drawing's XML, and how many cases stand at each of its elements."""
    view = views.version(desk.session, desk.officer, process, number)
    if part not in view.published.parts:
        raise NotFound
    nodes = [node for node in view.published.drawing.nodes.values()
             if node.id in view.places and node.process == part and node.kind != "boundaryEvent"]
    nodes.sort(key=lambda node: -view.places[node.id])
    now = [{"id": node.id, "text": desk.say(Message("{n} cases", {"n": view.places[node.id]})), "light": "normal"}
           for node in nodes]
    return drawings.answer(desk, view.published, part, now=now)


@router.post("/processes/{process}/plans")
def make_plan(desk: AtDesk, process: str, old: Chosen, new: Chosen) -> Response:
    """Begin a plan, with suggestions."""
    plan = plans.make(desk.session, process, old, new, desk.officer, desk.now)
    return desk.to(f"/processes/{process}/plans/{plan.id}")
