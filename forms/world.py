"""What surrounds a form while it is filled in: facts, the day, lists of choices, staged files."""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from bpmn import feel
from bpmn.message import Term
from forms import tree
from forms.parts import Choices, Formula
from forms.readers import Staged, Surroundings
from forms.schema import Choosing, Form, Input

Sources = Mapping[str, Choices]
_MOST_ROUNDS = 10


def layered(*nearest_first: Mapping[str, Any]) -> Mapping[str, Any]:
    """One mapping over several; nothing is copied, and what is never read is never looked up."""
    return ChainMap(*(cast(MutableMapping[str, Any], layer) for layer in nearest_first))


@dataclass(frozen=True)
class World:
    """Everything a form may look at besides its own answers."""

    facts: Mapping[str, Any]
    today: date
    sources: Sources = field(default_factory=dict)
    staged: Mapping[str, Staged] | None = None
    now: datetime | None = None     # wall time, as people type it

    def ask(self, formula: Formula, scope: Sequence[Mapping[str, Any]] = ()) -> Any:
        """Evaluate over facts and answers, as plain Python values; raises `feel.FeelError`."""
        now = datetime(self.today.year, self.today.month, self.today.day)  # noqa: DTZ001
        found = formula.expression.evaluate(self._context(scope), now)
        return storable(feel.to_python(found))

    def holds(self, formula: Formula, scope: Sequence[Mapping[str, Any]], *, failing: bool) -> bool:
        """Whether a condition is true; `failing` is the answer when it can't be computed."""
        try:
            return self.ask(formula, scope) is True
        except feel.FeelError:
            return failing

    def _context(self, scope: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Inner records cover outer ones; `this` and `parent` are as in form-js."""
        context: Mapping[str, Any] = layered({"today": self.today.isoformat()}, self.facts)
        for depth, record in enumerate(scope):
            nearer = {"this": record, "parent": context} if depth else {}
            context = layered(nearer, record, context)
        return context

    def around(self, component: Input, scope: Sequence[Mapping[str, Any]]) -> Surroundings:
        """What the reader of one answer may know."""
        return Surroundings(self.today, self.choices(component, scope), self.staged, self.now)

    def choices(self, component: Input, scope: Sequence[Mapping[str, Any]]) -> Choices:
        """The choices of a select, radio or checklist, wherever they come from."""
        if not isinstance(component, Choosing):
            return {}
        if component.source:
            return self.sources.get(component.source, {})
        if component.computed is None:
            return component.choices
        try:
            return _as_choices(self.ask(component.computed, scope))
        except feel.FeelError:
            return {}

    def hidden(self, form: Form, values: Mapping[str, Any]) -> tree.Hidden:
        """Paths not asked for; what is hidden counts as unanswered for the other conditions."""
        gone: tree.Hidden = frozenset()
        for _ in range(_MOST_ROUNDS):
            seen = tree.pruned(form.components, values, gone)
            found = frozenset(
                node.path for node in tree.nodes(form.components, (seen,))
                if (hide := node.component.conditional.hide) and self.holds(hide, node.scope, failing=False)
            )
            if found == gone:
                break
            gone = found
        return gone


def _as_choices(found: object) -> Choices:
    """A computed list of texts, or of `{value, label, label_en}`."""
    choices: dict[str, Term] = {}
    for entry in found if isinstance(found, list) else []:
        if isinstance(entry, str) and entry:
            choices[entry] = Term(entry)
        elif isinstance(entry, Mapping) and isinstance(entry.get("value"), str):
            choices[entry["value"]] = Term(str(entry.get("label", entry["value"])), str(entry.get("label_en", "")))
    return choices


def storable(value: Any) -> Any:  # noqa: PLR0911  # one return a type
    """JSON's own types only: days and times as ISO text, whole numbers as int."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Mapping):
        return {str(name): storable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
    return int(value) if number.is_integer() else number
