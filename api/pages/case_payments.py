"""What was paid on a case's decision, month by month, for who may read payments there."""

from api.desk import Desk
from workflows.cases.shown.overview import CaseView
from workflows.office.permissions import PAYMENT_READERS, covers
from workflows.payments import traces
from workflows.payments.tables import Line


def paid(desk: Desk, view: CaseView) -> list[Line]:
    """The lines, the oldest month first."""
    if not covers(desk.officer, view.case.division_code, PAYMENT_READERS):
        return []
    return traces.of_case(desk.session, view.case.id or 0)
