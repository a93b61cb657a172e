"""The built-in functions of DMN 1.5, one module for each subject."""

from bpmn.feel.builtins import (
    boolean,
    contexts,
    conversion,
    days,
    intervals,
    list_editing,
    list_facts,
    numeric,
    strings,
)
from bpmn.feel.builtins.registry import BUILTINS

__all__ = [
    "BUILTINS",
    "boolean",
    "contexts",
    "conversion",
    "days",
    "intervals",
    "list_editing",
    "list_facts",
    "numeric",
    "strings",
]
