"""经办记录: what happened to a case, told from its audit events, the newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import forms.answers
from api.desk import Desk
from api.pages.cases import failures
from api.pages.audit_words import ACTIONS
from api.rendering.words import ROLES
from bpmn.message import Message, Term
from forms.answers import Shown
from forms.schema import Form
from workflows import releases
from workflows.cases import facts, secrecy
from workflows.cases.shown import sights
from workflows.cases.shown.overview import CaseView, ItemView
from workflows.cases.tables import Document, WorkState
from workflows.office.tables import Division
from workflows.records.tables import AuditEvent
from workflows.releases import Published

NOTHING = Term("")


@dataclass(frozen=True)
class Change:
    """One answer before and after."""

    label: Term
    before: tuple[Term, ...]
    after: tuple[Term, ...]
    unit: Term = NOTHING


@dataclass(frozen=True)
class Entry:
    """One line of the history."""

    state: str          # now, done, machine, bad
    title: str
    who: str
    at: datetime | None = None
    text: str = ""
    papers: tuple[Document, ...] = ()
    changes: tuple[Change, ...] = ()
    event: AuditEvent | None = None


def entries(desk: Desk, view: CaseView) -> tuple[Entry, ...]:
    """What waits now, then everything that was done, backwards; who read a secret case stands in the audit log alone."""
    waiting = [_waiting(desk, view, one) for one in view.open_items]
    return (*waiting, *(_happened(desk, view, event, published) for event, published in _in_force(desk, view)))


def _in_force(desk: Desk, view: CaseView) -> Iterator[tuple[AuditEvent, Published]]:
    """The events backwards, each with the version of the process that was in force: it names what it tells of."""
    published = view.published
    for event in reversed(view.events):
        if event.action not in (secrecy.READ, secrecy.SOUGHT):
            yield event, published
        if event.action == "case.migrate":
            published = releases.of_version(desk.session, view.case.process, int(event.before["version"]))


def role_title(desk: Desk, role: str) -> str:
    """A duty in the reader's language."""
    return desk.say(ROLES[role]) if role in ROLES else role


def node_name(desk: Desk, view: CaseView, node: str, published: Published | None = None) -> str:
    """An element's name in the reader's language, as drawn where there is no English; by the case's version or another."""
    found = published or view.published
    drawn = found.drawing.nodes.get(node)
    names = next((part.names_en for part in found.parts.values() if node in part.names_en), {})
    return desk.say(Term(drawn.name if drawn else node, names.get(node, "")))


def place(desk: Desk, code: str) -> str:
    """A division's name."""
    found = desk.session.get(Division, code)
    return found.name if found else code


def changes(view: CaseView, event: AuditEvent) -> tuple[Change, ...]:
    """Field by field, what an event changed; only what differs."""
    return tuple(change for fact, after in event.after.items()
                 for change in _changes(view, fact, event.before.get(fact), after))


def _waiting(desk: Desk, view: CaseView, one: ItemView) -> Entry:
    title = node_name(desk, view, one.item.node)
    who = " · ".join(filter(None, (one.claimed_by or role_title(desk, one.item.role), one.unit)))
    return Entry("now", title, who, None)


def _happened(desk: Desk, view: CaseView, event: AuditEvent, published: Published) -> Entry:
    who = event.actor if event.actor_id else desk.say("By the system")
    role = f" · {role_title(desk, event.role)}" if event.role else ""
    state = "done" if event.actor_id else "machine"
    return Entry(state, _title(desk, view, event, published), who + role, event.at, _text(view, event),
                 _papers(view, event, published), changes(view, event), event)


WITH_REASON = {"clock.extend", "case.end", "case.send_back", "case.take_back", "case.suspend", "case.resume",
               "case.terminate", "case.migrate", "case.skip", "case.retry"}
TITLES = {
    "case.read": Message("Secret case read"), "case.seek": Message("Secret case looked for"),
    "case.open": Message("Application received"), "case.end": Message("Case closed"),
    "notice.object": Message("Objection received"), "notice.withdraw": Message("Public notice withdrawn"), "notice.take_down": Message("Public notice taken down"), "notice.answer": Message("Late objection answered"), "complaint.register": Message("Complaint registered"), "clock.extend": Message("Time limit extended"),
    "case.send_back": Message("Sent back to: {node}"), "case.take_back": Message("Taken back: {node}"),
    "case.suspend": Message("Suspended"), "case.resume": Message("Resumed"), "case.terminate": Message("Terminated"),
    "case.skip": Message("Skipped: {node}"), "case.retry": Message("Tried again: {node}"),
    "job.stale": Message("An answer came that nobody waited for"),
    "work_item.claim": Message("Claimed: {node}"), "case.migrate": Message("Moved to another version of the process"),
}


def _title(desk: Desk, view: CaseView, event: AuditEvent, published: Published) -> str:
    named = node_name(desk, view, event.node, published) if event.node else desk.say(failures.topic(event.after.get("topic") or ""))
    if event.action == "case.migrate" and event.after.get("back"):
        return desk.say(Message("Taken back to its former version of the process"))
    if event.action in TITLES:
        return desk.say(TITLES[event.action].with_params(node=named))
    return named or desk.say(ACTIONS.get(event.action) or event.summary or event.action)


def _text(view: CaseView, event: AuditEvent) -> str:
    if event.action == "work_item.complete":
        done = next((one.item for one in view.items if one.item.node == event.node and one.item.done_at == event.at
                     and one.item.state == WorkState.DONE), None)
        return done.opinion if done else ""
    return event.summary if event.action in WITH_REASON else ""


def _papers(view: CaseView, event: AuditEvent, published: Published) -> tuple[Document, ...]:
    drawn = published.drawing.nodes.get(event.node)
    kind = drawn.properties.get("document", "") if drawn and event.action.startswith("effect.") else ""
    return tuple(paper for paper in view.documents if paper.kind == kind and paper.issued_on == event.at.date())


def _changes(view: CaseView, fact: str, before: Any, after: Any) -> Iterator[Change]:
    form = _form_of(view, fact)
    if form is not None and isinstance(after, Mapping) and sights.has_fact(view.sight, fact):
        yield from compared(view, form, before, after)


def compared(view: CaseView, form: Form, before: Any, after: Mapping[str, Any]) -> Iterator[Change]:
    """Where two sets of answers to a form differ, as far as this reader may see them."""
    old = dict(_flat(_seen(view, form, before))) if isinstance(before, Mapping) else {}
    for path, shown in _flat(_seen(view, form, after)):
        earlier = old.pop(path, None)
        if shown.value != (earlier.value if earlier else ()):
            yield Change(shown.label, earlier.value if earlier else (), shown.value, shown.unit)
    for shown in old.values():
        if shown.value:
            yield Change(shown.label, shown.value, (), shown.unit)


def _seen(view: CaseView, form: Form, raw: Mapping[str, Any]) -> tuple[Shown, ...]:
    return sights.answers(view.sight, forms.answers.display(form, _values(raw), sources=view.lists, staged=view.files))


def _form_of(view: CaseView, fact: str) -> Form | None:
    keys = {"application": view.published.process.start_form or ""}
    keys |= {one.fact: one.item.form_key for one in view.items if one.fact not in keys}
    return view.published.forms.get(keys.get(fact, ""))


def _values(raw: Mapping[str, Any]) -> dict[str, Any]:
    return dict(facts.decode(dict(raw)))


def _flat(shown: tuple[Shown, ...]) -> Iterator[tuple[str, Shown]]:
    for one in shown:
        if one.kind == "rows":
            for row in one.rows:
                yield from _flat(row)
        elif one.kind != "heading":
            yield one.path, one
