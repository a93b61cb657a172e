"""Check answers against a form, offer first values, and show what was answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bpmn import feel
from bpmn.message import Message
from forms import readers, tree
from forms.display import Shown, display
from forms.readers import Read, Staged
from forms.schema import Component, DynamicList, Expression, Form, Input
from forms.submission import Change, change_in, cursor, from_html, with_row, without
from forms.world import Sources, World

__all__ = [
    "Change", "Checked", "FieldError", "Shown", "Staged", "change_in", "changed", "check", "cursor",
    "display", "from_html", "initial", "look",
]

_LONGEST_TYPED = 20_000
_UNREADABLE = {"unreadable": True}   # no reader takes a record for an answer


@dataclass(frozen=True)
class FieldError:
    """What is said beside one field; `path` is like `members[1].id_number`."""

    path: str
    message: Message


@dataclass(frozen=True)
class Checked:
    """`values` may be kept only when there are no `errors`; `typed` shows the page again."""

    values: tree.Record
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]
    typed: tree.Record
    hidden: tree.Hidden = frozenset()

    @property
    def ok(self) -> bool:
        """Whether the answers may be kept."""
        return not self.errors


def check(
    form: Form, submitted: object, facts: Mapping[str, Any], today: date, *,
    sources: Sources | None = None, staged: Mapping[str, Staged] | None = None, now: datetime | None = None,
) -> Checked:
    """Check nested answers (see `from_html` for a page's); never raises, whatever was submitted.

    `sources` are the choices behind each `valuesKey`; without `staged`, file tokens are taken on trust;
    `now` is wall time, for what may not be later.
    """
    world = World(facts, today, sources or {}, staged, now)
    typed = _typed(form, submitted, world, drop_blank=True)
    reads: dict[str, Read] = {}
    draft = _values(form, typed, world, reads)
    hidden = world.hidden(form, draft)
    values = tree.pruned(form.components, draft, hidden)
    found = _Findings(form, world, reads)
    for node in tree.nodes(form.components, (values,), hidden=hidden):
        found.look_at(node)
    _compute(form, world, values, hidden)
    return Checked(values, tuple(found.errors), tuple(found.warnings), typed, hidden)


def look(
    form: Form, typed: object, facts: Mapping[str, Any], today: date, *,
    sources: Sources | None = None, staged: Mapping[str, Staged] | None = None,
) -> Checked:
    """What was typed so far, without complaints: for a page that is only drawn again."""
    world = World(facts, today, sources or {}, staged)
    shown = _typed(form, typed, world, drop_blank=False)
    draft = _values(form, shown, world, {})
    hidden = world.hidden(form, draft)
    values = tree.pruned(form.components, draft, hidden)
    _compute(form, world, values, hidden)
    return Checked(values, (), (), shown, hidden)


def changed(form: Form, raw: Mapping[str, Any], change: Change, facts: Mapping[str, Any], today: date) -> tree.Record:
    """The answers with a row added, or a row or a file taken away; a nonsensical wish changes nothing."""
    if change.does == "remove":
        return without(form, raw, change.path)
    if change.does == "refresh":
        return _come_into_sight(form, raw, facts, today)
    for component in form.components if change.does == "add" else ():
        if isinstance(component, DynamicList) and component.path == change.path:
            return with_row(component, raw, _first(component.components, World(facts, today)))
    return dict(raw)


def _come_into_sight(form: Form, raw: Mapping[str, Any], facts: Mapping[str, Any], today: date) -> tree.Record:
    """What a changed answer brings into sight begins with its first values.

    A field that was not sent at all was not drawn, and a list that was drawn never has fewer rows than it must.
    """
    first, hidden = initial(form, facts, today), look(form, raw, facts, today).hidden
    answers = dict(raw)
    for path, component in form.walk():
        if path in hidden or path not in raw:
            continue
        if isinstance(component, DynamicList):
            unseen = len(tree.rows_of(raw[path])) < component.limits[0]
        else:
            unseen = isinstance(component, Input) and raw[path] is None
        if unseen and first.get(path) is not None:
            answers[path] = first[path]
    return answers


def initial(form: Form, facts: Mapping[str, Any], today: date, *, sources: Sources | None = None) -> tree.Record:
    """First values: `default_from` over the facts, else `defaultValue`, else empty rows as the list wants them."""
    return _first(form.components, World(facts, today, sources or {}))


def _first(components: Sequence[Component], world: World) -> tree.Record:
    def offered(_path: str, component: Input, raw: object) -> Any:
        return _offered(component, raw, world)

    return tree.shaped(components, dict(_first_parts(components, world)), offered)


def _first_parts(components: Sequence[Component], world: World) -> Iterator[tuple[str, Any]]:
    """Raw first values by name; a default row's missing columns take the columns' own defaults."""
    for component in components:
        if isinstance(component, DynamicList):
            blank = dict(_first_parts(component.components, world))
            fewest = max(component.limits[0], component.default_rows)
            computed = _computed(component, world)
            rows = computed if isinstance(computed, list) else [{}] * fewest
            yield component.path, [{**blank, **tree.record_of(row)} for row in rows]
        elif isinstance(component, Input):
            found = _computed(component, world)
            yield component.key, component.default if found is None else found
        elif (inner := getattr(component, "components", None)) is not None:
            parts = dict(_first_parts(inner, world))
            path = getattr(component, "path", "")
            yield from [(path, parts)] if path else parts.items()


def _computed(component: Component, world: World) -> Any:
    if component.properties.default_from is None:
        return None
    try:
        return world.ask(component.properties.default_from)
    except feel.FeelError:
        return None


def _offered(component: Input, raw: object, world: World) -> Any:
    """A first value in the form it would be kept in; what can't be read is not offered."""
    got = readers.read(component, raw, world.around(component, ()))
    return readers.read(component, None, world.around(component, ())).value if got.problem else got.value


def _typed(form: Form, submitted: object, world: World, *, drop_blank: bool) -> tree.Record:
    """What was sent, bounded; read-only answers come from the facts, rows left blank are no rows."""
    first = _first(form.components, world) if _has_readonly(form) else {}

    def leaf(path: str, component: Input, raw: object) -> Any:
        return _at(first, path) if component.readonly else _bounded(raw)

    sent = {**tree.record_of(submitted), **{
        c.path: _fixed_rows(c, tree.record_of(submitted).get(c.path), first) for c in form.components
        if isinstance(c, DynamicList) and (c.readonly or not c.allow_add_remove)
    }}
    shape = tree.shaped(form.components, sent, leaf)
    for component in form.components if drop_blank else ():
        if isinstance(component, DynamicList) and component.allow_add_remove and not component.readonly:
            _drop_blank_rows(component, shape, dict(_first_parts(component.components, world)))
    return shape


def _has_readonly(form: Form) -> bool:
    return any((isinstance(c, (Input, DynamicList)) and c.readonly)
               or (isinstance(c, DynamicList) and not c.allow_add_remove) for _, c in form.walk())


def _fixed_rows(component: DynamicList, sent: object, first: Mapping[str, Any]) -> list[Any]:
    """As many rows as were offered: a list without 添加 and 删除 keeps its length."""
    offered = tree.rows_of(first.get(component.path))
    rows = [] if component.readonly else list(tree.rows_of(sent))
    return [rows[place] if place < len(rows) else row for place, row in enumerate(offered)]


def _drop_blank_rows(component: DynamicList, shape: tree.Record, blank: Mapping[str, Any]) -> None:
    rows = shape.get(component.path)
    if not isinstance(rows, list):
        return
    fewest = component.limits[0]
    kept: list[Any] = []
    for place, row in enumerate(rows):
        touched = any(not _untouched(value, blank.get(name)) for name, value in row.items())
        if touched or len(kept) + len(rows) - place <= fewest:
            kept.append(row)
    shape[component.path] = kept


def _untouched(value: object, offered: object) -> bool:
    return readers.empty(value) or (isinstance(value, str) and not value.strip()) or str(value) == str(offered)


def _at(values: Any, path: str) -> Any:
    """The value at a concrete path, None when there is none."""
    for step in path.replace("]", "").replace("[", ".").split("."):
        if isinstance(values, list):
            values = values[int(step)] if int(step) < len(values) else None
        else:
            values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _bounded(raw: object) -> Any:
    """Anything sent, cut to what a page may show again."""
    if isinstance(raw, str):
        return raw[:_LONGEST_TYPED]
    if raw is None or isinstance(raw, (bool, int, float)):
        return raw
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, (list, tuple)):
        return [part[:_LONGEST_TYPED] if isinstance(part, str) else _UNREADABLE for part in raw[:tree.MOST_ROWS]]
    return _UNREADABLE


