"""Prefect itself: its server starts with the locked FastAPI, serves our flow on its schedules, and runs it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.adapters.failures import Unreachable
from workflows.settings import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]
PATIENCE = 150  # a busy machine; calm it takes ten


@dataclass(frozen=True)
class Running:
    """A server with our flows served."""

    api: str
    var: Path


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: Any) -> Iterator[Running]:
    """Prefect's server and `tasks.serve`, as `make run` starts them, on free ports with a home of their own."""
    var = tmp_path_factory.mktemp("var")
    port = free_port()
    env = {**os.environ, "YIMEN_VAR": str(var), "YIMEN_PREFECT_PORT": str(port), "PYTHONPATH": str(ROOT),
           "YIMEN_DATABASE_URL": ""}
    make_county(env)
    env |= environment(env)
    running = [subprocess.Popen([sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port",
                                 str(port)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
               subprocess.Popen([sys.executable, "-m", "tasks.serve"], cwd=ROOT, env=env)]
    try:
        until(lambda: get(f"http://127.0.0.1:{port}/api/deployments/name/monthly-disbursement/monthly"))
        yield Running(f"http://127.0.0.1:{port}/api", var)
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            with suppress(subprocess.TimeoutExpired):   # its own way out is lost now and then when it is told early
                process.wait(20)
            process.kill()
            process.wait()


def asked(trigger: Any, api: str, parameters: dict[str, str]) -> str:
    """The run of a job; empty where Prefect is too busy to answer and the outbox would ask again."""
    try:
        return str(trigger(api, "monthly-disbursement", "monthly", parameters, "job-1"))
    except Unreachable:
        return ""


def step_names(api: str, run: str) -> set[str]:
    """The tasks of a flow run that Prefect has written down by now."""
    found = httpx.post(f"{api}/task_runs/filter", json={"flow_runs": {"id": {"any_": [run]}}}, timeout=5, trust_env=False)
    return {step["name"] for step in found.json()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(env: dict[str, str]) -> dict[str, str]:
    """Our own settings for Prefect, asked of a process that runs with these variables."""
    code = "import json; from tasks import prefect_env; print(json.dumps(dict(prefect_env.environment())))"
    import json
    return dict(json.loads(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=env)))


def make_county(env: dict[str, str]) -> None:
    """An empty fixture county in the database the flow will open."""
    code = ("from sqlmodel import SQLModel\n"
            "import workflows.payments.tables, workflows.office.tables, workflows.cases.tables, workflows.records.tables\n"
            "from workflows import releases\n"
            "from workflows.office import clock\n"
            "from workflows.records.session import engine, writing\n"
            "from workflows.sample import fixture\n"
            "SQLModel.metadata.create_all(engine())\n"
            "with writing() as s:\n"
            "    fixture.load(s)\n"
            "    releases.publish(s, 'monthly_review', clock.machine())\n")
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)


def get(url: str) -> Any:
    try:
        answer = httpx.get(url, timeout=3, trust_env=False)
    except httpx.HTTPError:
        return None
    return answer.json() if answer.is_success else None


def until(ask: Any) -> Any:
    """Ask till there is an answer."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found = ask()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError("no answer in time")


def test_the_schedules_are_registered_in_chinas_time(prefect: Running) -> None:
    served = get(f"{prefect.api}/deployments/name/monthly-disbursement/monthly")
    assert {(s["slug"], s["schedule"]["cron"], s["schedule"]["timezone"], s["active"]) for s in served["schedules"]} == {
        ("cut-off", "30 17 15-25 * *", "Asia/Shanghai", True), ("daily", "0 9 * * *", "Asia/Shanghai", True)}


def test_a_run_asked_for_the_way_a_job_asks_is_made_named_and_completed(prefect: Running) -> None:
    from tasks.adapters.prefect_api import trigger
    parameters = {"month": "2024-06", "scheme": "dibao", "division": "990101"}
    run = until(lambda: asked(trigger, prefect.api, parameters))
    assert until(lambda: asked(trigger, prefect.api, parameters)) == run
    done = until(lambda: (found := get(f"{prefect.api}/flow_runs/{run}")) and found["state_type"] in (
        "COMPLETED", "FAILED", "CRASHED") and found)
    assert done["state_type"] == "COMPLETED", done["state"]
    assert done["name"] == "低保-2024-06"
    wanted = {"cut_off", "roster", "review", "close"}
    assert until(lambda: wanted <= step_names(prefect.api, run))   # Prefect writes its tasks down a little later
    import sqlite3
    with sqlite3.connect(prefect.var / "yimen.sqlite") as books:
        assert books.execute("SELECT month, state FROM cycle").fetchall() == [("2024-06", "review")]


def test_the_page_reaches_the_api_and_prefect_keeps_its_files_beside_ours(prefect: Running) -> None:
    settings = get(prefect.api.removesuffix("/api") + "/ui-settings")
    assert settings["api_url"] == prefect.api
    assert (prefect.var / "prefect" / "prefect.db").exists()
