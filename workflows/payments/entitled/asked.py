"""What a drawing's element says to an effect of payments: its properties, computed and read as amounts, months, days and rows."""

from collections.abc import Mapping
from typing import Any

from workflows.cases.effects import Step
from workflows.cases.messages.mailbox import computed
from workflows.errors import Conflict
from workflows.payments import months
from workflows.records import days

Row = Mapping[str, Any]


def fact(step: Step, name: str) -> Row:
    """A fact that the case must know by now."""
    found = step.facts.get(name)
    if not isinstance(found, Mapping):
        raise Conflict("The case does not know {fact} yet.", fact=name)
    return found


def scheme(step: Step) -> str:
    """The scheme that pays: the property's, else the process's own."""
    return step.node.properties.get("scheme") or step.case.process


def value(step: Step, name: str) -> object:
    """What the property gives; None where nothing is written."""
    return computed(step.node.properties.get(name, ""), step.facts, step.now)


def text(step: Step, name: str) -> str:
    """A text; empty where nothing is said."""
    found = value(step, name)
    return "" if found is None else str(found)


def row(step: Step, name: str) -> Row:
    """A context; an empty one where nothing is said."""
    found = value(step, name)
    return found if isinstance(found, Mapping) else {}


def rows(step: Step, name: str) -> list[Row]:
    """A list of contexts, or a single one."""
    found = value(step, name)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]


def fen(step: Step, name: str) -> int:
    """A whole number; nothing said is 0."""
    found = value(step, name)
    return round(float(str(found))) if found is not None else 0


def month(step: Step, said: object) -> str:
    """`2024-05`, or the month a day lies in; empty where nothing is said."""
    if said in (None, ""):
        return ""
    found = months.of(on) if (on := days.read(said)) else str(said)
    if not months.is_month(found):
        raise Conflict("“{value}” at element {node} is no month; write it as 2024-05.", value=str(said), node=step.node.id)
    return found
