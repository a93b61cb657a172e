"""The executor: jobs once, failures later, a graceful end; and what its handlers do."""

import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tasks import handlers, run_cycle, worker
from tasks.adapters import prefect_api
from tasks.adapters.failures import Refused, Unreachable
from workflows import releases
from workflows.cases import jobs
from workflows.cases.papers import documents
from workflows.cases.tables import Job, JobState
from workflows.records import session as sessions
from workflows.records.session import reading, writing
from workflows.releases.house import house


@pytest.fixture
def here(county: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The county as this process's own database."""
    monkeypatch.setattr(sessions, "engine", lambda url=None: county.source)
    return county


def ask(here: Any, key: str = "k", topic: str = "ring") -> None:
    with writing() as session:
        jobs.ask(session, topic, key, {"n": 1}, here.now)


def job(key: str = "k") -> Job:
    with reading() as session:
        from sqlmodel import select
        return session.exec(select(Job).where(Job.key == key)).one()


def clock(here: Any) -> Any:
    return lambda _session: here.now


def test_a_job_is_done_once(here: Any) -> None:
    rung: list[tuple[Any, str]] = []
    ask(here)
    bells = {"ring": lambda payload, key: rung.append((payload, key))}
    assert worker.turn(clock(here), bells) == 1
    assert worker.turn(clock(here), bells) == 0
    assert (rung, job().state) == ([({"n": 1}, "k")], JobState.DONE)


def test_a_job_that_fails_is_tried_again_later_and_given_up_in_the_end(here: Any) -> None:
    def broken(_payload: Any, _key: str) -> None:
        raise Unreachable("away")

    ask(here)
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert worker.turn(clock(here), {"ring": broken}) == 1
        assert worker.turn(clock(here), {"ring": broken}) == 0
        assert (job().attempts, job().error) == (attempt, "Unreachable: away")
        here.now += timedelta(hours=1)
    assert job().state == JobState.FAILED


def test_a_refusal_and_an_unknown_topic_are_for_a_person_at_once(here: Any) -> None:
    def refused(_payload: Any, _key: str) -> None:
        raise Refused("no")

    ask(here)
    ask(here, "other", "unheard_of")
    assert worker.turn(clock(here), {"ring": refused}) + worker.turn(clock(here), {"ring": refused}) == 2
    assert (job().state, job("other").state) == (JobState.FAILED, JobState.FAILED)


def test_a_job_whose_worker_died_is_taken_up_again(here: Any) -> None:
    ask(here)
    with writing() as session:
        jobs.claim(session, here.now)
    assert worker.turn(clock(here), {"ring": lambda *_: None}) == 0
    here.now += jobs.LEASE + timedelta(seconds=1)
    assert worker.turn(clock(here), {"ring": lambda *_: None}) == 1


def test_the_loop_rests_when_idle_and_ends_when_told() -> None:
    stop, rests = threading.Event(), []
    looks = iter([1, 0, 1, 0])

    def look() -> int:
        try:
            return next(looks)
        except StopIteration:
            stop.set()
            return 0

    worker.loop(stop, look, rests.append)
    assert rests == [worker.IDLE, worker.IDLE]


def test_the_loop_survives_a_failing_look() -> None:
    stop, rests = threading.Event(), []

    def look() -> int:
        if rests:
            stop.set()
            return 0
        raise OSError("the database is away")

    worker.loop(stop, look, rests.append)
    assert rests == [worker.IDLE]


def test_a_paper_is_rendered_outside_the_transaction_and_its_hash_kept(here: Any, monkeypatch: Any) -> None:
    with writing() as session:
        paper = documents.Document(kind="decision", name="决定书", ground="990101", series="决", year=2024, serial=1, number="1", issued_on=here.now.date(), data={})
        session.add(paper)
        session.flush()
        number = paper.id
    monkeypatch.setattr(documents, "file_of", lambda _session, paper: setattr(paper, "sha256", "a" * 64))
    handlers.render_document({"document": number}, "k")
    with reading() as session:
        assert documents.by_id(session, number).sha256 == "a" * 64


def prefect(answers: dict[str, httpx.Response], seen: list[httpx.Request] | None = None) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return answers[request.url.path]
    return httpx.MockTransport(answer)


BY_NAME, RUN = "/api/deployments/name/f/d", "/api/deployments/7/create_flow_run"


def test_prefect_is_asked_with_the_jobs_key_so_that_twice_is_once() -> None:
    seen: list[httpx.Request] = []
    there = prefect({BY_NAME: httpx.Response(200, json={"id": "7"}), RUN: httpx.Response(201, json={"id": "r"})}, seen)
    assert prefect_api.trigger("http://p/api", "f", "d", {"month": "2024-06"}, "k", there) == "r"
    assert b'"idempotency_key":"k"' in seen[1].content.replace(b" ", b"")


@pytest.mark.parametrize(("answers", "kind"), [
    ({BY_NAME: httpx.Response(404)}, Unreachable),
    ({BY_NAME: httpx.Response(503)}, Unreachable),
    ({BY_NAME: httpx.Response(200, json={"id": "7"}), RUN: httpx.Response(422)}, Refused),
])
def test_a_prefect_that_is_away_is_asked_again_one_that_refuses_is_not(answers: Any, kind: Any) -> None:
    with pytest.raises(kind):
        prefect_api.trigger("http://p/api", "f", "d", {}, "k", prefect(answers))


def test_no_prefect_at_all_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        prefect_api.trigger("http://127.0.0.1:9/api", "f", "d", {})


def test_the_command_line_runs_a_month_here_and_shows_its_progress(here: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(run_cycle, "HttpBank", lambda: here.bank)
    with writing() as session:
        releases.publish(session, "dibao", here.now)
    assert run_cycle.main(["--month", "2024-06"]) == 0
    said = capsys.readouterr().out
    assert "dibao 2024-06 990101: review" in said
    assert "roster" in said
    assert run_cycle.main(["--month", "June"]) == 2


def test_every_topic_a_drawing_may_leave_to_machines_has_a_handler() -> None:
    assert set(handlers.HANDLERS) == house().jobs.keys()
