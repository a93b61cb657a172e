"""The totals bridge: last month + what came − what went = this month, by township (V6)."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.payments.tables import Line

PLUS = ("new", "raised", "released", "moved_in", "arrears")
MINUS = ("stopped", "cut", "held", "moved_out", "recovered")
Sums = dict[str, int]


def build(last: Mapping[int, Line], lines: Iterable[Line]) -> dict[str, Any]:
    """The bridge of each township and of the whole, and the list of those who left."""
    towns: dict[str, Sums] = {}
    here = {line.household_id: line for line in lines}
    for home, line in here.items():
        _pass(towns, last.get(home), line)
    gone = [line for home, line in last.items() if home not in here]
    for line in gone:
        town = _town(towns, line.township_code)
        town["households_last"] += 1
        town["last"] += regular(line)
        town["stopped"] += regular(line)
    for town in towns.values():
        town["difference"] = _difference(town)
    return {"townships": dict(sorted(towns.items())), "total": _total(towns),
            "stopped": [{"household": line.household_id, "fen": regular(line)} for line in gone]}


def regular(line: Line) -> int:
    """What the month itself pays: without arrears and recovery, and nothing where the line is held."""
    return line.base_fen + line.supplement_fen if line.payable else 0


def _pass(towns: dict[str, Sums], last: Line | None, line: Line) -> None:
    """Carry one household from last month into this."""
    town = _town(towns, line.township_code)
    now, then = regular(line), regular(last) if last else 0
    town["households"] += 1
    if last:
        old = _town(towns, last.township_code)
        old["households_last"] += 1
        old["last"] += then
        if old is not town:
            old["moved_out"] += then
            town["moved_in"] += then
    if line.payable:
        town["arrears"] += line.arrears_fen
        town["recovered"] += line.recovery_fen
        town["this"] += line.total_fen
    if now != then:
        town[_step(last, line, now, then)] += abs(now - then)


def _step(last: Line | None, line: Line, now: int, then: int) -> str:
    if last is None:
        return "new"
    if line.kind == "arrears":
        return "stopped"
    if now > then:
        return "raised" if last.payable else "released"
    return "cut" if line.payable else "held"


def _town(towns: dict[str, Sums], code: str) -> Sums:
    return towns.setdefault(code, dict.fromkeys(
        ("households_last", "households", "last", *PLUS, *MINUS, "this", "difference"), 0))


def _difference(town: Sums) -> int:
    """Zero, or the bridge does not carry."""
    carried = town["last"] + sum(town[name] for name in PLUS) - sum(town[name] for name in MINUS)
    return town["this"] - carried


def _total(towns: Mapping[str, Sums]) -> Sums:
    whole: Sums = {}
    for town in towns.values():
        for name, fen in town.items():
            whole[name] = whole.get(name, 0) + fen
    return whole
