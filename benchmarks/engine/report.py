"""The tables, and what the issue asks for beside what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.engine.crowd import Row
from benchmarks.engine.measuring import Window

ENGINE, PRODUCT, UPSTREAM = "Yimen, engine step", "Yimen, product step", "bare SpiffWorkflow 3.2.0"
FLAT = 1.25
HEAD = (f"{'database':<12} {'who':<25} {'steps of one case':>17} {'ms':>8} {'cpu ms':>8} {'tasks/s a core':>15} "
        f"{'bare ms':>8} {'to bare':>8} {'state bytes':>12}")
CROWD = (f"{'database':<12} {'waiting cases':>14} {'engine step':>12} {'cpu':>6} {'product step':>13} {'cpu':>6} "
         f"{'due timers':>11} {'inbox page':>11}  (ms)")


@dataclass(frozen=True)
class Line:
    """One contender on one database in one window."""

    database: str
    who: str
    window: Window


class Report:
    """Gathers while it is measured; prints when all is there."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lines: list[Line] = []
        self._crowds: list[tuple[str, Row]] = []
        self._said: list[str] = []

    def steps(self, database: str, who: str, found: Sequence[Window]) -> None:
        """A contender's medians by window of steps."""
        self._lines += [Line(database, who, window) for window in found]

    def crowd(self, database: str, row: Row) -> None:
        """What things cost among so many waiting cases."""
        self._crowds.append((database, row))

    def say(self, sentence: str) -> None:
        """A line below the tables."""
        self._said.append(sentence)

    def tell(self) -> None:
        """Print everything."""
        print(HEAD)
        for line in self._lines:
            one = line.window
            print(f"{line.database:<12} {line.who:<25} {f'{one.first:,}-{one.last:,}':>17} {one.ms:>8.2f} {one.cpu:>8.2f} "
                  f"{1000 / one.ms:>15.0f} {one.bare:>8.2f} {one.ms / one.bare:>8.1f} {one.size:>12,}")
        print(f"\n{CROWD}")
        for database, row in self._crowds:
            print(f"{database:<12} {row.cases:>14,} {row.lean:>12.2f} {row.lean_cpu:>6.2f} {row.product:>13.2f} "
                  f"{row.product_cpu:>6.2f} {row.due:>11.2f} {row.inbox:>11.1f}")
        print()
        for sentence in self._said:
            print(sentence)
        for database in dict.fromkeys(line.database for line in self._lines if line.who == ENGINE):
            for good, sentence in self._aims(database):
                print(f"{'pass' if good else 'FAIL'}  {database}: {sentence}")

    def _aims(self, database: str) -> Iterator[tuple[bool, str]]:
        theirs = self._of(database, UPSTREAM)[-1]
        for who in (ENGINE, PRODUCT):
            own = self._of(database, who)
            ratio = max(one.ms / one.bare for one in own)
            yield ratio <= 3, f"{who} within 3 times the bare transaction: {ratio:.1f} times"
            times = theirs.ms / own[min(1, len(own) - 1)].ms
            yield times >= 10, f"{who} at least 10 times {UPSTREAM} at {theirs.last} steps: {times:.0f} times"
            grown = own[-1].cpu / own[0].cpu
            yield grown < FLAT, f"{who} flat over {own[-1].last:,} steps: {grown:.2f} times the processor time"
        rows = [row for name, row in self._crowds if name == database]
        grown = max(rows[-1].lean_cpu / rows[0].lean_cpu, rows[-1].product_cpu / rows[0].product_cpu)
        yield grown < FLAT, f"flat from {rows[0].cases:,} to {rows[-1].cases:,} waiting cases: {grown:.2f} times the processor time"

    def _of(self, database: str, who: str) -> list[Window]:
        return [line.window for line in self._lines if (line.database, line.who) == (database, who)]
