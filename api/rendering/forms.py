"""A form drawn from its file: what the templates in `components/form.html` need, ready made."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.rendering.field_views import (
    ErrorLink,
    FieldView,
    FileView,
    FormView,
    OptionView,
    RowView,
    Speaker,
    html_id,
    readable_size,
)
from bpmn import feel
from bpmn.message import Message, Term
from forms import checks, tree
from forms.answers import Checked, FieldError
from forms.display import Shown, words
from forms.parts import Formula
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
    Number,
    Radio,
    Select,
    Separator,
    Spacer,
    Text,
    TextArea,
)
from forms.world import World

_COLUMNS = 16
_CHOICE_KINDS: dict[type[Choosing], str] = {Select: "select", Radio: "radio", Checklist: "checklist"}
_WORDS = {
    "add": "Add", "remove": "Remove", "choose": "Choose…", "refresh": "Update the form", "submit": "Submit",
    "required": "required", "yes": "Yes", "no": "No", "open": "Not given",
}


def draw(form: Form, checked: Checked, world: World, say: Speaker, *, focus: str = "") -> FormView:
    """Draw a form with what was typed; `focus` is the path that a changed page puts the cursor on."""
    return _Artist(form, checked, world, say, focus).form_view()


class _Artist:
    """Holds what every field of one form needs."""

    def __init__(self, form: Form, checked: Checked, world: World, say: Speaker, focus: str) -> None:
        self.form, self.checked, self.world, self.say, self.focus = form, checked, world, say, focus
        self.errors = {error.path: say(error.message) for error in reversed(checked.errors)}
        self.warnings = {warning.path: say(warning.message) for warning in checked.warnings}
        self.watched = _watched(form)
        self.drawn: set[str] = set()

    def form_view(self) -> FormView:
        lines = self.lines(self.form.components, (self.checked.typed,), "")
        links = [self.link(error) for error in self.checked.errors]
        count = Message("Not submitted. Please correct {count}:", {"count": len(links)})
        return FormView(
            id="form-" + re.sub(r"\W+", "-", self.form.id), title=self.say(self.form.title),
            note=self.say(self.form.note), errors=links, errors_title=self.say(count),
            lines=lines, conditional=self.form.conditional,
            multipart=any(isinstance(c, FilePicker) for _, c in self.form.walk()),
            words={name: self.say(msgid) for name, msgid in _WORDS.items()},
        )

    def link(self, error: FieldError) -> ErrorLink:
        """An error for the summary: a row's field says which row, and what has no field has no link."""
        href = f"#{html_id(error.path)}" if error.path in self.drawn else ""
        found = re.match(r"(.+)\[(\d+)\]\.", error.path)
        parts = {own: c for own, c in self.form.walk() if isinstance(c, DynamicList)} if found else {}
        if not found or found[1] not in parts:
            return ErrorLink(href, self.say(error.message))
        row = f"{self.say(parts[found[1]].item)} {int(found[2]) + 1}"
        return ErrorLink(href, self.say(Message("{row}: {problem}", {"row": row, "problem": error.message})))

    def lines(
        self, components: Sequence[Component], scope: tuple[Mapping[str, Any], ...], prefix: str,
    ) -> list[list[FieldView]]:
        """Fields by line: those that share a form-js row share a line."""
        lines: list[tuple[str, list[FieldView]]] = []
        for component in components:
            path = tree.spot(component, prefix)
            if path in self.checked.hidden:
                continue
            self.drawn.add(path)
            drawn = self.field(component, path, scope, prefix)
            row = component.layout.row or component.id
            if lines and lines[-1][0] == row:
                lines[-1][1].append(drawn)
            else:
                lines.append((row, [drawn]))
        return [line for _, line in lines]

    def field(
        self, component: Component, path: str, scope: tuple[Mapping[str, Any], ...], prefix: str,
    ) -> FieldView:
        span = component.layout.columns or _COLUMNS
        if isinstance(component, DynamicList):
            return self.list_view(component, path, scope, span)
        if isinstance(component, Group):
            inner = (*scope, tree.record_of(scope[-1].get(component.path))) if component.path else scope
            below = f"{path}." if component.path else prefix
            return FieldView("group", html_id(path), label=self.say(component.title), hint=self.say(component.hint),
                             span=span, lines=self.lines(component.components, inner, below))
        if isinstance(component, Text):
            return FieldView("words", html_id(path), value=self.say(component.words), span=span)
        if isinstance(component, Expression):
            return self.computed(component, path, span)
        if isinstance(component, (Separator, Spacer)):
            return FieldView("line" if isinstance(component, Separator) else "space", html_id(path), span=span)
        if isinstance(component, Input):
            return self.input(component, path, scope, span)
        raise TypeError(component.id)

    def input(self, component: Input, path: str, scope: tuple[Mapping[str, Any], ...], span: int) -> FieldView:
        typed = scope[-1].get(component.key)
        common: dict[str, Any] = {
            "id": html_id(path), "name": path, "label": self.say(component.title), "hint": self.say(component.hint),
            "error": self.errors.get(path, ""), "warning": self.warnings.get(path, ""), "span": span,
            "required": component.required, "unit": self.say(component.unit), "focus": path == self.focus,
            "refreshes": component.key in self.watched,
        }
        if component.readonly:
            return self.settled(component, typed, common)
        if isinstance(component, FilePicker):
            return FieldView("files", **common, multiple=component.multiple, accept=component.accept,
                             files=self.files(path, typed))
        if isinstance(component, Checkbox):
            return FieldView("checkbox", **common, value="true" if typed in (True, "true", "on") else "")
        if isinstance(component, Choosing):
            return FieldView(_CHOICE_KINDS[type(component)], **common, options=self.options(component, path, scope, typed))
        return self.typing(component, typed, scope, common)

    def settled(self, component: Input, value: object, common: dict[str, Any]) -> FieldView:
        shown = words(component, value, self.world.sources, self.world.staged or {})
        return FieldView("settled", **{**common, "required": False}, value="、".join(map(self.say, shown)),
                         numeric=component.properties.format == "money")

    def computed(self, component: Expression, path: str, span: int) -> FieldView:
        value = self.checked.values.get(component.key)
        shown = words(component, value, {}, {})
        unit = Term(component.properties.unit, component.properties.unit_en)
        return FieldView("settled", html_id(path), label=self.say(component.title), span=span, unit=self.say(unit),
                         value="、".join(map(self.say, shown)))

    def typing(
        self, component: Input, typed: object, scope: tuple[Mapping[str, Any], ...], common: dict[str, Any],
    ) -> FieldView:
        kind = "area" if isinstance(component, TextArea) else "text"
        value = typed_text(component, typed)
        named = component.properties.format or ""
        return FieldView(
            kind, **common, value=value, input_type=_input_type(component, value), input_mode=_input_mode(component),
            numeric=isinstance(component, Number) or named == "money",
            code=named in {"gb11643", "bank_card", "credit_code", "disability_card"},
            suggestions=self.suggested(component.properties.suggest_from, scope),
        )

    def suggested(self, formula: Formula | None, scope: tuple[Mapping[str, Any], ...]) -> Sequence[str]:
        if formula is None:
            return ()
        try:
            found = self.world.ask(formula, scope)
        except feel.FeelError:
            return ()
        return [text for text in dict.fromkeys(found if isinstance(found, list) else []) if text and isinstance(text, str)]

    def options(
        self, component: Choosing, path: str, scope: tuple[Mapping[str, Any], ...], typed: object,
    ) -> list[OptionView]:
        chosen = {str(one) for one in typed} if isinstance(typed, list) else {str(typed)}
        first = html_id(path)
        return [
            OptionView(first if not place else f"{first}--{place}", value, self.say(label), value in chosen)
            for place, (value, label) in enumerate(self.world.choices(component, scope).items())
        ]

    def files(self, path: str, typed: object) -> list[FileView]:
        views = []
        for place, token in enumerate(typed if isinstance(typed, list) else []):
            staged = (self.world.staged or {}).get(str(token))
            name, size = (staged.name, readable_size(staged.size)) if staged else (str(token), "")
            label = self.say(Message("Remove {what}", {"what": name}))
            views.append(FileView(str(token), name, size, f"{path}[{place}]", label))
        return views

    def list_view(
        self, component: DynamicList, path: str, scope: tuple[Mapping[str, Any], ...], span: int,
    ) -> FieldView:
        rows = tree.rows_of(scope[-1].get(component.path))
        fewest, most = component.limits
        movable = component.allow_add_remove and not component.readonly
        views = [self.row_view(component, f"{path}[{place}]", (*scope, row), place, may_go=movable and len(rows) > fewest)
                 for place, row in enumerate(rows)]
        return FieldView(
            "list", html_id(path), path, self.say(component.title), self.say(component.hint),
            error=self.errors.get(path, ""), span=span, required=fewest > 0, rows=views,
            focus=path == self.focus, compact=_on_one_line(component), empty="" if rows else self.say("None so far"),
            add_label=self.say(Message("Add {item}", {"item": component.item})) if movable and len(rows) < most else "",
        )

    def row_view(
        self, component: DynamicList, path: str, scope: tuple[Mapping[str, Any], ...], place: int, *, may_go: bool,
    ) -> RowView:
        title = f"{self.say(component.item)} {place + 1}"
        label = self.say(Message("Remove {what}", {"what": title})) if may_go else ""
        lines = self.lines(component.components, scope, f"{path}.")
        return RowView(f"{path}._row", title, lines, place + 1, path if may_go else "", label,
                       labelled=not place or self.unlike_the_first(component, f"{path}."))

    def unlike_the_first(self, component: DynamicList, prefix: str) -> bool:
        """Whether a row shows a conditional field, which needs its label in sight."""
        return any(child.conditional.hide and tree.spot(child, prefix) not in self.checked.hidden
                   for child in component.components)


