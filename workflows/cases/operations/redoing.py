"""What a return makes undone: the elements to be done again, and so what counts as decided no longer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set as AbstractSet

from sqlmodel import Session, col, select

from workflows import engine
from workflows.cases import intake
from workflows.cases.names import givers, names_since
from workflows.cases.tables import Case, FactChange, Visit
from workflows.engine import Drawing, Place

PASSED = ("completed", "skipped")
Ways = Mapping[str, AbstractSet[str]]


def visited(session: Session, case: Case) -> dict[Place, int]:
    """Every place the case has passed, with its last arrival there."""
    names = names_since(session, case)
    found = select(Visit).where(Visit.case_id == case.id, col(Visit.what) == "entered").order_by(col(Visit.id))
    return {place: visit.id or 0 for visit in session.exec(found) if (place := names.place(visit))}


def redone(session: Session, case: Case, drawing: Drawing, left: Place, target: Place, others: str) -> set[str]:
    """The elements passed since the case last came to the target and now again before it, the target included.

    Branches that are kept stay as they are: then only what lies between the target and the place left is done again.
    """
    since = visited(session, case).get(target, 0)
    passed = select(Visit).where(Visit.case_id == case.id, col(Visit.id) > since, col(Visit.what).in_(PASSED))
    (ahead, back), names = _ways(drawing), names_since(session, case)
    return {place.node for place in map(names.place, session.exec(passed))
            if place and _before_again(place, left, target, ahead, back, others == "keep")} | {target.node}


def void_facts(session: Session, case: Case, drawing: Drawing, nodes: AbstractSet[str]) -> list[str]:
    """The facts that those elements gave: their answers, and what they computed.

    A fact that other elements give as well, or that the application made, keeps its newest value.
    """
    names = names_since(session, case)
    own = {fact for node in nodes & drawing.nodes.keys() for fact in names.facts(node)
           if fact != intake.APPLICATION and set(givers(drawing, fact)) <= nodes}
    called = {old for node in nodes for old, _ in names.former(node)}
    computed = select(FactChange.name).where(FactChange.case_id == case.id, col(FactChange.author).in_(called)).distinct()
    return sorted(name for name in {*own, *session.exec(computed)} if case.facts.get(name) is not None)


def _before_again(visit: Place, left: Place, target: Place, ahead: Ways, back: Ways, kept: bool) -> bool:
    depth = _parting(target.path, visit.path)
    mine, its = (*target.path, target.node)[depth], (*visit.path, visit.node)[depth]
    if mine == its:
        return True
    end = (*left.path, left.node)[depth] if kept and left.path[:depth] == target.path[:depth] else None
    if end is None or end == mine:
        return its in _reached(mine, ahead)
    return its in _reached(mine, ahead, end) & _reached(end, back, mine)


def _parting(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return depth


def _reached(start: str, ways: Ways, end: str = "") -> set[str]:
    """Everything the ways lead to, the end included and nothing beyond it."""
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for node in ways.get(here, frozenset()) if here != end else ():
            if node not in found:
                found.add(node)
                todo.append(node)
    return found


def _ways(drawing: Drawing) -> tuple[Ways, Ways]:
    """Where flows lead from each element and whence they come; what no flow leads to may begin wherever work is done."""
    ahead, back = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for flow in drawing.flows.values():
        ahead[flow.source].add(flow.target)
        back[flow.target].add(flow.source)
    for node in _events_beside(drawing, back):
        for host in [host for host in ahead if host != node and _process(drawing, host) == _process(drawing, node)]:
            ahead[host].add(node)
            back[node].add(host)
    return ahead, back


def _events_beside(drawing: Drawing, back: Ways) -> Iterable[str]:
    return [node.id for node in drawing.nodes.values() if node.id not in back and node.kind == "boundaryEvent"]


def _process(drawing: Drawing, node: str) -> str:
    return drawing.nodes[node].process if node in drawing.nodes else ""


def waiting_at(drawing: Drawing, state: bytes, token: str) -> engine.Waiting | None:
    """What waits under a token."""
    return next((place for place in engine.waiting(drawing, state) if place.token == token), None)
