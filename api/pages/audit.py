"""审计: what happened, over all chains, field by field; and the proof that nothing of it was changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field, field_validator

from api.desk import AtDesk, Desk
from api.pages.payments import words as words
from api.pages.audit_words import ACTIONS
from bpmn.message import Message, Term
from forms import checks
from forms.schema import Choosing, Input
from workflows import releases
from workflows.cases import facts
from workflows.cases.shown import sights, trail
from workflows.cases.tables import Case, Household
from workflows.migration.tables import Plan
from workflows.office import permissions
from workflows.papers import mask
from workflows.payments.tables import Cycle
from workflows.records.tables import AuditEvent
from workflows.releases import Published

router = APIRouter()
MOST_CHANGES = 60
LONG = 160
HIDDEN = {**sights.MASKS, "address": lambda _: "…", "illness": lambda _: "…", "holder": mask.family_name}
CHAINS = {"case": Message("Case"), "cycle": Message("Payment month"), "household": Message("Household"),
          "office": Message("Office"), "funds": Message("Funds"), "sign_in": Message("Sign-in"),
          "migration": Message("Migration plan"), "process": Message("Process"), "campaign": Message("Annual inspection"),
          "inspection": Message("Random inspection")}
ABSENT = "—"
KEYS = {**words.DETAILS, "total_fen": Message("Total"), "base_fen": Message("Base"), "supplement_fen": Message("Supplement"),
        "decision_no": Message("Decision"), "pay_by_on": Message("Pay by"), "cut_off_on": Message("Cut-off"),
        "result": Message("Result"), "from": Message("From month"), "to": Message("To month"), "fen": Message("Amount"),
        "source": Message("Source"), "reason": Message("Reason"), "due_on": Message("Due"), "sha256": Message("Hash"),
        "count": Message("Count"), "digest": Message("SHA-256 of the population"), "population": Message("SHA-256 of the population"),
        "seed": Message("Seed"), "drawn": Message("Drawn"), "draw": Message("Draw"), "witness": Message("Witness"), "ratio": Message("Ratio (percent)"),
        "inspector": Message("Inspector"), "code": Message("Code"), "plan": Message("Plan"), "document": Message("Paper")}


class Wish(BaseModel):
    """Which events are wanted."""

    case: str = Field("", max_length=40)
    person: str = Field("", max_length=40)
    action: str = Field("", max_length=60)
    day: date | None = None
    page: int = Field(1, ge=1, le=100_000)
    prove: bool = False

    @field_validator("day", mode="before")
    @classmethod
    def _blank(cls, value: object) -> object:
        return value or None

    def url(self, **changes: object) -> str:
        """The same wish, changed a little, as an address."""
        kept = {name: value for name, value in {**self.model_dump(), "prove": False, **changes}.items()
                if value not in ("", None, 1, False)}
        return "/audit" + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    label: Term | Message | str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event, ready to be read."""

    event: AuditEvent
    title: str
    kind: Message
    about: str
    url: str
    changes: tuple[Change, ...]


@router.get("/audit")
def events(desk: AtDesk, wish: Annotated[Wish, Query()]) -> Response:
    """The latest events; `prove` hashes every chain again."""
    found = trail.search(desk.session, desk.officer, trail.Wish(wish.case, wish.person, wish.action, wish.day, wish.page))
    proof = trail.prove(desk.session, desk.officer) if wish.prove else None
    return desk.page("audit/page.html", wish=wish, found=found, proof=proof,
                     entries=[_entry(desk, event, found.cases) for event in found.events],
                     actions=trail.actions(desk.session, desk.officer), called=ACTIONS)


def _entry(desk: Desk, event: AuditEvent, cases: Mapping[str, str]) -> Entry:
    kind, _, number = event.chain.partition(":")
    published = _published(desk, int(number)) if kind == "case" else None
    labels = _labels(published) if published else {}
    about, url = _about(desk, event.chain, cases)
    changes = tuple(_changes(event.before, event.after, labels))[:MOST_CHANGES]
    return Entry(event, _title(desk, event, published), CHAINS.get(kind, Message(kind)), about, url, changes)


