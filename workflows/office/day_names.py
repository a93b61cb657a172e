"""What a day off or a make-up day is called, and the document that makes it one: for whoever counts a limit again by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays.countries.china import China
from sqlmodel import Session, select

from bpmn.message import Term
from workflows.office.arrangements import FIRST, LAST, OFF, arranged, shipped_years
from workflows.office.tables import CalendarDay

NEAR = 9        # days between a make-up day and the holiday it is for, at most a run of days off away
SUBSTITUTED = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
ESTIMATED = Term("预计：当年放假安排尚未公布", "Estimate: that year's arrangement is not published yet")
WEEKEND = Term("周末", "Weekend")
OFF_HERE, WORK_HERE = Term("本地放假", "Day off here"), Term("本地补班", "Working day here")
_PLAIN = re.compile(r"（补假）| \(observed\)")


@dataclass(frozen=True)
class Named:
    """A day's name and its source; no source: the calendar itself, an ordinary weekend."""

    name: Term
    source: Term | None = None


class DayNames:
    """The names of days, with this bureau's own on top."""

    def __init__(self, own: Mapping[date, CalendarDay]) -> None:
        """Name by `own` first."""
        self._own = own
        self._known = arranged((day, row.kind) for day, row in own.items())

    def off(self, day: date) -> Named:
        """Why nobody works on that day."""
        row = self._own.get(day)
        if row is not None and row.kind == OFF:
            return Named(Term(row.name, row.name) if row.name else OFF_HERE, Term(row.source, row.source))
        if day in self._known.off:
            return Named(_holiday(day), self._source(day.year))
        run = self._run(day)
        return self.off(run) if run else Named(WEEKEND)

    def makeup(self, day: date) -> Named:
        """For which holiday people work on that weekend day."""
        row = self._own.get(day)
        if row is not None:
            name = Term(f"{row.name}补班", f"Make-up day for {row.name}") if row.name else WORK_HERE
            return Named(name, Term(row.source, row.source))
        holiday = _shipped().makeup.get(day)
        return Named(Term(f"{holiday.zh}补班", f"Make-up day for {holiday.en}") if holiday else Term("补班", "Make-up day"), self._source(day.year))

    def _run(self, day: date) -> date | None:
        """A named day off in the run of days off that this weekend day belongs to."""
        for step in (timedelta(days=1), timedelta(days=-1)):
            near = day + step
            while near.weekday() >= 5 and near not in self._known.off:
                near += step
            if near in self._known.off and near not in self._known.makeup:
                return near
        return None

    def _source(self, year: int) -> Term:
        if year not in self._known.published:
            return ESTIMATED
        entered = next((row.source for day, row in self._own.items() if day == date(year, 1, 1)), "")
        title = entered or shipped_years().get(year) or f"国务院办公厅关于{year}年部分节假日安排的通知"
        return Term(title, title if entered else f"General Office of the State Council, notice on the days off of {year}")


def day_names(session: Session) -> DayNames:
    """The names of days as this bureau has them."""
    return DayNames({row.day: row for row in session.exec(select(CalendarDay))})


@dataclass(frozen=True)
class _Names:
    off: Mapping[date, Term]
    makeup: Mapping[date, Term]


def _holiday(day: date) -> Term:
    """The holiday that a day off belongs to: its own, or where it is only moved there, the nearest real one."""
    known = _shipped().off
    for distance in range(NEAR):
        for near in (day - timedelta(days=distance), day + timedelta(days=distance)):
            if near in known:
                return known[near]
    return Term("节假日", "Holiday")


@lru_cache(maxsize=1)
def _shipped() -> _Names:
    years = range(FIRST, LAST + 1)
    zh = China(years=years, language="zh_CN")  # type: ignore[no-untyped-call]
    en = China(years=years, language="en_US")  # type: ignore[no-untyped-call]
    moved = {day: text for day, text in zh.items() if SUBSTITUTED.search(text)}
    off = {day: Term(_PLAIN.sub("", zh[day]), _PLAIN.sub("", en[day])) for day in zh if day not in moved}
    makeup = {date(*map(int, found.groups())): _nearest(off, day) for day, text in moved.items() if (found := SUBSTITUTED.search(text))}
    return _Names(off, makeup)


def _nearest(off: Mapping[date, Term], day: date) -> Term:
    return off[min(off, key=lambda near: (abs(near - day), near > day))]
