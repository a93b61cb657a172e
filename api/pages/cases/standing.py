"""Where a case stands in a drawing, also while it waits for a day or a message and nobody has work."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from workflows.cases.names import names_since
from workflows.cases.shown.overview import CaseView
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
    names = names_since(session, view.case)
    last = select(func.max(col(Visit.id))).where(Visit.case_id == view.case.id).group_by(col(Visit.node), col(Visit.release_id))
    newest = dict[str, str]()
    for visit in session.exec(select(Visit).where(col(Visit.id).in_(last)).order_by(col(Visit.id))):
        node = names.of(visit)
        if node in drawn and drawn[node].process == process:
            newest.pop(node, None)
            newest[node] = visit.what
    inside = {node for node, what in newest.items() if what in STANDS and not drawn[node].kind.endswith("Gateway")}
    return Standing(frozenset() if view.case.ended_at else frozenset(inside), next(reversed(newest), ""))
