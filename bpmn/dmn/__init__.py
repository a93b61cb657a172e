"""Reads, checks and evaluates DMN decisions."""

from bpmn.dmn.checking import Finding, check
from bpmn.dmn.engine import DecisionResult, Row, evaluate
from bpmn.dmn.errors import DmnError, DmnInvalid, HitPolicyViolated, ValueNotAllowed
from bpmn.dmn.model import Definitions
from bpmn.dmn.reader import parse

__all__ = [
    "DecisionResult",
    "Definitions",
    "DmnError",
    "DmnInvalid",
    "Finding",
    "HitPolicyViolated",
    "Row",
    "ValueNotAllowed",
    "check",
    "evaluate",
    "parse",
]
