"""The table, and what the issue asked for beside what was found."""

import statistics
from collections import defaultdict
from dataclasses import dataclass

from benchmarks.engine.crowd import Row

HEAD = f"{'database':<12} {'who':<26} {'step of one case':>18} {'ms':>9} {'tasks/s':>9} {'to bare':>8} {'state bytes':>12}"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    database: str
    who: str
    window: tuple[int, int]
    ms: float
    size: int


class Report:
    """Gathers while it is measured; prints when all is there."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._floors: dict[str, list[float]] = defaultdict(list)
        self._steps: list[Step] = []
        self._crowds: list[tuple[str, Row]] = []
        self._said: list[str] = []

    def floor(self, database: str, ms: float) -> None:
        """A bare transaction there; measured before and after, the median counts."""
        self._floors[database].append(ms)

    def step(self, database: str, who: str, window: tuple[int, int], ms: float, size: int) -> None:
        """A contender's median in a window of steps."""
        self._steps.append(Step(database, who, window, ms, size))

    def crowd(self, database: str, row: Row) -> None:
        """What things cost among so many waiting cases."""
        self._crowds.append((database, row))

    def end(self, database: str, found: str) -> None:
        """How far bare SpiffWorkflow came."""
        self.say(f"bare SpiffWorkflow, {database}: {found}")

    def say(self, sentence: str) -> None:
        """A line below the table."""
        self._said.append(sentence)

    def verdicts(self) -> None:
        """Print everything."""
        print(HEAD)
        for database in self._floors:
            self._lines(database)
        print(f"\n{'database':<12} {'waiting cases':>14} {'engine step':>12} {'product step':>13} {'due timers':>11} {'inbox page':>11}  (ms)")
        for database, row in self._crowds:
            print(f"{database:<12} {row.cases:>14,} {row.lean:>12.2f} {row.product:>13.2f} {row.due:>11.2f} {row.inbox:>11.1f}")
        print()
        for sentence in self._said:
            print(sentence)
        for good, sentence in self._aims():
            print(f"{'pass' if good else 'FAIL'}  {sentence}")

    def _lines(self, database: str) -> None:
        floor = self._bare(database)
        print(f"{database:<12} {'bare transaction':<26} {'':>18} {floor:>9.2f} {1000 / floor:>9.0f} {1:>8.1f}")
        for one in self._steps:
            if one.database == database:
                window = f"{one.window[0]:,}-{one.window[1]:,}"
                print(f"{database:<12} {one.who:<26} {window:>18} {one.ms:>9.2f} {1000 / one.ms:>9.0f} "
                      f"{one.ms / floor:>8.1f} {one.size:>12,}")

    def _aims(self) -> list[tuple[bool, str]]:
        found: list[tuple[bool, str]] = []
        for database in [name for name in self._floors if self._of(name, "Yimen, engine step")]:
            floor = self._bare(database)
            for what in ("engine", "product"):
                own = self._of(database, f"Yimen, {what} step")
                ratio = own[0].ms / floor
                found.append((ratio <= 3, f"{database}: the {what} step within 3 times the bare transaction: {ratio:.1f}"))
                grown = own[-1].ms / own[0].ms
                found.append((grown < 1.25, f"{database}: the {what} step flat over {own[-1].window[1]:,} steps: {grown:.2f} times"))
            found += [self._beside(database), self._crowded(database)]
        return found

    def _beside(self, database: str) -> tuple[bool, str]:
        theirs = self._of(database, "bare SpiffWorkflow 3.2.0")[-1].ms
        ours = self._of(database, "Yimen, engine step")[0].ms
        product = self._of(database, "Yimen, product step")[0].ms
        said = f"engine step {theirs / ours:.0f} times, product step {theirs / product:.0f} times"
        return theirs / ours >= 10, f"{database}: at least 10 times bare SpiffWorkflow at 200 steps: {said}"

    def _crowded(self, database: str) -> tuple[bool, str]:
        rows = [row for name, row in self._crowds if name == database]
        grown = max(rows[-1].lean / rows[0].lean, rows[-1].product / rows[0].product)
        return grown < 1.25, f"{database}: flat from {rows[0].cases:,} to {rows[-1].cases:,} waiting cases: {grown:.2f} times"

    def _bare(self, database: str) -> float:
        return statistics.median(self._floors[database])

    def _of(self, database: str, who: str) -> list[Step]:
        return [one for one in self._steps if (one.database, one.who) == (database, who)]
