"""Which of people's choices still matter at a point: the answers that a condition, a guard or an end ahead of it reads."""

from collections import defaultdict
from collections.abc import Mapping

from workflows.releases import formulas
from workflows.releases.draft import Draft
from workflows.releases.truth import paths
from workflows.releases.ways import Point, Ways

Names = frozenset[str]
Key = tuple[str, str]       # a process and an element of it
WHOLE = ".*"                # behind a fact: every answer of it


def ahead(draft: Draft, laid: Ways, writes: Mapping[Key, Names], joins: Mapping[Key, Names]) -> Mapping[Point, Names]:
    """For each point, the answers read from there on before anything there gives them anew; `joins` are read to see what they wait for."""
    reads, back = _reads(draft), laid.back
    for key, names in joins.items():
        reads[key] = reads[key] | names
    found: dict[Point, Names] = dict.fromkeys(laid.parts, frozenset())
    waiting = list(laid.parts)
    while waiting:
        point = waiting.pop()
        key = laid.parts[point].id, point.id
        onward, given = frozenset[str]().union(*(found[step.to] for step in laid.onward[point])), writes.get(key)
        now = reads[key] | ({path for path in onward if path.partition(".")[0] not in given} if given else onward)
        if now != found[point]:
            found[point] = now
            waiting += back[point]
    return found


def _reads(draft: Draft) -> dict[Key, Names]:
    """What the conditions and guards of an element read, and at an end the answers that give its reason."""
    found: dict[Key, Names] = defaultdict(frozenset)
    for formula in formulas.of(draft):
        if formula.guard or formula.gives == formulas.BOOLEAN:
            found[formula.part.id, formula.at] |= paths(formula.source)
    nodes = {drawn.node.id: drawn.node for _, drawn in draft.elements()}    # a called part's task may give the reason
    nodes |= {task: drawn.node for task, drawn in draft.main.nodes.items()}
    for end, meaning in draft.main.rules.ends.items():
        tasks = [answer.partition(".")[0] for answer in meaning.reason]
        named = {nodes[task].fact + WHOLE for task in tasks if task in nodes}
        found[draft.main.id, end] |= named | {f"{task} done" for task in tasks}
    return found


def matters(path: str, ahead_of: Names) -> bool:
    """Whether an answer is among those that are read ahead."""
    return path in ahead_of or path.partition(".")[0] + WHOLE in ahead_of
