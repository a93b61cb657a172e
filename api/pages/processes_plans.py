"""迁移方案: which element becomes which, the dry run, the move and its progress, and the way back."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDesk, Desk, Number
from api.known import Posted
from api.pages import processes_words as words
from bpmn.message import Term
from workflows.engine import Node
from workflows.errors import NotFound
from workflows.migration import plans, views
from workflows.migration.elements import name_of, resting
from workflows.migration.views import PlanView

router = APIRouter()
FIELD = "to:"       # of an element's counterpart in the mapping's form
PLAN = "/processes/{process}/plans/{number}"


@dataclass(frozen=True)
class Pair:
    """One element of the old version, what it becomes, and what it could become."""

    node: Node
    name: Term
    cases: int
    target: str
    choices: tuple[tuple[str, Term], ...]
    suggested: bool


@router.get(PLAN)
def plan(desk: AtDesk, process: str, number: Number) -> Response:
    """A plan, whole."""
    view = _view(desk, process, number)
    return desk.page("processes/plan.html", view=view, pairs=tuple(pairs(view)), words=words, field=FIELD,
                     title=words.title(view.new.process), problems=plans.problems(desk.session, view.plan),
                     why_not={act: plans.why_not(desk.session, view.plan, act, desk.officer) for act in plans.ACTS})


@router.post(PLAN + "/mapping")
def edit(desk: AtDesk, process: str, number: Number, sent: Posted) -> Response:
    """Keep another mapping; elements that are not asked about keep theirs."""
    view = _view(desk, process, number)
    chosen = {name.removeprefix(FIELD): str(value) for name, value in sent.items() if name.startswith(FIELD)}
    plans.edit(desk.session, number, {**view.plan.mapping, **chosen}, desk.officer, desk.now)
    return desk.to(f"/processes/{process}/plans/{number}")


def pairs(view: PlanView) -> Iterable[Pair]:
    """Both versions side by side; where cases wait and nothing is found comes first."""
    suggested = plans.suggested(view.old, view.new)
    found = [Pair(node, name_of(view.old, node.id), view.places.get(node.id, 0), view.plan.mapping.get(node.id, ""),
                  tuple((other.id, name_of(view.new, other.id)) for other in resting(view.new) if other.kind == node.kind),
                  suggested.get(node.id, "") == view.plan.mapping.get(node.id, ""))
             for node in resting(view.old)]
    return sorted(found, key=lambda pair: (bool(pair.target), -pair.cases))


def _view(desk: Desk, process: str, number: int) -> PlanView:
    view = views.plan(desk.session, desk.officer, number)
    if view.plan.process != process:
        raise NotFound
    return view

