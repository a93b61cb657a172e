"""What a return makes undone: the elements to be done again, and so what counts as decided no longer."""

from collections.abc import Iterable, Set as AbstractSet
from typing import Any

from sqlmodel import Session, col, select

from workflows import engine
from workflows.cases import facts, instances
from workflows.cases.names import names_since, own_facts
from workflows.cases.tables import Case, FactChange, Visit
from workflows.engine import Drawing, Place, Waiting

PASSED = ("completed", "skipped")


def visited(session: Session, case: Case) -> dict[Place, int]:
    """Every place the case has passed, with its last arrival there."""
    names = names_since(session, case)
    found = select(Visit).where(Visit.case_id == case.id, col(Visit.what) == "entered").order_by(col(Visit.id))
    return {place: visit.id or 0 for visit in session.exec(found) if (place := names.place(visit))}


def redone(session: Session, case: Case, drawing: Drawing, left: Place, target: Place, others: str) -> set[str]:
    """The elements to be done again, wherever they stand."""
    return {place.node for place in redone_places(session, case, drawing, left, target, others)}


def redone_places(session: Session, case: Case, drawing: Drawing, left: Place, target: Place, others: str) -> set[Place]:
    """The places passed since the case last came to the target and now again before it, the target included.

    Branches that are kept stay as they are: then only what lies between the target and the place left is done again.
    """
    since = visited(session, case).get(target, 0)
    passed = select(Visit).where(Visit.case_id == case.id, col(Visit.id) > since, col(Visit.what).in_(PASSED))
    places = filter(None, map(names_since(session, case).place, session.exec(passed)))
    return engine.done_again(drawing, places, left, target, kept=others == "keep") | {target}


def void_facts(session: Session, case: Case, drawing: Drawing, nodes: AbstractSet[str]) -> list[str]:
    """The facts that those elements gave: their answers, and what they computed.

    A fact that other elements give as well, or that the application made, keeps its newest value.
    """
    names = names_since(session, case)
    own = own_facts(drawing, names, nodes)
    called = {old for node in nodes for old, _ in names.former(node)}
    computed = select(FactChange.name).where(FactChange.case_id == case.id, col(FactChange.author).in_(called)).distinct()
    return sorted(name for name in {*own, *session.exec(computed)} if case.facts.get(name) is not None)


def values_after(session: Session, case: Case, drawing: Drawing, void: Iterable[str], places: AbstractSet[Place],
                 left: Waiting, target: Place, others: str) -> dict[str, Any]:
    """What void facts say from now on: nothing; where instances of a repeated activity go back alone, what the others said."""
    around = [line for line in engine.repetitions(drawing, Place(left.node.id, left.path))
              if others == "keep" or target.path[:len(line)] == line]
    names, alone = names_since(session, case), dict[str, int]()
    for place in places:
        shared = sum((*place.path, place.node)[:len(line)] == line for line in around)
        for fact in names.facts(place.node):
            alone[fact] = min(shared, alone.get(fact, shared))
    return {name: instances.without(facts.known_as(case, name), left.numbers[:alone[name]]) if alone.get(name) else None
            for name in void}


def waiting_at(drawing: Drawing, state: bytes, token: str) -> Waiting | None:
    """What waits under a token."""
    return next((place for place in engine.waiting(drawing, state) if place.token == token), None)
