"""The only room that knows SpiffWorkflow: (drawing, state, event, facts, now) -> Move."""

import logging

from .across.carrying import suggest
from .back.again import done_again, inside, repetitions
from .drawing import Drawing, check, parse
from .errors import (
    DrawingRefused,
    EngineError,
    ExpressionFailed,
    Finding,
    NoFlowTaken,
    NotDue,
    NotExpected,
    NotMigratable,
    NotReturnable,
    NotSkippable,
    NotWaiting,
    RanAway,
    Reason,
    Stuck,
    TouchedSince,
    UnreadableState,
)
from .moves import (
    catches,
    complete,
    earlier,
    fail,
    fire,
    migrate,
    refresh,
    send_back,
    skip,
    start,
    tell,
    terminate,
    undo,
    waiting,
)
from .nodes.timers import StartTimer, pack, unpack
from .outcome import Begun, Closed, DecisionTrace, Flow, Move, Node, Place, Visit, Waiting
from .rearming import rearm
from .running.shapes import shape
from .written.rhythms import Schedule

# Upstream gathers the whole tree for each log record, even for those nobody reads.
logging.getLogger("spiff").setLevel(logging.WARNING)
logging.getLogger("spiff.task").setLevel(logging.WARNING)
logging.getLogger("spiff.workflow").setLevel(logging.WARNING)

__all__ = [
    "Begun",
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
    "NotMigratable",
    "NotReturnable",
    "NotSkippable",
    "NotWaiting",
    "Place",
    "RanAway",
    "Reason",
    "Schedule",
    "StartTimer",
    "Stuck",
    "TouchedSince",
    "UnreadableState",
    "Visit",
    "Waiting",
    "catches",
    "check",
    "complete",
    "done_again",
    "earlier",
    "fail",
    "fire",
    "inside",
    "migrate",
    "pack",
    "parse",
    "rearm",
    "refresh",
    "repetitions",
    "shape",
    "send_back",
    "skip",
    "start",
    "suggest",
    "tell",
    "terminate",
    "undo",
    "unpack",
    "waiting",
]
