"""The simulator's counter: takes files, decides each transfer, answers. Its memory is its own SQLite file."""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PAID, UNKNOWN = "00", "R08"
WORDS = {"00": "成功", "R01": "账号不存在", "R02": "户名不符", "R03": "账户已销户", "R04": "账户冻结或异常",
         "R05": "账户类型限额", "R06": "格式或金额错误", "R07": "付款账户余额不足", "R08": "超时,结果未明"}
LATE, DUPLICATE, WRONG_TOTAL = "LATE", "DUPLICATE", "WRONG_TOTAL"
FILE_FAULTS = (LATE, DUPLICATE, WRONG_TOTAL)
SCHEMA = """
CREATE TABLE IF NOT EXISTS file (batch TEXT PRIMARY KEY, sha256 TEXT UNIQUE, day TEXT, receipt TEXT, fetched INTEGER);
CREATE TABLE IF NOT EXISTS transfer (trace TEXT PRIMARY KEY, batch TEXT, seq INTEGER, account TEXT, name TEXT,
                                     fen INTEGER, code TEXT, truth TEXT, serial TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS account (number TEXT PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY, place TEXT, key TEXT, code TEXT, truth TEXT, left INTEGER);
"""


class NotTaken(Exception):
    """The file is wrong and was not taken."""


@dataclass(frozen=True)
class Fault:
    """What shall go wrong: at an account, in a batch (`*` is any), or with the next so many transfers."""

    place: str          # account, batch, next
    key: str            # account number, batch name; empty for next
    code: str           # R01..R08, LATE, DUPLICATE, WRONG_TOTAL
    truth: str = PAID   # R08: what a query will say
    left: int = 1       # how many times


