"""The machine that pays is killed (SIGKILL) at random points of a month: everybody is paid, and nobody twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.databases import at_file
from tasks.bank_simulator.counter import Fault
from tests.reliability import month_lives
from tests.reliability.month_lives import KEY, NOW
from workflows import releases
from workflows.cases import decisions
from workflows.cases.tables import Household, Member, WorkItem, WorkState
from workflows.office.people import by_login
from workflows.payments import cycles, funds, month
from workflows.payments.cycle import closing, invariants
from workflows.payments.entitled import entitlements
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Attempt, BankFile, CycleState, Line, LineState
from workflows.records import audit
from workflows.records.session import reading, writing
from workflows.records.types import CHINA
from workflows.sample import fixture
from workflows.settings import ROOT

KILLS, MOST_KILLS, SECONDS = 24, 400, 240     # the seconds are patience with a busy machine
HOMES = 6
MISSPELT, UNKNOWN = "6217000000000001", "6217000000000002"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Machine:
    """Worker and flow in another process: many lives."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.month_lives", str(folder)], cwd=ROOT, text=True,
            env={**os.environ, "YIMEN_VAR": str(folder), "YIMEN_DATABASE_URL": ""},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._line() == "ready"
        self.kills = 0

    def live(self, seconds: float) -> None:
        """A life that is killed after a while."""
        assert self.process.stdin
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        born = int(self._line())
        time.sleep(seconds)
        os.kill(born, signal.SIGKILL)
        assert self._line() == "gone"
        self.kills += 1

    def end(self) -> None:
        """No more lives."""
        self.process.kill()
        self.process.wait()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


def id_number(serial: int) -> str:
    body = f"99010119700101{serial:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def home(session: Session, number: int) -> None:
    """A household of one, entitled from June on."""
    made = Household(number=f"H{number:05d}", division_code=f"{fixture.EAST}001", category="urban")
    session.add(made)
    session.flush()
    session.add(Member(household_id=made.id, name="户主", id_number=id_number(number), relation="self"))
    payee = Payee("户主", id_number(number), f"6217{number:012d}", "PSBC")
    entitlements.grant(session, made.id or 0, None, f"{number}号", date(2024, 5, 8), 60_000, 0, 1, "urban", payee, NOW, scheme="dibao")


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Engine]:
    """A county whose June roster all have signed; the bank will not like one name and not answer about one line."""
    source = at_file(tmp_path / "yimen.sqlite")
    with writing(source) as session:
        fixture.load(session)
        for process in ("monthly_review", "returned_payment"):
            releases.publish(session, process, NOW)
        funds.allocate(session, "01", 1_000_000_00, "年初预算", NOW)
        for number in range(1, HOMES + 1):
            home(session, number)
    bank = month_lives.bank(tmp_path)
    bank.counter.knows(MISSPELT, "别人")
    bank.counter.add(Fault("account", UNKNOWN, "R08"))
    month.run(KEY, month.Desk(bank, lambda _session: datetime(2024, 5, 24, 18, tzinfo=CHINA), source))
    work(source, "submit_roster", "county_finance1", bridge_checked=True)
    work(source, "town_review", "town_lead1", outcome="agree")
    work(source, "county_review", "county_lead1", outcome="agree")
    work(source, "finance_review", "finance1", outcome="agree")
    yield source
    source.dispose()


def work(source: Engine, node: str, login: str, **answers: object) -> bool:
    """An officer completes an open item, if there is one."""
    with writing(source) as session:
        item = session.exec(select(WorkItem).where(WorkItem.node == node, WorkItem.state == WorkState.OPEN)).first()
        if item:
            decisions.complete(session, item.id or 0, answers, by_login(session, login), NOW)
        return item is not None


def mend(source: Engine) -> None:
    """People do their part whenever there is one: a new account of the same person, approved by another."""
    work(source, "correct_account", "county_clerk1", account_holder="户主", account_number="6217000000000999",
         bank_code="PSBC", reason="户名有误", identity_checked=True)
    work(source, "approve_correction", "county_lead2", outcome="approve")


def state(source: Engine) -> str:
    with reading(source) as session:
        found = cycles.find(session, KEY.scheme, KEY.month, KEY.division)
        return found.state if found else ""


@pytest.mark.xdist_group("reliability")
def test_killed_at_random_points_everybody_is_paid_once(county: Engine, tmp_path: Path) -> None:
    machine, chance, began = Machine(tmp_path), random.Random(7), time.monotonic()
    try:
        while machine.kills < KILLS or (state(county) != CycleState.CLOSED and machine.kills < MOST_KILLS):
            assert time.monotonic() - began < SECONDS, (machine.kills, state(county))
            machine.live(chance.uniform(0.005, 0.12) * (1 + machine.kills / 20))
            mend(county)
    finally:
        machine.end()
    assert machine.kills >= KILLS
    assert state(county) == CycleState.CLOSED
    everything_holds(county)
    the_bank_agrees(county, tmp_path)


def everything_holds(source: Engine) -> None:
    """One success a line, no line sent again that had none final, every check green, the audit chain whole."""
    with reading(source) as session:
        cycle = cycles.find(session, KEY.scheme, KEY.month, KEY.division)
        assert cycle
        lines = session.exec(select(Line)).all()
        assert [line.state for line in lines] == [LineState.PAID] * HOMES
        attempts = session.exec(select(Attempt).order_by(Attempt.line_id, Attempt.number)).all()
        codes = {line.id: [a.code for a in attempts if a.line_id == line.id] for line in lines}
        assert Counter(map(tuple, codes.values())) == {("00",): HOMES - 1, ("R02", "00"): 1}
        files = session.exec(select(BankFile)).all()
        assert Counter(file.direction for file in files) == {"out": 2, "in": 2}
        broken: list[invariants.Check] = [one for one in closing.check(session, cycle) if not one.holds]
        assert broken == []
        assert funds.unbalanced(session) == []
        assert audit.broken_at(session, f"cycle:{cycle.id}") is None


def the_bank_agrees(source: Engine, folder: Path) -> None:
    """What the bank really paid is one transfer a line, each under the trace that our books name."""
    counter = month_lives.bank(folder).counter
    with reading(source) as session:
        paid = {a.trace_id: a.amount_fen for a in session.exec(select(Attempt).where(Attempt.code == "00"))}
    there = dict(counter._memory.execute("SELECT trace, fen FROM transfer WHERE truth = '00'"))
    assert there == paid
