"""Reads an expression without computing it: the kind of its value, and what in it can never make sense."""

from bpmn.feel.static.kinds import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    NULL,
    NUMBER,
    TEXT,
    Kind,
    ListOf,
    Record,
    Simple,
    Text,
    are,
    join,
    of_spec,
    of_type,
)
from bpmn.feel.static.reader import Complaint, Reading, read, read_unary

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "NULL",
    "NUMBER",
    "TEXT",
    "Complaint",
    "Kind",
    "ListOf",
    "Reading",
    "Record",
    "Simple",
    "Text",
    "are",
    "join",
    "of_spec",
    "of_type",
    "read",
    "read_unary",
]
