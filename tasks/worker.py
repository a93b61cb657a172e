"""The executor: fires due timers, delivers messages, does jobs, carries cases: in its own process, `python -m tasks.worker`.

As many as one likes may run on one database: whatever one takes, the others pass over.
"""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlmodel import Session

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from tasks.adapters.failures import Refused
from tasks.clock_watch import ClockWatch
from tasks.handlers import HANDLERS, Handler
from workflows.cases import answers, delivery, due, jobs, recounts
from workflows.cases.timers import Due
from workflows.migration import work as migration
from workflows.office import clock
from workflows.records.session import reading, writing
from workflows.records.types import stored

PORTION = 1_000  # timers fired, and messages taken, in one look: everything else has its turn too
IDLE = 1.0  # seconds between two looks when there was nothing to do
Now = Callable[[Session], datetime]
Find = Callable[[Session, datetime, int], int | None]
Step = Callable[[Session, int, datetime], bool]
Postpone = Callable[[Session, int, str, datetime], None]

log = logging.getLogger("tasks.worker")


def turn(now: Now = clock.now, handlers: Mapping[str, Handler] = HANDLERS, watch: ClockWatch | None = None) -> int:
    """One look: all due timers, all messages, one job, then a handful of cases on their way to another version, or whose limits are counted anew.

    While the clock is doubted nothing happens by it: timers and the end of a message's time wait.
    """
    trusted = watch.trusted if watch else lambda: True
    done = fire_timers(now, trusted) + deliver_messages(now)
    if trusted():
        done += sweep("end of message", now, delivery.overdue, delivery.expire)
    return done + take_in_answers(now) + do_one(now, handlers) + migration.turn(now) + recounts.turn(now)


def fire_timers(now: Now, trusted: Callable[[], bool] = lambda: True) -> int:
    """Fire a portion of what is due, the earliest of all cases first, each in its own transaction.

    A failing one stops no other case. What a firing arms is due later than that one, and finds its place in the row.
    """
    done, places = 0, dict[str, Due]()
    while done < PORTION:
        with reading() as session:
            found = due.next_due(session, now(session), places)
        if found is None or not trusted():
            break
        place, kind = found
        places[kind] = place
        done += _try(kind, place.id, now, due.SOURCES[kind].room.fire, partial(due.postpone, kind=kind))
    return done


def deliver_messages(now: Now) -> int:
    """Bring each message to the case that waits for it."""
    return sweep("message", now, delivery.deliverable, delivery.deliver)


def sweep(what: str, now: Now, find: Find, step: Step) -> int:
    """Take a portion of the messages that are found, in their order, each in its own transaction."""
    done, place = 0, 0
    for _ in range(PORTION):
        with reading() as session:
            found = find(session, now(session), place)
        if found is None:
            break
        place = found
        done += _try(what, found, now, step, delivery.postpone)
    return done


def take_in_answers(now: Now) -> int:
    """Let cases go on by answers that could not reach them before."""
    with reading() as session:
        waiting = answers.kept(session, now(session))
    return sum(_try("answer of job", number, now, answers.take_in, answers.postpone) for number in waiting)


def do_one(now: Now, handlers: Mapping[str, Handler]) -> int:
    """Claim a job, do it outside any transaction, keep its answer, then let the case go on by it."""
    with writing() as session:
        job = jobs.claim(session, now(session))
        if job is None:
            return 0
        taken = (stored(job.id), job.topic, dict(job.payload), job.key, job.claims, job.token)
    number, topic, payload, key, claim, token = taken
    try:
        answer = _handler(handlers, topic)(payload, key)
    except Exception as failure:  # noqa: BLE001  whatever it was, the job waits or is given up, and the loop goes on
        log.warning("job %s %s failed: %s", number, topic, type(failure).__name__)
        with writing() as session:
            caught = isinstance(failure, Refused) and answers.keep_refusal(session, number, claim, failure.code, now(session))
            if not caught:
                jobs.fail(session, number, f"{type(failure).__name__}: {failure}", now(session),
                          final=isinstance(failure, Refused), claim=claim)
        if caught:
            _try("refusal of job", number, now, answers.take_in, answers.postpone)
        return 1
    with writing() as session:
        kept = answers.keep(session, number, claim, answer or {}, now(session))
    if kept and token:
        _try("answer of job", number, now, answers.take_in, answers.postpone)
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
    watch = ClockWatch()
    log.info("worker ready")
    loop(stop, lambda: turn(watch=watch))
    log.info("worker stopped")


def _try(what: str, number: int, now: Now, step: Step, postpone: Postpone) -> int:
    try:
        with writing() as session:
            return int(step(session, number, now(session)))
    except Exception as failure:  # noqa: BLE001  a case that can't go on must not hold up the others
        log.warning("%s %s failed: %s", what, number, type(failure).__name__)
        with writing() as session:
            postpone(session, number, f"{type(failure).__name__}: {failure}", now(session))
        return 0


def _handler(handlers: Mapping[str, Handler], topic: str) -> Handler:
    if topic not in handlers:
        raise Refused(f"nobody handles {topic}")
    return handlers[topic]


if __name__ == "__main__":
    main()
