"""Start the simulator: `python -m tasks.bank_simulator --port 8300`."""

import argparse
import sqlite3

import uvicorn

from tasks.bank_simulator.app import LABEL, build
from tasks.bank_simulator.counter import Counter
from workflows.settings import settings


def main() -> None:
    """Serve on the loopback only; what it remembers lies in `var/bank_simulator`."""
    said = argparse.ArgumentParser(prog="python -m tasks.bank_simulator", description=LABEL)
    said.add_argument("--port", type=int, default=settings().bank_port)
    port = said.parse_args().port
    folder = settings().var / "bank_simulator"
    folder.mkdir(parents=True, exist_ok=True)
    memory = sqlite3.connect(folder / "bank.sqlite", check_same_thread=False)
    uvicorn.run(build(Counter(memory)), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
