"""A real PostgreSQL server of one's own, for tests and benchmarks; gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

NAMES = count(1)


def programs() -> Path | None:
    """The folder of the server's programs, the newest version first."""
    asked = shutil.which("pg_config")
    said = [subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()] if asked else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = [Path(shutil.which("initdb") or "-").parent, *map(Path, said), *debian]
    return next((path for path in found if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


def free_port() -> int:
    """A port on the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(found: Path, *, durable: bool = False) -> Iterator[str]:
    """The server's URL without a database; `durable`: commits reach the disk, as in a bureau."""
    folder = Path(tempfile.mkdtemp(prefix="yimen-pg-"))
    servant = {}
    if os.geteuid() == 0:      # initdb refuses root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        servant = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run([found / program, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120, **servant)

    run("initdb", "-D", "data", "-U", "yimen", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o",
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync={'on' if durable else 'off'}",
        "start")
    try:
        yield f"postgresql+psycopg://yimen@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, template: str = "") -> str:
    """The URL of a new database there, empty or like the template."""
    name = f"yimen_{next(NAMES)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
    engine.dispose()
    return f"{server}/{name}"
