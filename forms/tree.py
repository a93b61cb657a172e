"""Walk a form and its answers together: nested records, lists of rows, and the paths into them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.schema import Component, Container, DynamicList, Group, Input

MOST_ROWS = 200

Record = dict[str, Any]
Leaf = Callable[[str, Input, object], Any]
Hidden = frozenset[str]


@dataclass(frozen=True)
class Node:
    """One component at one place: `path` is concrete, `scope` the records around it, outermost first."""

    path: str
    component: Component
    scope: tuple[Mapping[str, Any], ...]
    rows: Sequence[Mapping[str, Any]] = ()
    index: int = -1

    @property
    def value(self) -> Any:
        """The answer that stands here."""
        name = self.component.path if isinstance(self.component, Container) else self.component.key
        return self.scope[-1].get(name) if name else None


def spot(component: Component, prefix: str) -> str:
    """The concrete path of a component; what holds no answer goes by its id."""
    name = component.path if isinstance(component, Container) else component.key
    return prefix + (name or f"#{component.id}")


def nodes(
    components: Sequence[Component], scope: tuple[Mapping[str, Any], ...], *,
    prefix: str = "", hidden: Hidden = frozenset(),
    rows: Sequence[Mapping[str, Any]] = (), index: int = -1,
) -> Iterator[Node]:
    """Every visible component, in order, a list's children once for each row."""
    for component in components:
        node = Node(spot(component, prefix), component, scope, rows, index)
        if node.path in hidden:
            continue
        yield node
        if isinstance(component, DynamicList):
            inner = rows_of(node.value)
            for place, row in enumerate(inner):
                yield from nodes(component.components, (*scope, row), prefix=f"{node.path}[{place}].",
                                 hidden=hidden, rows=inner, index=place)
        elif isinstance(component, Group):
            yield from _in_group(component, node, prefix, hidden)


def _in_group(group: Group, node: Node, prefix: str, hidden: Hidden) -> Iterator[Node]:
    scope = (*node.scope, record_of(node.value)) if group.path else node.scope
    yield from nodes(group.components, scope, prefix=f"{node.path}." if group.path else prefix,
                     hidden=hidden, rows=node.rows, index=node.index)


def shaped(components: Sequence[Component], raw: object, leaf: Leaf, prefix: str = "") -> Record:
    """What was sent, with nothing but what the form knows; `leaf` says what each answer becomes."""
    sent, shape = record_of(raw), Record()
    for component in components:
        if isinstance(component, Group) and not component.path:
            shape.update(shaped(component.components, sent, leaf, prefix))
        elif isinstance(component, Group):
            inner = f"{prefix}{component.path}."
            shape[component.path] = shaped(component.components, sent.get(component.path), leaf, inner)
        elif isinstance(component, DynamicList):
            shape[component.path] = [
                shaped(component.components, row, leaf, f"{prefix}{component.path}[{place}].")
                for place, row in enumerate(rows_of(sent.get(component.path)))
            ]
        elif isinstance(component, Input):
            shape[component.key] = leaf(prefix + component.key, component, sent.get(component.key))
    return shape


def pruned(components: Sequence[Component], values: Mapping[str, Any], hidden: Hidden, prefix: str = "") -> Record:
    """The answers without those of hidden components."""
    kept = Record()
    for component in components:
        if spot(component, prefix) in hidden:
            continue
        if isinstance(component, Group):
            inner = values if not component.path else record_of(values.get(component.path))
            below = f"{prefix}{component.path}." if component.path else prefix
            part = pruned(component.components, inner, hidden, below)
            kept.update({component.path: part} if component.path else part)
        elif isinstance(component, DynamicList):
            kept[component.path] = [
                pruned(component.components, row, hidden, f"{prefix}{component.path}[{place}].")
                for place, row in enumerate(rows_of(values.get(component.path)))
            ]
        elif component.key and component.key in values:
            kept[component.key] = values[component.key]
    return kept


def record_of(value: object) -> Mapping[str, Any]:
    """A record, whatever was sent."""
    return value if isinstance(value, Mapping) else {}


def rows_of(value: object) -> Sequence[Mapping[str, Any]]:
    """Rows, whatever was sent, and not without end."""
    return [record_of(row) for row in value[:MOST_ROWS]] if isinstance(value, (list, tuple)) else []
