"""Nobody overwrites unseen what somebody else has written: parallel branches, two windows, work given back."""

from typing import Any

from sqlmodel import Session, col, select

from bpmn.message import Term
from workflows.cases import facts
from workflows.cases.tables import Case, FactChange, WorkItem
from workflows.errors import Conflict
from workflows.office.people import Officer


class Changed(Conflict):
    """What the item would write has been written by somebody else since the person saw it; carries what that was."""

    says = "“{fact}” was changed by {author} at {at}, after you opened it. Nothing has been overwritten."

    def __init__(self, change: FactChange, name: Term) -> None:
        """Keep the change."""
        self.change = change
        super().__init__("", fact=name, author=change.author, at=f"{change.at:%Y-%m-%d %H:%M}")

    @property
    def value(self) -> Any:
        """What stands there now, as typed values."""
        return facts.decode(self.change.value)


def demand(session: Session, case: Case, item: WorkItem, fact: str, seen: int | None, who: Officer,
           name: Term) -> None:
    """Refuse to overwrite what the person can't have seen; `seen` is the case's version on his page, else the item's own.

    An instance of a multi-instance task writes a row of its own and is merged with the others'.
    """
    since = item.version if seen is None else seen
    if item.scope or case.facts.get(fact) is None or case.version - 1 <= since:
        return
    newer = select(FactChange).where(FactChange.case_id == case.id, FactChange.name == fact, FactChange.version > since,
                                     col(FactChange.author) != who.name)
    change = session.exec(newer.order_by(col(FactChange.id).desc()).limit(1)).first()
    if change:
        raise Changed(change, name)
