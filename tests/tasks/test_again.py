"""What others can do without for a while is started again; stopping stops it."""

import sys
import threading
import time
from pathlib import Path

from tasks import again


def test_a_program_that_ends_is_started_again_till_told_to_stop(tmp_path: Path):
    stop, log = threading.Event(), tmp_path / "log"
    body = f"import pathlib; pathlib.Path({str(log)!r}).open('a').write('x')"
    found: list[int] = []
    keeper = threading.Thread(target=lambda: found.append(again.keep([sys.executable, "-c", body], stop, pause=0)))
    keeper.start()
    until = time.monotonic() + 30
    while (not log.exists() or len(log.read_text()) < 3) and time.monotonic() < until:
        stop.wait(0.05)
    stop.set()
    keeper.join(10)
    assert not keeper.is_alive()
    assert found[0] >= 3


def test_a_program_that_runs_is_ended_when_told_to_stop():
    stop = threading.Event()
    keeper = threading.Thread(target=again.keep, args=([sys.executable, "-c", "import time; time.sleep(60)"], stop))
    keeper.start()
    stop.set()
    keeper.join(10)
    assert not keeper.is_alive()
