"""Read form files, once; refuse a file that says something we don't know."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from bpmn import unreadable
from bpmn.message import Message, Term
from forms.schema import Choosing, Component, Container, Datetime, DynamicList, Form, Input

_LARGEST = 512 * 1024
_COLUMNS = 16


@dataclass(frozen=True)
class Finding:
    """What is wrong, and with which component of which file."""

    file: str
    component: str
    message: Message

    def __str__(self) -> str:
        """`dibao/application: members: …`."""
        return f"{self.file}: {self.component or 'form'}: {self.message}"


class FormInvalid(Exception):  # named like the refusals, by what is the matter
    """A form file can't be published; `findings` says everything that is wrong with it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep all findings."""
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


def load(root: Path) -> Mapping[str, Form]:
    """Every form below `root`, by `folder/name`."""
    forms: dict[str, Form] = {}
    findings: list[Finding] = []
    for path in sorted(root.glob("*/*.form")):
        name = f"{path.parent.name}/{path.stem}"
        try:
            forms[name] = parse(path.read_bytes(), name)
        except FormInvalid as invalid:
            findings += invalid.findings
    if findings:
        raise FormInvalid(findings)
    return MappingProxyType(forms)


@lru_cache(maxsize=512)
def parse(content: bytes, name: str = "") -> Form:
    """One form file, or `FormInvalid` with all that is wrong with it."""
    raw = _read(content, name)
    try:
        form = Form.model_validate(raw)
    except ValidationError as error:
        raise FormInvalid([_finding(raw, name, dict(e)) for e in error.errors(include_url=False)]) from error
    findings = [Finding(name, component, message) for component, message in _faults(form)]
    if findings:
        raise FormInvalid(findings)
    return form


def _read(content: bytes, name: str) -> Any:
    if len(content) > _LARGEST:
        raise FormInvalid([Finding(name, "", Message("The file is too large."))])
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        message = Message("This is not JSON: {reason}", {"reason": unreadable.json(error)})
        raise FormInvalid([Finding(name, "", message)]) from error


def _finding(raw: Any, name: str, error: Mapping[str, Any]) -> Finding:
    """Pydantic's error, told by the component's key instead of its position."""
    part, component = raw, ""
    rest: list[str] = []
    for step in error["loc"]:
        if isinstance(step, int) and isinstance(part, list) and step < len(part):
            part, rest = part[step], []
            component = _called(part) or component
        elif isinstance(part, dict) and isinstance(part.get(step), (list, dict)):
            part, rest = part[step], [*rest, str(step)]
        elif isinstance(part, dict) and step == part.get("type"):
            continue    # pydantic names the kind of component it tried
        else:
            rest = [*rest, str(step)]
    reason = unreadable.shape(error)
    where = ".".join(rest)
    told = Message("{where}: {reason}", {"where": where, "reason": reason}) if where or isinstance(reason, Term) else reason
    return Finding(name, component, told)


def _called(part: Any) -> str:
    """What a component goes by: its key, its path or its id."""
    if not isinstance(part, dict) or "type" not in part:
        return ""
    return str(part.get("key") or part.get("path") or part.get("id") or "")


def _faults(form: Form) -> Iterator[tuple[str, Message]]:
    """What the shapes alone don't tell."""
    parts = [(path or component.id, component) for path, component in form.walk()]
    yield from _twice(parts)
    for path, component in parts:
        yield from _misplaced(path, component)
        yield from _unknown_words(path, component)
    for siblings in (form.components, *(c.components for _, c in parts if isinstance(c, Container))):
        yield from _too_wide(siblings)


def _twice(parts: Sequence[tuple[str, Component]]) -> Iterator[tuple[str, Message]]:
    named = [path for path, c in parts if c.key or (isinstance(c, Container) and c.path)]
    for path, count in Counter(named).items():
        if count > 1:
            yield path, Message("This key is used twice.")
    for part_id, count in Counter(c.id for _, c in parts).items():
        if count > 1:
            yield part_id, Message("This id is used twice.")


def _misplaced(path: str, component: Component) -> Iterator[tuple[str, Message]]:
    ours = component.properties
    is_list = isinstance(component, DynamicList)
    if path.count("[]") > (0 if is_list else 1):
        yield path, Message("A list inside a list can't be drawn.")
    if (ours.min_rows is not None or ours.max_rows is not None) and not is_list:
        yield path, Message("min_rows and max_rows belong to a list.")
    if isinstance(component, DynamicList) and component.limits[0] > component.limits[1]:
        yield path, Message("min_rows is greater than max_rows.")
    if ours.unique and "[]" not in path:
        yield path, Message("unique belongs to a field inside a list.")
    if ours.not_after and not isinstance(component, Datetime):
        yield path, Message("not_after belongs to a date.")
    if ours.not_after == "now" and getattr(component, "subtype", "") != "datetime":
        yield path, Message("A day alone can't be compared with now.")
    if ours.rules() and not isinstance(component, (Input, DynamicList)):
        yield path, Message("refuse_when belongs to a field or a list.")


def _unknown_words(path: str, component: Component) -> Iterator[tuple[str, Message]]:
    known = {option.value for option in component.values} if isinstance(component, Choosing) else set()
    for value in component.properties.options_en.keys() - known:
        yield path, Message("options_en names {value}, which is no choice of this field.", {"value": value})


def _too_wide(siblings: Sequence[Component]) -> Iterator[tuple[str, Message]]:
    rows: Counter[str] = Counter()
    for component in siblings:
        rows[component.layout.row or component.id] += component.layout.columns or 1
        if rows[component.layout.row or component.id] > _COLUMNS:
            yield component.key or component.id, Message("This row is wider than 16 columns.")
