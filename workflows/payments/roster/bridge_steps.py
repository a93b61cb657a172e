"""The totals bridge with its households: each step from last month to this, by township."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.payments.roster import bridges
from workflows.payments.tables import Line

NAMES: Mapping[str, str] = {
    "new": "新增", "raised": "增发", "released": "恢复发放", "moved_in": "转入", "arrears": "补发", "stopped": "停发",
    "cut": "减发", "held": "暂缓", "moved_out": "转出", "recovered": "扣回"}
Towns = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Step:
    """One step: households that came or went by it, and money with its sign."""

    name: str
    households: int
    fen: int


@dataclass(frozen=True)
class Bridge:
    """From last month to this, for a township or the whole county; paid households only."""

    code: str
    last_households: int
    last_fen: int
    steps: tuple[Step, ...]
    households: int
    fen: int
    difference: int

    def step(self, name: str) -> Step:
        """That step, or nothing by that name."""
        return next((step for step in self.steps if step.name == name), Step(name, 0, 0))


def of(bridge: Mapping[str, Any], last: Mapping[int, Line], lines: Iterable[Line]) -> list[Bridge]:
    """The bridge of each township, then that of the whole under an empty code."""
    here = {line.household_id: line for line in lines}
    counts = _counts(last, here)
    towns = [_bridge(code, sums, counts) for code, sums in bridge["townships"].items()]
    whole = Counter({key: sum(n for (_, name), n in counts.items() if name == key)
                     for key in {name for _, name in counts}})
    return [*towns, _bridge("", bridge["total"], {("", name): n for name, n in whole.items()})] if towns else []


def _bridge(code: str, sums: Mapping[str, int], counts: Mapping[tuple[str, str], int]) -> Bridge:
    signs = dict.fromkeys(bridges.PLUS, 1) | dict.fromkeys(bridges.MINUS, -1)
    steps = tuple(Step(name, counts.get((code, name), 0), sign * sums[name]) for name, sign in signs.items()
                  if sums[name] or counts.get((code, name)))
    last = counts.get((code, "last"), 0)
    return Bridge(code, last, sums["last"], steps, last + sum(step.households for step in steps), sums["this"],
                  sums["difference"])


def _counts(last: Mapping[int, Line], here: Mapping[int, Line]) -> Counter[tuple[str, str]]:
    """(township, step) -> households."""
    counts: Counter[tuple[str, str]] = Counter()
    for home in last.keys() | here.keys():
        for town, name, count in _passes(last.get(home), here.get(home)):
            counts[town, name] += count
    return counts


def _passes(last: Line | None, line: Line | None) -> Iterator[tuple[str, str, int]]:
    """What one household adds: +1 and -1 by step and township."""
    was, now = last is not None and last.payable, line is not None and line.payable
    town = line.township_code if line else last.township_code if last else ""
    if last is not None and was:
        yield last.township_code, "last", 1
        if last.township_code != town:
            yield last.township_code, "moved_out", -1
            yield town, "moved_in", 1
    if line is None and was:
        yield town, "stopped", -1
    elif was and not now:
        yield town, "held", -1
    elif now and not was and line is not None:
        yield town, _came(last, line), 1


def _came(last: Line | None, line: Line) -> str:
    if not bridges.regular(line):
        return "arrears"
    return "new" if last is None else "released"
