"""The real product, every process of it, on free ports and in a folder of its own."""

import atexit
import ctypes
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx

from tasks import start
from workflows.settings import ROOT, Settings

Found = TypeVar("Found")
PR_SET_PDEATHSIG = 1
PATIENCE = 150  # seconds a busy machine may need


@dataclass
class Product:
    """One installation, running."""

    chosen: Settings
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def in_folder(cls, var: Path) -> "Product":
        """An installation that keeps everything below `var`."""
        web, prefect, bank = free_ports(3)
        return cls(Settings(var=var, sample=True, host="127.0.0.1", port=web, prefect_port=prefect, bank_port=bank,
                            database_url="", bank_url=""))

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://{self.chosen.host}:{self.chosen.port}"

    @property
    def prefect(self) -> str:
        """Where Prefect's API is."""
        return f"http://127.0.0.1:{self.chosen.prefect_port}/api"

    def do(self, *command: str) -> None:
        """Run a program of ours in this installation's environment, to its end."""
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=start.environment(self.chosen), check=True,
                       timeout=PATIENCE)

    def meanwhile(self, *command: str) -> None:
        """The same, beside what the test does."""
        self._start([sys.executable, "-m", *command], None)

    def begin(self) -> None:
        """Start every process as `make run` does; each in a group of its own, so that none outlives the test."""
        atexit.register(self.end)
        for program in start.programs(self.chosen):
            with (self.chosen.var / f"{program.name}.log").open("wb") as log:
                self._start(shlex.split(program.command), log)
        until(lambda: asked(f"{self.url}/sign-in"))
        until(lambda: asked(f"{self.chosen.bank}/health"))

    def _start(self, command: list[str], log: IO[bytes] | None) -> None:
        self.processes.append(subprocess.Popen(
            command, cwd=ROOT, env=start.environment(self.chosen), stdout=log, stderr=log, start_new_session=True,
            preexec_fn=_die_with_the_test))  # noqa: PLW1509  (it only tells the kernel)

    def until_flows_are_served(self) -> None:
        """Prefect needs longer than a person who takes in an application."""
        until(lambda: asked(f"{self.prefect}/deployments/name/monthly-disbursement/monthly"))

    def end(self) -> None:
        """Stop all; what does not stop is killed with its children."""
        for sign, patience in ((signal.SIGTERM, 8), (signal.SIGKILL, 8)):
            for process in reversed(self.processes):
                _signal(process, sign)
            ends = time.monotonic() + patience
            while time.monotonic() < ends and any(process.poll() is None for process in self.processes):
                time.sleep(0.05)
        self.processes.clear()

    def log(self, name: str) -> str:
        """What a process said."""
        return (self.chosen.var / f"{name}.log").read_text(errors="replace")


def until(ask: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
    """Ask till there is an answer."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("no answer in time")


def asked(url: str) -> Any:
    """An answer, or None while there is none."""
    try:
        answer = httpx.get(url, timeout=3, trust_env=False)
    except httpx.HTTPError:
        return None
    return answer if answer.is_success else None


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, all different."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found


def _die_with_the_test() -> None:
    """In the child, before its program: a test that is killed takes its product along (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(process: subprocess.Popen[bytes], sign: int) -> None:
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        process.poll()
