"""What the inbox's panel and the case page show of a case."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import forms.answers
from api.desk import Desk
from api.pages import secret_reads
from api.pages.cases import history
from api.pages.cases.history import Entry
from api.rendering.field_views import Speaker
from api.rendering.forms import read_only
from bpmn import feel
from bpmn.message import Message, Term
from forms.schema import Form, Input, Radio
from starlette.datastructures import FormData
from workflows import releases
from workflows.cases import intake
from workflows.cases.shown import overview, sights
from workflows.cases.shown.overview import CaseView, ItemView
from workflows.cases.tables import WorkState
from workflows.cases.shown.worklist import Row
from workflows.errors import Refusal
from workflows.messages import translations

QUICK = frozenset({"outcome", "opinion"})
SHOWN_ENTRIES = 6


@dataclass(frozen=True)
class Choice:
    """One button: what it answers, and how strong it looks."""

    value: str
    label: Term
    tone: str


@dataclass(frozen=True)
class Figure:
    """One number of a case, large."""

    label: Message | Term
    value: str
    unit: Message | Term
    key: bool = False
    url: str = ""
    wide: bool = False


Figures = Callable[[Desk, CaseView], tuple[Figure, ...]]
FIGURES: dict[str, Figures] = {}


@dataclass(frozen=True)
class Panel:
    """One work item, open beside the list."""

    item: ItemView
    view: CaseView
    title: Term
    short: Term
    node: str
    township: str
    choices: tuple[Choice, ...]
    figures: tuple[Figure, ...]
    entries: tuple[Entry, ...]
    entry_count: int
    error: Message | None = None
    opinion: str = ""

    @property
    def may_decide(self) -> bool:
        """Whether the person may complete the item."""
        return self.item.why_not is None

    @property
    def why_not(self) -> Refusal | None:
        """Why the person may not."""
        return self.item.why_not


def open_item(desk: Desk, item: int, *, refusal: Refusal | None = None, opinion: str = "") -> Panel:
    """Gather a panel; `refusal` says why a decision just sent was not taken."""
    found, view = secret_reads.item_view(desk, item)
    entries = history.entries(desk, view)
    process = view.published.process
    return Panel(
        found, view, Term(process.title, process.en), Term(process.short, process.en),
        history.node_name(desk, view, found.item.node), _township(desk, view), _choices(view, found),
        figures_of(desk, view), entries[:SHOWN_ENTRIES], len(entries),
        refusal.message if refusal else None, opinion)


def answers_of(desk: Desk, item: int, sent: FormData) -> dict[str, Any]:
    """The answers a panel sent, read as the item's own form reads them."""
    found, view = overview.item_view(desk.session, desk.officer, item, desk.now)
    return forms.answers.from_html(view.published.form(found.item.form_key), sent.multi_items())


def figures_for(process: str) -> Callable[[Figures], Figures]:
    """Register what a process's own figures are."""
    def register(function: Figures) -> Figures:
        FIGURES[process] = function
        return function
    return register


def figures_of(desk: Desk, view: CaseView) -> tuple[Figure, ...]:
    """The numbers of a case that its process asks for first."""
    own = FIGURES.get(view.case.process)
    return own(desk, view) if own else tuple(_figures(view))


def _figures(view: CaseView) -> Iterator[Figure]:
    """Those that the facts give and this reader may know."""
    for asked in view.published.process.figures:
        formula = feel.compile(asked.value)
        if all(sights.has_fact(view.sight, name) for name in formula.names):
            found = feel.to_python(formula.evaluate(view.known))
            if found is not None:
                money = asked.unit == "fen"
                value = forms.checks.yuan(round(float(str(found)))) if money else str(found)
                yield Figure(Term(asked.name, asked.en), value, Message("yuan") if money else Term(asked.unit, asked.unit_en), asked.main)


def sections(desk: Desk, view: CaseView) -> dict[str, list[dict[str, Any]]]:
    """The answers given so far, ready for the `read_only` macro, by fact."""
    return {section.fact: read_only(section.shown, speaker(desk)) for section in view.sections}


def names(desk: Desk, view: CaseView) -> dict[str, str]:
    """What the elements of a case's items are called, by element and by fact; each as when it was last worked at."""
    named = [(one, history.node_name(desk, view, one.item.node, releases.load(desk.session, one.item.release_id)))
             for one in view.items]
    return {key: name for one, name in named for key in (one.fact, one.item.node) if key != intake.APPLICATION}


def speaker(desk: Desk) -> Speaker:
    """Says a form's words in the reader's language."""
    return Speaker(desk.language, translations(desk.language).gettext)


def titles(desk: Desk, processes: Iterable[str]) -> dict[str, str]:
    """What each process is called, in the reader's language."""
    return {name: desk.say(title_of(desk, name)) for name in sorted(set(processes))}


def steps(desk: Desk, rows: Sequence[Row]) -> dict[int, str]:
    """What each row's step is called, in the reader's language."""
    names = {process: releases.current(desk.session, process) for process in {row.process for row in rows}}
    english = {process: {node: name for part in found.parts.values() for node, name in part.names_en.items()}
               for process, found in names.items()}
    return {row.id: desk.say(Term(row.node_name, english[row.process].get(row.node, ""))) for row in rows}


def title_of(desk: Desk, process: str) -> Term:
    """A process's name, by its newest release."""
    described = releases.current(desk.session, process).process
    return Term(described.short, described.en)


def _choices(view: CaseView, found: ItemView) -> tuple[Choice, ...]:
    """Buttons, where outcome and opinion are all that the form asks; otherwise the form itself is needed."""
    if found.item.state != WorkState.OPEN or found.item.form_key not in view.published.forms:
        return ()
    return quick_choices(view.published.form(found.item.form_key))


def quick_choices(form: Form) -> tuple[Choice, ...]:
    """The outcomes of a form that asks nothing else."""
    asked = {component.key: component for _, component in form.walk() if isinstance(component, Input)}
    outcome = asked.get("outcome")
    if not isinstance(outcome, Radio) or not asked.keys() <= QUICK:
        return ()
    return tuple(Choice(value, label, _tone(place, value)) for place, (value, label) in enumerate(outcome.choices.items()))


def _tone(place: int, value: str) -> str:
    if value in {"refuse", "reject", "deny"}:
        return "danger"
    return "main" if place == 0 else ""


def _township(desk: Desk, view: CaseView) -> str:
    return history.place(desk, view.case.division_code[:9])
