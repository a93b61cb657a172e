"""A due day explains itself: the days it counts are the days of its length, each with its name and document."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from tests.makers import at, bureau, case_at, done
from workflows.cases import clocks
from workflows.cases.tables import Case, Clock
from workflows.office import own_days, people, working_days
from workflows.office.day_names import DayNames

NOON = "2024-04-08"
STARTS = st.dates(date(2024, 1, 1), date(2026, 6, 30))
HOUSE = bureau()


def told(session: Session, clock: Clock, now=NOON):
    """The explanation of a limit that is in no case's rules."""
    clocks.count(working_days.calendar(session), clock)
    return clocks.explain(session, Case(number="X", process="dibao", release_id=1, subject="", division_code="990101", state="running",
                                        opened_at=at(now)), clock, None, at(now))


def limit(start: date, length: int, unit: str, pauses=()) -> Clock:
    return Clock(case_id=0, kind="x", started_by="x", recorded_on=start, started_on=start, unit=unit, length=length,
                 rolls=unit != "WD", pauses=list(pauses))


def pause(first: date, days: int) -> dict[str, object]:
    return {"rule": "p", "from": first.isoformat(), "to": (first + timedelta(days=days)).isoformat(), "reason": "评估", "en": "Assessment",
            "source": "办法", "paper": "", "switch": "", "by": "x", "on": first.isoformat(), "ended_by": "", "ended_on": None}


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 60), st.sampled_from(["WD", "CD"]), st.integers(0, 40), st.integers(0, 20))
def test_the_days_it_counts_are_its_length(start, length, unit, later, days):
    with HOUSE.work() as session:
        found = told(session, limit(start, length, unit, [pause(start + timedelta(days=later), days)]))
    numbers = [day.n for day in found.days if day.n is not None]
    assert numbers == list(range(1, length + 1))
    assert found.days[-1].day == found.clock.due_on
    assert all(day.n is None for day in found.days if day.why in {"paused", "weekend", "holiday", "start", "moved"})


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 60), st.sampled_from(["WD", "CD", "M"]), st.integers(0, 40), st.integers(0, 20))
def test_another_pause_never_makes_a_due_day_earlier(start, length, unit, later, days):
    calendar, one = working_days.national(), pause(start + timedelta(days=later), days)
    before, after = limit(start, length, unit, [pause(start + timedelta(days=3), 4)]), limit(start, length, unit, [pause(start + timedelta(days=3), 4), one])
    for clock in (before, after):
        clocks.count(calendar, clock)
    assert after.due_on >= before.due_on
    if unit == "WD":
        assert calendar.is_working(after.due_on)


@settings(max_examples=40, deadline=None)
@given(STARTS, st.integers(0, 90), st.sampled_from(["WD", "CD", "M"]))
def test_counting_again_gives_the_same(start, length, unit):
    clock = limit(start, length, unit)
    clocks.count(working_days.national(), clock)
    once = clock.model_dump()
    clocks.count(working_days.national(), clock)
    assert clock.model_dump() == once


def test_holidays_and_make_up_days_are_met_by_name_and_document():
    with HOUSE.work() as session:
        found = told(session, limit(date(2024, 3, 26), 10, "WD"))
    assert {(named.name.zh, tuple(f"{day:%m-%d}" for day in days)) for named, days in found.named} == {
        ("清明节", ("04-04", "04-05", "04-06")), ("清明节补班", ("04-07",))}
    assert {named.source.zh for named, _ in found.named} == {"国务院办公厅关于2024年部分节假日安排的通知"}
    assert found.clock.due_on == date(2024, 4, 10)


def test_a_last_day_that_was_moved_says_from_where():
    with HOUSE.work() as session:
        found = told(session, limit(date(2024, 4, 26), 7, "CD"))
    assert (found.nominal, found.clock.due_on) == (date(2024, 5, 3), date(2024, 5, 6))
    assert [day.day.day for day in found.days if day.why == "moved"] == [4, 5, 6]


def test_the_bureaus_own_days_bear_the_document_it_entered():
    house = bureau()
    with house.work() as session:
        own_days.put(session, {date(2024, 3, 6): "OFF"}, "县政府办〔2024〕3号", people.by_login(session, "admin1"), house.now, {date(2024, 3, 6): "县庆"})
        found = told(session, limit(date(2024, 3, 4), 3, "WD"))
    assert [(named.name.zh, named.source.zh) for named, _ in found.named] == [("县庆", "县政府办〔2024〕3号")]
    assert found.clock.due_on == date(2024, 3, 8)


def test_an_estimated_holiday_says_that_it_is_one():
    named = DayNames({}).off(date(2027, 2, 8))
    assert (named.name.zh, named.source.zh) == ("春节", "预计：当年放假安排尚未公布")


@pytest.mark.parametrize(("ended", "state"), [(None, "overdue"), (date(2024, 3, 7), "met"), (date(2024, 3, 12), "late")])
def test_it_says_whether_the_limit_was_met_and_by_how_much_it_was_not(ended, state):
    clock = limit(date(2024, 3, 4), 3, "WD")
    clock.ended_on = ended
    with HOUSE.work() as session:
        found = told(session, clock)
    assert found.state == state
    assert (found.late.n if found.late else 0) == {None: 21, date(2024, 3, 7): 0, date(2024, 3, 12): 3}[ended]


def test_a_pause_is_explained_with_its_rule_and_the_paper_that_told_of_it():
    house = bureau(pause_on=["NOTICE"])
    case = case_at(house, "report_to_county")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        found = clocks.explain(session, row, clocks.latest(session, row)["total"], None, house.now)
    stop, = found.stops
    assert (stop.first, stop.last, stop.reason.zh, stop.switch) == (date(2024, 3, 19), date(2024, 3, 25), "公示期", "dibao.pause_on")
    assert stop.paper is not None and stop.paper.kind == "public_notice"
    done(house, case, "report_to_county", file_index=["application"])
