"""Statutory limits on a case: started, ended and extended by rule, never by hand."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from bpmn.schema import ClockRule, Process
from workflows.cases import facts
from workflows.cases.names import names_since, stored_under
from workflows.cases.tables import Case, Clock, WorkItem, WorkState
from workflows.errors import Conflict, NotFound
from workflows.office import rates, working_days
from workflows.records import ledger
from workflows.records.types import stored

Days = Mapping[str, date]   # kind of a limit that runs -> the day it ends
_DAYS = select(col(Clock.kind), col(Clock.due_on)).where(Clock.case_id == bindparam("case"), col(Clock.ended_on).is_(None))


def running(session: Session, case: Case) -> list[Clock]:
    """The limits that run, in the order of their due days."""
    found = select(Clock).where(Clock.case_id == case.id, col(Clock.ended_on).is_(None))
    return list(session.exec(found.order_by(col(Clock.due_on), col(Clock.id))))


def of(session: Session, case: Case) -> list[Clock]:
    """All limits of a case, the first started first."""
    return list(session.exec(select(Clock).where(Clock.case_id == case.id).order_by(col(Clock.id))))


def latest(session: Session, case: Case) -> dict[str, Clock]:
    """The newest clock of each kind."""
    return {clock.kind: clock for clock in of(session, case)}


def mark(session: Session, case: Case, process: Process, happened: Mapping[str, Collection[str]], now: datetime) -> bool:
    """Start and end what the rules say for elements just "entered" or "completed"; whether any rule spoke."""
    spoke = False
    for name in ("entered", "completed"):
        touched = set(happened.get(name, ()))
        for rule in process.clocks if touched else ():
            if name == "completed" and touched & set(rule.ends_with):
                end(session, case, rule, now)
                spoke = True
            if name == rule.starts_on and touched & set(rule.starts_with):
                begin(session, case, rule, (touched & set(rule.starts_with)).pop(), now.date())
                spoke = True
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
    rules, (run_on, anew) = {rule.kind: rule for rule in process.clocks}, to_reopen(session, case, process, nodes)
    _run_on(session, run_on)
    for clock in anew:
        begin(session, case, rules[clock.kind], clock.started_by, now.date())


def begin(session: Session, case: Case, rule: ClockRule, node: str, day: date) -> None:
    """A limit runs from that day on, by the rules of the case's own day; one that runs already runs on."""
    if any(clock.kind == rule.kind for clock in running(session, case)):
        return
    length = _length(session, case, rule.limit, rules_day(case, day))
    due = working_days.calendar(session).due(day, length, rule.unit)
    session.add(Clock(case_id=stored(case.id), kind=rule.kind, started_by=node, started_on=day, unit=rule.unit,
                      length=length, due_on=due.on, provisional=due.provisional))
    session.flush()


def end(session: Session, case: Case, rule: ClockRule, now: datetime) -> list[Clock]:
    """A limit that runs has been met, or is known no more; which."""
    met = [clock for clock in running(session, case) if clock.kind == rule.kind]
    for clock in met:
        _finish(session, clock, max(clock.started_on, _ended_on(session, case, rule, now)))
    return met


def restore(session: Session, clock_ids: Collection[int]) -> None:
    """Limits that a move had ended run on as if they never had."""
    _run_on(session, session.exec(select(Clock).where(col(Clock.id).in_(clock_ids))))


def unmark(session: Session, case: Case, process: Process, happened: Mapping[str, Collection[str]], day: date) -> None:
    """A step is taken back: the limits it ended run on, those it started never ran."""
    for ended in to_reopen(session, case, process, happened.get("completed", ())):
        _run_on(session, ended)
    for rule in process.clocks:
        begun = set(happened.get(rule.starts_on, ())) & set(rule.starts_with)
        for clock in running(session, case):
            if clock.kind == rule.kind and clock.started_by in begun and clock.started_on == day:
                session.delete(clock)
    session.flush()


def _run_on(session: Session, ended: Iterable[Clock]) -> None:
    for clock in ended:
        clock.ended_on = clock.used = None
        session.add(clock)
    session.flush()


def rules_day(case: Case, today: date) -> date:
    """The day whose rules a case goes by: that of its acceptance, once accepted (glossary 6a)."""
    return case.accepted_at.date() if case.accepted_at else today


def end_all(session: Session, case: Case, now: datetime) -> None:
    """The case has ended: nothing runs on."""
    for clock in running(session, case):
        _finish(session, clock, now.date())


def extend(session: Session, case: Case, process: Process, kind: str, reason: str, signer: str,
           now: datetime) -> Clock:
    """Lengthen a limit for one of the law's reasons; who may sign is the caller's to ask."""
    rule = next((rule for rule in process.clocks if rule.kind == kind and rule.extended), None)
    clock = next((clock for clock in running(session, case) if clock.kind == kind), None)
    if rule is None or rule.extended is None or clock is None:
        raise NotFound("No limit that could be extended is running.")
    if clock.extension:
        raise Conflict("This limit has already been extended.")
    if clock.due_on < now.date():
        raise Conflict("This limit is past; it can't be extended any more.")
    if reason not in rule.extension_reasons:
        raise Conflict("“{reason}” is not a reason for an extension. Allowed: {allowed}.", reason=reason,
                       allowed="、".join(rule.extension_reasons))
    length = _length(session, case, rule.extended, rules_day(case, clock.started_on))
    clock.extension = {"length": length, "reason": reason, "signer": signer, "on": now.date().isoformat(),
                       "due_before": clock.due_on.isoformat()}
    due = working_days.calendar(session).due(clock.started_on, length, rule.unit)
    clock.length, clock.due_on, clock.provisional = length, due.on, due.provisional
    session.add(clock)
    return clock


def days(session: Session, case: Case, process: Process) -> Days:
    """The days on which the limits end that run now; nothing is asked for a process without limits."""
    return dict(ledger.ask(session, _DAYS, case=case.id).tuples().all()) if process.clocks else {}


def due_at(process: Process, running: Days, node: str, today: date) -> datetime | None:
    """When work at that element lapses: with the nearest limit that presses on it; one of the bureau's that is past, on all."""
    ends = [running[rule.kind] for rule in process.clocks if rule.kind in running and (
        "*" in rule.presses or node in rule.presses or (rule.binds == "bureau" and running[rule.kind] < today))]
    return working_days.end_of(min(ends)) if ends else None


def press(session: Session, case: Case, process: Process, today: date) -> None:
    """Give each open work item of the case the day its nearest limit ends."""
    ends = days(session, case, process)
    open_items = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)
    for item in session.exec(open_items):
        item.due_at = due_at(process, ends, item.node, today)
        session.add(item)


def _ended_on(session: Session, case: Case, rule: ClockRule, now: datetime) -> date:
    """The day of the act itself where the rule names an answer that tells it, else that of its filing."""
    element, _, key = (rule.ended_on or "").partition(".")
    answers = facts.decode(stored_under(case, names_since(session, case).facts(element))) if element else None
    day = answers.get(key) if isinstance(answers, Mapping) else None
    return min(now.date(), date.fromisoformat(str(day)[:10])) if day else now.date()


def _finish(session: Session, clock: Clock, day: date) -> None:
    clock.ended_on = day
    clock.used = working_days.calendar(session).used(clock.started_on, day, clock.unit)
    session.add(clock)
    session.flush()


def _length(session: Session, case: Case, code: str, day: date) -> int:
    value = rates.value(session, code, day, case.division_code)
    if not isinstance(value, int):
        raise Conflict("The rule {code} is not a number of days.", code=code)
    return value
