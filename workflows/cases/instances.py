"""What a repeated activity's instances have answered: one fact, a row for each, in the order of their items.

Each coming to the activity from outside begins a new list; a return that takes only some instances out leaves the others' rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from workflows import engine, releases
from workflows.cases import elements, facts
from workflows.cases.names import names_since, own_facts, stored_under
from workflows.cases.tables import Case, WorkItem
from workflows.records import audit


def gathered(session: Session, case: Case, item: WorkItem, values: Mapping[str, Any]) -> object:
    """The fact after this item: its answers, in a repeated activity among those of the other instances."""
    if not item.scope:
        return values
    drawing = releases.load(session, case.release_id).drawing
    numbers = next((place.numbers for place in engine.waiting(drawing, case.engine) if place.token == item.token), ())
    before = facts.decode(stored_under(case, names_since(session, case).facts(item.node)))
    others = [row for row in before if elements.key_of(row) != item.scope] if isinstance(before, list) else []
    return elements.in_order([*others, elements.row(item.scope, numbers, values)])


def begin_anew(session: Session, case: Case, drawing: engine.Drawing, move: engine.Move, now: datetime) -> None:
    """Where a move has come to a repeated activity, what was answered there in an earlier round counts no longer."""
    for begun in move.begun:
        own = own_facts(drawing, names_since(session, case), engine.inside(drawing, begun.place))
        void = {name: without(facts.known_as(case, name), begun.numbers)
                for name in own - move.facts.keys() if case.facts.get(name) is not None}
        facts.write(session, case, void, audit.SYSTEM.name, now)


def without(rows: object, numbers: tuple[int, ...]) -> list[Any] | None:
    """The rows of all instances but those within one, or those of no instance at all; None where none is left."""
    if not isinstance(rows, list):
        return None
    return [row for row in rows if elements.numbers_of(row)[:len(numbers)] != numbers] or None
