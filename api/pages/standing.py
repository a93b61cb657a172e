"""Where a case stands in a drawing, also while it waits for a day or a message and nobody has work."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from workflows.cases.overview import CaseView
from workflows.cases.tables import Visit


STANDS = ("entered", "migrated")    # came here by a flow, or with a new version of the drawing


@dataclass(frozen=True)
class Standing:
    """Elements entered and not yet left, and the last one touched."""

    nodes: frozenset[str]
    last: str


def of(session: Session, view: CaseView, process: str) -> Standing:
    """Read from the case's visits; a join that waits for its other branch is no place to stand."""
    drawn = view.published.drawing.nodes
    rows = session.exec(select(Visit).where(Visit.case_id == view.case.id).order_by(col(Visit.id)))
    newest = {row.node: row.what for row in rows if row.node in drawn and drawn[row.node].process == process}
    inside = {node for node, what in newest.items() if what in STANDS and not drawn[node].kind.endswith("Gateway")}
    return Standing(frozenset() if view.case.ended_at else frozenset(inside), next(reversed(newest), ""))
