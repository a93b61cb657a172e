"""From which month a decision counts (A1 21)."""

from datetime import date, timedelta

NEXT_MONTH, SAME_MONTH = "NEXT_MONTH", "SAME_MONTH"


def first_month(decided_on: date, accrual_start: str = NEXT_MONTH) -> str:
    """The first payable month, `2024-05`: the one after the decision, or by local rule the decision's own."""
    day = decided_on.replace(day=1)
    return f"{day if accrual_start == SAME_MONTH else day + timedelta(days=32):%Y-%m}"
