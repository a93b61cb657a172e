"""Reading a page of a secret case, or looking for one in vain, is logged though the page itself only reads."""

from api.desk import Desk
from workflows.cases import secrecy
from workflows.cases.tables import Case
from workflows.records.session import writing


def note(desk: Desk, case: Case) -> None:
    """The officer reads this case."""
    if secrecy.is_secret(desk.session, case):
        with writing(desk.request.app.state.engine) as session:
            secrecy.log_read(session, case, desk.officer, desk.now)


def note_search(desk: Desk, text: str) -> None:
    """The officer looks for something that only secret cases say."""
    if secrecy.sought(desk.session, desk.officer, text):
        with writing(desk.request.app.state.engine) as session:
            secrecy.log_search(session, desk.officer, text, desk.now)
