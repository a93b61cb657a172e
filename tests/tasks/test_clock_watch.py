"""A wrong clock is noticed, written down and shown; nothing happens by it till it is right or said to be right."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from tasks.clock_watch import ClockWatch, machine
from workflows.errors import Conflict, NotAllowed
from workflows.office import clock_jumps, people
from workflows.office.clock_jumps import Sight
from workflows.office.tables import ClockJump
from workflows.records import audit
from workflows.records import session as sessions
from workflows.records.session import reading, writing
from workflows.records.types import CHINA
from workflows.sample import fixture

NOON = datetime(2024, 3, 4, 12, tzinfo=CHINA)
HOUR = timedelta(hours=1)


class Machine:
    """Clocks that a test moves."""

    def __init__(self):
        self.wall, self.uptime, self.boot = NOON, timedelta(days=3), "first"
        self.watch = ClockWatch(self.see)

    def see(self):
        return Sight(self.boot, self.uptime, self.wall)

    def pass_time(self, span):
        self.wall, self.uptime = self.wall + span, self.uptime + span

    def restart(self, boot, after):
        self.wall, self.uptime, self.boot = self.wall + after, timedelta(seconds=20), boot
        self.watch = ClockWatch(self.see)

    def trusted(self, after=timedelta(seconds=2)):
        self.pass_time(after)
        return self.watch.trusted()


@pytest.fixture
def here(database, monkeypatch):
    monkeypatch.setattr(sessions, "engine", lambda url=None: database)
    with writing() as session:
        fixture.load(session)
    made = Machine()
    assert made.trusted()
    return made


def jumps():
    with reading() as session:
        return [(jump.kind, round(clock_jumps.off(jump).total_seconds()), jump.settled_at is not None)
                for jump in session.exec(select(ClockJump).order_by(ClockJump.id))]


def confirm(here, login="admin1"):
    with writing() as session:
        clock_jumps.confirm(session, clock_jumps.unsettled(session)[0].id, people.by_login(session, login), here.wall)


def test_a_clock_that_goes_on_is_trusted_through_sleep_and_restart(here):
    assert here.trusted(9 * HOUR)           # asleep: the uptime counts it
    here.restart("second", 5 * HOUR)
    assert here.trusted()
    assert jumps() == []


@pytest.mark.parametrize(("step", "kind"), [(HOUR, "forward"), (timedelta(days=400), "forward"), (-HOUR, "back")])
def test_a_jump_is_noticed_at_once_with_its_length_and_once_by_all_workers(here, step, kind):
    here.wall += step
    assert not here.watch.trusted()
    assert not ClockWatch(here.see).trusted()
    assert not here.trusted()
    assert jumps() == [(kind, step.total_seconds(), False)]
    with reading() as session:
        event = audit.events(session, "office")[-1]
        assert (event.action, event.after["kind"], event.after["seconds"]) == ("clock.jump", kind, step.total_seconds())


@pytest.mark.parametrize("step", [timedelta(seconds=299), timedelta(seconds=-59)])
def test_what_time_servers_correct_is_no_jump(here, step):
    for _ in range(3):
        here.wall += step
        assert here.trusted(timedelta(minutes=1))
    assert jumps() == []


def test_a_clock_put_right_again_is_trusted_again(here):
    here.wall += HOUR
    assert not here.watch.trusted()
    here.wall -= HOUR
    assert here.trusted()
    assert jumps() == [("forward", 3600, True)]


def test_time_catches_up_with_a_clock_that_went_back(here):
    here.wall -= HOUR
    assert not here.watch.trusted()
    assert not here.trusted(HOUR - timedelta(minutes=2))
    assert here.trusted(timedelta(minutes=3))
    assert here.trusted(timedelta(minutes=3))
    assert jumps() == [("back", -3600, True)]


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_an_administrator_says_that_the_clock_is_right(here, step):
    here.wall += step
    assert not here.watch.trusted()
    with pytest.raises(NotAllowed):
        confirm(here, "county_lead1")
    confirm(here)
    assert here.trusted()
    assert here.trusted(HOUR)
    assert [settled for *_, settled in jumps()] == [True]
    with writing() as session, pytest.raises(Conflict):
        clock_jumps.confirm(session, 1, people.by_login(session, "admin1"), here.wall)


def test_after_a_restart_a_clock_before_the_last_moment_is_noticed(here):
    here.restart("second", -timedelta(days=3650))
    assert not here.trusted()
    assert [kind for kind, *_ in jumps()] == ["back"]
    here.wall += timedelta(days=3650)
    assert here.trusted()


def test_after_a_restart_a_clock_unbelievably_far_ahead_is_doubted_till_it_is_put_back_or_confirmed(here):
    here.restart("second", timedelta(days=31))
    assert not here.trusted()
    here.wall -= timedelta(days=30)
    assert here.trusted()
    here.restart("third", timedelta(days=40))
    assert not here.trusted()
    confirm(here)
    assert here.trusted()


def test_a_jump_doubted_before_a_restart_is_doubted_after_it(here):
    here.wall += timedelta(days=9)
    assert not here.watch.trusted()
    here.restart("second", HOUR)
    assert not here.trusted()
    here.restart("third", -timedelta(days=9))
    assert here.trusted()


def test_a_clock_apart_from_the_database_servers_is_doubted_till_they_agree_or_it_is_confirmed(here):
    def look(apart):
        here.pass_time(timedelta(seconds=40))
        with writing() as session:
            return clock_jumps.look(session, Sight(here.boot, here.uptime, here.wall, here.wall - apart))

    assert look(timedelta(seconds=119))
    assert not look(timedelta(seconds=600))
    assert look(timedelta())
    assert not look(timedelta(seconds=-600))
    confirm(here)
    assert look(timedelta(seconds=-600))
    assert jumps() == [("database", 600, True), ("database", -600, True)]


def test_the_machines_own_clocks_are_read():
    first, second = machine(), machine()
    assert first.boot == second.boot
    assert timedelta() <= second.uptime - first.uptime < HOUR
    assert abs((second.wall - first.wall) - (second.uptime - first.uptime)) < timedelta(seconds=1)


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_on_postgresql_the_servers_clock_is_asked(postgresql_database, monkeypatch):
    monkeypatch.setattr(sessions, "engine", lambda url=None: postgresql_database)
    assert ClockWatch().trusted()
    real = machine()
    assert not ClockWatch(lambda: Sight("other", real.uptime, real.wall + HOUR)).trusted()
    assert [kind for kind, *_ in jumps()] == ["database"]
