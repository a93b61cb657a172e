"""From what a limit's row says to its due day; and how much of it is used, or how late it is."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from bpmn.clock_rules import NOTICE_DAYS, ClockRule
from workflows.cases import facts
from workflows.cases.names import names_since, stored_under
from workflows.cases.tables import Case, Clock, Notice
from workflows.errors import Conflict
from workflows.office import rates, working_days
from workflows.office.working_days import Calendar
from workflows.records.types import CHINA

HOUR = timedelta(hours=1)
UNITS = ("WD", "CD", "M", "Y", "H")


class Late(NamedTuple):
    """By how much a limit was missed."""

    n: int
    unit: str   # WD, CD or H


def rules_day(case: Case, today: date) -> date:
    """The day whose rules a case goes by: that of its acceptance, once accepted (glossary 6a)."""
    return case.accepted_at.date() if case.accepted_at else today


def told(session: Session, case: Case, answer: str | None) -> object:
    """What the case's answer `element.key` says; None where the rule names none, or nothing is said there."""
    if answer is None:
        return None
    element, _, key = answer.partition(".")
    if answer in NOTICE_DAYS:
        newest = select(Notice).where(Notice.case_id == case.id).order_by(col(Notice.id).desc())
        return getattr(session.exec(newest).first(), key, None)
    found = facts.decode(stored_under(case, [*names_since(session, case).facts(element), element]))
    return found.get(key) if isinstance(found, Mapping) else None


def moment(said: object, now: datetime) -> datetime:
    """The moment an answer tells, or now; of a mere day its beginning."""
    if not said:
        return now
    if isinstance(said, datetime):
        found = said
    else:
        text = str(said)
        found = datetime.fromisoformat(text) if len(text) > len("2024-03-04") else datetime.combine(date.fromisoformat(text), time.min)
    return found.astimezone(CHINA) if found.tzinfo else found.replace(tzinfo=CHINA)


def set_length(session: Session, case: Case, clock: Clock, rule: ClockRule) -> None:
    """The unit, the length and the rolling that the rules of the case's day give it; no length where none is set here."""
    day = rules_day(case, clock.recorded_on)
    clock.unit = str(_rate(session, case, rule.unit_by, day) or rule.unit) if rule.unit_by else rule.unit
    if clock.unit != "DATE" and clock.unit not in UNITS:
        raise Conflict("The rule {code} is not a unit of time.", code=rule.unit_by)
    rolls = rule.rolls
    if isinstance(rolls, str):
        rolls = _rate(session, case, rolls, day) is True
    clock.rolls = rolls if rolls is not None else clock.unit in {"CD", "M", "Y"} and not rule.minimum
    clock.minimum = rule.minimum
    if clock.unit == "DATE":
        clock.until = _fixed(_rate(session, case, rule.limit, day), rule, told(session, case, rule.year_in), clock.started_on)
    else:
        clock.length = length(session, case, rule.limit, day)


def length(session: Session, case: Case, code: str, day: date) -> int | None:
    """The number a rate gives; None where this place has not set it."""
    value = _rate(session, case, code, day)
    if value is not None and type(value) is not int:
        raise Conflict("The rule {code} is not a number of days.", code=code)
    return value


def count(calendar: Calendar, clock: Clock) -> None:
    """Set the due day, and whether it is certain, from what the row says; none while it stands still or has no length."""
    clock.due_on = clock.due_at = None
    clock.provisional = False
    if clock.unit == "H" and clock.length is not None and clock.started_at:
        clock.due_at = clock.started_at + HOUR * clock.length
        clock.due_on = (clock.due_at - timedelta(microseconds=1)).date()
    elif clock.unit == "DATE" and clock.until:
        _due(clock, calendar.rolled(clock.until, clock.started_on, clock.unit, rolls=clock.rolls))
    elif clock.unit not in {"H", "DATE"} and clock.length is not None:
        _due(clock, calendar.due(clock.started_on, clock.length, clock.unit, clock.pauses, rolls=clock.rolls))


def used(calendar: Calendar, clock: Clock, now: datetime) -> int:
    """How much of it is used: in its own unit, for a fixed day in calendar days."""
    if clock.used is not None:
        return clock.used
    if clock.unit == "H" and clock.started_at:
        return max(0, -(-(now - clock.started_at) // HOUR))
    return calendar.used(clock.started_on, now.date(), "CD" if clock.unit == "DATE" else clock.unit, clock.pauses)


def late(calendar: Calendar, clock: Clock, now: datetime) -> Late | None:
    """By how much it was past when it ended, or is now; None: it was met, or still can be. A minimum is never late."""
    if clock.due_on is None or clock.due_at is None or clock.minimum:
        return None
    if clock.unit == "H":
        over = (clock.ended_at or now) - clock.due_at
        return Late(-(-over // HOUR), "H") if over > timedelta() else None
    last = clock.ended_on or now.date()
    unit = "WD" if clock.unit == "WD" else "CD"
    return Late(max(1, calendar.used(clock.due_on, last, unit)), unit) if last > clock.due_on else None


def _due(clock: Clock, found: working_days.Due) -> None:
    clock.due_on, clock.provisional = found.on, found.provisional
    clock.due_at = working_days.end_of(found.on) if found.on else None


def _fixed(day: object, rule: ClockRule, year: object, start: date) -> date | None:
    if day is None:
        return None
    try:
        return date.fromisoformat(f"{int(str(year or start.year)):04}-{day}")
    except ValueError:
        raise Conflict("The rule {code} is not a day of the year.", code=rule.limit) from None


def _rate(session: Session, case: Case, code: str, day: date) -> object:
    try:
        return rates.value(session, code, day, case.division_code)
    except rates.NotInForce:
        return None
