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


REPLACED = """INSERT OR REPLACE INTO audit_event (id, chain, seq, at, actor, role, action, node, summary, before, after,
                                                  previous, hash)
              SELECT {id}, chain, seq, at, '别人', role, action, node, summary, before, after, previous, hash
              FROM audit_event WHERE seq = 2"""


@pytest.mark.parametrize("key", ["id", "NULL", "id + 100"])
def test_an_event_can_not_be_replaced_by_its_number_nor_by_its_place(engine, key):
    append_only.install(engine)
    with Session(engine) as session:
        write(session)
    with Session(engine) as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(REPLACED.format(id=key)))
    with Session(engine) as session:
        assert {event.actor for event in audit.events(session, "case:1")} == {"何芳"}


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_chain_that_lost_its_newest_events_is_broken_where_they_stood(engine, lost):
    with Session(engine) as session:
        write(session)
        session.execute(text(f"DELETE FROM audit_event WHERE seq > {3 - lost}"))
        session.commit()
        session.expire_all()
        assert audit.broken_at(session, "case:1") == 4 - lost


@pytest.mark.parametrize("statement", [
    "UPDATE audit_head SET seq = 2", "UPDATE audit_head SET seq = 5", "UPDATE audit_head SET hash = 'x'",
    "DELETE FROM audit_head", "INSERT OR REPLACE INTO audit_head VALUES ('case:1', 2, 'x')",
])
def test_how_far_a_chain_has_come_only_grows(engine, statement):
    append_only.install(engine)
    with Session(engine) as session:
        write(session)
    with Session(engine) as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))
    with Session(engine) as session:
        assert audit.broken_at(session, "case:1") is None


def test_a_lost_head_or_another_hash_is_found_too(engine):
    with Session(engine) as session:
        write(session)
        session.execute(text("UPDATE audit_head SET hash = 'x'"))
        session.expire_all()
        assert audit.broken_at(session, "case:1") == 3
        session.execute(text("DELETE FROM audit_head"))
        session.expire_all()
        assert audit.broken_at(session, "case:1") == 3
