"""办件操作: what somebody may do to a case out of its drawn way, with its consequences told before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response

from api.desk import HIGHEST, AtDesk, Desk
from api.pages import failures, history
from bpmn.message import Message, Term
from workflows.cases import overview
from workflows.cases.names import names_since
from workflows.cases.operations import asking, resume, retry, send_back, skip, suspend, take_back, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.consequences import Consequences
from workflows.cases.operations.send_back import Wish
from workflows.cases.overview import CaseView
from workflows.cases.tables import WorkItem
from workflows.engine import Place
from workflows.errors import Invalid, NotAllowed, NotFound, Refusal
from workflows.office import people, permissions

router = APIRouter()
TITLES = {
    "send_back": Message("Send back"), "take_back": Message("Withdraw one's step"), "skip": Message("Skip"), "suspend": Message("Suspend"),
    "resume": Message("Resume"), "terminate": Message("Terminate"), "retry": Message("Try again"),
}


@dataclass(frozen=True)
class Offer:
    """One operation in the menu; `why_not` says why it is grey."""

    what: str
    label: Message
    url: str
    node: str = ""
    why_not: Refusal | None = None


@dataclass(frozen=True)
class Wanted:
    """Which operation on which part of the case, as the address or the form says."""

    what: str
    token: str = ""
    item: int = 0
    to: str = ""
    others: send_back.Others = "cancel"
    kind: str = "job"
    job: int = 0

    @property
    def place(self) -> Place:
        """Where a return leads to: `public_notice/confirm_posting`."""
        *path, node = self.to.split("/")
        return Place(node, tuple(path))

    @property
    def wish(self) -> Wish:
        """The return that is wished."""
        return Wish(self.token, self.place, self.others)


Count = Annotated[int, Query(ge=0, le=HIGHEST)]


def wanted(what: str, token: Annotated[str, Query(pattern=r"^[0-9]{0,20}$")] = "", item: Count = 0,
           to: Annotated[str, Query(max_length=400)] = "", others: send_back.Others = "cancel",
           kind: Literal["job", "timer"] = "job", job: Count = 0) -> Wanted:
    """Read from the address; a form's own address says the same."""
    if what not in TITLES:
        raise NotFound("This was not found.")
    return Wanted(what, token, item, to, others, kind, job)


def offers(desk: Desk, view: CaseView) -> tuple[Offer, ...]:
    """The menu for this person: what he may do, and what the state of the case forbids."""
    session, case, who = desk.session, view.case, desk.officer
    found = [_offer(desk, view, "send_back", None, node=place.node.id, token=place.token)
             for place in send_back.tokens(session, case, who)]
    found += [_offer(desk, view, "take_back", take_back.why_not(session, case, item, who, desk.now),
                     node=names_since(session, case).of(item), item=item.id) for item in take_back.mine(session, case, who)]
    found += [_offer(desk, view, "skip", skip.why_not(session, case, one.item, who), node=one.item.node, item=one.item.id)
              for one in view.open_items]
    found += [_offer(desk, view, "suspend", suspend.why_not(session, case, who)),
              _offer(desk, view, "resume", resume.why_not(case, who)),
              _offer(desk, view, "terminate", terminate.why_not(session, case, who))]
    return () if case.ended_at else tuple(
        one for one in found if not isinstance(one.why_not, NotAllowed) and not (
            one.why_not and one.what in ("suspend", "resume")))


def troubles(desk: Desk, view: CaseView) -> tuple[dict[str, Any], ...]:
    """What machines could not do for the case, in plain words, with the way to try it again."""
    may = retry.why_not(view.case, desk.officer)
    return tuple({
        "trouble": one, "name": history.node_name(desk, view, one.node) if one.node else desk.say(failures.topic(one.topic)),
        "words": failures.why(one.error),
        "url": _url(view, "retry", kind=one.kind, job=one.id), "why_not": may,
    } for one in retry.troubles(desk.session, view.case))


def standing(desk: Desk, view: CaseView) -> dict[str, Any]:
    """What the case page says at its top: suspended or terminated by whom and why; and what was returned."""
    what = {"suspended": "suspend", "terminated": "terminate"}.get(view.case.state)
    stopped = asking.latest(desk.session, view.case, what) if what else None
    returned = {one.item.id: _told(desk, send_back.returned(desk.session, one.item)) for one in view.open_items}
    return {"offers": offers(desk, view), "troubles": troubles(desk, view), "stopped": _told(desk, stopped),
            "returned": {item: told for item, told in returned.items() if told}}


@router.get("/cases/{number}/operations/{what}")
def ask(desk: AtDesk, number: str, wish: Annotated[Wanted, Depends(wanted)]) -> Response:
    """The operation's small form, with what it will bring about."""
    view = overview.case_view(desk.session, desk.officer, number, desk.now)
    permissions.demand(_why_not(desk, view, wish))
    return _page(desk, view, wish)


