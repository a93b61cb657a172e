"""The calculator of days against the glossary's check values, and its properties."""

from calendar import isleap
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from workflows.errors import Invalid, NotAllowed
from workflows.office import arrangements, own_days, working_days
from workflows.office.arrangements import MAKEUP_WORK, OFF
from workflows.office.people import Officer
from workflows.office.working_days import Pause

CALENDAR = working_days.national()
ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2001, 1, 1), date(2026, 11, 30))
LENGTHS = st.integers(0, 120)
UNITS = st.sampled_from(["WD", "CD", "M"])

# Glossary 3.1: State Council notices as remembered, independent of the `holidays` package.
OFF_RANGES = {
    2024: "01-01 02-10..17 04-04..06 05-01..05 06-10 09-15..17 10-01..07",
    2025: "01-01 01-28..02-04 04-04..06 05-01..05 05-31..06-02 10-01..08",
    2026: "01-01..03 02-15..23 04-04..06 05-01..05 06-19..21 09-25..27 10-01..07",
}
MAKEUP = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


def _days(year: int, text: str) -> set[date]:
    found = set()
    for part in text.split():
        first, _, last = part.partition("..")
        start = date.fromisoformat(f"{year}-{first}")
        end = date.fromisoformat(f"{year}-{last}" if "-" in last else f"{year}-{first[:3]}{last or first[3:]}")
        found |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return found


def _year(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365 + isleap(year))]


@pytest.mark.parametrize("year", OFF_RANGES)
def test_every_day_of_a_published_year_agrees_with_the_glossary(year: int) -> None:
    off, makeup = _days(year, OFF_RANGES[year]), _days(year, MAKEUP[year])
    expected = {day: day in makeup or (day.weekday() < 5 and day not in off) for day in _year(year)}
    assert {day: CALENDAR.is_working(day) for day in _year(year)} == expected


@pytest.mark.parametrize(("start", "length", "unit", "on"), [
    ("2024-03-04", 30, "WD", "2024-04-16"),
    ("2024-03-04", 45, "WD", "2024-05-09"),
    ("2024-03-04", 20, "WD", "2024-04-01"),
    ("2024-03-04", 3, "WD", "2024-03-07"),
    ("2024-03-26", 10, "WD", "2024-04-10"),
    ("2024-04-08", 3, "WD", "2024-04-11"),
    ("2024-06-03", 60, "CD", "2024-08-02"),
    ("2024-09-02", 30, "CD", "2024-10-08"),
    ("2025-03-03", 30, "WD", "2025-04-15"),
    ("2024-04-26", 7, "CD", "2024-05-06"),
    ("2024-03-18", 7, "CD", "2024-03-25"),
    ("2024-05-06", 30, "WD", "2024-06-17"),
    ("2024-05-06", 45, "WD", "2024-07-08"),
    ("2024-04-08", 6, "M", "2024-10-08"),
    ("2024-04-08", 12, "M", "2025-04-08"),
    ("2026-07-10", 3, "M", "2026-10-10"),
    ("2024-07-12", 5, "WD", "2024-07-19"),
])
def test_the_check_values_of_the_domain_files(start: str, length: int, unit: str, on: str) -> None:
    due = CALENDAR.due(date.fromisoformat(start), length, unit)
    assert (due.on, due.provisional) == (date.fromisoformat(on), False)


def test_a_decision_on_8_april_has_used_24_of_30_working_days() -> None:
    assert CALENDAR.used(date(2024, 3, 4), date(2024, 4, 8), "WD") == 24


def test_the_payment_days_fall_back_to_the_working_day_before() -> None:
    assert CALENDAR.previous_working(date(2024, 5, 25)) == date(2024, 5, 24)
    assert CALENDAR.previous_working(date(2024, 6, 10)) == date(2024, 6, 7)
    assert CALENDAR.previous_working(date(2024, 9, 25)) == date(2024, 9, 25)


def test_a_make_up_saturday_needs_no_roll_and_an_ordinary_one_does() -> None:
    assert CALENDAR.next_working(date(2026, 10, 10)) == date(2026, 10, 10)
    assert CALENDAR.due(date(2024, 3, 2), 7, "CD").on == date(2024, 3, 11)


def test_a_month_without_that_day_ends_on_its_last() -> None:
    assert CALENDAR.due(date(2024, 1, 31), 1, "M").on == date(2024, 2, 29)
    assert working_days.add_months(date(2023, 12, 31), 2) == date(2024, 2, 29)


def test_a_deadline_ends_at_midnight_in_china() -> None:
    assert working_days.end_of(date(2024, 3, 25)).astimezone(UTC) == datetime(2024, 3, 25, 16, tzinfo=UTC)


def test_a_period_into_a_year_without_an_arrangement_is_provisional() -> None:
    assert CALENDAR.due(date(2026, 12, 20), 30, "WD").provisional
    assert CALENDAR.due(date(2026, 12, 30), 7, "CD").provisional
    assert not CALENDAR.due(date(2026, 12, 20), 5, "WD").provisional
    assert CALENDAR.is_published(2026)
    assert not CALENDAR.is_published(2027)


def test_a_paused_day_is_not_counted() -> None:
    paused = [{"from": "2024-03-11", "to": "2024-03-15", "reason": "OBJECTION"}]
    assert CALENDAR.due(date(2024, 3, 4), 10, "WD", paused).on == date(2024, 3, 25)
    assert CALENDAR.due(date(2024, 3, 4), 10, "CD", paused).on == date(2024, 3, 19)
    assert CALENDAR.due(date(2024, 2, 29), 1, "M", paused).on == date(2024, 4, 3)
    assert CALENDAR.used(date(2024, 3, 4), date(2024, 3, 18), "WD", paused) == 5


