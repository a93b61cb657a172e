"""Many cases that stand where one stands."""

from sqlmodel import Session, col, insert, select

from workflows.cases.tables import Case, Clock, Timer, Visit, WorkItem
from workflows.records import audit


def crowd(session: Session, case: Case, size: int) -> list[int]:
    """So many twins of a case, with its work, timers, limits and way; their ids."""
    row = session.get_one(Case, case.id).model_dump(exclude={"id", "number"})
    last = session.exec(select(Case.id).order_by(col(Case.id).desc())).first()
    ids = list(range(last + 1, last + size + 1))
    session.execute(insert(Case), [{**row, "id": one, "number": f"TWIN-{one:06d}"} for one in ids])
    for one in ids:
        audit.append(session, f"case:{one}", audit.SYSTEM, "case.open", case.opened_at)
    for table in (WorkItem, Timer, Clock, Visit):
        rows = [found.model_dump(exclude={"id", "case_id"}) for found in session.exec(select(table).where(table.case_id == case.id))]
        lines = [{**found, "case_id": one} for one in ids for found in rows]
        if lines:
            session.execute(insert(table), lines)
    return ids