def _on_one_line(component: DynamicList) -> bool:
    """Short rows stand like a table: one row of labels, then one line each."""
    return len({child.layout.row or child.id for child in component.components}) == 1


def typed_text(component: Input, typed: object) -> str:
    """What stands in the input: fen that came from the facts are shown as yuan."""
    if typed is None or isinstance(typed, (bool, list, dict)):
        return ""
    if component.properties.format == "money" and isinstance(typed, int):
        return checks.yuan(typed).replace(",", "")
    return str(typed)


def _input_type(component: Input, value: str) -> str:
    """A browser's date input would hide a date it can't read: then it is plain text."""
    if component.properties.format == "phone":
        return "tel"
    if not isinstance(component, Datetime):
        return "text"
    day = r"\d{4}-\d{2}-\d{2}"
    if component.subtype == "datetime":
        return "datetime-local" if not value or re.fullmatch(day + r"T\d{2}:\d{2}(:\d{2})?", value) else "text"
    return "date" if not value or re.fullmatch(day, value) else "text"


def _input_mode(component: Input) -> str:
    named = component.properties.format
    if isinstance(component, Number) or named == "money":
        return "decimal" if named == "money" or component.digits != 0 else "numeric"  # type: ignore[attr-defined]
    return "numeric" if named == "bank_card" else ""


