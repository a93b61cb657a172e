"""The draw itself, as published: anybody can repeat it with the seed and the list, with no more than SHA-256.

The lot of a code is SHA-256 of `<seed>|<code>` in hexadecimal; the n smallest lots are drawn, n = ⌈ratio x N⌉, at least one.
The lot of an inspector for a code is SHA-256 of `<seed>|<code>|<inspector>`; the two smallest of those who need not stand back go.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

PAIR = 2


@dataclass(frozen=True)
class Assigned:
    """Who inspects a code, and who was passed over because he must stand back."""

    inspectors: tuple[str, ...]
    passed_over: tuple[str, ...]


def lot(*parts: str) -> str:
    """The lot of what the parts name."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def digest(codes: Collection[str]) -> str:
    """What a population is known by, in whatever order it was listed."""
    return hashlib.sha256("\n".join(sorted(codes)).encode()).hexdigest()


def size(ratio_percent: Decimal, population: int) -> int:
    """How many are drawn: ⌈ratio x N⌉, at least one, of nobody none."""
    return min(population, max(1, math.ceil(ratio_percent * population / 100)))


def draw(seed: str, codes: Collection[str], n: int) -> list[str]:
    """The codes of the n smallest lots, the smallest first; the order of the list makes no difference."""
    return sorted(set(codes), key=lambda code: (lot(seed, code), code))[:n]


def order(seed: str, code: str, roster: Collection[str]) -> list[str]:
    """The inspectors in the order of their lots for a code."""
    return sorted(set(roster), key=lambda name: (lot(seed, code, name), name))


def assign(seed: str, code: str, roster: Sequence[str], must_recuse: Callable[[str], bool]) -> Assigned:
    """The inspectors of a code in the order of their lots, and everybody who must stand back from it."""
    names = order(seed, code, roster)
    return Assigned(tuple([name for name in names if not must_recuse(name)][:PAIR]), tuple(name for name in names if must_recuse(name)))
