"""What of the payments somebody may read: his own ground, and only with a duty that includes it."""

from sqlmodel import Session

from workflows.errors import NotAllowed, NotFound
from workflows.office.jurisdiction import COUNTY, widest
from workflows.office.people import Officer
from workflows.office.permissions import PAYMENT_READERS
from workflows.payments import cycles, months
from workflows.payments.tables import Cycle, Line


def grounds(who: Officer) -> tuple[str, ...]:
    """Every ground on which the person reads payments, the widest first; `NotAllowed` where there is none."""
    found = widest(held.division_code for held in who.duties if held.role in PAYMENT_READERS)
    if not found:
        raise NotAllowed("Your duty does not include this.")
    return found


def county(who: Officer) -> str:
    """The county whose months the person reads."""
    return grounds(who)[0][:COUNTY]


def cycle(session: Session, who: Officer, scheme: str, month: str) -> Cycle:
    """The county's month of a scheme; `NotFound` where it was not opened."""
    found = cycles.find(session, scheme, month, county(who)) if months.is_month(month) else None
    if found is None:
        raise NotFound("Payments of {month} have not been started.", month=month)
    return found


def line(session: Session, who: Officer, line_id: int) -> Line:
    """A line on the person's ground; another one is not even said to exist."""
    found = session.get(Line, line_id)
    if found is None or not found.village_code.startswith(grounds(who)):
        raise NotFound("This payment was not found.")
    return found
