"""迁移方案: which element becomes which, the dry run, the move and its progress, and the way back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import AtDesk, Desk, Number
from api.known import Posted
from api.pages import files
from api.pages.processes import words as words
from bpmn.message import Term
from workflows.engine import Node
from workflows.errors import Invalid, NotFound
from workflows.migration import plans, results, views
from workflows.migration.elements import alike, described, resting
from workflows.migration.views import PlanView
from workflows.office import permissions
from workflows.records.session import reading

router = APIRouter()
STALE = timedelta(days=1)    # a dry run older than that says so
FIELD = "to:"       # of an element's counterpart in the mapping's form
PLAN = "/processes/{process}/plans/{number}"
Bulk = Literal["start", "back", "back_one"]


@dataclass(frozen=True)
class Pair:
    """One element of the old version, what it becomes, and what it could become."""

    node: Node
    name: Term
    cases: int
    target: str
    choices: tuple[tuple[str, Term], ...]
    suggested: bool


class Wish(BaseModel):
    """Which cases of the plan are wanted."""

    state: str = Field("", max_length=20)
    code: str = Field("", max_length=40)
    node: str = Field("", max_length=200)
    page: int = Field(1, ge=1, le=100_000)

    def url(self, **changes: object) -> str:
        """The same wish, changed a little, as the end of an address."""
        kept = {name: value for name, value in {**self.model_dump(), **changes}.items() if value not in ("", 1)}
        return f"?{urlencode(kept)}#cases" if kept else "#cases"


@router.get(PLAN)
def plan(desk: AtDesk, process: str, number: Number, wish: Annotated[Wish, Query()]) -> Response:
    """A plan, whole: what is mapped, what a dry run found, what has moved."""
    view = _view(desk, process, number)
    found, more = results.lines(desk.session, view.plan, state=wish.state, code=wish.code, node=wish.node, page=wish.page,
                                who=desk.officer)
    return desk.page("processes/plan.html", **_shown(desk, view), pairs=tuple(pairs(view)), field=FIELD, wish=wish,
                     lines=found, more=more, groups=results.groups(desk.session, view.plan),
                     problems=plans.problems(desk.session, view.plan), reads_cases=desk.officer.holds(*permissions.READERS))


@router.get(PLAN + "/progress")
def progress(desk: AtDesk, process: str, number: Number) -> Response:
    """How far the machine has come; once it is through, the whole page is asked for anew."""
    view = _view(desk, process, number)
    answer = desk.page("processes/progress.html", **_shown(desk, view))
    if not words.under_way(view.plan):
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.get(PLAN + "/cases.csv")
def export(desk: AtDesk, process: str, number: Number) -> Response:
    """Every case with what was found, as a file for a spreadsheet."""
    view = _view(desk, process, number)
    return files.stream(_table(desk, view.plan.id or 0), f"{process}-{number}.csv", "text/csv; charset=utf-8")


@router.post(PLAN + "/mapping")
def edit(desk: AtDesk, process: str, number: Number, sent: Posted) -> Response:
    """Keep another mapping; elements that are not asked about keep theirs."""
    view = _view(desk, process, number)
    chosen = {name.removeprefix(FIELD): str(value) for name, value in sent.items() if name.startswith(FIELD)}
    plans.edit(desk.session, number, {**view.plan.mapping, **chosen}, desk.officer, desk.now)
    return desk.to(f"/processes/{process}/plans/{number}")


@router.post(PLAN + "/{act}")
def act(desk: AtDesk, process: str, number: Number, act: Literal["check", "pause", "resume", "drop"]) -> Response:
    """Try, pause, resume, or give up."""
    _view(desk, process, number)
    getattr(plans, act)(desk.session, number, desk.officer, desk.now)
    return desk.to(f"/processes/{process}/plans/{number}")


@router.get(PLAN + "/confirm/{act}")
def confirm(desk: AtDesk, process: str, number: Number, act: Bulk, case: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Before many cases go over or back, or one goes back: how many, and the reason that is asked for."""
    return _confirm(desk, _view(desk, process, number), act, case)


@router.post(PLAN + "/confirm/{act}")
def carry(desk: AtDesk, process: str, number: Number, act: Bulk, case: Annotated[str, Query(max_length=40)] = "",
          reason: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Start the move, or the way back of all cases or of one; a reason that is missing is asked for again."""
    view = _view(desk, process, number)
    try:
        with desk.session.begin_nested():
            if act == "back_one":
                plans.back_one(desk.session, number, case, desk.officer, desk.now, reason=reason)
            else:
                getattr(plans, act)(desk.session, number, desk.officer, desk.now, reason=reason)
    except Invalid as refusal:
        return _confirm(desk, view, act, case, refusal, reason)
    return desk.to(f"/processes/{process}/plans/{number}")


def _confirm(desk: Desk, view: PlanView, act: Bulk, case: str, refusal: Invalid | None = None, reason: str = "") -> Response:
    count = {"start": plans.in_hand(desk.session, view.plan), "back_one": 1,
             "back": view.counts.get("moved", 0) + view.counts.get("kept", 0)}[act]
    return desk.page("processes/confirm.html", 422 if refusal else 200, **_shown(desk, view), act=act, case=case, count=count,
                     refusal=refusal, reason=reason)


def _table(desk: Desk, number: int) -> Iterator[str]:
    """The lines, read as they leave: by a session of their own, the request's is closed by then."""
    with reading(desk.request.app.state.engine) as session:
        yield from results.table(session, plans.by_id(session, number), desk.language, desk.officer)


def pairs(view: PlanView) -> Iterable[Pair]:
    """Both versions side by side; where cases wait and nothing is found comes first."""
    suggested = plans.suggested(view.old, view.new)
    found = [Pair(node, described(view.old, node.id), view.places.get(node.id, 0), view.plan.mapping.get(node.id, ""),
                  tuple((other.id, _choice(view, other)) for other in resting(view.new) if alike(node, other)),
                  suggested.get(node.id, "") == view.plan.mapping.get(node.id, ""))
             for node in resting(view.old)]
    return sorted(found, key=lambda pair: (bool(pair.target), -pair.cases))


def _choice(view: PlanView, node: Node) -> Term:
    """An element of the new version as a choice: what it is called, and of what kind it is."""
    name, kind = described(view.new, node.id), words.kind(node.kind)
    return Term(f"{name.zh}（{kind.zh}）", f"{name.en} ({kind.en})") if node.name else name


def _shown(desk: Desk, view: PlanView) -> dict[str, Any]:
    """What the page and its progress both need."""
    return {"view": view, "words": words, "title": words.title(view.new.process), "under_way": words.under_way(view.plan),
            "why_not": {act: plans.why_not(desk.session, view.plan, act, desk.officer) for act in plans.ACTS},
            "stale": view.plan.checked_at is not None and desk.now - view.plan.checked_at > STALE,
            "rival": plans.rival(desk.session, view.plan)}


def _view(desk: Desk, process: str, number: int) -> PlanView:
    view = views.plan(desk.session, desk.officer, number)
    if view.plan.process != process:
        raise NotFound
    return view