class Counter:
    """One bank."""

    def __init__(self, memory: sqlite3.Connection) -> None:
        """Remember in `memory`."""
        self._memory = memory
        memory.executescript(SCHEMA)

    def take(self, content: bytes, name: str) -> str:
        """Take a payment file: whole or not at all; the same bytes again give the same receipt."""
        sha256 = hashlib.sha256(content).hexdigest()
        known = self._one("SELECT receipt FROM file WHERE sha256 = ?", sha256)
        if known:
            return str(known[0])
        batch, day, rows = _read(content)
        if name.removesuffix(".csv") != batch or self._one("SELECT 1 FROM file WHERE batch = ?", batch):
            raise NotTaken(f"batch {batch}: the name is wrong or was used for another file")
        receipt = f"SIM-{sha256[:12].upper()}"
        with self._memory:
            self._memory.execute("INSERT INTO file VALUES (?, ?, ?, ?, 0)", (batch, sha256, day, receipt))
            for row in rows:
                self._decide(batch, day, row)
        return receipt

    def result(self, batch: str) -> bytes | None:
        """The result file; a fault may keep it back, spoil its total or give it out again."""
        found = self._one("SELECT day, fetched FROM file WHERE batch = ?", batch)
        if found is None:
            return None
        day, fetched = str(found[0]), bool(found[1])
        if self._strikes("batch", batch, LATE):
            return None
        wrong = 1 if self._strikes("batch", batch, WRONG_TOTAL) else 0
        again = fetched and self._strikes("batch", batch, DUPLICATE)
        with self._memory:
            self._memory.execute("UPDATE file SET fetched = fetched + 1 WHERE batch = ?", (batch,))
        return self._write(batch, day, wrong, "重复回盘" if again else "")

    def query(self, trace: str) -> Mapping[str, object]:
        """What became of a transfer, as it really is."""
        found = self._one("SELECT truth, serial, at, fen FROM transfer WHERE trace = ?", trace)
        if found is None:
            return {"known": False}
        code, serial, at, fen = found
        return {"known": True, "code": code, "message": WORDS.get(str(code), ""), "serial": serial, "at": at, "fen": fen}

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        if fault.code not in (*WORDS, *FILE_FAULTS) or fault.place not in ("account", "batch", "next"):
            raise NotTaken("no such fault")
        with self._memory:
            self._memory.execute("INSERT INTO fault (place, key, code, truth, left) VALUES (?, ?, ?, ?, ?)",
                                 (fault.place, fault.key, fault.code, fault.truth, fault.left))

    def faults(self) -> list[tuple[int, Fault]]:
        """What is still to go wrong."""
        return [(row[0], Fault(*row[1:])) for row in self._memory.execute(
            "SELECT id, place, key, code, truth, left FROM fault WHERE left > 0 ORDER BY id")]

    def forget(self, fault: int) -> None:
        """Let it go right after all."""
        with self._memory:
            self._memory.execute("DELETE FROM fault WHERE id = ?", (fault,))

    def knows(self, account: str, name: str) -> None:
        """Say whose account it is; another name on a transfer then gives R02."""
        with self._memory:
            self._memory.execute("INSERT OR REPLACE INTO account VALUES (?, ?)", (account, name))

    def batches(self) -> list[tuple[str, int, int, int]]:
        """Batches with count, paid count and sum."""
        return list(self._memory.execute(
            "SELECT batch, COUNT(*), SUM(code = '00'), SUM(fen) FROM transfer GROUP BY batch ORDER BY batch DESC"))

    def _decide(self, batch: str, day: str, row: Sequence[str]) -> None:
        seq, account, name, fen, _purpose, trace = row
        code, truth = self._fault_of(batch, account) or (self._by_name(account, name),) * 2
        serial = f"SIM{hashlib.sha256(trace.encode()).hexdigest()[:14].upper()}" if PAID in (code, truth) else ""
        self._memory.execute("INSERT INTO transfer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             (trace, batch, int(seq), account, name, int(fen), code, truth, serial,
                              f"{day}T10:00:00+08:00"))

    def _fault_of(self, batch: str, account: str) -> tuple[str, str] | None:
        codes = tuple(WORDS)
        for place, key in (("account", account), ("batch", batch), ("batch", "*"), ("next", "")):
            found = self._one(f"SELECT id, code, truth FROM fault WHERE place = ? AND key = ? AND left > 0 "  # noqa: S608
                              f"AND code IN ({','.join('?' * len(codes))}) ORDER BY id", place, key, *codes)
            if found:
                self._memory.execute("UPDATE fault SET left = left - 1 WHERE id = ? AND place <> 'batch'", (found[0],))
                return str(found[1]), str(found[2]) if found[1] == UNKNOWN else str(found[1])
        return None

    def _by_name(self, account: str, name: str) -> str:
        """The first name seen for an account is its owner's."""
        owner = self._one("SELECT name FROM account WHERE number = ?", account)
        if owner is None:
            self._memory.execute("INSERT INTO account VALUES (?, ?)", (account, name))
        return PAID if owner is None or owner[0] == name else "R02"

    def _strikes(self, place: str, key: str, code: str) -> bool:
        found = self._one("SELECT id FROM fault WHERE place = ? AND key IN (?, '*') AND code = ? AND left > 0",
                          place, key, code)
        if found:
            with self._memory:
                self._memory.execute("UPDATE fault SET left = left - 1 WHERE id = ?", (found[0],))
        return found is not None

    def _write(self, batch: str, day: str, wrong: int, note: str) -> bytes:
        rows = list(self._memory.execute(
            "SELECT trace, code, serial, at, fen FROM transfer WHERE batch = ? ORDER BY seq", (batch,)))
        paid = [row[4] for row in rows if row[1] == PAID]
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(["YIMEN-RESULT", "1", batch, day, len(rows), sum(row[4] for row in rows) + wrong, len(paid),
                      sum(paid)])
        for trace, code, serial, at, fen in rows:
            shown = "" if code == UNKNOWN else serial
            out.writerow([trace, code, WORDS[code] + note, shown, at, fen])
        return text.getvalue().encode()

    def _one(self, sql: str, *values: object) -> Sequence[object] | None:
        found: Sequence[object] | None = self._memory.execute(sql, values).fetchone()
        return found


def _read(content: bytes) -> tuple[str, str, list[list[str]]]:
    """Batch, day and rows of a payment file; `NotTaken` when it does not add up."""
    try:
        head, body = content.split(b"\n", 1)
        [[mark, version, batch, day, count, total, _fund, sha256]] = csv.reader(io.StringIO(head.decode()))
        rows = list(csv.reader(io.StringIO(body.decode())))
        sums = (int(count), int(total)) == (len(rows), sum(int(row[3]) for row in rows))
        whole = all(len(row) == 6 and int(row[3]) > 0 and row[1].isdigit() for row in rows)
    except (ValueError, IndexError) as error:
        raise NotTaken("the file can't be read") from error
    if (mark, version) != ("YIMEN-PAY", "1") or hashlib.sha256(body).hexdigest() != sha256 or not (sums and whole):
        raise NotTaken("the file's hash, count, total or a line is wrong")
    return batch, day, rows
