"""What the elements of a case are called now that were called otherwise before it moved to another version.

What happened keeps the names of the version it happened on; whoever asks whether a case has been at an element asks here.
"""

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from workflows import releases
from workflows.cases.applicants import APPLICATION
from workflows.cases.tables import Case, Rename, Visit, WorkItem
from workflows.engine import Drawing, Place
from workflows.records import ledger

Record = Visit | WorkItem


def givers(drawing: Drawing, fact: str) -> list[str]:
    """The elements whose answers are kept under that name."""
    return [node.id for node in drawing.nodes.values() if node.fact == fact and node.candidate_groups]


class Names:
    """The names of one case's elements through its moves; nothing is read before something of another version is asked about."""

    def __init__(self, session: Session, case: Case) -> None:
        """Of a case as it stands now."""
        self._session, self._case = session, case

    @cached_property
    def moves(self) -> Sequence[Rename]:
        """The case's moves from version to version, in order."""
        found = select(Rename).where(Rename.case_id == self._case.id).order_by(col(Rename.id))
        return ledger.once(self._session, ("moves", self._case.id), lambda: self._session.exec(found).all())

    @property
    def releases(self) -> list[int]:
        """The versions the case has been on, the one it is on now first."""
        return list(dict.fromkeys([self._case.release_id, *(move.from_release_id for move in reversed(self.moves))]))

    def now(self, node: str, release_id: int) -> str:
        """What an element of that version is called now; empty where it has no counterpart."""
        if release_id == self._case.release_id:
            return node
        for mapping in self._way(release_id):
            node = mapping.get(node, "")
        return node

    def of(self, record: Record) -> str:
        """What the element of a visit or a work item is called now."""
        return self.now(record.node, record.release_id)

    def place(self, visit: Visit) -> Place | None:
        """Where a visit was, in the names of now; None where that place is no more."""
        path = tuple(self.now(part, visit.release_id) for part in visit.path.split("/")) if visit.path else ()
        node = self.of(visit)
        return Place(node, path) if node and all(path) else None

    def former(self, node: str) -> list[tuple[str, int]]:
        """An element with every name it has had, each with its version; the newest first."""
        return [(node, self._case.release_id), *(
            (old, release) for release in self.releases[1:] for old in releases.load(self._session, release).drawing.nodes if self.now(old, release) == node)]

    def at(self, table: type[Any], *nodes: str) -> ColumnElement[bool]:
        """Rows of the case at one of these elements, whatever it was called when they were written."""
        if not self.moves:
            return col(table.node).in_(nodes)
        return or_(*(and_(col(table.node) == old, col(table.release_id) == release)
                     for node in nodes for old, release in self.former(node)))

    def facts(self, node: str) -> list[str]:
        """The names under which an element's answers are, and were, kept; the newest first."""
        found = ((releases.load(self._session, release).drawing.nodes.get(old), old) for old, release in self.former(node))
        return list(dict.fromkeys(drawn.fact if drawn else old for drawn, old in found))

    def release_at(self, version: int) -> int:
        """Which release was in force when the case had that version."""
        return next((move.from_release_id for move in self.moves if version < move.version), self._case.release_id)

    def _way(self, release_id: int) -> list[Mapping[str, str]]:
        """The mappings since the case last left that version; a way and its way back are none."""
        left = max((place for place, move in enumerate(self.moves) if move.from_release_id == release_id), default=len(self.moves))
        way: list[Rename] = []
        for move in self.moves[left:]:
            if way and move.back and (way[-1].from_release_id, way[-1].to_release_id) == (move.to_release_id, move.from_release_id):
                way.pop()
            else:
                way.append(move)
        return [move.mapping for move in way]


def names_since(session: Session, case: Case) -> Names:
    """The names of a case's elements since it began."""
    return Names(session, case)


def rename(session: Session, case: Case, left: int, mapping: Mapping[str, str], *, back: bool = False) -> None:
    """Keep that a case has just left a version by that mapping, or gone back by it."""
    session.add(Rename(case_id=case.id or 0, from_release_id=left, to_release_id=case.release_id, mapping=dict(mapping),
                       version=case.version, back=back))
    ledger.forget(session, ("moves", case.id))


def own_facts(drawing: Drawing, names: Names, nodes: AbstractSet[str]) -> set[str]:
    """The facts, by all their names, that hold answers given at those elements; neither at others as well nor in the application."""
    return {fact for node in nodes & drawing.nodes.keys() for fact in names.facts(node)
            if fact != APPLICATION and set(givers(drawing, fact)) <= nodes}


def stored_under(case: Case, names: Iterable[str]) -> Any:
    """What the first of these facts says that says something, as it is stored."""
    return next((case.facts[name] for name in names if case.facts.get(name) is not None), None)
