"""Due timers of the whole county: in the order of their moments, once whoever works, and cheap however many wait."""

import tracemalloc
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from tasks import worker
from tests.makers import at_once, whole
from tests.small_county import BEGIN, DONE, NOW, hours, timer
from workflows import engine
from workflows.cases import due, progress, timers
from workflows.cases.tables import Case, Timer

SCRIPT = ('<scriptTask id="note" scriptFormat="feel" camunda:resultVariable="noted"><script>= '
          '{due: timer.due_at, now: now()}</script></scriptTask>')


GIVEN = 'given = { at = "date and time", later = "date and time" }'


def clock(county):
    return lambda _session: county.now


@pytest.fixture
def bells(either, works_on):
    """A process that waits till `at`, and once more till `later`."""
    either.draw("bell", BEGIN + timer("first", "= at") + SCRIPT + timer("second", "= later") + DONE,
                "begin>first\nfirst>note\nnote>second\nsecond>done",
                rules=GIVEN)
    works_on(either)
    return either


def open_bells(county, *moments, later=1_000):
    return [county.open("bell", at=hours(moment), later=hours(later)).number for moment in moments]


def test_after_a_downtime_all_fire_in_the_order_of_their_moments_those_of_one_moment_by_number(bells):
    third, first, tied, second = open_bells(bells, 3, 1, 3, 2)
    late = bells.at(hours(50))
    assert worker.fire_timers(clock(late)) == 4
    assert bells.visits("note") == [first, second, third, tied]
    assert worker.fire_timers(clock(late)) == 0


def test_what_a_firing_makes_due_finds_its_place_in_the_row(bells):
    twice, other = open_bells(bells, 1, later=2)[0], open_bells(bells, 5)[0]
    assert worker.fire_timers(clock(bells.at(hours(9)))) == 3
    with bells.work() as session:
        assert session.exec(select(Case.state).where(Case.number == twice)).one() == "done"
        assert session.exec(select(Timer.node)).all() == ["second"]
    assert bells.visits("note") == [twice, other]


def test_a_late_step_happens_now_and_knows_when_it_was_due(bells):
    number, = open_bells(bells, 1)
    worker.fire_timers(clock(bells.at(hours(7))))
    assert bells.facts(number)["noted"] == {"due": hours(1), "now": hours(7)}


def test_two_workers_fire_each_timer_once(bells):
    numbers = open_bells(bells, *range(1, 13))
    late = bells.at(hours(20))
    fired = at_once(*[lambda: worker.fire_timers(clock(late))] * 2)
    assert all(isinstance(count, int) for count in fired), fired
    worker.fire_timers(clock(late))      # what one passed over while the other held it
    assert sorted(bells.visits("note")) == sorted(numbers)
    with bells.work() as session:
        assert whole(session)


def fail_for(monkeypatch, number):
    """Every step of one case fails."""
    real = progress.move

    def move(session, case, perform, cause):
        if case.number == number:
            raise engine.Stuck(["note"])
        real(session, case, perform, cause)

    monkeypatch.setattr(progress, "move", move)


def test_one_that_fails_holds_up_its_own_case_alone_and_is_tried_later_and_later(bells, monkeypatch):
    broken, fine = open_bells(bells, 1, 2)
    fail_for(monkeypatch, broken)
    with bells.work() as session:
        case = session.exec(select(Case).where(Case.number == broken)).one()
        session.add(Timer(case_id=case.id, token="99", node="second", due_at=hours(3)))
    now, pauses = hours(10), []
    assert worker.fire_timers(clock(bells.at(now))) == 1
    assert bells.visits("note") == [fine]
    for _ in range(9):
        with bells.work() as session:
            held, = due.failing(session, due.TIMER)
            assert (held.node, held.case_id, held.error) == ("first", case.id, "Stuck: tokens wait for ever at note")
            pauses.append(held.retry_at - now)
            assert timers.next_due(session, held.retry_at - timedelta(seconds=1)) is None
            now = held.retry_at
        assert worker.fire_timers(clock(bells.at(now))) == 0
    minutes = [5, 10, 20, 40, 60, 60, 60, 60, 60]
    assert pauses == [timedelta(minutes=count) for count in minutes]


def test_the_timers_of_a_suspended_case_wait_in_their_order(bells):
    still, other = open_bells(bells, 1, 2)
    with bells.work() as session:
        timers.hold(session, session.exec(select(Case).where(Case.number == still)).one(), True)
    late = bells.at(hours(10))
    assert worker.fire_timers(clock(late)) == 1
    with bells.work() as session:
        timers.hold(session, session.exec(select(Case).where(Case.number == still)).one(), False)
    assert worker.fire_timers(clock(late)) == 1
    assert bells.visits("note") == [other, still]


def test_no_timer_fires_while_the_clock_is_doubted(bells):
    open_bells(bells, 1)
    late = bells.at(hours(10))
    assert worker.fire_timers(clock(late), trusted=lambda: False) == 0
    assert worker.fire_timers(clock(late), trusted=lambda: True) == 1


def test_a_case_that_somebody_holds_is_passed_over_and_comes_next_time(bells):
    held, other = open_bells(bells, 1, 2)
    late = bells.at(hours(10))
    if bells.source.dialect.name == "sqlite":
        pytest.skip("one writer at a time: nobody is passed over")
    with bells.work() as session:
        progress.locked(session, session.exec(select(Case.id).where(Case.number == held)).one())
        assert worker.fire_timers(clock(late)) == 1
    assert worker.fire_timers(clock(late)) == 1
    assert bells.visits("note") == [other, held]


def test_a_hundred_thousand_waiting_timers_cost_neither_memory_nor_a_search(small):
    small.draw("bell", BEGIN + timer("first", "= at") + DONE, "begin>first\nfirst>done", rules=GIVEN)
    case = small.open("bell", at=hours(10_000))
    columns = ", ".join(column.name for column in Case.__table__.columns if column.name not in ("id", "number"))
    count = "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 99999)"
    with small.work() as session:
        for statement in (
            (f"INSERT INTO approval_case (id, number, {columns}) {count} SELECT 10 + x, 'BELL-' || x, {columns} "
             f"FROM n, approval_case WHERE approval_case.id = {case.id}"),
            "INSERT INTO timer (case_id, token, node, due_at, attempts, held, error) " + count
            + f" SELECT 10 + x, '1', 'first', datetime('{NOW:%Y-%m-%d} 01:00', (x / 2) || ' seconds') || '.000000', 0, false, '' FROM n",
            "ANALYZE",
        ):
            session.execute(text(statement))
    asked = {}
    event.listen(small.source, "before_cursor_execute", lambda *call: asked.update(last=call[2:4]))
    with small.work() as session:
        late, place = NOW + timedelta(days=400), timers.Due(NOW, 0)
        timers.next_due(session, late, place)     # compiled once
        tracemalloc.start()
        assert timers.next_due(session, NOW - timedelta(seconds=1)) is None
        for _ in range(200):
            place = timers.next_due(session, late, place)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert place.due_at == NOW + timedelta(seconds=99)
    assert peak < 5_000_000     # the rows themselves would take ten times that
    statement, values = asked["last"]
    with small.source.connect() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
    assert "SEARCH timer USING INDEX ix_timer_due" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
