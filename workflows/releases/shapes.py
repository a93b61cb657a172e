"""The shape of what a case can know: answers by their forms, and the names of the world by house.toml and the rates."""

from collections.abc import Iterable, Mapping, Sequence

from bpmn.feel.static import ANY, BOOLEAN, NUMBER, TEXT, Kind, ListOf, Record, Text, of_type
from forms.schema import (
    Checkbox,
    Checklist,
    Choosing,
    Component,
    DynamicList,
    Expression,
    FilePicker,
    Form,
    Group,
    Input,
    Number,
)
from workflows.office.rate_files import UNIT_KIND, Rule
from workflows.releases.draft import RATES, Draft
from workflows.releases.house import house

_RATES: Mapping[str, Kind] = {"text": TEXT, "flag": BOOLEAN, "list": ListOf(ANY)}


def of_form(form: Form) -> Record:
    """What is kept of a form's answers."""
    return Record(dict(_entries(form.components)))


def _entries(components: Sequence[Component]) -> Iterable[tuple[str, Kind]]:
    for component in components:
        if isinstance(component, DynamicList):
            yield component.path, ListOf(Record(dict(_entries(component.components))))
        elif isinstance(component, Group) and component.path:
            yield component.path, Record(dict(_entries(component.components)))
        elif isinstance(component, Group):
            yield from _entries(component.components)
        elif isinstance(component, (Input, Expression)):
            yield component.key, of_field(component)


def of_field(component: Component) -> Kind:
    """One answer: days and moments are kept as ISO text, amounts as fen."""
    if isinstance(component, Expression):
        return ANY
    if isinstance(component, Checkbox):
        return BOOLEAN
    if isinstance(component, Number) or component.properties.format == "money":
        return NUMBER
    if isinstance(component, FilePicker):
        return ListOf(TEXT)
    if isinstance(component, Choosing):
        options = Text(frozenset(component.choices)) if component.values else TEXT
        return ListOf(options) if isinstance(component, Checklist) else options
    return TEXT


def with_added(kind: Kind) -> Kind:
    """The application as the world shows it: the house adds something beside some of its answers."""
    if isinstance(kind, ListOf):
        return ListOf(with_added(kind.item))
    if not isinstance(kind, Record):
        return kind
    more = {key.removesuffix(ending) + part: of_type(text) for key in kind.entries
            for ending, parts in house().adds.items() if key.endswith(ending) for part, text in parts.items()}
    return Record({**more, **{key: with_added(entry) for key, entry in kind.entries.items()}}, kind.open)


def world(draft: Draft) -> dict[str, Kind]:
    """The names that every case of the process can read besides its facts."""
    known = {name: _chosen(name, of_type(text)) for name, text in house().world.items()}
    each = {name: of_type(text) for name, text in house().each.items()}
    rules = _rules(draft)
    return {**known,
            "clocks": Record({clock.kind: each["clocks"] for clock in draft.main.rules.clocks}),
            "documents": Record(dict.fromkeys(draft.papers, each["documents"])),
            "rules": _tree(rules) if rules else ANY if f"{draft.process}/{RATES}" in draft.files else Record({})}


def _rules(draft: Draft) -> dict[str, Rule]:
    """The rules the process reads: its own, over those it borrows, each without its process's name."""
    lenders = (*draft.main.rules.lenders, draft.process)
    return {code.split(".", 1)[1]: rule for lender in lenders if lender in draft.rates for code, rule in draft.rates[lender].rules.items()}


def paper_world(draft: Draft, kind: str) -> dict[str, Kind]:
    """What the FEEL of a paper of that kind can read besides: house.toml's `[papers]`."""
    told = house().papers
    each = {name: of_type(text) for name, text in told.each.items()}
    hands = [drawn.node for _, drawn in draft.elements() if drawn.node.kind == "userTask"]
    forms = {node.fact: node.form_key or "" for node in hands} | ({"application": draft.main.rules.start_form} if draft.main.rules.start_form else {})
    said = {fact: _as_words(of_form(draft.forms[key])) for fact, key in forms.items() if key in draft.forms}
    return {**{name: of_type(text) for name, text in {**told.names, **told.given.get(kind, {})}.items()},
            "done": Record(dict.fromkeys((node.id for node in hands), each["done"])),
            "due": Record(dict.fromkeys(_limits(draft), each["due"])),
            "said": Record(said)}


def _as_words(kind: Kind) -> Kind:
    """An answer as people read it: what is chosen is text, not one of its codes."""
    match kind:
        case Text():
            return TEXT
        case ListOf():
            return ListOf(_as_words(kind.item))
        case Record():
            return Record({name: _as_words(part) for name, part in kind.entries.items()}, kind.open)
    return kind


def _limits(draft: Draft) -> list[str]:
    """The limits a paper can tell the last day of: those of clocks, and every length under `limit`."""
    lengths = [code.rsplit(".", 1)[-1] for code in _rules(draft) if code.startswith("limit.")]
    return [*lengths, *(clock.kind for clock in draft.main.rules.clocks)]


def _chosen(name: str, kind: Kind) -> Kind:
    chosen = {path.split(".")[1]: Text(frozenset(options)) for path, options in house().choices.items()
              if path.split(".")[0] == name}
    return Record({**kind.entries, **chosen}) if isinstance(kind, Record) and chosen else kind


def _tree(rules: Mapping[str, Rule]) -> Record:
    """`limit.total` as `rules.limit.total`."""
    below: dict[str, dict[str, Rule]] = {}
    leaves: dict[str, Kind] = {}
    for code, rule in rules.items():
        name, _, rest = code.partition(".")
        if rest:
            below.setdefault(name, {})[rest] = rule
        else:
            leaves[name] = _rate(rule)
    return Record({**leaves, **{name: _tree(inner) for name, inner in below.items()}})


def _rate(rule: Rule) -> Kind:
    kind = _RATES.get(UNIT_KIND.get(rule.unit, "whole"), NUMBER)
    return Text(frozenset(map(str, rule.choices))) if kind == TEXT and rule.choices else kind
