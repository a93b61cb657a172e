"""The server is killed (SIGKILL) at random points while cases move: what was acknowledged is there, once."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.databases import at_file
from tests.families import NORMAL, application
from tests.web_client import WebClient
from workflows import engine as room
from workflows import releases
from workflows.cases.tables import Case, Document, Job, WorkItem, WorkState
from workflows.office import people, sign_in
from workflows.office.tables import SampleClock
from workflows.records import audit
from workflows.records.session import writing
from workflows.records.tables import AuditEvent
from workflows.records.types import CHINA
from workflows.sample import fixture
from workflows.scenarios.bureau import PICTURE
from workflows.settings import ROOT

KILLS = int(os.environ.get("YIMEN_KILLS", "13"))     # in each of two runs, each after something had moved
LIMIT = 1_800       # seconds that a machine, however busy, may take for them
PASSWORD = "yimen-2024"
NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
PHOTO = {"photos": ("公开栏.png", PICTURE)}
LOGINS = sorted({login for login, _, _ in NORMAL})


class Server:
    """One port, many lives."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.nursery", str(self.port)], cwd=ROOT, text=True,
            env={**os.environ, "YIMEN_VAR": str(var), "YIMEN_SAMPLE": "true"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._line() == "ready"
        self.pid = 0

    def start(self) -> None:
        """A new life, answering."""
        assert self.nursery.stdin
        self.nursery.stdin.write("start\n")
        self.nursery.stdin.flush()
        self.pid = int(self._line())
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)

    def kill(self) -> None:
        """End it without a word."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._line() == "gone"

    def end(self) -> None:
        """No more lives."""
        self.nursery.kill()
        self.nursery.wait()

    def _line(self) -> str:
        assert self.nursery.stdout
        return self.nursery.stdout.readline().strip()


class Mover(threading.Thread):
    """Somebody who opens cases and moves them, again and again, and writes down what was acknowledged."""

    def __init__(self, server: Server, database: Engine, first: int, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.server, self.database, self.number, self.over = server, database, first, over
        self.opened: list[str] = []
        self.done: list[tuple[str, str]] = []
        self.clients = {login: WebClient(server.url, timeout=10) for login in LOGINS}
        self.problems: list[str] = []

    def sign_in(self) -> None:
        """Once: a session outlives the server that began it."""
        for login, client in self.clients.items():
            client.sign_in(login, PASSWORD)

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.number += 1
                case = self._open(self.number)
                for login, node, answers in NORMAL if case else ():
                    self._complete(case, login, node, answers)
        except Exception as problem:  # noqa: BLE001 — told by the test, not lost with the thread
            self.problems.append(repr(problem))

    def _open(self, number: int) -> str:
        answers = application(number)
        while not self.over.is_set():
            answer = self._send("town_clerk1", "/intake/dibao", answers)
            if answer is not None and answer.status_code == 303:
                case = answer.headers["location"].rsplit("/", 1)[-1].split("?")[0]
                self.opened.append(case)
                return case
            known = self._number_of(answers["applicant_id_number"])
            if known:                       # kept, but the answer was lost: the second try is refused, not doubled
                return known
            if answer is not None:
                self.problems.append(f"intake: {answer.status_code}")
                return ""
        return ""

    def _complete(self, case: str, login: str, node: str, answers: dict) -> None:
        while not self.over.is_set():
            item = self._open_item(case, node)
            if item is None:
                return
            answer = self._send(login, f"/work/{item}", answers)
            if answer is not None and answer.status_code == 303:
                self.done.append((case, node))
                return
            if answer is not None and answer.status_code not in (303, 404, 409):
                self.problems.append(f"{node}: {answer.status_code} {answer.text[:200]}")
                return

    def _send(self, login: str, path: str, answers: dict) -> httpx.Response | None:
        """The answer, or None when the connection broke: then nobody knows."""
        try:
            return self.clients[login].post(path, answers, files=PHOTO if "posted_by" in answers else None)
        except (httpx.HTTPError, AssertionError):
            self.over.wait(0.02)
            return None

    def _number_of(self, id_number: str) -> str:
        with Session(self.database) as session:
            return next((case.number for case in session.exec(select(Case))
                         if case.facts["application"]["applicant_id_number"] == id_number), "")

    def _open_item(self, case: str, node: str) -> int | None:
        with Session(self.database) as session:
            return session.exec(select(WorkItem.id).join(Case).where(
                Case.number == case, WorkItem.node == node, WorkItem.state == WorkState.OPEN)).first()


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    made = at_file(tmp_path / "yimen.sqlite")
    with writing(made) as session:
        fixture.load(session)
        releases.publish_all(session, NOW)
        session.add(SampleClock(fixed_at=NOW))
        admin = people.by_login(session, "admin1")
        for login in LOGINS:
            sign_in.set_password(session, people.by_login(session, login).id, PASSWORD, admin, NOW)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_acknowledged_step_is_there_once_after_many_kills(seed: int, database: Engine, tmp_path: Path):
    chance = random.Random(seed)
    server, over = Server(tmp_path), threading.Event()
    movers = [Mover(server, database, 1000 * place, over) for place in (1, 2)]
    try:
        server.start()
        for mover in movers:
            mover.sign_in()
            mover.start()
        struck = _strike(server, movers, chance)
        over.wait(1)
        over.set()
        for mover in movers:
            mover.join(30)
    finally:
        over.set()
        server.end()
    assert [problem for mover in movers for problem in mover.problems] == []
    assert struck == KILLS, "too little moved to prove anything"
    _nothing_lost(database, movers)
    _nothing_twice_or_half(database)


def _strike(server: Server, movers: list[Mover], chance: random.Random) -> int:
    """Kill till enough kills had something move before them: where nothing did, the next comes later."""
    struck, patience, end = 0, 1.0, time.monotonic() + LIMIT
    while struck < KILLS and time.monotonic() < end and all(mover.is_alive() for mover in movers):
        before = _moved(movers)
        time.sleep(chance.uniform(0.02, 0.9) * patience)
        server.kill()
        server.start()
        moved = _moved(movers) > before
        struck, patience = struck + moved, 1.0 if moved else min(60, patience * 1.5)
    return struck


def _moved(movers: list[Mover]) -> int:
    return sum(len(mover.done) for mover in movers)


def _nothing_lost(database: Engine, movers: list[Mover]) -> None:
    with Session(database) as session:
        numbers = set(session.exec(select(Case.number)))
        done = {(case.number, item.node) for item, case in session.exec(
            select(WorkItem, Case).join(Case).where(WorkItem.state == WorkState.DONE))}
    assert {number for mover in movers for number in mover.opened} <= numbers
    assert {step for mover in movers for step in mover.done} <= done


def _nothing_twice_or_half(database: Engine) -> None:
    with Session(database) as session:
        for case in session.exec(select(Case)).all():
            items = session.exec(select(WorkItem).where(WorkItem.case_id == case.id)).all()
            done = Counter(item.node for item in items if item.state == WorkState.DONE)
            events = session.exec(select(AuditEvent).where(AuditEvent.chain == f"case:{case.id}")).all()
            told = Counter(event.node for event in events if event.action == "work_item.complete")
            assert done == told, case.number
            assert set(done.values()) <= {1}, case.number
            assert audit.broken_at(session, f"case:{case.id}") is None
            drawing = releases.load(session, case.release_id).drawing
            waiting = {place.token for place in room.waiting(drawing, case.engine) if place.kind == "user"}
            assert waiting == {item.token for item in items if item.state == WorkState.OPEN}, case.number
        people_of = Counter(case.facts["application"]["applicant_id_number"] for case in session.exec(select(Case)))
        assert set(people_of.values()) == {1}, "a family was taken in twice"
        papers = session.exec(select(Document)).all()
        assert {f"document:{paper.id}" for paper in papers} == {job.key for job in session.exec(select(Job))}
