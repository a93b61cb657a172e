"""Take a whole step back: what it brought about goes, what it used up comes back; other branches keep what they did."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflows.engine.errors import TouchedSince
from workflows.engine.running import codec
from workflows.engine.running.standing import SINCE

Key = int
COUNTED = ("done", "begun")


@dataclass(frozen=True)
class Piece:
    """A task of a frozen state, under a key that stays the same from state to state."""

    key: Key
    scope: Key | None
    parent: Key | None
    path: tuple[str, ...]
    depth: int
    spec: str
    name: str
    state: int
    notes: Mapping[str, Any]
    opens: str | None

    @property
    def above(self) -> set[Key]:
        """What must be there for this piece to be there."""
        return {key for key in (self.scope, self.parent) if key is not None}

    @property
    def is_sentinel(self) -> bool:
        """Whether it only waits for a process to be empty."""
        return self.name == "#join"


class Keys:
    """Gives each task its key: tokens by their number, the rest by where they hang."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], Key] = {}

    def pieces(self, packed: dict[str, Any]) -> dict[Key, Piece]:
        """The tasks of a state by key."""
        owners = {owner: spec for spec, owner in packed["w"]}
        scopes: list[Any] = [(None, packed["p"]), *((owner, spec) for spec, owner in packed["w"])]
        found: list[Piece] = []
        count: Counter[tuple[Any, ...]] = Counter()
        for place, (number, name, state, parent, notes) in enumerate(packed["t"]):
            owner, spec = scopes[number]
            scope = None if owner is None else found[owner]
            above = None if parent == codec.ROOT else found[parent]
            path = () if scope is None else (*scope.path, scope.name.partition("#")[0])
            depth = 1 + max((piece.depth for piece in (scope, above) if piece is not None), default=0)
            hint = notes["token"] if "token" in notes else tuple(notes.get(name) for name in (SINCE, "index", "via"))
            where = (scope and scope.key, above and above.key, name, hint)
            count[where] += 1
            key = self.known.setdefault((*where, count[where]), len(self.known))
            found.append(Piece(key, *where[:2], path, depth, spec, name, state, notes, owners.get(place)))
        return {piece.key: piece for piece in found}


def undone(drawing: Any, now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The state as it would be without the step from before to after; refused if what that made has been touched."""
    if now == after:
        return {**before, "n": now["n"]}
    old, new, here = map(Keys().pieces, (before, after, now))
    made = {key for key in new.keys() - old.keys() if not new[key].is_sentinel}
    touched = {new[key].name for key in made if here.get(key) != new[key]}
    touched |= _missed(drawing, old, new, here) | _interrupted(drawing, old, new, here)
    kept = {key: piece for key, piece in here.items() if key not in made}
    _drop_empty_sentinels(kept)
    for key in (key for key in old.keys() & new.keys() if old[key] != new[key]):
        back = _reverted(old[key], new[key], kept[key]) if key in kept else None
        if back is None:
            touched.add(new[key].name)
        else:
            kept[key] = back
    kept |= {key: piece for key, piece in old.items() if key not in new and key not in kept}
    touched |= {piece.name for piece in kept.values() if not piece.above <= kept.keys()} | _emptied(drawing, kept)
    if touched or now["c"] != after["c"]:
        raise TouchedSince(sorted({name.partition("#")[0] for name in touched}))
    return _packed({**now, "e": _ends(now["e"], before["e"], after["e"]), "c": before["c"]}, kept)


def _ends(now: list[str], before: list[str], after: list[str]) -> list[str]:
    """The ends reached without those that only the step reached."""
    return before if now == after else [end for end in now if end in before or end not in after]


def _emptied(drawing: Any, kept: Mapping[Key, Piece]) -> set[str]:
    """Event sub-processes that would wait in a process in which all work is done: what they began kept it open."""
    idle = {key for key, piece in kept.items() if drawing.specs[piece.spec].task_specs[piece.name].idle}
    busy = {piece.scope for key, piece in kept.items() if key not in idle and not piece.is_sentinel}
    return {kept[key].name for key in idle if kept[key].scope not in busy}


def _missed(drawing: Any, old: dict[Key, Piece], new: dict[Key, Piece], here: dict[Key, Piece]) -> set[str]:
    """Inclusive joins that have gone on since, and would have waited for a token that comes back."""
    back = [piece for key, piece in old.items() if key not in new]
    gone = [piece for key, piece in old.items() if key in new and key not in here and "via" in piece.notes]
    found = set()
    for arrival in gone:
        reach = getattr(drawing.specs[arrival.spec].task_specs[arrival.name], "reach", {})
        if any(piece.scope == arrival.scope and piece.name in reach for piece in back):
            found.add(arrival.name)
    return found


def _interrupted(drawing: Any, old: dict[Key, Piece], new: dict[Key, Piece], here: dict[Key, Piece]) -> set[str]:
    """Event sub-processes that have since taken the place of all that a token comes back to."""
    back = {piece.scope for key, piece in old.items() if key not in new}
    heard = [piece for key, piece in new.items() if key not in here and piece.scope in back]
    return {p.name for p in heard if getattr(drawing.specs[p.spec].task_specs[p.name], "interrupting", False)}


def _reverted(old: Piece, new: Piece, here: Piece) -> Piece | None:
    notes: dict[str, Any] = dict(here.notes)
    for name in old.notes.keys() | new.notes.keys():
        was, became, stands = old.notes.get(name), new.notes.get(name), notes.get(name)
        if was == became:
            continue
        if name in COUNTED:
            notes[name] += old.notes[name] - new.notes[name]
        elif stands != became:
            return None
        elif name in old.notes:
            notes[name] = was
        else:
            del notes[name]
    return replace(here, notes=notes, state=old.state)


def _drop_empty_sentinels(kept: dict[Key, Piece]) -> None:
    for key, piece in list(kept.items()):
        if piece.is_sentinel and not piece.above <= kept.keys():
            del kept[key]


def _packed(packed: dict[str, Any], kept: Mapping[Key, Piece]) -> dict[str, Any]:
    order = _sorted(kept)
    places = {key: place for place, key in enumerate(order)}
    owners = [key for key in order if kept[key].opens is not None]
    numbers: dict[Key | None, int] = {None: 0, **{key: number for number, key in enumerate(owners, start=1)}}
    tasks = [
        [numbers[p.scope], p.name, p.state, codec.ROOT if p.parent is None else places[p.parent], p.notes]
        for p in (kept[key] for key in order)
    ]
    return {**packed, "w": [[kept[key].opens, places[key]] for key in owners], "t": tasks}


def _sorted(kept: Mapping[Key, Piece]) -> list[Key]:
    """Outer processes before inner ones, what holds others before what it holds, older tokens first."""
    return sorted(kept, key=lambda key: (kept[key].depth, int(kept[key].notes.get("token", 0)), key))
