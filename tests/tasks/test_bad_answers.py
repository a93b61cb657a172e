"""One bad answer of the bank is one line's matter: it is noted, and the month goes on."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlmodel import select

from tasks.adapters.bank import HttpBank
from tasks.adapters.failures import Unreachable
from tasks.bank_simulator.counter import Fault
from workflows.payments.bank.port import Answer, BadAnswer
from workflows.payments.tables import Attempt, CycleState, LineState
from workflows.records.session import reading

CHINA = ZoneInfo("Asia/Shanghai")


class Odd:
    """A bank whose queries go wrong for one trace, and right for all others."""

    def __init__(self, bank: Any, said: Answer | Exception) -> None:
        self.bank, self.said, self.odd = bank, said, ""

    def query(self, trace: str) -> Answer:
        self.odd = self.odd or trace
        if trace != self.odd:
            return self.bank.query(trace)
        if isinstance(self.said, Exception):
            raise self.said
        return self.said

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bank, name)


@pytest.mark.parametrize("said", [
    Answer(False), Answer(True, "R08"), Answer(True, "E4711"), BadAnswer("unreadable"),
    Answer(True, "00", "", "S1", datetime(2024, 6, 5, tzinfo=CHINA), 1),
])
def test_a_bad_or_missing_answer_leaves_its_line_unknown_and_the_others_go_on(county: Any, said: Any) -> None:
    for account in ("6217000000000001", "6217000000000002"):
        county.bank.counter.add(Fault("account", account, "R08"))
    county.go()
    county.sign_all()
    county.now = datetime(2024, 6, 3, 9, tzinfo=CHINA)
    county.bank = Odd(county.bank, said)
    for _ in range(2):
        assert county.go() == CycleState.RETURNED
        states = [line.state for line in county.lines().values()]
        assert sorted(states) == [LineState.PAID, LineState.PAID, LineState.UNKNOWN]
    with reading(county.source) as session:
        assert sorted(a.code for a in session.exec(select(Attempt))) == ["00", "00", "R08"]
    assert county.open_items() == []
    assert county.steps()["fetch"][0] == "waiting"


def test_a_refused_file_is_noted_beside_one_that_was_taken(county: Any) -> None:
    county.bank.counter.add(Fault("account", "6217000000000001", "R08"))
    county.go()
    county.sign_all()
    county.now = datetime(2024, 6, 3, 9, tzinfo=CHINA)
    county.bank = Odd(county.bank, Answer(True, "00", "", "S1", datetime(2024, 6, 5, tzinfo=CHINA), 1))
    county.go()
    assert "an amount differs" in county.steps()["fetch"][1]["problem"]


@pytest.mark.parametrize("answer", [
    httpx.Response(200, text="<html>"), httpx.Response(200, json=[]), httpx.Response(404, text="who?"),
    httpx.Response(200, json={"code": "00"}), httpx.Response(200, json={"known": True, "at": "yesterday"}),
    httpx.Response(200, json={"known": True, "at": "2024-06-05T10:00:00"}),
    httpx.Response(200, json={"known": True, "code": "00", "fen": "many"}),
])
def test_what_can_not_be_read_is_a_bad_answer(answer: httpx.Response) -> None:
    with pytest.raises(BadAnswer):
        HttpBank("http://bank", httpx.MockTransport(lambda _request: answer)).query("T1")


def test_a_bank_that_is_away_is_no_bad_answer() -> None:
    with pytest.raises(Unreachable):
        HttpBank("http://bank", httpx.MockTransport(lambda _request: httpx.Response(503))).query("T1")
