"""The errors of reading and evaluating decisions."""

from __future__ import annotations


class DmnError(Exception):
    """Base of all errors of this package; `element_id` tells where."""

    def __init__(self, message: str, element_id: str = "") -> None:
        super().__init__(f"{message} (element {element_id})" if element_id else message)
        self.message = message
        self.element_id = element_id


class DmnInvalid(DmnError):
    """The document is not a DMN model that can be used."""


class HitPolicyViolated(DmnError):
    """The rules that match a case contradict the hit policy of their table."""


class ValueNotAllowed(DmnError):
    """An input of a decision table lies outside its allowed values."""
