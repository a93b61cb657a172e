"""办件操作 on a case: the menu for whoever reads it, what machines could not do, and what was done before."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.desk import Desk
from api.pages.cases import failures, history
from bpmn.message import Message, Term
from workflows.cases.names import names_since
from workflows.cases.operations import asking, resume, retry, send_back, skip, suspend, take_back, terminate
from workflows.cases.shown.overview import CaseView
from workflows.cases.tables import Operation
from workflows.engine import Waiting
from workflows.errors import NotAllowed, Refusal
from workflows.office import people

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


def offers(desk: Desk, view: CaseView) -> tuple[Offer, ...]:
    """The menu for this person: what he may do, and what the state of the case forbids."""
    session, case, who = desk.session, view.case, desk.officer
    found = [_offer(view, "send_back", None, place_name(desk, view, place), token=place.token)
             for place in send_back.tokens(session, case, who)]
    found += [_offer(view, "take_back", take_back.why_not(session, case, item, who, desk.now),
                     history.node_name(desk, view, names_since(session, case).of(item)), item=item.id)
              for item in take_back.mine(session, case, who)]
    found += [_offer(view, "skip", skip.why_not(session, case, one.item, who),
                     history.node_name(desk, view, one.item.node), item=one.item.id)
              for one in view.open_items]
    found += [_offer(view, "suspend", suspend.why_not(session, case, who)),
              _offer(view, "resume", resume.why_not(case, who)),
              _offer(view, "terminate", terminate.why_not(session, case, who))]
    return () if case.ended_at else tuple(
        one for one in found if not isinstance(one.why_not, NotAllowed) and not (
            one.why_not and one.what in ("suspend", "resume")))


def troubles(desk: Desk, view: CaseView) -> tuple[dict[str, Any], ...]:
    """What machines could not do for the case, in plain words, with the way to try it again."""
    may = retry.why_not(view.case, desk.officer)
    return tuple({
        "trouble": one, "name": history.node_name(desk, view, one.node) if one.node else desk.say(failures.topic(one.topic)),
        "words": failures.why(one.error), "url": url(view, "retry", kind=one.kind, job=one.id), "why_not": may,
    } for one in retry.troubles(desk.session, view.case))


def standing(desk: Desk, view: CaseView) -> dict[str, Any]:
    """What the case page says at its top: suspended or terminated by whom and why; and what was returned."""
    what = {"suspended": "suspend", "terminated": "terminate"}.get(view.case.state)
    stopped = asking.latest(desk.session, view.case, what) if what else None
    return {"offers": offers(desk, view), "troubles": troubles(desk, view), "stopped": _told(desk, stopped) if stopped else None,
            "returned": _returns(desk, view)}


def url(view: CaseView, what: str, **part: object) -> str:
    """Where an operation on a part of the case is asked for."""
    said = {name: value for name, value in part.items() if value}
    return f"/cases/{view.case.number}/operations/{what}" + (f"?{urlencode(said)}" if said else "")


def place_name(desk: Desk, view: CaseView, place: Waiting) -> str:
    """Where a token stands, as people call it: the work or the stage, not the event that is waited for."""
    if place.node.kind.endswith("Task"):
        return history.node_name(desk, view, place.node.id)
    if place.path:
        return history.node_name(desk, view, place.path[-1])
    stage = next((one for one in view.published.process.stages if place.node.id in one.nodes), None)
    return desk.say(Term(stage.name, stage.en)) if stage else history.node_name(desk, view, place.node.id)


def _returns(desk: Desk, view: CaseView) -> tuple[dict[str, Any], ...]:
    """Each return that asks for open work anew, once, however many duties share the work."""
    found = {done.id: done for one in view.open_items if (done := send_back.returned(desk.session, one.item))}
    return tuple(_told(desk, done) for done in found.values())


def _told(desk: Desk, done: Operation) -> dict[str, Any]:
    return {"by": people.officer(desk.session, done.by).name, "reason": done.reason, "at": done.at, "what": done.what}


def _offer(view: CaseView, what: str, why_not: Refusal | None, name: str = "", **part: object) -> Offer:
    return Offer(what, TITLES[what], url(view, what, **part), name, why_not)
