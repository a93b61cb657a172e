"""The audit log is only added to, and a broken chain shows where."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from workflows.records import append_only, audit
from workflows.records.types import CHINA

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
CLERK = audit.Actor(7, "何芳", "TOWN_CLERK")


@pytest.fixture
def engine(bare_database):
    return bare_database


def write(session, count=3):
    for place in range(count):
        audit.append(session, "case:1", CLERK, "work_item.complete", NOW + timedelta(minutes=place),
                     node="home_visit", after={"n": place})
    session.commit()


def test_a_chain_that_was_only_added_to_is_whole(engine):
    with Session(engine) as session:
        write(session)
        audit.append(session, "case:2", audit.SYSTEM, "case.open", NOW)
        assert [event.seq for event in audit.events(session, "case:1")] == [1, 2, 3]
        assert audit.broken_at(session, "case:1") is None
        assert audit.broken_at(session, "case:2") is None


@pytest.mark.parametrize("statement", [
    "UPDATE audit_event SET actor = '别人' WHERE seq = 2", "DELETE FROM audit_event WHERE seq = 2",
])
def test_the_database_itself_refuses_to_change_or_remove_an_event(engine, statement):
    append_only.install(engine)
    with Session(engine) as session:
        write(session)
    with Session(engine) as session, pytest.raises(DatabaseError):
        session.execute(text(statement))


@pytest.mark.parametrize(("statement", "seq"), [
    ("UPDATE audit_event SET actor = '别人' WHERE seq = 2", 2),
    ("UPDATE audit_event SET after = '{\"n\": 9}' WHERE seq = 3", 3),
    ("UPDATE audit_event SET at = '2024-03-05 01:00:00' WHERE seq = 1", 1),
    ("DELETE FROM audit_event WHERE seq = 2", 2),
    ("UPDATE audit_event SET seq = 4 - seq WHERE seq <> 2", 1),
])
def test_a_change_behind_the_databases_back_is_found_where_it_is(engine, statement, seq):
    with Session(engine) as session:
        write(session)
        if "4 - seq" in statement:
            session.execute(text("UPDATE audit_event SET seq = -seq WHERE seq <> 2"))
            session.execute(text("UPDATE audit_event SET seq = 4 + seq WHERE seq < 0"))
        else:
            session.execute(text(statement))
        session.commit()
        session.expire_all()
        assert audit.broken_at(session, "case:1") == seq
