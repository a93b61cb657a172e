"""The pages' door to a case: reading a secret one, or looking for one in vain, is logged though a page itself only reads."""

from api.desk import Desk
from workflows.cases import secrecy
from workflows.cases.shown import overview
from workflows.cases.shown.overview import CaseView, ItemView
from workflows.cases.tables import Case
from workflows.records.session import writing
from workflows.registers import sight
from workflows.registers.tables import RegisterEntry


def case_view(desk: Desk, number: str) -> CaseView:
    """A case, opened to be read."""
    view = overview.case_view(desk.session, desk.officer, number, desk.now)
    note(desk, view.case)
    return view


def item_view(desk: Desk, item: int) -> tuple[ItemView, CaseView]:
    """A work item and its case, opened to be read."""
    found, view = overview.item_view(desk.session, desk.officer, item, desk.now)
    note(desk, view.case)
    return found, view


def note(desk: Desk, case: Case) -> None:
    """The officer reads this case; what answers a form writes already, and notes it there."""
    if not secrecy.is_secret(desk.session, case):
        return
    if desk.request.method == "POST":
        secrecy.log_read(desk.session, case, desk.officer, desk.now)
        return
    with writing(desk.request.app.state.engine) as session:
        secrecy.log_read(session, case, desk.officer, desk.now)


def note_search(desk: Desk, text: str) -> None:
    """The officer looks for something that only secret cases say."""
    if secrecy.sought(desk.session, desk.officer, text):
        with writing(desk.request.app.state.engine) as session:
            secrecy.log_search(session, desk.officer, text, desk.now)


def note_entries(desk: Desk, *entries: RegisterEntry) -> None:
    """The officer reads these entries of a register."""
    secret = [entry for entry in entries if sight.is_secret(entry)]
    if secret:
        with writing(desk.request.app.state.engine) as session:
            sight.log_read(session, secret, desk.officer, desk.now)
