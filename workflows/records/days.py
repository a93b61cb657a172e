"""One reading of a day, whoever says it: a form, a drawing's expression, a page, a register."""

from datetime import date, datetime

from workflows.errors import Conflict
from workflows.records.types import CHINA


def read(said: object) -> date | None:
    """The day that a date, a moment or the text of either names, as China counts days; None where it names none."""
    meant = _parsed(said) if isinstance(said, str) else said
    if isinstance(meant, datetime):
        return (meant.astimezone(CHINA) if meant.tzinfo else meant).date()
    return meant if isinstance(meant, date) else None


def must(said: object) -> date:
    """The day that is said; a refusal in plain words where there is none."""
    found = read(said)
    if found is None:
        raise Conflict("“{value}” is no day; write it as 2024-05-31.", value=str(said)[:50])
    return found


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip().partition("@")[0])   # FEEL writes a zone's name behind @
    except ValueError:
        return None
