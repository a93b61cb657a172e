"""Start every process of the product on one machine, and say where each answers: `python -m tasks.start`."""

import os
import socket
import sys
import threading
import time
from dataclasses import dataclass

import httpx
from honcho.manager import Manager

from tasks import prefect_env
from workflows import releases
from workflows.office import clock
from workflows.records import schema
from workflows.records.session import writing
from workflows.settings import ROOT, Settings, settings


TOLD = ("var", "database_url", "sample", "prefect_port", "bank_port", "bank_url", "bank_name")


@dataclass(frozen=True)
class Program:
    """One process: its name in the log, its command line, and its port where it has one."""

    name: str
    command: str
    port: int | None = None


def programs(chosen: Settings) -> list[Program]:
    """What runs: the pages, the executor of timers and jobs, Prefect's server, the flows, the simulated bank."""
    python = sys.executable
    again = f"{python} -m tasks.again {python}"   # officers work on while Prefect or the bank is away
    found = [
        Program("web", f"{python} -m uvicorn api.app:app --host {chosen.host} --port {chosen.port} "
                       "--no-access-log --log-level warning", chosen.port),
        Program("worker", f"{python} -m tasks.worker"),
        Program("prefect", f"{again} -m prefect server start --host 127.0.0.1 --port {chosen.prefect_port} "
                           "--log-level WARNING", chosen.prefect_port),
        Program("flows", f"{again} -m tasks.serve"),
    ]
    if not chosen.bank_url:
        found.append(Program("bank", f"{again} -m tasks.bank_simulator --port {chosen.bank_port}", chosen.bank_port))
    return found


def environment(chosen: Settings) -> dict[str, str]:
    """What every process is told; Prefect keeps its own data beside ours and calls nobody."""
    ours = {f"YIMEN_{name.upper()}": str(getattr(chosen, name)) for name in TOLD}
    return {**os.environ, **prefect_env.environment(chosen), **ours, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def main() -> int:
    """Run till stopped; pages or executor that end take the others with them."""
    chosen = settings()
    wanted = programs(chosen)
    taken = [program for program in wanted if program.port and _taken(program.port)]
    if taken:
        for program in taken:
            sys.stderr.write(f"Port {program.port} ({program.name}) is in use. Set YIMEN_PORT, YIMEN_PREFECT_PORT or "
                             "YIMEN_BANK_PORT to another one.\n")
        return 1
    prepare()
    manager = Manager()
    for program in wanted:
        manager.add_process(program.name, program.command, env=environment(chosen), cwd=str(ROOT))
    threading.Thread(target=_announce, args=(chosen,), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


def prepare() -> None:
    """Bring the database to this version's schema and publish the processes that stand in the folders."""
    schema.upgrade()
    with writing() as session:
        releases.publish_all(session, clock.now(session))


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _announce(chosen: Settings) -> None:
    """Say where to go once the pages answer."""
    home = f"http://{chosen.host}:{chosen.port}"
    for _ in range(240):
        if _answers(f"{home}/sign-in"):
            break
        time.sleep(0.25)
    lines = [f"  一门 Yimen        {home}", f"  Prefect           http://127.0.0.1:{chosen.prefect_port}"]
    if not chosen.bank_url:
        lines.append(f"  模拟银行 (simulator) {chosen.bank}")
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")
    sys.stdout.flush()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code < 500
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