def _about(desk: Desk, chain: str, cases: Mapping[str, str]) -> tuple[str, str]:
    """What a chain is about, and where it is, for who may open that: an administrator reads the log alone."""
    kind, _, number = chain.partition(":")
    if chain in cases:
        return cases[chain], f"/cases/{cases[chain]}" if desk.officer.holds(*permissions.READERS) else ""
    if kind == "cycle":
        cycle = desk.session.get_one(Cycle, int(number))
        return cycle.month, f"/payments/{cycle.scheme}/{cycle.month}" if desk.officer.holds(*permissions.PAYMENT_READERS) else ""
    if kind == "migration":
        plan = desk.session.get_one(Plan, int(number))
        url = f"/processes/{plan.process}/plans/{number}"
        return f"{plan.process} {number}", url if desk.officer.holds(*permissions.MAY["read_processes"]) else ""
    if kind == "process":
        return number, "/processes" if desk.officer.holds(*permissions.MAY["read_processes"]) else ""
    if kind == "household":
        return desk.session.get_one(Household, int(number)).number, ""
    return _inspection(desk, kind, number)


def _inspection(desk: Desk, kind: str, number: str) -> tuple[str, str]:
    """A year's campaign, or a ground's random inspections; of every other chain nothing."""
    year = number.rpartition(":")[2] if kind == "campaign" else ""
    url = f"/inspections/{year}" if year else "/random-inspections" if kind == "inspection" else ""
    return year, url if desk.officer.holds(*permissions.MAY["read_inspections"]) else ""


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, Input]) -> Iterator[Change]:
    """Only what differs, by its path."""
    old, new = dict(_flat(facts.decode(dict(before)))), dict(_flat(facts.decode(dict(after))))
    for path in [*new, *(path for path in old if path not in new)]:
        if old.get(path) != new.get(path):
            field = path.rsplit(".", 1)[-1].split("[")[0]
            asked = labels.get(field)
            yield Change(asked.title if asked and asked.title else KEYS.get(field, path), _said(field, old.get(path), asked),
                         _said(field, new.get(path), asked))


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and any(isinstance(part, (Mapping, list)) for part in value):
        for place, part in enumerate(value):
            yield from _flat(part, f"{path}[{place + 1}]")
    elif value not in (None, "", [], {}):
        yield path, value


def _said(field: str, value: Any, asked: Input | None) -> str:
    if value is None:
        return ABSENT
    for name, hide in HIDDEN.items():
        if field.endswith(name) and isinstance(value, str):
            return _hidden(hide, value)
    if field.endswith("fen") and isinstance(value, int):
        return checks.yuan(value)
    values = value if isinstance(value, list) else [value]
    choices = asked.choices if isinstance(asked, Choosing) else {}
    text = "、".join(choices[one].zh if one in choices else one for one in map(str, values))
    return text if len(text) <= LONG else text[:LONG] + "…"


def _hidden(hide: Any, value: str) -> str:
    try:
        return str(hide(value))
    except ValueError:
        return "…"


def _title(desk: Desk, event: AuditEvent, published: Published | None) -> str:
    """What happened, and at which element."""
    said = [desk.say(ACTIONS[event.action])] if event.action in ACTIONS else []
    if event.node:
        said.append(desk.say(published.name_of(event.node) if published else Term(event.node)))
    return desk.say(Message(": ")).join(said) or event.action


def _published(desk: Desk, case_id: int) -> Published | None:
    case = desk.session.get(Case, case_id)
    return releases.load(desk.session, case.release_id) if case else None


def _labels(published: Published) -> Mapping[str, Input]:
    """What the case's forms call each field."""
    return {component.key: component for form in published.forms.values() for _, component in form.walk()
            if isinstance(component, Input)}
