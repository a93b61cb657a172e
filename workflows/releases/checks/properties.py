"""What may stand in a camunda property that an effect reads."""

import re
from collections.abc import Iterable, Iterator

from bpmn import feel
from bpmn.feel.sayings import said
from bpmn.message import Message, Term
from workflows import engine
from workflows.releases.draft import RULES, Part
from workflows.releases.house import Kind
from workflows.releases.report import Finding, nearest

FACT = re.compile(r"[^\W\d]\w*")


def stranger(part: Part, where: Term, element: str, known: Iterable[str]) -> Finding:
    """The finding that process.toml names an element that is not drawn."""
    return part.find("element_unknown", "error", element, Message(
        "“{where}” names the element {element}, which is not drawn.", {"where": where, "element": element}),
        file=RULES, hint=nearest(element, known))


def wrong(part: Part, node: engine.Node, name: str, kind: Kind) -> Iterator[Finding]:
    """What is wrong with the value of a property of that kind."""
    value = node.properties[name]
    match kind:
        case "number" if not value.isdigit():
            yield part.find("property_wrong", "error", node.id, Message(
                "Its property “{name}” must be a number, not “{value}”.", {"name": name, "value": value}))
        case "yes" if value not in ("yes", "no"):
            yield part.find("property_wrong", "error", node.id, Message(
                "Its property “{name}” must be yes or no, not “{value}”.", {"name": name, "value": value}))
        case "fact" if not FACT.fullmatch(value):
            yield part.find("property_wrong", "error", node.id, Message(
                "Its property “{name}” must name a fact, not “{value}”.", {"name": name, "value": value}))
        case "register" | "key" if not FACT.fullmatch(value):
            yield part.find("property_wrong", "error", node.id, Message(
                "Its property “{name}” must name a register or a key, not “{value}”.", {"name": name, "value": value}))
        case "their_feel":      # what this case's own world gives is looked at with the other expressions
            yield from _feel(part, node, name, value)


def _feel(part: Part, node: engine.Node, name: str, value: str) -> Iterator[Finding]:
    try:
        feel.compile(value.strip().removeprefix("=").strip())
    except feel.FeelError as error:
        yield part.find("property_wrong", "error", node.id, Message(
            "Its property “{name}” can't be read: {error}", {"name": name, "error": said(error)}))
