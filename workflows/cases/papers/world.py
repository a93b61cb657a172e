"""What the FEEL of a paper can read besides the case's own world: offices, places, hands, days and answers in words."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from bpmn.papers import Paper
from forms.parts import Choices
from forms.schema import Choosing, Component, DynamicList, Group
from forms.world import World as FormWorld
from forms.world import layered
from workflows import releases
from workflows.cases import clocks, sources
from workflows.cases.effects import Step
from workflows.cases.names import names_since
from workflows.cases.tables import WorkItem, WorkState
from workflows.cases.world import Around
from workflows.office import jurisdiction, rates, working_days
from workflows.office.tables import Division, Person, Role, Unit

Scope = tuple[Mapping[str, Any], ...]     # the records around an answer, the innermost last
Asked = Mapping[str, frozenset[str] | None] | None     # parts that are asked for, and theirs; None: all
LIMIT = "limit"     # rules.limit.<name>: lengths in days, from which a paper tells a last day
SPANS = {"WD": "个工作日", "CD": "日", "M": "个月", "Y": "年", "H": "小时"}
COUNTED = frozenset({"WD", "CD", "M", "Y"})


class PaperWorld(Around):
    """The names of house.toml's `[papers]`; each looked up when first read."""

    def __init__(self, step: Step, paper: Paper) -> None:
        """Of limits and answers only what the paper's FEEL asks for."""
        super().__init__({
            "issuer": lambda: _office(unit(step, paper.issuer)),
            "bureau": lambda: _office(unit(step, Role.COUNTY_LEAD)),
            "place": lambda: _places(step),
            "handler": lambda: step.who.name if step.who else None,
            "done": lambda: _done(step),
            "due": lambda: _due(step, paper.asked("due")),
            "said": lambda: _said(step, paper.asked("said")),
        })


def of(step: Step, paper: Paper, more: Mapping[str, Any]) -> Mapping[str, Any]:
    """Everything a paper of that case can read; `more` is what the house gives with some kinds."""
    return layered(more, PaperWorld(step, paper), step.facts)


def unit(step: Step, role: str) -> Unit:
    """The unit at whose desk that role's work in the case lies."""
    return jurisdiction.unit_for(step.session, role, step.case.division_code)


def _office(unit: Unit) -> dict[str, Any]:
    return {"name": unit.name, "phone": unit.phone or None}


def _places(step: Step) -> dict[str, Any]:
    code = step.case.division_code
    digits = {"county": jurisdiction.COUNTY, "township": jurisdiction.TOWNSHIP, "village": jurisdiction.VILLAGE}
    found = {each.code: each.name for each in step.session.exec(select(Division).where(
        col(Division.code).in_([code[:n] for n in digits.values()])))}
    names = {name: found.get(code[:n]) if len(code) >= n else None for name, n in digits.items()}
    return {**names, "whole": "".join(name for name in names.values() if name)}


def _done(step: Step) -> dict[str, Any]:
    """Who did each element last, at which desk, when."""
    names = names_since(step.session, step.case)
    work = select(WorkItem, Person.name, Unit.name).join(Person, col(Person.id) == col(WorkItem.done_by)).join(
        Unit, col(Unit.id) == col(WorkItem.unit_id)).where(WorkItem.case_id == step.case.id, WorkItem.state == WorkState.DONE)
    found: dict[str, Any] = {}
    for item, person, unit in step.session.exec(work.order_by(col(WorkItem.id))):
        done = {"name": person, "unit": unit, "on": item.done_at.date() if item.done_at else None, "at": item.done_at}
        found |= {names.of(item): done}
    return found


def _due(step: Step, asked: Asked) -> dict[str, Any]:
    """The last day of each limit: of one that runs its own, of another as if it began today."""
    session, case = step.session, step.case
    found = dict(_lengths(step, asked))
    known = {kind: clock for kind, clock in clocks.latest(session, case).items() if not clock.ended_on}
    for rule in releases.load(session, case.release_id).process.clocks:
        if asked is not None and rule.kind not in asked:
            continue
        clock = known.get(rule.kind) or clocks.would_be(session, case, rule, step.now)
        found[rule.kind] = _span(clock.due_on, clock.due_at, clock.length, clock.unit)
    return found


