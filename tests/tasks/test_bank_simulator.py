"""The simulator as its own process, over real HTTP on the loopback."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.adapters.bank import HttpBank
from tasks.adapters.failures import Refused, Unreachable
from workflows.payments.bank import format as bank_format
from workflows.payments.bank.format import PayRow
from workflows.settings import ROOT

DAY = date(2024, 6, 3)


@pytest.fixture(scope="module")
def url(tmp_path_factory: Any) -> Iterator[str]:
    """A running simulator."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    var: Path = tmp_path_factory.mktemp("var")
    process = subprocess.Popen([sys.executable, "-m", "tasks.bank_simulator", "--port", str(port)], cwd=ROOT,
                               env={"YIMEN_VAR": str(var), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)})
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/health")
        yield url
        assert (var / "bank_simulator" / "bank.sqlite").exists()
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str) -> None:
    """Until it answers."""
    for _ in range(200):
        try:
            httpx.get(url, timeout=1, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} does not answer")


def payment(batch: str, *rows: PayRow) -> bytes:
    """A payment file."""
    return bank_format.encode(batch, DAY, {"01": sum(row.fen for row in rows)}, list(rows))


def row(account: str, trace: str, name: str = "张三", fen: int = 60_000) -> PayRow:
    """One transfer."""
    return PayRow(account, name, fen, "低保2024-06", trace)


def codes(url: str, batch: str) -> list[str]:
    """What the result file says."""
    content = HttpBank(url).result(batch)
    assert content is not None
    return [line.code for line in bank_format.decode(content).rows]


def test_a_file_is_taken_paid_and_answered(url: str) -> None:
    bank = HttpBank(url)
    receipt = bank.send(payment("B1", row("621700000001", "T1"), row("621700000002", "T2")), "B1.csv")
    assert receipt.startswith("SIM-")
    content = bank.result("B1")
    assert content is not None
    read = bank_format.decode(content)
    assert [(line.trace_id, line.code, line.at.isoformat()) for line in read.rows] == [
        ("T1", "00", "2024-06-03T10:00:00+08:00"), ("T2", "00", "2024-06-03T10:00:00+08:00")]
    assert all(line.serial for line in read.rows)


def test_the_same_bytes_again_give_the_same_receipt_and_pay_nothing_more(url: str) -> None:
    bank, content = HttpBank(url), payment("B2", row("621700000003", "T3"))
    assert bank.send(content, "B2.csv") == bank.send(content, "B2.csv")
    assert codes(url, "B2") == ["00"]


def test_a_batch_name_used_for_another_file_is_refused(url: str) -> None:
    bank = HttpBank(url)
    bank.send(payment("B3", row("621700000004", "T4")), "B3.csv")
    with pytest.raises(Refused):
        bank.send(payment("B3", row("621700000004", "T5")), "B3.csv")


@pytest.mark.parametrize("spoil", [
    lambda good: good.replace(b",1,60000,", b",1,60001,"), lambda good: good.replace(b"\n1,", b"\n2,"),
    lambda _good: b"nonsense",
])
def test_a_file_that_does_not_add_up_is_refused(url: str, spoil: Any) -> None:
    with pytest.raises(Refused):
        HttpBank(url).send(spoil(payment("B4", row("621700000005", "T6"))), "B4.csv")


def test_another_name_than_the_first_one_seen_is_a_mismatch(url: str) -> None:
    bank = HttpBank(url)
    bank.send(payment("B5", row("621700000006", "T7", "李四")), "B5.csv")
    bank.send(payment("B6", row("621700000006", "T8", "李肆")), "B6.csv")
    assert (codes(url, "B5"), codes(url, "B6")) == (["00"], ["R02"])


def test_an_account_set_beforehand_is_known_by_that_name(url: str) -> None:
    httpx.post(f"{url}/accounts", data={"account": "621700000007", "name": "王五"}, trust_env=False)
    HttpBank(url).send(payment("B7", row("621700000007", "T9", "王六")), "B7.csv")
    assert codes(url, "B7") == ["R02"]


def fault(url: str, **words: str) -> None:
    """Let something go wrong."""
    assert httpx.post(f"{url}/faults", data=words, trust_env=False).status_code == 303


@pytest.mark.parametrize("code", ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08"])
def test_every_return_can_be_asked_for_by_account(url: str, code: str) -> None:
    account = f"6218000000{code[1:]}"
    fault(url, place="account", key=account, code=code, truth="R04")
    HttpBank(url).send(payment(f"C{code}", row(account, f"C{code}")), f"C{code}.csv")
    assert codes(url, f"C{code}") == [code]
    assert HttpBank(url).query(f"C{code}").code == ("R04" if code == "R08" else code)


def test_the_next_few_or_a_whole_batch_can_go_wrong(url: str) -> None:
    fault(url, place="next", code="R03", left="2")
    HttpBank(url).send(payment("D1", *(row(f"62190000000{n}", f"D1-{n}") for n in range(3))), "D1.csv")
    assert codes(url, "D1") == ["R03", "R03", "00"]
    fault(url, place="batch", key="D2", code="R07")
    HttpBank(url).send(payment("D2", *(row(f"62190000001{n}", f"D2-{n}") for n in range(3))), "D2.csv")
    assert codes(url, "D2") == ["R07"] * 3


def test_a_result_can_come_late_with_a_wrong_total_or_twice(url: str) -> None:
    bank = HttpBank(url)
    for code in ("LATE", "WRONG_TOTAL", "DUPLICATE"):
        fault(url, place="batch", key="E1", code=code)
    bank.send(payment("E1", row("622000000001", "E1")), "E1.csv")
    assert bank.result("E1") is None
    wrong, again, plain = bank.result("E1"), bank.result("E1"), bank.result("E1")
    assert wrong is not None
    with pytest.raises(Exception, match="counts or totals"):
        bank_format.decode(wrong)
    assert again != plain, "the same answers in another file"
    assert codes(url, "E1") == ["00"]


def test_nothing_is_known_of_a_stranger(url: str) -> None:
    bank = HttpBank(url)
    assert bank.result("nothing") is None
    assert not bank.query("nothing").known


def test_the_page_says_that_it_is_a_simulator_and_escapes_what_it_shows(url: str) -> None:
    fault(url, place="account", key="<script>", code="R01")
    page = httpx.get(url, trust_env=False).text
    assert "模拟银行 SIMULATOR" in page
    assert "不划转任何资金" in page
    assert "<script>" not in page


def test_a_bank_that_is_away_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        HttpBank("http://127.0.0.1:9").send(b"", "x.csv")


def test_a_bank_out_of_order_is_worth_another_try() -> None:
    broken = httpx.MockTransport(lambda _request: httpx.Response(503))
    with pytest.raises(Unreachable):
        HttpBank("http://bank", broken).result("B")
