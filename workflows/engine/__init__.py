"""The only room that knows SpiffWorkflow: (drawing, state, event, facts, now) -> Move."""

import logging

from .drawing import Drawing, check, parse
from .errors import (
    DrawingRefused,
    EngineError,
    ExpressionFailed,
    Finding,
    NoFlowTaken,
    NotDue,
    NotExpected,
    NotWaiting,
    RanAway,
    Stuck,
    UnreadableState,
)
from .moves import complete, fail, fire, refresh, start, tell, waiting
from .outcome import Closed, DecisionTrace, Flow, Move, Node, Visit, Waiting

# Upstream gathers the whole tree for each log record, even for those nobody reads.
logging.getLogger("spiff").setLevel(logging.WARNING)
logging.getLogger("spiff.task").setLevel(logging.WARNING)
logging.getLogger("spiff.workflow").setLevel(logging.WARNING)

__all__ = [
    "Closed",
    "DecisionTrace",
    "Drawing",
    "DrawingRefused",
    "EngineError",
    "ExpressionFailed",
    "Finding",
    "Flow",
    "Move",
    "NoFlowTaken",
    "Node",
    "NotDue",
    "NotExpected",
    "NotWaiting",
    "RanAway",
    "Stuck",
    "UnreadableState",
    "Visit",
    "Waiting",
    "check",
    "complete",
    "fail",
    "fire",
    "parse",
    "refresh",
    "start",
    "tell",
    "waiting",
]
