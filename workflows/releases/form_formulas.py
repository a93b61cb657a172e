"""Every FEEL expression of a form, with the names it sees there and what it must give."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bpmn.feel.static import Kind, ListOf, Record, over
from bpmn.message import Term
from forms import parts
from forms.schema import Choosing, Component, Container, DynamicList, Expression, Form
from workflows.releases import shapes

BOOLEAN, LIST = ("boolean",), ("list",)


@dataclass(frozen=True)
class FormFormula:
    """One expression of one component."""

    component: Component
    what: Term
    source: str
    gives: tuple[str, ...]
    names: Mapping[str, Kind]


def of(form: Form, around: Mapping[str, Kind]) -> Iterator[FormFormula]:
    """All expressions of a form that is filled in where these names are known."""
    for component, names in _walk(form.components, over(shapes.of_form(form).entries, around)):
        for what, formula, gives in _said(component):
            yield FormFormula(component, what, formula.source, gives, names)


def _walk(components: Sequence[Component], seen: Mapping[str, Kind]) -> Iterator[tuple[Component, Mapping[str, Kind]]]:
    """Each component with the names it sees: inner records cover outer ones; `this` and `parent` as in form-js."""
    for component in components:
        yield component, seen
        if isinstance(component, Container):
            yield from _walk(component.components, _below(component, seen) if component.path else seen)


def _below(component: Container, seen: Mapping[str, Kind]) -> Mapping[str, Kind]:
    kind = seen[component.path]
    record = kind.item if isinstance(kind, ListOf) else kind
    inner = record.entries if isinstance(record, Record) else {}
    return over({**inner, "this": record, "parent": Record(seen)}, seen)


def _said(component: Component) -> Iterator[tuple[Term, parts.Formula, tuple[str, ...]]]:
    ours = component.properties
    if component.conditional.hide:
        yield Term("隐藏条件", "condition to hide it"), component.conditional.hide, BOOLEAN
    for rule in component.rules:
        yield Term("填写规则", "rule"), rule.formula, BOOLEAN
    if ours.default_from:
        yield Term("初始值", "first value"), ours.default_from, LIST if isinstance(component, DynamicList) else ()
    if ours.suggest_from:
        yield Term("建议值", "suggestions"), ours.suggest_from, LIST
    if isinstance(component, Choosing) and component.computed:
        yield Term("选项", "options"), component.computed, LIST
    if isinstance(component, Expression):
        yield Term("算式", "expression"), component.expression, ()