def _lengths(step: Step, asked: Asked) -> Iterator[tuple[str, Any]]:
    """Every length under `<process>.limit.` of the rules, also of what no clock counts."""
    rules = step.facts["rules"]
    lengths = rules.get(LIMIT) if isinstance(rules, Mapping) else None
    calendar = working_days.calendar(step.session)
    lenders = (*releases.load(step.session, step.case.release_id).process.lenders, step.case.process)
    for rule in (rule for lender in lenders for rule in rates.rules(lender)):
        name = rule.code.rsplit(".", 1)[-1]
        length = lengths.get(name) if isinstance(lengths, Mapping) and rule.code.split(".", 1)[1] == f"{LIMIT}.{name}" else None
        if isinstance(length, int) and rule.unit in COUNTED and (asked is None or name in asked):
            day = calendar.due(step.now.date(), length, rule.unit).on
            yield name, _span(day, working_days.end_of(day) if day else None, length, rule.unit)


def _span(day: date | None, at: datetime | None, length: int | None, unit: str) -> dict[str, Any]:
    said = f"{length}{SPANS[unit]}" if length is not None and unit in SPANS else None
    return {"on": day, "at": at, "length": length, "words": said}


# ---- answers in words --------------------------------------------------------------------------------------------

def _said(step: Step, asked: Asked) -> dict[str, Any]:
    """Every answered form as people read it: what was chosen by its label."""
    published = releases.load(step.session, step.case.release_id)
    keys = {node.fact: node.form_key for node in published.drawing.nodes.values() if node.form_key}
    if published.process.start_form:
        keys["application"] = published.process.start_form
    found: dict[str, Any] = {}
    for fact, key in keys.items():
        if asked is not None and fact not in asked:
            continue
        answers = step.facts.get(fact)
        if isinstance(answers, Mapping):
            form = published.form(key or "")
            around = FormWorld(step.facts, step.now.date(), sources.lists(step.session, [form]))
            parts = asked[fact] if asked is not None else None
            found[fact] = {**answers, **dict(_words(around, _of(form.components, parts), (answers,)))}
    return found


def _of(components: tuple[Component, ...], keys: frozenset[str] | None) -> tuple[Component, ...]:
    """Those of a form's fields that bear one of the keys."""
    if keys is None:
        return components
    flat = (part for each in components for part in (_of(each.components, keys) if isinstance(each, Group) and not each.path else (each,)))
    return tuple(each for each in flat if each.key in keys or getattr(each, "path", "") in keys)


def _worded(around: FormWorld, components: tuple[Component, ...], scope: Scope) -> dict[str, Any]:
    return {**scope[-1], **dict(_words(around, components, scope))}


def _words(around: FormWorld, components: tuple[Component, ...], scope: Scope) -> Iterator[tuple[str, Any]]:
    """The answers that read otherwise than they are kept."""
    answers = scope[-1]
    for component in components:
        if isinstance(component, DynamicList):
            rows = answers.get(component.path)
            if isinstance(rows, list):
                yield component.path, [_worded(around, component.components, (*scope, row)) for row in rows if isinstance(row, Mapping)]
        elif isinstance(component, Group) and component.path:
            inner = answers.get(component.path)
            if isinstance(inner, Mapping):
                yield component.path, _worded(around, component.components, (*scope, inner))
        elif isinstance(component, Group):
            yield from _words(around, component.components, scope)
        elif isinstance(component, Choosing) and component.key in answers:
            yield component.key, _label(around.choices(component, scope), answers[component.key])


def _label(choices: Choices, value: Any) -> Any:
    if isinstance(value, list):
        return [_label(choices, each) for each in value]
    term = choices.get(value) if isinstance(value, str) else None
    return term.zh if term else value
