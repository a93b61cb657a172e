"""Days on which a limit stands still: from the day after one event to the day of another; overlapping ones count once.

Whether a rule's pause holds here is the place's to say where the rule names a switch.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from bpmn.clock_rules import ClockRule, PauseRule
from workflows.cases.clocks import counting
from workflows.cases.names import names_since
from workflows.cases.tables import Case, Clock, Visit
from workflows.office import rates
from workflows.office.working_days import ONE_DAY

Happened = Mapping[str, Collection[str]]     # "entered", "completed" -> elements


def mark(session: Session, case: Case, rule: ClockRule, clock: Clock, happened: Happened, now: datetime) -> bool:
    """Begin and end the pauses of a running limit for elements just entered or completed; whether anything changed."""
    before = list(clock.pauses)
    for pause in rule.pauses:
        if set(happened.get("completed", ())) & set(pause.ends_with):
            clock.pauses = [_ended(session, case, pause, row, happened, now) for row in clock.pauses]
        begun = sorted(set(happened.get(pause.starts_on, ())) & set(pause.starts_with))
        if begun and not _stands(clock, pause) and is_on(session, case, pause, counting.rules_day(case, clock.recorded_on)):
            day = counting.moment(counting.told(session, case, pause.started_on), now).date()
            clock.pauses = [*clock.pauses, _row(pause, day, begun[0], now.date())]
    clock.pauses = [row for row in clock.pauses if not row["to"] or row["from"] <= row["to"]]
    return clock.pauses != before


def replay(session: Session, case: Case, rule: ClockRule, clock: Clock, now: datetime) -> None:
    """The pauses that had begun when the limit did: read from where the case has been."""
    if not rule.pauses:
        return
    nodes = {node for pause in rule.pauses for node in (*pause.starts_with, *pause.ends_with)}
    names = names_since(session, case)
    for visit in session.exec(select(Visit).where(Visit.case_id == case.id, names.at(Visit, *nodes)).order_by(col(Visit.id))):
        mark(session, case, rule, clock, {visit.what: [names.of(visit)]}, min(now, visit.at))
    first = clock.started_on.isoformat()
    clock.pauses = [row for row in clock.pauses if not row["to"] or row["to"] > first]


def reopen(rule: ClockRule, clock: Clock, redone: Collection[str], now: datetime) -> None:
    """Elements are to be done again: what one of them began is over, what one of them ended begins anew tomorrow."""
    again = {pause.id: pause for pause in rule.pauses if set(redone) & set(pause.ends_with)}
    today, rows = now.date(), list(clock.pauses)
    for row in clock.pauses:
        if not row["to"] and row["by"] in redone:
            rows[rows.index(row)] = {**row, "to": today.isoformat(), "ended_by": "", "ended_on": today.isoformat()}
        elif row["to"] and row["rule"] in again and row["by"] not in redone and row["ended_by"] in redone:
            rows.append(_row(again.pop(row["rule"]), today, row["by"], today))
    clock.pauses = [row for row in rows if not row["to"] or row["from"] <= row["to"]]


def unmark(clock: Clock, happened: Happened, day: date) -> None:
    """A step of that day is taken back: the pauses it ended go on, those it began never were."""
    touched, when = {node for nodes in happened.values() for node in nodes}, day.isoformat()
    kept = [row for row in clock.pauses if not (row["by"] in touched and row["on"] == when)]
    clock.pauses = [{**row, "to": None, "ended_by": "", "ended_on": None}
                    if row["ended_by"] in touched and row["ended_on"] == when else row for row in kept]


def close(clock: Clock, day: date) -> None:
    """The limit ends: so does what it stood still for."""
    ended = [row if row["to"] else {**row, "to": day.isoformat(), "ended_on": day.isoformat()} for row in clock.pauses]
    clock.pauses = [row for row in ended if row["from"] <= row["to"]]


def is_on(session: Session, case: Case, pause: PauseRule, day: date) -> bool:
    """Whether the rule's pause holds in this place on that day."""
    if not pause.switch:
        return True
    try:
        value = rates.value(session, pause.switch, day, case.division_code)
    except rates.NotInForce:
        return False
    return pause.code in value if isinstance(value, list) else value is True


def _stands(clock: Clock, pause: PauseRule) -> bool:
    return any(row["rule"] == pause.id and not row["to"] for row in clock.pauses)


def _row(pause: PauseRule, day: date, by: str, today: date) -> dict[str, Any]:
    return {"rule": pause.id, "from": (day + ONE_DAY).isoformat(), "to": None, "reason": pause.reason, "en": pause.en,
            "source": pause.source, "paper": pause.paper, "switch": pause.switch, "by": by, "on": today.isoformat(),
            "ended_by": "", "ended_on": None}


def _ended(session: Session, case: Case, pause: PauseRule, row: dict[str, Any], happened: Happened, now: datetime) -> dict[str, Any]:
    if row["rule"] != pause.id or row["to"]:
        return row
    day = min(now, counting.moment(counting.told(session, case, pause.ended_on), now)).date()
    by = min(set(happened["completed"]) & set(pause.ends_with))
    return {**row, "to": day.isoformat(), "ended_by": by, "ended_on": now.date().isoformat()}
