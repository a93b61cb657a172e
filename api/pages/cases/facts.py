"""事实: each fact of a case through its versions, who gave it and when, and what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk import AtDesk, Desk
from api.pages import secret_reads
from api.pages.cases import history, verdicts
from api.pages.cases.fact_words import FACTS, Wording, flat
from api.pages.cases.history import Change
from bpmn.message import Message, Term
from workflows import releases
from workflows.cases import facts
from workflows.cases.shown import sights
from workflows.cases.names import Names, givers, names_since
from workflows.cases.shown.overview import CaseView
from workflows.cases.tables import FactChange
from workflows.releases import Published

router = APIRouter()
PAGE = 40


VOIDED = {"send_back": Message("Void by a return"), "take_back": Message("Void: the step was withdrawn")}
RESTORED = {"send_back": Message("Changed by a return"), "take_back": Message("Restored: the step was withdrawn")}


@dataclass(frozen=True)
class Because:
    """The operation that changed a fact, which nobody answered anew."""

    words: Message
    reason: str
    seq: int        # of the audit event that tells it


@dataclass(frozen=True)
class Version:
    """A fact's value as somebody gave it, and how it differs from the one before."""

    name: str
    title: str
    version: int
    author: str
    at: datetime
    changes: tuple[Change, ...]
    first: bool
    because: Because | None


@router.get("/cases/{number}/facts")
def facts_of(desk: AtDesk, number: str, fact: Annotated[str, Query(max_length=100)] = "",
             page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """The case's facts, the newest change first."""
    view = secret_reads.case_view(desk, number)
    found = facts.changes(desk.session, view.case, fact, page, PAGE)
    names = [name for name in facts.named(desk.session, view.case) if sights.has_fact(view.sight, name)]
    kept = [pair for pair in found[:PAGE] if sights.has_fact(view.sight, pair[0].name)]
    known = names_since(desk.session, view.case)
    return desk.page("facts/page.html", view=view, versions=[_version(desk, view, known, *pair) for pair in kept], fact=fact,
                     names={name: _title_ever(desk, view, known, name) for name in names}, page=page, more=len(found) > PAGE,
                     title=Term(view.published.process.title, view.published.process.en))


def _version(desk: Desk, view: CaseView, names: Names, change: FactChange, before: FactChange | None) -> Version:
    old = before.value if before else None
    published = releases.load(desk.session, names.release_at(change.version))
    return Version(change.name, _title(desk, view, change.name, published), change.version,
                   _author(desk, view, change.author, published), change.at,
                   tuple(_changes(desk, view, change, old)), before is None, _because(view, change))


def _because(view: CaseView, change: FactChange) -> Because | None:
    told = next((event for event in view.events if event.at == change.at and event.action.removeprefix("case.") in VOIDED
                 and change.name in event.before), None)
    if told is None:
        return None
    words = VOIDED if change.value is None else RESTORED
    return Because(words[told.action.removeprefix("case.")], told.summary, told.seq)


def _changes(desk: Desk, view: CaseView, change: FactChange, old: Any) -> Iterator[Change]:
    """Field by field where a form asked for it; else name by name, for those who may see means."""
    form = _form_key(view, change.name)
    if form in view.published.forms and isinstance(change.value, (Mapping, NoneType)):
        yield from history.compared(view, view.published.forms[form], old, change.value or {})
    elif view.sight.means:
        yield from _plain(desk, view, change.name, old, change.value)


def _plain(desk: Desk, view: CaseView, name: str, old: Any, new: Any) -> Iterator[Change]:
    words = Wording(desk.say, view.published)
    before, after = ({path: said.text for path, said in verdicts.seen(view, words, name, flat(value))} if value is not None else {}
                     for value in (old, new))
    for path in dict.fromkeys([*after, *before]):
        if before.get(path) != after.get(path):
            label = words.path(path, name) if path else _title(desk, view, name, view.published)
            yield Change(Term(label, label), _words(before.get(path)), _words(after.get(path)))


def _words(value: str | None) -> tuple[Term, ...]:
    return (Term(value, value),) if value else ()


def _form_key(view: CaseView, name: str) -> str:
    if name == "application":
        return view.published.process.start_form or ""
    item = next((one.item for one in view.items if one.fact == name), None)
    return item.form_key if item else ""


def _title(desk: Desk, view: CaseView, name: str, published: Published) -> str:
    """A fact's name as that version of the process calls it: that of the element whose answers it holds."""
    if name in FACTS:
        return desk.say(FACTS[name])
    word = published.process.words.get(name)
    if word and word.zh:
        return desk.say(Term(word.zh, word.en))
    given = givers(published.drawing, name) or [name]
    return history.node_name(desk, view, given[0], published)


def _title_ever(desk: Desk, view: CaseView, names: Names, name: str) -> str:
    """A fact's name as the latest version calls it that knows it."""
    said = (_title(desk, view, name, releases.load(desk.session, release)) for release in names.releases)
    return next((title for title in said if title != name), name)


def _author(desk: Desk, view: CaseView, author: str, published: Published) -> str:
    return history.node_name(desk, view, author, published) if author in published.drawing.nodes else author
