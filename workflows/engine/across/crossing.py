"""A frozen state on its way from one drawing to another: each task under its new name, with every reason against it."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import Reason
from workflows.engine.nodes import keeping, ways
from workflows.engine.outcome import Closed
from workflows.engine.running.codec import ROOT

from . import likeness

TIMING = ("due", "left", "every", "token")


class Scope(NamedTuple):
    """A process of the state: its number, and its spec in the old drawing and in the new."""

    number: int
    old: Any
    new: Any


class Piece(NamedTuple):
    """One task of the state."""

    place: int
    scope: Scope
    spec: Any
    state: int
    parent: int
    notes: dict[str, Any]


class Crossing:
    """Carries the parts of a state over, task by task."""

    def __init__(self, packed: dict[str, Any], old: Any, new: Any, mapping: Mapping[str, str | None]) -> None:
        self.new, self.mapping = new, {node: target for node, target in mapping.items() if target}
        self.lost = mapping.keys() - self.mapping.keys()
        self.reasons: list[Reason] = []
        self.closed: list[Closed] = []
        self.armings: list[tuple[int, int, str]] = []  # below which task or root, in which process, which event
        self.retimed: list[int] = []
        self._before: list[list[Any]] = packed["t"]
        self._after: list[list[Any]] = []
        self.old = old
        self._moved: dict[int, int] = {}
        self._marks: dict[int, list[keeping.Mark]] = {}
        self._taken: dict[tuple[int, str, str], Any] = {}
        self._owners: list[list[Any]] = [[] for _ in packed["w"]]
        self._carry(packed, Scope(0, old.specs[old.process_id], new.specs[new.process_id]), old)
        self.packed = {**packed, "p": new.process_id, "w": self._owners, "t": self._after}

    def to(self, node: str) -> str:
        """The new id of an old node; empty where it has no counterpart."""
        return "" if node in self.lost else self.mapping.get(node, node)

    def refuse(self, code: str, spec: Any, **words: object) -> None:
        """Note down a reason against it."""
        found = likeness.reason(code, spec.node, str(spec.bpmn_id or spec.name.partition("#")[0]), **words)
        if found not in self.reasons:
            self.reasons.append(found)

    def _carry(self, packed: dict[str, Any], root: Scope, old: Any) -> None:
        owned = {owner: (number, old.specs[name]) for number, (name, owner) in enumerate(packed["w"], start=1)}
        scopes = {0: root}
        self._arm_sub_processes(root)
        for place, (number, name, state, parent, notes) in enumerate(self._before):
            scope = scopes.get(number)
            if scope is None or not (parent == ROOT or parent in self._moved):
                continue
            self._cross(Piece(place, scope, scope.old.task_specs[name], state, parent, dict(notes)))
            if place in owned and place in self._moved:
                inner, spec = owned[place]
                opens = scope.new.task_specs[self._after[self._moved[place]][1]].opens
                self._owners[inner - 1] = [opens, self._moved[place]]
                scopes[inner] = Scope(inner, spec, self.new.specs[opens])
                self._arm_sub_processes(scopes[inner])

    def _arm_sub_processes(self, scope: Scope) -> None:
        known = {f"{self.to(scope.old.task_specs[name].host)}#armed" for name in scope.old.start.armed}
        self._arm(ROOT, scope, scope.new.start.armed, known)

    def _arm(self, parent: int, scope: Scope, names: Iterable[str], known: set[str]) -> None:
        self.armings += [(parent, scope.number, name) for name in names if name not in known]

    def _cross(self, piece: Piece) -> None:
        spec, scope = piece.spec, piece.scope
        race = None if piece.parent == ROOT else scope.old.task_specs[self._before[piece.parent][1]]
        if spec is scope.old.end:
            self._put(piece, scope.new.end.name)
        elif spec.idle:
            self._event(piece, self._same_event(piece, ROOT, f"{self.to(spec.host)}#armed"))
        elif spec.holds_children and spec.host:
            self._split(piece)
        elif race is not None and race.holds_children and spec.name != race.host:
            self._event(piece, self._rival(piece))
        elif (new := self._counterpart(piece)) is not None:
            self._node(piece, new)

    def _put(self, piece: Piece, name: str, parent: int | None = None) -> None:
        above = self._moved.get(piece.parent, ROOT) if parent is None else parent
        self._moved[piece.place] = len(self._after)
        self._after.append([piece.scope.number, name, piece.state, above, piece.notes])

    # ---- events that accompany work ------------------------------------------------------------------------------

    def _split(self, piece: Piece) -> None:
        new, host = piece.scope.new, self.to(piece.spec.host)
        split = new.task_specs.get(f"{host}{ways.SPLIT}")
        if split is None:
            self._moved[piece.place] = ROOT
            self._marks[piece.place] = piece.notes.get(keeping.KEY, [])
            return
        self._put(self._translated(piece), split.name)
        known = {self.to(name) for name in piece.spec._outputs}
        self._arm(self._moved[piece.place], piece.scope, split._outputs, known | {host})

    def _rival(self, piece: Piece) -> Any:
        """The event in the new drawing that takes over; None when there is none or it waits for something else."""
        name, parent = self.to(piece.spec.name), self._moved[piece.parent]
        race = None if parent == ROOT else piece.scope.new.task_specs[self._after[parent][1]]
        if race is None or name not in race._outputs:
            if piece.spec.name in self.mapping:
                self.refuse("unknown_target", piece.spec, to=name)
            return None
        return self._same_event(piece, parent, name)

    def _same_event(self, piece: Piece, parent: int, name: str) -> Any:
        new = piece.scope.new.task_specs.get(name)
        if new is not None and likeness.event_kind(new) is not likeness.event_kind(piece.spec):
            self._arm(parent, piece.scope, [name], set())
            return None
        return new

    def _event(self, piece: Piece, new: Any) -> None:
        changed = new is None or likeness.retimed(piece.spec, new)
        if changed and "token" in piece.notes:
            self.closed.append(Closed(piece.notes["token"], piece.spec.node, "cancelled"))
        if new is not None:
            self._put(piece._replace(notes=self._fresh(piece.notes)) if changed else piece, new.name)
            self.retimed += [self._moved[piece.place]] if changed else []

    def _fresh(self, notes: dict[str, Any]) -> dict[str, Any]:
        return {name: note for name, note in notes.items() if name not in TIMING}

    # ---- work and joins ------------------------------------------------------------------------------------------

    def _counterpart(self, piece: Piece) -> Any:
        base, sign, rest = piece.spec.name.partition("#")
        target = self.to(base)
        new = piece.scope.new.task_specs.get(f"{target}{sign}{rest}")
        if new is None:
            lost = "unknown_target" if base in self.mapping else "gone"
            self.refuse("scope" if target in self.new.nodes and not sign else lost, piece.spec, to=likeness.called(self.new, target))
            return None
        if unlike := likeness.difference(piece.spec, new):
            self.refuse(unlike[0], piece.spec, to=likeness.called(self.new, target), **unlike[1])
            return None
        other = self._taken.setdefault((piece.scope.number, new.name, ""), piece.spec.name)
        if other != piece.spec.name:
            self.refuse("merged", piece.spec, old=likeness.called(self.old, other))
        return new

    def _node(self, piece: Piece, new: Any) -> None:
        if "via" in piece.notes:
            self._arrive(piece, new)
        if kept := self._marks.get(piece.parent):
            piece.notes[keeping.KEY] = kept
        piece, parent = self._translated(piece), None
        split = piece.scope.new.task_specs[ways.entrance(piece.scope.new, new.name)]
        if split is not new and self._moved.get(piece.parent, ROOT) == ROOT:
            parent = len(self._after)
            marks = {keeping.KEY: piece.notes.pop(keeping.KEY)} if keeping.KEY in piece.notes else {}
            self._after.append([piece.scope.number, split.name, int(TaskState.COMPLETED), ROOT, marks])
            self._arm(parent, piece.scope, split._outputs, {new.name})
        if likeness.event_kind(new) and likeness.retimed(piece.spec, new):
            self._event(piece, new)
        else:
            self._put(piece, new.name, parent)
        if new.holds_children:
            known = {self.to(name) for name in piece.spec._outputs}
            if not known & set(new._outputs):
                self.refuse("events_gone", piece.spec)
            self._arm(self._moved[piece.place], piece.scope, new._outputs, known)

    def _arrive(self, piece: Piece, new: Any) -> None:
        old, specs, via = piece.scope.old, piece.scope.new.task_specs, piece.notes["via"]
        flow = via.removeprefix("#") if via.startswith("#") else old.task_specs[via].flows.get(piece.spec.name)
        same_flow = [way for way in new._inputs if flow in (way.removeprefix("#"), specs[way].flows.get(new.name))]
        found = same_flow or [way for way in new._inputs if way == self.to(via)]
        if not found:
            self.refuse("way_gone", piece.spec)
            return
        if self._taken.setdefault((piece.scope.number, new.name, found[0]), via) != via:
            self.refuse("ways_merged", piece.spec)
        piece.notes["via"] = found[0]

    def _translated(self, piece: Piece) -> Piece:
        """The piece with its marks under their new names."""
        if not (marks := piece.notes.get(keeping.KEY)):
            return piece
        found = []
        for number, aim, held, home, left in marks:
            names = [self._name(piece.scope, name) for name in (aim, home, left, *(held or ()))]
            specs = piece.scope.new.task_specs
            if not set(names) <= specs.keys() or not set(names[3:]) <= set(specs[names[0]]._outputs):
                self.refuse("kept", piece.spec)
                return piece
            found.append([number, names[0], held and names[3:], names[1], names[2]])
        return piece._replace(notes={**piece.notes, keeping.KEY: found})

    def _name(self, scope: Scope, name: str) -> str:
        if name.startswith("#"):
            return name
        node = self.to(name.removesuffix(ways.SPLIT))
        return (
            ways.entrance(scope.new, node) if name == ways.entrance(scope.old, name.removesuffix(ways.SPLIT)) else node
        )
