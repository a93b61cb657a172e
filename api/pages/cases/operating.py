"""One operation: its form in place or on a page of its own, with its consequences told before; and doing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.desk import HIGHEST, AtDesk, Desk
from api.errors import Answered, status_of
from api.pages import secret_reads
from api.pages.cases import history, operations
from bpmn.message import Term
from workflows.cases.shown import overview
from workflows.cases.operations import redoing, resume, retry, send_back, skip, suspend, take_back, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.consequences import Consequences
from workflows.cases.operations.send_back import Wish
from workflows.cases.shown.overview import CaseView, ItemView
from workflows.engine import Place
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal

router = APIRouter()


class Part(BaseModel):
    """Which part of the case an operation is about, as its address says."""

    token: str = Field("", pattern=r"^[0-9]{0,20}$")
    item: int = Field(0, ge=0, le=HIGHEST)
    kind: Literal["job", "timer"] = "job"
    job: int = Field(0, ge=0, le=HIGHEST)


class Choice(BaseModel):
    """Where a return leads to, and what becomes of the branches beside it."""

    to: str = Field("", max_length=400)
    others: send_back.Others = "cancel"

    @property
    def place(self) -> Place:
        """Of `public_notice/confirm_posting`."""
        *path, node = self.to.split("/")
        return Place(node, tuple(path))

    @property
    def key(self) -> str:
        """What the form carries of the choice whose consequences it shows."""
        return f"{self.others} {self.to}"


class Wanted(Part, Choice):
    """A form as an address asks for it."""


class Sent(Choice):
    """What the form sends: `shown` is the choice and `seen` the case's version whose consequences were read."""

    reason: str = ""
    seen: int = Field(0, ge=0, le=HIGHEST)
    shown: str = Field("", max_length=420)
    look: bool = False      # only to see what the choice brings about


@router.get("/cases/{number}/operations/{what}")
def ask(desk: AtDesk, number: str, what: str, wanted: Annotated[Wanted, Query()]) -> Response:
    """The operation's small form, with what it will bring about; or why it can't be done."""
    asked = _operation(desk, number, what, wanted, wanted)
    secret_reads.note(desk, asked.view.case)
    return asked.page()


@router.post("/cases/{number}/operations/{what}")
def do(desk: AtDesk, number: str, what: str, part: Annotated[Part, Query()], sent: Annotated[Sent, Form()]) -> Response:
    """Do what was read; another choice is shown first, and what is refused comes back with the reason kept."""
    asked = _operation(desk, number, what, part, sent)
    if sent.look:
        return replace(asked, reason=sent.reason).page()
    try:
        _demand_read(asked, sent)
        with desk.session.begin_nested():
            asked.act(Asked(desk.officer, sent.reason, desk.now, sent.seen))
    except (Invalid, Conflict, NotAllowed) as refusal:
        desk.session.expire_all()
        again = _operation(desk, number, what, part, sent)
        raise Answered(replace(again, reason=sent.reason, refusal=refusal).page(status_of(refusal))) from refusal
    return desk.to(f"/cases/{number}")


def _demand_read(asked: "Operation", sent: Sent) -> None:
    """Nothing is done that its consequences were not shown for."""
    if asked.targets and sent.shown != sent.key:
        raise Conflict("You have chosen anew: this is what it brings about now. Please read it, and confirm.")


def _operation(desk: Desk, number: str, what: str, part: Part, choice: Choice) -> "Operation":
    if what not in operations.TITLES:
        raise NotFound("There is no such page.")
    return Operation(desk, overview.case_view(desk.session, desk.officer, number, desk.now), what, part, choice)


