"""The stepper: which stage of its process a case has reached, and which was undone or never came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from workflows.cases import progress
from workflows.cases.operations.consequences import ON_CANCEL
from workflows.cases.tables import Case, Notice
from workflows.records.tables import AuditEvent
from workflows.releases import Published

State = Literal["done", "current", "ahead", "withdrawn", "stopped"]
WITHDRAWS = "withdraw_notice"


@dataclass(frozen=True)
class StageView:
    """One dot of the stepper."""

    name: str
    en: str
    state: State


def of(case: Case, published: Published, waiting: Collection[str], entered: Collection[str], notices: Sequence[Notice],
       events: Sequence[AuditEvent]) -> tuple[StageView, ...]:
    """The stages of a case: `waiting` and `entered` are elements, `events` the end of its audit chain."""
    stages = published.process.stages
    nodes = [set(stage.nodes) for stage in stages]
    reached = [place for place, its in enumerate(nodes) if its & set(entered)]
    here = _first(nodes, _stopped(events) if case.state == progress.TERMINATED else waiting)
    if here is None and (case.ended_at is None or case.state == progress.TERMINATED):
        here = max(reached, default=0)
    undone = _posting(published) if case.ended_at and notices and notices[-1].withdrawn else set()

    def state(place: int) -> State:
        if place in reached and undone & nodes[place]:
            return "withdrawn"
        if place == here:
            return "stopped" if case.ended_at else "current"
        return "done" if (place in reached if here is None else place < here) else "ahead"

    return tuple(StageView(stage.name, stage.en, state(place)) for place, stage in enumerate(stages))


def _first(nodes: Sequence[set[str]], wanted: Collection[str]) -> int | None:
    return next((place for place, its in enumerate(nodes) if its & set(wanted)), None)


def _stopped(events: Sequence[AuditEvent]) -> Collection[str]:
    """Whose work was cancelled when the case was terminated."""
    ends = next((event for event in reversed(events) if event.action == "case.terminate"), None)
    return ends.after.get("cancelled", ()) if ends else ()


def _posting(published: Published) -> set[str]:
    """The elements that put a notice up."""
    return {node.id for node in published.drawing.nodes.values() if node.properties.get(ON_CANCEL) == WITHDRAWS}
