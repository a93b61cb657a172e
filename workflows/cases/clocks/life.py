"""A limit's life: the rules of the process say which elements start it, let it stand still, and end it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from bpmn import feel
from bpmn.clock_rules import ClockRule
from bpmn.schema import Process
from workflows.cases.clocks import counting, pauses
from workflows.cases.clocks.rows import latest, running
from workflows.cases.tables import Case, Clock
from workflows.office import working_days
from workflows.records.types import stored

Happened = Mapping[str, Collection[str]]    # "entered", "completed" -> elements


def mark(session: Session, case: Case, process: Process, happened: Happened, known: Mapping[str, Any], now: datetime) -> bool:
    """Start, pause and end what the rules say for elements just entered or completed; whether any rule spoke."""
    spoke = False
    for rule in process.clocks:
        spoke |= _concerns(rule, happened) and _mark(session, case, rule, happened, known, now)
    return spoke


def to_reopen(session: Session, case: Case, process: Process, nodes: Iterable[str]) -> tuple[list[Clock], list[Clock]]:
    """The ended limits that those elements, if done again, had ended: the bureau's, which run on, and the applicant's."""
    redone, newest = set(nodes), latest(session, case)
    ended: tuple[list[Clock], list[Clock]] = [], []
    for kind, rule in {rule.kind: rule for rule in process.clocks if redone & set(rule.ends_with)}.items():
        if kind in newest and newest[kind].ended_on:
            ended[rule.binds == "applicant"].append(newest[kind])
    return ended


def reopen(session: Session, case: Case, process: Process, nodes: Iterable[str], now: datetime) -> None:
    """Elements are to be done again: the bureau's limits run on from their first day, the applicant's begin anew."""
    redone = set(nodes)
    rules, (run_on, anew) = {rule.kind: rule for rule in process.clocks}, to_reopen(session, case, process, redone)
    _run_on(session, run_on)
    for clock in running(session, case):
        rule = rules.get(clock.kind)
        if rule and rule.pauses:
            pauses.reopen(rule, clock, redone, now)
            _count(session, clock)
    for clock in anew:
        begin(session, case, rules[clock.kind], clock.started_by, now)


def begin(session: Session, case: Case, rule: ClockRule, node: str, now: datetime) -> None:
    """A limit runs from now on, or from where its rule says, by the rules of the case's own day; one that runs already runs on."""
    if any(clock.kind == rule.kind for clock in running(session, case)):
        return
    clock = _begun(session, case, rule, node, now)
    pauses.replay(session, case, rule, clock, now)
    _count(session, clock)


def would_be(session: Session, case: Case, rule: ClockRule, now: datetime) -> Clock:
    """The limit as it would run from now on; nothing is kept."""
    clock = _begun(session, case, rule, "", now)
    counting.count(working_days.calendar(session), clock)
    return clock


def _begun(session: Session, case: Case, rule: ClockRule, node: str, now: datetime) -> Clock:
    start = counting.moment(counting.told(session, case, rule.started_on), now)
    clock = Clock(case_id=stored(case.id), kind=rule.kind, started_by=node, recorded_on=now.date(), started_on=start.date(),
                  unit=rule.unit)
    counting.set_length(session, case, clock, rule)
    clock.started_at = start if clock.unit == "H" else None
    return clock


def end(session: Session, case: Case, rule: ClockRule, now: datetime) -> list[Clock]:
    """A limit that runs has been met, or is known no more; which."""
    met = [clock for clock in running(session, case) if clock.kind == rule.kind]
    for clock in met:
        _finish(session, clock, min(now, counting.moment(counting.told(session, case, rule.ended_on), now)))
    return met


def restore(session: Session, clock_ids: Collection[int]) -> None:
    """Limits that a move had ended run on as if they never had."""
    _run_on(session, session.exec(select(Clock).where(col(Clock.id).in_(clock_ids))))


def unmark(session: Session, case: Case, process: Process, happened: Happened, day: date) -> None:
    """A step is taken back: the limits it ended run on, those it started never ran, nor their pauses."""
    for ended in to_reopen(session, case, process, happened.get("completed", ())):
        _run_on(session, ended)
    rules = {rule.kind: rule for rule in process.clocks}
    for clock in running(session, case):
        rule = rules.get(clock.kind)
        begun = set(happened.get(rule.starts_on, ())) & set(rule.starts_with) if rule else set()
        if clock.started_by in begun and clock.recorded_on == day:
            session.delete(clock)
        elif clock.pauses:
            pauses.unmark(clock, happened, day)
            _count(session, clock)
    session.flush()


def end_all(session: Session, case: Case, now: datetime) -> None:
    """The case has ended: nothing runs on."""
    for clock in running(session, case):
        _finish(session, clock, now)


def _concerns(rule: ClockRule, happened: Happened) -> bool:
    named = {*rule.starts_with, *rule.ends_with, *(node for pause in rule.pauses for node in (*pause.starts_with, *pause.ends_with))}
    return any(named & set(nodes) for nodes in happened.values())


def _mark(session: Session, case: Case, rule: ClockRule, happened: Happened, known: Mapping[str, Any], now: datetime) -> bool:
    begun = sorted(set(happened.get(rule.starts_on, ())) & set(rule.starts_with))
    over = bool(set(happened.get("completed", ())) & set(rule.ends_with))
    runs = next((clock for clock in running(session, case) if clock.kind == rule.kind), None)
    moved = runs is not None and pauses.mark(session, case, rule, runs, happened, now)
    if runs and moved:
        _count(session, runs)
    if runs and over:
        end(session, case, rule, now)
    if begun and _holds(rule, known) and (runs is None or over):
        begin(session, case, rule, begun[0], now)
        if over and runs is None and rule.started_on:   # both its days are known only now
            end(session, case, rule, now)
    return moved or over or bool(begun)


def _holds(rule: ClockRule, known: Mapping[str, Any]) -> bool:
    return not rule.when or feel.compile(rule.when).evaluate(known) is True


def _run_on(session: Session, ended: Iterable[Clock]) -> None:
    for clock in ended:
        clock.ended_on = clock.ended_at = clock.used = None
        session.add(clock)
    session.flush()


def _count(session: Session, clock: Clock) -> None:
    counting.count(working_days.calendar(session), clock)
    session.add(clock)
    session.flush()


def _finish(session: Session, clock: Clock, at: datetime) -> None:
    day, calendar = max(clock.started_on, at.date()), working_days.calendar(session)
    if any(not row["to"] for row in clock.pauses):
        pauses.close(clock, day)
        counting.count(calendar, clock)
    clock.used = counting.used(calendar, clock, at)
    clock.ended_on, clock.ended_at = day, at if clock.unit == "H" else None
    session.add(clock)
    session.flush()
