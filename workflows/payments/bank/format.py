"""The files that go to the bank and come back: CSV, one header row and one row a line (disbursement 5)."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from bpmn import toml
from workflows.payments.refusals import FileRefused
from workflows.settings import settings

OUT, RESULT, FORMAT = "YIMEN-PAY", "YIMEN-RESULT", "1"
OTHER = "R99"
CODES = Path(__file__).with_name("codes.toml")


@dataclass(frozen=True)
class PayRow:
    """One transfer to be made."""

    account: str
    name: str
    fen: int
    purpose: str
    trace_id: str


@dataclass(frozen=True)
class ResultRow:
    """The bank's answer to one transfer, in the bank's own code."""

    trace_id: str
    code: str
    message: str
    serial: str
    at: datetime
    fen: int


@dataclass(frozen=True)
class ResultFile:
    """A result file whose counts and totals were verified."""

    batch: str
    rows: Sequence[ResultRow]

    @property
    def total_fen(self) -> int:
        """What the rows add up to."""
        return sum(row.fen for row in self.rows)


def encode(batch: str, day: date, funding: Mapping[str, int], rows: Sequence[PayRow]) -> bytes:
    """A payment file; its header carries count, total, fund sources and the body's hash."""
    body = _csv([n, row.account, row.name, row.fen, row.purpose, row.trace_id] for n, row in enumerate(rows, start=1))
    fund = ";".join(f"{source}:{fen}" for source, fen in sorted(funding.items()))
    header = [OUT, FORMAT, batch, day.isoformat(), len(rows), sum(row.fen for row in rows), fund,
              hashlib.sha256(body).hexdigest()]
    return _csv([header]) + body


def decode(content: bytes) -> ResultFile:
    """A result file; refused whole when anything in it does not add up (PY-13)."""
    try:
        header, *rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
        mark, version, batch, _day, count, total, paid_count, paid_total = header
        read = [_row(row) for row in rows]
        promised = (int(count), int(total), int(paid_count), int(paid_total))
    except (ValueError, csv.Error) as error:
        raise FileRefused("it can't be read") from error
    if (mark, version) != (RESULT, FORMAT):
        raise FileRefused("it is not a result file")
    paid = [row.fen for row in read if internal(row.code) == "00"]
    if promised != (len(read), sum(row.fen for row in read), len(paid), sum(paid)):
        raise FileRefused("its counts or totals are wrong")
    if len({row.trace_id for row in read}) != len(read):
        raise FileRefused("it answers one line twice")
    return ResultFile(batch, read)


def internal(code: str, bank: str = "") -> str:
    """Our code for one of the bank's (empty: the bank of the settings); what nobody has mapped a person looks at."""
    return _codes().get(bank or settings().bank_name, {}).get(code, OTHER)


@lru_cache
def _codes() -> Mapping[str, Mapping[str, str]]:
    return toml.file(CODES)


def _row(cells: Sequence[str]) -> ResultRow:
    trace_id, code, message, serial, at, fen = cells
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or not (fen.isascii() and fen.isdigit()):
        raise ValueError(at)
    return ResultRow(trace_id, code, message, serial, moment, int(fen))


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
