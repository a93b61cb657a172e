"""When the calendar or a length left to the place is entered, what runs is counted anew, case by case, exactly once."""

from datetime import date

import pytest
from sqlmodel import select

from tests import families
from tests.makers import at, bureau, case_at
from workflows.cases import clocks, recounts
from workflows.cases.tables import Case, Clock, Recount, WorkItem, WorkState
from workflows.office import own_days, people, working_days
from workflows.office.arrangements import OFF, arranged
from workflows.office.tables import LocalRate
from workflows.records import audit

YEAR = {date(2027, 1, 1): OFF, date(2027, 1, 2): OFF, date(2027, 1, 3): OFF, date(2027, 1, 4): OFF}


@pytest.fixture
def house():
    return bureau(date(2026, 12, 21))


def total(house, case) -> Clock:
    with house.work() as session:
        return clocks.latest(session, session.get_one(Case, case.id))["total"]


def enter(house, days=YEAR):
    """An administrator enters the next year's arrangement."""
    with house.work() as session:
        admin = people.by_login(session, "admin1")
        own_days.put(session, days, "国务院办公厅关于2027年部分节假日安排的通知", admin, house.now)
        recounts.ask(session, "2027年节假日安排", admin, house.now)


def work_off(house) -> int:
    looks = 0
    while recounts.turn(lambda _session: house.now, house.engine):
        looks += 1
    return looks


def test_limits_become_certain_when_the_next_years_calendar_is_entered(house):
    case = case_at(house, "home_visit")
    before = total(house, case)
    assert (before.provisional, before.due_on) == (True, date(2027, 2, 2))
    enter(house)
    work_off(house)
    after = total(house, case)
    assert (after.provisional, after.due_on) == (False, date(2027, 2, 3))    # one more day off in the week of New Year
    with house.work() as session:
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN,
                                                   WorkItem.node == "home_visit")).one()
        event = audit.events(session, f"case:{case.id}")[-1]
        done = session.exec(select(Recount)).one()
    assert item.due_at == working_days.end_of(date(2026, 12, 24))
    assert (event.action, event.before["total"]["due_on"], event.after["total"]["due_on"]) == (
        "clock.recount", "2027-02-02", "2027-02-03")
    assert (done.moved, done.failed, done.done_at) == (1, 0, house.now)


def test_counting_twice_changes_nothing_more(house):
    case = case_at(house, "home_visit")
    enter(house)
    work_off(house)
    first, before = total(house, case).model_dump(), _events(house, case)
    with house.work() as session:
        recounts.ask(session, "再来一次", people.by_login(session, "admin1"), house.now)
    work_off(house)
    assert (total(house, case).model_dump(), _events(house, case)) == (first, before)


def test_what_would_move_is_told_before_anything_is_entered(house):
    case = case_at(house, "home_visit")
    with house.work() as session:
        found = {shift.kind: shift for shift in recounts.preview(session, working_days.Calendar(arranged(YEAR.items())))}
    assert (found["total"].case, found["total"].before, found["total"].after, found["total"].provisional) == (
        case.number, date(2027, 2, 2), date(2027, 2, 3), False)
    assert "survey_start" not in found
    assert total(house, case).due_on == date(2027, 2, 2)


def test_nothing_lapses_by_itself_on_a_provisional_day(house):
    unsigned = [{**member, "authorised": False} for member in families.application()["members"]]
    case = case_at(house, "supplement_materials", answers={"review_materials": {"outcome": "supplement"}}, members=unsigned)
    with house.work() as session:
        assert clocks.latest(session, session.get_one(Case, case.id))["correction"].due_on == date(2027, 1, 12)
    house.pass_time(at("2027-01-20"))
    with house.work() as session:
        assert session.get_one(Case, case.id).state == "running"
    enter(house)
    work_off(house)
    house.pass_time(at("2027-01-21"))
    with house.work() as session:
        assert session.get_one(Case, case.id).state == "draft_closed"


def test_a_length_entered_later_gives_the_limits_that_wait_for_it_their_day(house):
    case = case_at(house, "home_visit")
    with house.work() as session:
        clock = clocks.latest(session, session.get_one(Case, case.id))["total"]
        clock.length = None
        clocks.count(working_days.calendar(session), clock)
        session.add(clock)
        assert recounts.waits_for_length(session) and clock.due_on is None
        session.add(LocalRate(code="dibao.limit.total", scope="990101", value=5, valid_from=date(2026, 1, 1), source="本地"))
        recounts.ask(session, "本地期限", people.by_login(session, "admin1"), house.now)
    work_off(house)
    assert (total(house, case).length, total(house, case).due_on) == (5, date(2026, 12, 28))


def _events(house, case) -> int:
    with house.work() as session:
        return len(audit.events(session, f"case:{case.id}"))
