"""A stand-in for each port: the same bank as the simulator's, without the wire."""

import sqlite3
from datetime import datetime

from tasks.adapters.failures import Refused
from workflows.payments.bank.port import Answer
from tasks.bank_simulator.counter import Counter, NotTaken


class StandInBank:
    """The simulator's counter, in this process and in memory."""

    def __init__(self) -> None:
        """A bank that has seen nobody yet."""
        self.counter = Counter(sqlite3.connect(":memory:", check_same_thread=False))

    def send(self, content: bytes, name: str) -> str:
        """Hand in a payment file; the receipt."""
        try:
            return self.counter.take(content, name)
        except NotTaken as refused:
            raise Refused(str(refused)) from refused

    def result(self, batch: str) -> bytes | None:
        """The result file of a batch, or None while there is none."""
        return self.counter.result(batch)

    def query(self, trace_id: str) -> Answer:
        """What became of one transfer."""
        said = self.counter.query(trace_id)
        at = datetime.fromisoformat(str(said["at"])) if said.get("at") else None
        return Answer(bool(said["known"]), str(said.get("code", "")), str(said.get("message", "")),
                      str(said.get("serial", "")), at, int(str(said.get("fen") or 0)))