@dataclass(frozen=True)
class Operation:
    """An operation that somebody looks at, or asks for."""

    desk: Desk
    view: CaseView
    what: str
    part: Part
    wish: Choice
    reason: str = ""
    refusal: Refusal | None = None

    def act(self, asked: Asked) -> None:
        """Have it done."""
        session, case_id, part = self.desk.session, self.view.case.id or 0, self.part
        acts: dict[str, Callable[[], object]] = {
            "send_back": lambda: send_back.send_back(session, case_id, self._return(), asked),
            "take_back": lambda: take_back.take_back(session, self._item().item.id or 0, asked),
            "skip": lambda: skip.skip(session, self._item().item.id or 0, asked),
            "suspend": lambda: suspend.suspend(session, case_id, asked),
            "resume": lambda: resume.resume(session, case_id, asked),
            "terminate": lambda: terminate.terminate(session, case_id, asked),
            "retry": lambda: retry.retry(session, case_id, part.kind, part.job, asked),
        }
        acts[self.what]()

    def why_not(self) -> Refusal | None:
        """Why this person may not do it now; None: he may."""
        session, case, who = self.desk.session, self.view.case, self.desk.officer
        asks: dict[str, Callable[[], Refusal | None]] = {
            "send_back": lambda: send_back.why_not(session, case, self.part.token, who) or self._nowhere(),
            "take_back": lambda: take_back.why_not(session, case, self._item().item, who, self.desk.now),
            "skip": lambda: skip.why_not(session, case, self._item().item, who),
            "suspend": lambda: suspend.why_not(session, case, who),
            "resume": lambda: resume.why_not(case, who),
            "terminate": lambda: terminate.why_not(session, case, who),
            "retry": lambda: retry.why_not(case, who) or self._mended(),
        }
        return asks[self.what]()

    @cached_property
    def targets(self) -> dict[str, str]:
        """The places a return may lead to, by their key, with their names."""
        if self.what != "send_back":
            return {}
        return {"/".join((*place.path, place.node)): history.node_name(self.desk, self.view, place.node)
                for place in send_back.places(self.desk.session, self.view.case, self.part.token)}

    @cached_property
    def choice(self) -> Choice:
        """What was chosen, or the latest place where that can't be had."""
        known = self.wish.to in self.targets
        return Choice(to=self.wish.to if known else next(iter(self.targets), ""), others=self.wish.others)

    def page(self, status: int = 200) -> Response:
        """In place for htmx, else as a page."""
        desk, view, why_not = self.desk, self.view, self.why_not()
        found, hindered = (None, None) if why_not else self._consequences()
        return desk.page(
            "case/operation_form.html" if desk.by_htmx else "case/operation.html", status, view=view, what=self.what,
            title=operations.TITLES[self.what], node=self._about(), why_not=why_not, refusal=self.refusal,
            field_error=self.refusal if isinstance(self.refusal, Invalid) else None, reason=self.reason,
            targets=self.targets, choice=self.choice, token=self.part.token, found=found, hindered=hindered,
            names=_names(desk, view, found), several=len(view.open_items) > 1,
            action=operations.url(view, self.what, **self.part.model_dump(include={*Part.model_fields}, exclude_defaults=True)),
            today=desk.now.date(), limits={rule.kind: Term(rule.name, rule.en) for rule in view.published.process.clocks})

    def _consequences(self) -> tuple[Consequences | None, Refusal | None]:
        """What it brings about; or what hinders just this choice."""
        session, case, asked = self.desk.session, self.view.case, Asked(self.desk.officer, self.reason, self.desk.now)
        if self.what == "terminate":
            return terminate.preview(session, case, asked), None
        try:
            return send_back.preview(session, case, self._return(self.choice), asked) if self.targets else None, None
        except Conflict as refusal:
            return None, refusal

    def _return(self, choice: Choice | None = None) -> Wish:
        chosen = choice or self.wish
        return Wish(self.part.token, chosen.place, chosen.others)

    def _about(self) -> str:
        """Which part of the case it is about, by its name."""
        if self.what in ("take_back", "skip"):
            return history.node_name(self.desk, self.view, self._item().node)
        if self.what == "retry":
            return next((one["name"] for one in operations.troubles(self.desk, self.view) if self._is(one["trouble"])), "")
        place = redoing.waiting_at(self.view.published.drawing, self.view.case.engine, self.part.token)
        return operations.place_name(self.desk, self.view, place) if place else ""

    def _nowhere(self) -> Refusal | None:
        return None if self.targets else Conflict("There is nothing here that can be sent back any more.")

    def _mended(self) -> Refusal | None:
        failing = retry.troubles(self.desk.session, self.view.case)
        return None if any(self._is(one) for one in failing) else Conflict("This has been taken up already.")

    def _is(self, trouble: retry.Trouble) -> bool:
        return (trouble.kind, trouble.id) == (self.part.kind, self.part.job)

    def _item(self) -> ItemView:
        found = next((one for one in self.view.items if one.item.id == self.part.item), None)
        if found is None:
            raise NotFound("This item was not found.")
        return found


def _names(desk: Desk, view: CaseView, found: Consequences | None) -> Mapping[str, str]:
    """People's work among the elements to be done anew, in the order it was done."""
    done = [one.node for one in view.items if found and one.node in found.redone]
    return {node: history.node_name(desk, view, node) for node in dict.fromkeys(
        [*done, *(item.node for item in (found.cancelled if found else ()))])}
