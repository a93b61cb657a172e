"""The executor: fires due timers, does the outbox's jobs, carries cases: in its own process, `python -m tasks.worker`."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from tasks.adapters.failures import Refused
from tasks.handlers import HANDLERS, Handler
from workflows.cases import answers, jobs, timers
from workflows.migration import work as migration
from workflows.office import clock
from workflows.records.session import reading, writing
from workflows.records.types import stored

PORTION = 100  # timers fired in one look
IDLE = 1.0  # seconds between two looks when there was nothing to do

log = logging.getLogger("tasks.worker")


def turn(now: Callable[[Session], datetime] = clock.now, handlers: Mapping[str, Handler] = HANDLERS) -> int:
    """One look: all due timers, then one job, then a handful of cases on their way to another version."""
    return fire_timers(now) + do_one(now, handlers) + migration.turn(now)


def fire_timers(now: Callable[[Session], datetime]) -> int:
    """Fire a portion of what is due, each timer in its own transaction; one that fails does not stop the others.

    After each the earliest is looked for again: a round armed just now may be due before all the others.
    """
    fired, passed = 0, set[int]()
    while fired + len(passed) < PORTION:
        with reading() as session:
            due = [stored(timer.id) for timer in timers.due(session, now(session), len(passed) + 1)]
        timer = next((one for one in due if one not in passed), None)
        if timer is None:
            break
        if _fire(timer, now):
            fired += 1
        else:
            passed.add(timer)
    return fired


def do_one(now: Callable[[Session], datetime], handlers: Mapping[str, Handler]) -> int:
    """Claim a job, do it outside any transaction, report back."""
    with writing() as session:
        job = jobs.claim(session, now(session))
        if job is None:
            return 0
        taken = (stored(job.id), job.topic, dict(job.payload), job.key)
    number, topic, payload, key = taken
    try:
        answer = _handler(handlers, topic)(payload, key)
    except Exception as failure:  # noqa: BLE001  whatever it was, the job waits or is given up, and the loop goes on
        log.warning("job %s %s failed: %s", number, topic, type(failure).__name__)
        with writing() as session:
            jobs.fail(session, number, f"{type(failure).__name__}: {failure}", now(session),
                      final=isinstance(failure, Refused))
        return 1
    with writing() as session:
        answers.take_in(session, number, answer or {}, now(session))
    return 1


def loop(stop: threading.Event, look: Callable[[], int] = turn, idle: Callable[[float], object] | None = None) -> None:
    """Look again and again till told to stop; what was begun is ended first."""
    rest = idle or stop.wait
    while not stop.is_set():
        try:
            done = look()
        except Exception:  # a database that is away comes back
            log.exception("the worker's look failed")
            done = 0
        if not done and not stop.is_set():
            rest(IDLE)


def main() -> None:
    """Run till SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    log.info("worker ready")
    loop(stop)
    log.info("worker stopped")


def _fire(timer: int, now: Callable[[Session], datetime]) -> int:
    try:
        with writing() as session:
            return int(timers.fire(session, timer, now(session)))
    except Exception as failure:  # noqa: BLE001  a case that can't go on must not hold up the others
        log.warning("timer %s failed: %s", timer, type(failure).__name__)
        with writing() as session:
            timers.postpone(session, timer, f"{type(failure).__name__}: {failure}", now(session))
        return 0


def _handler(handlers: Mapping[str, Handler], topic: str) -> Handler:
    if topic not in handlers:
        raise Refused(f"nobody handles {topic}")
    return handlers[topic]


if __name__ == "__main__":
    main()
