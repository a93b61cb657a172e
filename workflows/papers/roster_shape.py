"""What a month's roster holds, and whether its sums agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflows.papers.errors import PaperDataWrong


@dataclass(frozen=True)
class RosterLine:
    """One household's payment this month."""

    household_no: str
    payee: str
    payee_id: str
    account: str
    persons: int
    base_fen: int
    supplement_fen: int
    arrears_fen: int
    recovery_fen: int
    decision_no: str
    remark: str = ""

    @property
    def total_fen(self) -> int:
        """What the bank pays."""
        return self.base_fen + self.supplement_fen + self.arrears_fen - self.recovery_fen


@dataclass(frozen=True)
class BridgeStep:
    """One step from last month's total to this month's: 新增, 停发, ... with its sign."""

    name: str
    households: int
    amount_fen: int


@dataclass(frozen=True)
class Change:
    """One household's change, and the decision behind it."""

    kind: str
    household_no: str
    payee: str
    before_fen: int
    after_fen: int
    decision_no: str
    remark: str = ""


@dataclass(frozen=True)
class Roster:
    """One month × township × scheme, in one version."""

    bureau: str
    township: str
    scheme: str
    month: str
    fund_source: str
    version: int
    hash: str
    made_on: date
    made_by: str
    lines: Sequence[RosterLine]
    last_households: int
    last_total_fen: int
    bridge: Sequence[BridgeStep]
    changes: Sequence[Change] = ()

    @property
    def total_fen(self) -> int:
        """The sum of all lines."""
        return sum(line.total_fen for line in self.lines)


def check(roster: Roster) -> None:
    """Refuse a roster that may not be printed."""
    _check_lines(roster)
    _check_bridge(roster)


def _check_lines(roster: Roster) -> None:
    """Disbursement V11: whole fen, no zero and no negative line."""
    if not roster.lines:
        raise PaperDataWrong("roster: no lines")
    for number, line in enumerate(roster.lines, start=1):
        parts = (line.base_fen, line.supplement_fen, line.arrears_fen, line.recovery_fen)
        if any(isinstance(part, bool) or not isinstance(part, int) or part < 0 for part in parts):
            raise PaperDataWrong(f"roster: line {number}: amounts are whole fen from 0")
        if line.total_fen <= 0:
            raise PaperDataWrong(f"roster: line {number}: nothing to pay")


def _check_bridge(roster: Roster) -> None:
    """Disbursement V6: last month, plus and minus the changes, is this month."""
    households = roster.last_households + sum(step.households for step in roster.bridge)
    total = roster.last_total_fen + sum(step.amount_fen for step in roster.bridge)
    if (households, total) != (len(roster.lines), roster.total_fen):
        raise PaperDataWrong(
            f"roster: the bridge gives {households} households and {total} fen, "
            f"the lines {len(roster.lines)} and {roster.total_fen}"
        )
