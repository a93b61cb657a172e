"""The month's relief on paper: the list to be published, and the county's summary by township."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from workflows.errors import NotFound
from workflows.office import jurisdiction
from workflows.office.tables import Role
from workflows.papers import chinese_month
from workflows.payments import own_papers
from workflows.payments.relief import granted, published
from workflows.payments.relief.granted import Township

ROOM = Path(__file__).parent


def list_of(session: Session, month: str, ground: str, today: date) -> Mapping[str, Any]:
    """What the published list of a county or a township says."""
    entries = published.of(session, month, ground)
    if not entries:
        raise NotFound("No expenditure relief was granted in this month.")
    bureau = jurisdiction.unit_for(session, Role.COUNTY_CLERK, ground)
    values = {"place": own_papers.place(session, ground), "of_month": month, "count": len(entries),
              "total_fen": sum(one.amount_fen for one in entries), "due_on": published.due_on(session, month, ground),
              "office": bureau.name, "phone": bureau.phone,
              "entries": [{"township": one.township, "name": one.name, "reason": one.reason, "amount_fen": one.amount_fen} for one in entries]}
    return own_papers.sheet(session, own_papers.declared(ROOM, "published"), values, ground, today, chinese_month(month))


def summary(session: Session, month: str, ground: str, today: date) -> Mapping[str, Any]:
    """What the summary says: each township's times and money of both types, with the total."""
    rows = granted.by_township(granted.of_month(session, month, ground))
    if not rows:
        raise NotFound("No relief was granted in this month.")
    values = {"place": own_papers.place(session, ground), "of_month": month, **_sums(granted.total(rows)),
              "townships": [{"township": row.name, **_sums(row)} for row in rows]}
    return own_papers.sheet(session, own_papers.declared(ROOM, "summary"), values, ground, today, chinese_month(month))


def _sums(row: Township) -> Mapping[str, int]:
    return {"emergencies": row.emergencies, "emergency_fen": row.emergency_fen, "expenditures": row.expenditures,
            "expenditure_fen": row.expenditure_fen, "times": row.times, "sum_fen": row.fen}
