"""One case, one decision: no two ends that grant or refuse may both be come to."""

from collections.abc import Iterator

from bpmn.message import Message
from workflows.engine.written.reading import BPMN
from workflows.releases import together, ways
from workflows.releases.draft import Draft
from workflows.releases.report import Finding

DECIDING = ("granted", "refused")


def check(draft: Draft) -> Iterator[Finding]:
    """Every two deciding ends of the process itself that branches can come to side by side."""
    ends = {end for end, meaning in draft.main.rules.ends.items() if meaning.kind in DECIDING and end in draft.main.nodes}
    said = set[frozenset[str]]()
    for one, other in together.pairs(ways.of(draft)) if len(ends) > 1 and not draft.main.rules.callable_only else ():
        here, there = ({point.id for point in side if not point.path} & ends for side in (one, other))
        for pair in sorted((first, second) for first in here for second in there if first != second):
            if frozenset(pair) not in said and not all(_stops_all(draft, end) for end in pair):
                said.add(frozenset(pair))
                yield draft.main.find("two_decisions", "error", pair[1], Message(
                    "One case can come to this end and to “{other}”: both decide it. Let only one of the two branches decide.",
                    {"other": draft.main.name_of(pair[0])}))


def _stops_all(draft: Draft, end: str) -> bool:
    """Whether with this end nothing else goes on; two such ends can't both be come to."""
    return draft.main.nodes[end].xml.find(f"{BPMN}terminateEventDefinition") is not None
