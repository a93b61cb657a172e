"""Answers to be read, not typed: labels and values in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.message import Term
from forms import checks, tree
from forms.readers import Staged
from forms.schema import (
    Checkbox,
    Checklist,
    Choosing,
    Component,
    Datetime,
    DynamicList,
    Expression,
    FilePicker,
    Form,
    Group,
    Input,
    TextArea,
)
from forms.world import Sources

YES, NO, NOTHING = Term("是", "Yes"), Term("否", "No"), Term("")


@dataclass(frozen=True)
class Shown:
    """A label and what was answered; `kind` is text, long, number, files, heading or rows."""

    path: str
    label: Term
    value: tuple[Term, ...] = ()
    kind: str = "text"
    unit: Term = NOTHING
    rows: tuple[tuple["Shown", ...], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return not self.value and not self.rows


def display(
    form: Form, values: Mapping[str, Any], *,
    sources: Sources | None = None, staged: Mapping[str, Staged] | None = None,
) -> tuple[Shown, ...]:
    """Every answered or open field in order; a component absent from `values` was not asked for."""
    return _shown(form.components, values, "", sources or {}, staged or {})


def _shown(
    components: tuple[Component, ...], values: Mapping[str, Any], prefix: str,
    sources: Sources, staged: Mapping[str, Staged],
) -> tuple[Shown, ...]:
    shown: list[Shown] = []
    for component in components:
        if isinstance(component, Group):
            below = f"{prefix}{component.path}." if component.path else prefix
            inner = tree.record_of(values.get(component.path)) if component.path else values
            parts = _shown(component.components, inner, below, sources, staged)
            heading = [Shown(prefix + f"#{component.id}", component.title, kind="heading")] if component.label else []
            shown += [*heading, *parts] if parts else []
        elif isinstance(component, DynamicList) and component.path in values:
            rows = tuple(_shown(component.components, row, f"{prefix}{component.path}[{place}].", sources, staged)
                         for place, row in enumerate(tree.rows_of(values[component.path])))
            shown.append(Shown(prefix + component.path, component.title, kind="rows", rows=rows))
        elif isinstance(component, (Input, Expression)) and component.key in values:
            shown.append(_one(component, values[component.key], prefix, sources, staged))
    return tuple(shown)


def _one(
    component: Input | Expression, value: Any, prefix: str, sources: Sources, staged: Mapping[str, Staged],
) -> Shown:
    path = prefix + component.key
    title = component.title if component.label or isinstance(component, Input) else Term(component.key)
    unit = component.unit if isinstance(component, Input) else Term(component.properties.unit,
                                                                    component.properties.unit_en)
    return Shown(path, title, words(component, value, sources, staged), _kind(component), unit)


def _kind(component: Component) -> str:
    if isinstance(component, FilePicker):
        return "files"
    if isinstance(component, TextArea):
        return "long"
    return "number" if component.properties.format == "money" or hasattr(component, "digits") else "text"


def words(  # noqa: PLR0911  # one return a type
    component: Input | Expression, value: Any, sources: Sources, staged: Mapping[str, Staged],
) -> tuple[Term, ...]:
    """One answer as people read it."""
    if isinstance(component, Checkbox):
        return (YES if value else NO,)
    if value is None or value in ("", []):
        return ()
    if component.properties.format == "money" and isinstance(value, int):
        return (Term(checks.yuan(value)),)
    if isinstance(component, FilePicker):
        return tuple(Term(staged[token].name if token in staged else str(token)) for token in value)
    if isinstance(component, Choosing):
        choices = sources.get(component.source, {}) if component.source else component.choices
        chosen = value if isinstance(component, Checklist) and isinstance(value, list) else [value]
        return tuple(choices.get(str(one), Term(str(one))) for one in chosen)
    if isinstance(component, Datetime):
        return (Term(_moment(str(value))),)
    return (Term(str(value)),)


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M") if "T" in text else text
    except ValueError:
        return text
