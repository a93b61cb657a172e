"""发放名册 as a workbook."""

from workflows.papers import roster_shape
from workflows.papers.roster_shape import BridgeStep, Change, Roster, RosterLine
from workflows.papers.roster_sheet import write_workbook

__all__ = ["BridgeStep", "Change", "Roster", "RosterLine", "roster_xlsx"]


def roster_xlsx(roster: Roster) -> bytes:
    """Print 发放名册 and 变动明细; refuse a roster whose sums do not agree."""
    roster_shape.check(roster)
    return write_workbook(roster)