def _values(form: Form, typed: tree.Record, world: World, reads: dict[str, Read]) -> tree.Record:
    """Every answer as it would be kept, even where it is wrong; `reads` tells which are."""
    def first_look(_path: str, component: Input, raw: object) -> Any:
        return readers.read(component, raw, world.around(component, (typed,))).value

    draft = tree.shaped(form.components, typed, first_look)

    def leaf(path: str, component: Input, raw: object) -> Any:
        reads[path] = readers.read(component, raw, world.around(component, (draft,)))
        return reads[path].value

    return tree.shaped(form.components, typed, leaf)


def _compute(form: Form, world: World, values: tree.Record, hidden: tree.Hidden) -> None:
    """Fill in the computed fields, last: they see every checked answer."""
    for node in list(tree.nodes(form.components, (values,), hidden=hidden)):
        if isinstance(node.component, Expression):
            record: Any = node.scope[-1]
            try:
                record[node.component.key] = world.ask(node.component.expression, node.scope)
            except feel.FeelError:
                record[node.component.key] = None


class _Findings:
    """Collects errors and warnings in the order of the page."""

    def __init__(self, form: Form, world: World, reads: Mapping[str, Read]) -> None:
        self.form, self.world, self.reads = form, world, reads
        self.errors: list[FieldError] = []
        self.warnings: list[FieldError] = []

    def look_at(self, node: tree.Node) -> None:
        """The first thing wrong here; rules are asked only of what is right in itself."""
        component = node.component
        if not isinstance(component, (Input, DynamicList)):
            return
        own = self._rows(component, node) if isinstance(component, DynamicList) else self._answer(component, node)
        problem = own or self._repeated(node) or self._refused(node)
        if problem:
            self.errors.append(FieldError(node.path, problem.with_params(label=component.title)))

    def _answer(self, component: Input, node: tree.Node) -> Message | None:
        got = self.reads.get(node.path, Read(None))
        if got.doubt:
            self.warnings.append(FieldError(node.path, got.doubt.with_params(label=component.title)))
        if got.problem:
            return got.problem
        return readers.required(component) if component.required and readers.empty(got.value) else None

    def _rows(self, component: DynamicList, node: tree.Node) -> Message | None:
        fewest, most = component.limits
        count = len(tree.rows_of(node.value))
        if count < fewest:
            return Message("Add at least {least} to “{label}”.", {"least": fewest})
        return Message("“{label}” can have {most} rows at most.", {"most": most}) if count > most else None

    def _repeated(self, node: tree.Node) -> Message | None:
        if not node.component.properties.unique or readers.empty(node.value):
            return None
        for place, row in enumerate(node.rows[:node.index]):
            if row.get(node.component.key) == node.value:
                return Message("“{label}” is the same as in row {row}.", {"row": place + 1})
        return None

    def _refused(self, node: tree.Node) -> Message | None:
        for rule in node.component.rules:
            if self.world.holds(rule.formula, node.scope, failing=True):
                return Message("{words}", {"words": rule.says})
        return None

