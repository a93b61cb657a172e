"""What a page sends: flat HTML names turned into nested answers, and the 添加 and 删除 of rows."""

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms import tree
from forms.readers import Staged
from forms.schema import Checkbox, Checklist, Component, DynamicList, FilePicker, Form, Group, Input

ROW_MARK = "_row"
Stage = Callable[[str, object], Staged | None]
_TOKEN = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
_PLACE = re.compile(r"(?P<holder>[a-z0-9_.\[\]]+)\[(?P<index>\d{1,3})\]", re.ASCII)


@dataclass(frozen=True)
class Change:
    """A page asked to be drawn again: with a row more, a row less, or with other fields."""

    does: str
    path: str


def from_html(form: Form, items: Iterable[tuple[str, object]], stage: Stage | None = None) -> tree.Record:
    """Nested answers from (name, value) pairs; `stage` keeps an uploaded file and gives its token."""
    sent: dict[str, list[object]] = defaultdict(list)
    for name, value in items:
        sent[name].append(value)
    return _collected(form.components, sent, stage, "")


def _collected(
    components: Sequence[Component], sent: Mapping[str, list[object]], stage: Stage | None, prefix: str,
) -> tree.Record:
    found = tree.Record()
    for component in components:
        if isinstance(component, DynamicList):
            places = _places(sent, prefix + component.path)
            found[component.path] = [
                _collected(component.components, sent, stage, f"{prefix}{component.path}[{place}].")
                for place in places
            ]
        elif isinstance(component, Group):
            below = f"{prefix}{component.path}." if component.path else prefix
            part = _collected(component.components, sent, stage, below)
            found.update({component.path: part} if component.path else part)
        elif isinstance(component, Input):
            found[component.key] = _value(component, prefix + component.key, sent, stage)
    return found


def _places(sent: Mapping[str, list[object]], path: str) -> list[int]:
    """The row numbers that were sent, in order, gaps closed later."""
    pattern = re.compile(re.escape(path) + r"\[(\d{1,3})\]\.")
    return sorted({int(match[1]) for name in sent if (match := pattern.match(name))})[:tree.MOST_ROWS]


def _value(component: Input, name: str, sent: Mapping[str, list[object]], stage: Stage | None) -> Any:
    values = sent.get(name, [])
    texts = [value for value in values if isinstance(value, str)]
    if isinstance(component, FilePicker):
        fresh = [stage(name, value) for value in values if not isinstance(value, str)] if stage else []
        tokens = [text for text in texts if _TOKEN.fullmatch(text)]
        kept = tokens if component.multiple or not any(fresh) else []
        return [*kept, *(staged.token for staged in fresh if staged)]
    if isinstance(component, Checklist):
        return texts
    if isinstance(component, Checkbox):
        return bool(texts and texts[-1] not in {"", "false", "off"})
    return texts[-1] if texts else None


def change_in(items: Iterable[tuple[str, object]]) -> Change | None:
    """The redrawing a page asked for, if it was not a submission."""
    for name, value in items:
        if name in {"_add", "_remove", "_refresh"} and isinstance(value, str):
            return Change(name[1:], value)
    return None


def cursor(form: Form, raw: Mapping[str, Any], change: Change) -> str:
    """Where the cursor belongs on the changed page: the new row's first field, or what a row was taken from."""
    if change.does == "remove":
        return change.path.rpartition("[")[0]
    for component in form.components if change.does == "add" else ():
        if isinstance(component, DynamicList) and component.path == change.path:
            first = next((c.key for c in component.components if isinstance(c, Input)), "")
            return f"{change.path}[{len(tree.rows_of(raw.get(change.path))) - 1}].{first}"
    return ""


def with_row(component: DynamicList, raw: Mapping[str, Any], blank: Mapping[str, Any]) -> tree.Record:
    """The answers with one more row, unless the list is full."""
    rows = list(tree.rows_of(raw.get(component.path)))
    room = component.allow_add_remove and len(rows) < component.limits[1]
    return {**raw, component.path: [*rows, dict(blank)] if room else rows}


def without(form: Form, raw: Mapping[str, Any], path: str) -> tree.Record:
    """The answers without the row `members[1]`, or the file `photos[0]` or `members[1].papers[0]`."""
    answers = copy.deepcopy(dict(raw))
    place = _PLACE.fullmatch(path)
    if place is None or not _removable(form, place["holder"]):
        return answers
    holder: Any = answers
    for step in (part for part in re.split(r"[.\[\]]+", place["holder"]) if part):
        holder = _inside(holder, step)
    if isinstance(holder, list) and int(place["index"]) < len(holder):
        del holder[int(place["index"])]
    return answers


def _removable(form: Form, holder: str) -> bool:
    """Whether single entries of this list may be taken away."""
    wanted = re.sub(r"\[\d+\]", "[]", holder)
    return any(path == wanted and (isinstance(c, FilePicker) or (isinstance(c, DynamicList) and c.allow_add_remove))
               for path, c in form.walk())


def _inside(holder: Any, step: str) -> Any:
    if isinstance(holder, list) and step.isdigit() and int(step) < len(holder):
        return holder[int(step)]
    return holder.get(step) if isinstance(holder, Mapping) else None
