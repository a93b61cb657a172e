"""The bank of a scenario: pays everybody, but for whom the scenario says otherwise."""

import csv
import io
from datetime import datetime

from workflows.payments.bank.format import RESULT, FORMAT
from workflows.payments.bank.port import Answer

PAID, UNKNOWN = "00", "R08"


class ScenarioBank:
    """Fills the bank's port in memory; each transfer is decided when its file comes in."""

    def __init__(self, now: datetime) -> None:
        """Nobody's payment fails yet; `now` is set anew before each use."""
        self.now = now
        self.fails: dict[str, str] = {}
        self.truths: dict[str, str] = {}
        self.files: dict[str, list[list[str]]] = {}

    def send(self, content: bytes, name: str) -> str:  # noqa: ARG002 — the port's argument
        """Take a payment file; the same file again is the same receipt."""
        header, *rows = csv.reader(io.StringIO(content.decode()))
        batch = header[2]
        if batch not in self.files:
            self.files[batch] = [[trace, self._decide(payee), payee, fen]
                                 for _seq, _account, payee, fen, _purpose, trace in rows]
        return f"SC-{batch}"

    def result(self, batch: str) -> bytes | None:
        """The result file of a batch that came in."""
        rows = self.files.get(batch)
        if rows is None:
            return None
        paid = [int(fen) for _, code, _, fen in rows if code == PAID]
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow([RESULT, FORMAT, batch, self.now.date(), len(rows), sum(int(row[3]) for row in rows), len(paid),
                      sum(paid)])
        out.writerows([trace, code, "", f"SC{trace}" if code == PAID else "", self.now.isoformat(), fen]
                      for trace, code, _, fen in rows)
        return text.getvalue().encode()

    def query(self, trace_id: str) -> Answer:
        """What became of one transfer; `truths` says it of those that were left unknown."""
        for rows in self.files.values():
            for trace, code, payee, fen in rows:
                if trace == trace_id:
                    told = self.truths.get(payee, UNKNOWN) if code == UNKNOWN else code
                    return Answer(True, told, "", f"SC{trace}" if told == PAID else "", self.now, int(fen))
        return Answer(False)

    def _decide(self, payee: str) -> str:
        """The code that was laid for the payee, once; else paid."""
        return self.fails.pop(payee, PAID)