@router.post("/cases/{number}/operations/{what}")
def do(desk: AtDesk, number: str, wish: Annotated[Wanted, Depends(wanted)], reason: Annotated[str, Form()] = "",
       seen: Annotated[int, Form(ge=0, le=HIGHEST)] = 0) -> Response:
    """Do it; a reason that is missing or too long is asked for again."""
    view = overview.case_view(desk.session, desk.officer, number, desk.now)
    reason = reason.replace("\0", "")   # no database keeps it in a text
    try:
        with desk.session.begin_nested():
            _acts(desk, view, wish, Asked(desk.officer, reason, desk.now, seen))[wish.what]()
    except Invalid as refusal:
        return _page(desk, view, wish, reason, refusal, 422)
    return desk.to(f"/cases/{number}")


def _why_not(desk: Desk, view: CaseView, wish: Wanted) -> Refusal | None:
    session, case, who = desk.session, view.case, desk.officer
    return {
        "send_back": lambda: send_back.why_not(session, case, wish.token, who),
        "take_back": lambda: take_back.why_not(session, case, _item(view, wish), who, desk.now),
        "skip": lambda: skip.why_not(session, case, _item(view, wish), who),
        "suspend": lambda: suspend.why_not(session, case, who),
        "resume": lambda: resume.why_not(case, who),
        "terminate": lambda: terminate.why_not(session, case, who),
        "retry": lambda: retry.why_not(case, who),
    }[wish.what]()


def _acts(desk: Desk, view: CaseView, wish: Wanted, asked: Asked) -> dict[str, Callable[[], object]]:
    session, case_id = desk.session, view.case.id or 0
    return {
        "send_back": lambda: send_back.send_back(session, case_id, wish.wish, asked),
        "take_back": lambda: take_back.take_back(session, _item(view, wish).id or 0, asked),
        "skip": lambda: skip.skip(session, _item(view, wish).id or 0, asked),
        "suspend": lambda: suspend.suspend(session, case_id, asked),
        "resume": lambda: resume.resume(session, case_id, asked),
        "terminate": lambda: terminate.terminate(session, case_id, asked),
        "retry": lambda: retry.retry(session, case_id, wish.kind, wish.job, asked),
    }


def _page(desk: Desk, view: CaseView, wish: Wanted, reason: str = "", refusal: Invalid | None = None,
          status: int = 200) -> Response:
    targets = _targets(desk, view, wish)
    if targets and wish.to not in dict(targets):
        wish = Wanted(**{**vars(wish), "to": targets[0][0]})
    node = next((one.node for one in offers(desk, view) if one.what == wish.what and (one.url == _url_of(view, wish))), "")
    found = _consequences(desk, view, wish, Asked(desk.officer, reason, desk.now))
    return desk.page(
        "case/operation_form.html" if desk.by_htmx else "case/operation.html", status, view=view, wish=wish,
        title=TITLES[wish.what], node=node, targets=targets, found=found, reason=reason, refusal=refusal, action=_url_of(view, wish, True),
        names=_names(desk, view, found), several=len(view.open_items) > 1,
        limits={rule.kind: Term(rule.name, rule.en) for rule in view.published.process.clocks})


def _consequences(desk: Desk, view: CaseView, wish: Wanted, asked: Asked) -> Consequences | None:
    if wish.what == "send_back":
        return send_back.preview(desk.session, view.case, wish.wish, asked)
    return terminate.preview(desk.session, view.case, asked) if wish.what == "terminate" else None


def _targets(desk: Desk, view: CaseView, wish: Wanted) -> list[tuple[str, str]]:
    """The places a return may lead to, by their key, with their names."""
    if wish.what != "send_back":
        return []
    return [("/".join((*place.path, place.node)), history.node_name(desk, view, place.node))
            for place in send_back.places(desk.session, view.case, wish.token)]


def _names(desk: Desk, view: CaseView, found: Consequences | None) -> dict[str, str]:
    """People's work among the elements to be done anew, in the order it was done."""
    done = [one.node for one in view.items if found and one.node in found.redone]
    return {node: history.node_name(desk, view, node) for node in dict.fromkeys(
        [*done, *(item.node for item in (found.cancelled if found else ()))])}


def _item(view: CaseView, wish: Wanted) -> WorkItem:
    found = next((one.item for one in view.items if one.item.id == wish.item), None)
    if found is None:
        raise NotFound("This item was not found.")
    return found


def _told(desk: Desk, done: Any) -> dict[str, Any] | None:
    return done and {"by": people.officer(desk.session, done.by).name, "reason": done.reason, "at": done.at, "what": done.what}


def _offer(desk: Desk, view: CaseView, what: str, why_not: Refusal | None, node: str = "", **part: Any) -> Offer:
    return Offer(what, TITLES[what], _url(view, what, **part), history.node_name(desk, view, node) if node else "", why_not)


def _url_of(view: CaseView, wish: Wanted, whole: bool = False) -> str:
    part = {"token": wish.token, "item": wish.item}
    if whole:
        part |= {"to": wish.to, "others": wish.others if wish.to else "", "job": wish.job, "kind": wish.kind if wish.job else ""}
    return _url(view, wish.what, **{name: value for name, value in part.items() if value})


def _url(view: CaseView, what: str, **part: Any) -> str:
    return f"/cases/{view.case.number}/operations/{what}" + (f"?{urlencode(part)}" if part else "")
