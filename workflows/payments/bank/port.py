"""What we ask of the bank, in our own words; `tasks/adapters` fills it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class BadAnswer(Exception):
    """The bank answered about one transfer, but nobody can read what it said."""


@dataclass(frozen=True)
class Answer:
    """What the bank knows of one transfer; `code` is the bank's own, empty while it still works on it.

    A bank that does not know a transfer has not refused it: it may still lie on a desk there.
    """

    known: bool
    code: str = ""
    message: str = ""
    serial: str = ""
    at: datetime | None = None
    fen: int = 0


class Bank(Protocol):
    """The bank that pays for the county."""

    def send(self, content: bytes, name: str) -> str:
        """Hand in a payment file; the receipt. The same bytes again give the same receipt."""

    def result(self, batch: str) -> bytes | None:
        """The result file of a batch, or None while there is none."""

    def query(self, trace_id: str) -> Answer:
        """What became of one transfer; `BadAnswer` where the answer can't be read."""
