"""Rounds of a drawing's loops: what comes before what without beginning a new round."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from . import ways
from .ways import Edge


def leading(spec: Any, aim: str) -> set[str]:
    """Every name from which one can be come to without beginning a new round of a loop that holds it."""
    return ways.before(spec, aim, cut=frozenset().union(*turns(spec, aim)))


def cut(spec: Any, home: str, left: str) -> AbstractSet[Edge]:
    """The edges not taken on the way from one name to another: of all loops, only those are gone round that must be."""
    needless, needed = turns(spec, left), set[Edge]()
    while needless and home not in ways.before(spec, left, cut=frozenset().union(*needless)):
        needed |= needless.pop(0)
    return frozenset().union(*needless, *turns(spec, home)) - needed


def rerun(spec: Any, starts: Iterable[str], home: str, left: str, barred: Iterable[str] = ()) -> ways.Reach:
    """What belongs to a re-run from one name to another, from some names between on."""
    begun = [(None, name) for name in starts]
    return ways.reached(spec, begun, {home, *barred}, standing=left, cut=cut(spec, home, left))


def turns(spec: Any, aim: str) -> list[set[Edge]]:
    """The edges by which each loop that holds a name begins anew, the innermost loop's first."""
    after_it = ways.after(spec, aim)
    heads = {name: _turns_to(spec, name, aim, after_it) for name in after_it & ways.before(spec, aim)}
    found = {name: edges for name, edges in heads.items() if edges}
    inner_first = sorted(found, key=lambda name: -sum(_always_after(spec, name, head) for head in found))
    return [found[name] for name in inner_first]


def _turns_to(spec: Any, head: str, aim: str, after_it: set[str]) -> set[Edge]:
    back = [name for name in spec.task_specs[head]._inputs if name in after_it and _always_after(spec, name, head)]
    held = back and (after_it if head == aim else ways.after(spec, aim, {head}))
    return {(name, head) for name in back if name in held}


def _always_after(spec: Any, name: str, head: str) -> bool:
    """Whether no token comes to a name but by way of another."""
    roots = (root for root, each in spec.task_specs.items() if not each._inputs)
    return not any(name in ways.after(spec, root, {head}) for root in roots)
