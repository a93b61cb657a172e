"""The elements of a version as people know them."""

from bpmn.message import Term
from workflows.engine import Node
from workflows.releases import Published

# Where a token never stays, a plan need not say where it goes.
PASSED = frozenset({"startEvent", "endEvent", "intermediateThrowEvent", "exclusiveGateway", "scriptTask", "businessRuleTask"})

BY_HAND = frozenset({"userTask", "manualTask", "task"})     # each waits for a person: one may take over from another


def name_of(published: Published, node: str) -> Term:
    """An element's name in both languages; its id where it has none."""
    found = published.drawing.nodes.get(node)
    if found is None:
        return Term(node)
    part = published.parts.get(found.process)
    return Term(found.name or node, (part.names_en.get(node) if part else "") or found.name or node)


def alike(one: Node, other: Node) -> bool:
    """Whether an element may take over what waits at another."""
    return one.kind == other.kind or {one.kind, other.kind} <= BY_HAND


def resting(published: Published) -> list[Node]:
    """The elements that a case may be found at, in the order of the drawing."""
    return [node for node in published.drawing.nodes.values() if node.kind not in PASSED]