def _watched(form: Form) -> frozenset[str]:
    """Keys whose change makes other fields come or go."""
    sources = [formula.source for _, component in form.walk() for formula in _formulas(component)]
    mentioned = set(re.findall(r"[a-z][a-z0-9_]*", " ".join(sources)))
    return frozenset(c.key for _, c in form.walk() if isinstance(c, Input) and c.key in mentioned)


def _formulas(component: Component) -> list[Formula]:
    found = [component.conditional.hide]
    if isinstance(component, Choosing):
        found.append(component.computed)
    if isinstance(component, Expression):
        found.append(component.expression)
    return [formula for formula in found if formula]


def read_only(shown: Sequence[Shown], say: Speaker) -> list[dict[str, Any]]:
    """Answers to be read, in one language and in sections, for the `read_only` macro."""
    sections: list[dict[str, Any]] = []
    for one in shown:
        if one.kind in {"heading", "rows"} or not sections or sections[-1]["kind"] == "rows":
            named = one.kind in {"heading", "rows"}
            sections.append({"kind": one.kind, "label": say(one.label) if named else "", "answers": [],
                             "rows": [[_told(part, say) for part in row] for row in one.rows]})
        if one.kind not in {"heading", "rows"}:
            sections[-1]["answers"].append(_told(one, say))
    return sections


def _told(one: Shown, say: Speaker) -> dict[str, Any]:
    return {"label": say(one.label), "kind": one.kind, "value": [say(part) for part in one.value],
            "unit": say(one.unit) if one.value else ""}
