"""The sample county's clock moves forward only, and only there."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from workflows.errors import Conflict, NotAllowed
from workflows.office import clock, sign_in
from workflows.office.people import Officer
from workflows.office.tables import Person, SampleClock
from workflows.records import audit
from workflows.records.types import CHINA
from workflows.settings import settings

SOON = timedelta(seconds=5)


@pytest.fixture
def sample(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A sample county with its clock."""
    monkeypatch.setattr(settings(), "sample", True)
    session.add(SampleClock(id=1))
    session.flush()
    yield session


def test_elsewhere_the_clock_is_the_machine_s(session: Session, officer: Callable[[str], Officer],
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "sample", False)
    session.add(SampleClock(id=1, offset_seconds=10**6))
    session.flush()
    assert abs(clock.now(session) - datetime.now(CHINA)) < SOON
    assert not clock.is_movable(session)
    with pytest.raises(Conflict):
        clock.advance(session, officer("admin1"), days=1)


def test_it_moves_forward_and_runs_on(sample: Session, officer: Callable[[str], Officer]) -> None:
    clock.advance(sample, officer("town_clerk1"), days=30, hours=2)
    assert abs(clock.now(sample) - datetime.now(CHINA) - timedelta(days=30, hours=2)) < SOON
    event, = audit.events(sample, "office")
    assert (event.action, event.actor) == ("clock.move", "镇经办一")


def test_it_never_moves_back(sample: Session, officer: Callable[[str], Officer]) -> None:
    with pytest.raises(Conflict, match="only moves forward"):
        clock.move_to(sample, datetime.now(CHINA) - timedelta(hours=1), officer("admin1"))
    with pytest.raises(Conflict, match="only moves forward"):
        clock.advance(sample, officer("admin1"), days=-1)


def test_it_can_stand_still_and_go_on(sample: Session, officer: Callable[[str], Officer]) -> None:
    stopped = clock.stand_still(sample, officer("admin1"))
    assert clock.now(sample) == stopped
    moved = clock.advance(sample, officer("admin1"), days=3)
    assert clock.now(sample) == moved == stopped + timedelta(days=3)
    clock.stand_still(sample, officer("admin1"), still=False)
    assert timedelta() <= clock.now(sample) - moved < SOON


def test_an_auditor_moves_nothing(sample: Session, officer: Callable[[str], Officer]) -> None:
    with pytest.raises(NotAllowed):
        clock.advance(sample, officer("auditor1"), days=1)


def test_a_jump_signs_nobody_out(sample: Session, officer: Callable[[str], Officer]) -> None:
    person = sample.get_one(Person, officer("admin1").id)
    person.password_hash = sign_in.hashed("long enough")
    signed = sign_in.sign_in(sample, "admin1", "long enough", clock.now(sample))
    assert signed
    clock.advance(sample, officer("admin1"), days=40)
    assert sign_in.who(sample, signed[0], clock.now(sample)) == officer("admin1")


def test_it_moves_a_year_at_most_and_never_shows_a_second_less(
    sample: Session, officer: Callable[[str], Officer],
) -> None:
    wanted = (datetime.now(CHINA) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    clock.move_to(sample, wanted, officer("admin1"))
    assert timedelta() <= clock.now(sample) - wanted < SOON
    with pytest.raises(Conflict, match="a year forward at most"):
        clock.move_to(sample, wanted.replace(year=9999), officer("admin1"))
