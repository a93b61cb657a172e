"""Days on which this bureau's calendar differs from the published one."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from sqlmodel import Session, select

from workflows.errors import Invalid, NotAllowed
from workflows.office.arrangements import MAKEUP_WORK, OFF
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import CalendarDay, Role
from workflows.records import audit

NAMELESS: Mapping[date, str] = MappingProxyType({})


def put(session: Session, days: Mapping[date, str], source: str, who: Officer, now: datetime,
        names: Mapping[date, str] = NAMELESS) -> None:
    """Enter days off and make-up days with the document that says so; all of a year when 1 January is among them."""
    may(who)
    if not source.strip():
        raise Invalid((), "Name the document that says so.")
    if set(days.values()) - {OFF, MAKEUP_WORK}:
        raise Invalid((), "A day is either off or a make-up working day.")
    before = {day.isoformat(): row.kind for day in days if (row := session.get(CalendarDay, day))}
    for day, kind in days.items():
        session.merge(CalendarDay(day=day, kind=kind, name=names.get(day, ""), source=source.strip()))
    audit.append(session, "office", who.actor(Role.ADMIN), "calendar.put", now, summary=f"日历登记 {len(days)} 天",
                 before=before, after={day.isoformat(): kind for day, kind in days.items()} | {"source": source})


def remove(session: Session, day: date, who: Officer, now: datetime) -> None:
    """Take one of our own days back: the published calendar holds again."""
    may(who)
    row = session.exec(select(CalendarDay).where(CalendarDay.day == day)).one()
    session.delete(row)
    audit.append(session, "office", who.actor(Role.ADMIN), "calendar.remove", now, summary=f"日历撤销 {day}",
                 before={day.isoformat(): row.kind})


def may(who: Officer) -> None:
    """Refuse whoever may not change the calendar."""
    if permissions.why_not_anywhere(who, "change_calendar"):
        raise NotAllowed("Only an administrator changes the calendar.")