def test_a_limit_that_stands_still_says_so() -> None:
    due = CALENDAR.due(date(2024, 3, 4), 3, "WD", [Pause(date(2024, 3, 5))])
    assert due.on is None
    with pytest.raises(ValueError, match="still"):
        _ = due.day


def test_months_used_are_whole_months() -> None:
    assert CALENDAR.used(date(2024, 1, 31), date(2024, 2, 28), "M") == 0
    assert CALENDAR.used(date(2024, 1, 31), date(2024, 2, 29), "M") == 1
    assert CALENDAR.used(date(2024, 1, 31), date(2023, 2, 1), "M") == 0


@pytest.mark.parametrize(("length", "unit"), [(-1, "WD"), (10**9, "CD"), (3, "WEEK")])
def test_a_senseless_period_is_refused(length: int, unit: str) -> None:
    with pytest.raises(ValueError, match=r"period|unit"):
        CALENDAR.due(date(2024, 3, 4), length, unit)


def test_used_knows_no_other_units() -> None:
    with pytest.raises(ValueError, match="unit"):
        CALENDAR.used(date(2024, 3, 4), date(2024, 3, 5), "WEEK")


@given(DAYS, LENGTHS)
def test_working_days_due_and_used_are_each_others_inverse(start: date, length: int) -> None:
    assert CALENDAR.used(start, CALENDAR.due(start, length, "WD").on, "WD") == length


@given(DAYS, LENGTHS, UNITS)
def test_a_longer_period_never_ends_earlier(start: date, length: int, unit: str) -> None:
    assert CALENDAR.due(start, length, unit).on <= CALENDAR.due(start, length + 1, unit).on


@given(DAYS, LENGTHS, UNITS)
def test_a_period_that_was_counted_ends_on_a_working_day(start: date, length: int, unit: str) -> None:
    on = CALENDAR.due(start, length, unit).on
    assert on >= start
    assert CALENDAR.is_working(on) or (length, unit) == (0, "WD")


@given(DAYS, st.integers(1, 60), st.sampled_from(["WD", "CD"]), DAYS, st.integers(0, 20))
def test_a_pause_never_shortens_a_period(start: date, length: int, unit: str, pause: date, days: int) -> None:
    stop = Pause(pause, pause + timedelta(days=days))
    assert CALENDAR.due(start, length, unit, [stop]).on >= CALENDAR.due(start, length, unit).on


@given(DAYS)
def test_nearest_working_days_enclose_the_day(day: date) -> None:
    assert CALENDAR.previous_working(day) <= day <= CALENDAR.next_working(day)
    assert (CALENDAR.previous_working(day) == day) == CALENDAR.is_working(day)


def test_a_bureau_s_own_day_off_counts_at_once(session: Session, officer: Callable[[str], Officer],
                                               now: datetime) -> None:
    day = date(2024, 3, 8)
    assert working_days.calendar(session).is_working(day)
    own_days.put(session, {day: OFF}, "县政府通知", officer("admin1"), now)
    assert not working_days.calendar(session).is_working(day)
    own_days.remove(session, day, officer("admin1"), now)
    assert working_days.calendar(session).is_working(day)


def test_a_year_entered_here_is_published_and_drops_estimates(session: Session, officer: Callable[[str], Officer],
                                                              now: datetime) -> None:
    assert not CALENDAR.is_working(date(2027, 2, 9))
    own_days.put(session, {date(2027, 1, 1): OFF, date(2027, 1, 3): MAKEUP_WORK}, "国务院办公厅通知", officer("admin1"), now)
    calendar = working_days.calendar(session)
    assert calendar.is_published(2027)
    assert calendar.is_working(date(2027, 2, 9))
    assert calendar.is_working(date(2027, 1, 3))


def test_one_odd_day_does_not_publish_a_year() -> None:
    assert 2027 not in arrangements.arranged([(date(2027, 3, 1), OFF)]).published


def test_only_an_administrator_changes_the_calendar(session: Session, officer: Callable[[str], Officer],
                                                    now: datetime) -> None:
    with pytest.raises(NotAllowed):
        own_days.put(session, {date(2024, 3, 8): OFF}, "x", officer("county_lead1"), now)
    with pytest.raises(Invalid):
        own_days.put(session, {date(2024, 3, 8): OFF}, " ", officer("admin1"), now)
    with pytest.raises(Invalid):
        own_days.put(session, {date(2024, 3, 8): "HALF"}, "x", officer("admin1"), now)


def test_a_shipped_arrangement_is_read() -> None:
    text = '[[arrangement]]\nyear = 2027\nsource = "x"\noff = [[2027-01-01, 2027-01-03]]\nmakeup = [2027-01-04]\n'
    year, = arrangements.parse(text)
    assert sorted(year.off) == [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]
    assert year.makeup == {date(2027, 1, 4)}


@pytest.mark.parametrize("text", [
    "[[arrangement]]\nyear = 2027\noff = []\nmakeup = []\n",
    '[[arrangement]]\nyear = 2027\nsource = "x"\noff = [[2027-02-01, 2027-02-03]]\nmakeup = []\n',
])
def test_an_arrangement_without_source_or_new_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="arrangement"):
        arrangements.parse(text)
