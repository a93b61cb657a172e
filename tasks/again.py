"""Keep a program running that others can do without for a while: `python -m tasks.again COMMAND ...`."""

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

PAUSE = 2.0  # seconds before it is started again


def keep(command: Sequence[str], stop: threading.Event, pause: float = PAUSE) -> int:
    """Start the command, and start it again whenever it ends, till told to stop; how often it was started."""
    starts = 0
    while not stop.is_set():
        child = subprocess.Popen(command)  # noqa: S603 — our own command line
        starts += 1
        while child.poll() is None and not stop.wait(0.2):
            pass
        if child.poll() is None:
            child.terminate()
            child.wait()
        elif not stop.is_set():
            sys.stdout.write(f"ended with {child.returncode}, starting again\n")
            stop.wait(pause)
    return starts


def main() -> int:
    """Run till SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    keep(sys.argv[1:], stop)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
