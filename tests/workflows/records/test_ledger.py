"""What a piece of work writes is gathered: written once a table, and before anybody could miss it."""

from datetime import datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from workflows.office.tables import Division, Unit
from workflows.records import audit, ledger
from workflows.records.tables import AuditEvent
from workflows.records.types import CHINA

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)


@pytest.fixture
def session(database):
    with Session(database, expire_on_commit=False) as opened:
        opened.add(Unit(name="民政局", kind="COUNTY", division_code="990101"))
        opened.commit()
        yield opened


@pytest.fixture
def said(database):
    """The statements that were executed, each with how many rows it was given."""
    heard = []

    @event.listens_for(database, "before_cursor_execute")
    def _hear(_connection, _cursor, statement, parameters, _context, many):
        heard.append((statement.split("(")[0].split(" SET")[0].strip(), len(parameters) if many else 1))

    return heard


def bureau(session):
    return session.exec(select(Unit)).one()


def places(session):
    return {code for code, in session.execute(text("SELECT code FROM division"))}


def test_rows_of_one_table_are_written_in_one_statement_at_the_end(session, said):
    with ledger.gathering(session):
        ledger.add(session, Division, code="990101", name="岳阳县")
        ledger.add(session, Division, code="990102", name="平江县")
        assert said == []
    assert said[-1] == ("INSERT INTO division", 2)
    assert places(session) == {"990101", "990102"}


def test_outside_a_block_a_row_is_written_at_once(session, said):
    ledger.add(session, Division, code="990101", name="岳阳县")
    assert said[-1] == ("INSERT INTO division", 1)


def test_whoever_asks_the_session_sees_what_was_gathered(session):
    with ledger.gathering(session):
        ledger.add(session, Division, code="990101", name="岳阳县")
        assert session.exec(select(Division.name)).all() == ["岳阳县"]
        ledger.change(session, bureau(session), phone="0730")
        assert session.execute(text("SELECT phone FROM unit")).scalar() == "0730"


def test_a_column_that_was_not_named_takes_its_classes_default(session):
    ledger.add(session, Unit, name="财政局", kind="FINANCE", division_code="990101")
    found = session.exec(select(Unit).where(Unit.kind == "FINANCE")).one()
    assert (found.phone, found.parent_id) == ("", None)


def test_several_changes_of_one_row_are_seen_at_once_and_written_together(session, said):
    unit = bureau(session)
    said.clear()
    with ledger.gathering(session):
        ledger.change(session, unit, phone="1")
        ledger.change(session, unit, phone="2", name="县民政局")
        assert (unit.phone, unit.name, said) == ("2", "县民政局", [])
    assert said == [("UPDATE unit", 1)]
    assert session.execute(text("SELECT name, phone FROM unit")).one() == ("县民政局", "2")
    assert unit not in session.dirty


def test_of_a_change_and_an_assignment_the_later_one_counts(session):
    unit = bureau(session)
    with ledger.gathering(session):
        ledger.change(session, unit, phone="1")
        unit.phone = "2"
        unit.name = "a"
        ledger.change(session, unit, name="b")
    session.commit()
    assert session.execute(text("SELECT phone, name FROM unit")).one() == ("2", "b")


def test_a_row_not_yet_stored_is_changed_by_the_orm(session):
    unit = Unit(name="财政局", kind="FINANCE", division_code="990101")
    with ledger.gathering(session):
        ledger.change(session, unit, phone="9")
    session.commit()
    assert session.execute(text("SELECT phone FROM unit WHERE kind = 'FINANCE'")).scalar() == "9"


def test_work_that_fails_writes_nothing_of_what_it_gathered(session):
    unit = bureau(session)
    with pytest.raises(ZeroDivisionError), ledger.gathering(session):
        ledger.add(session, Division, code="990101", name="岳阳县")
        ledger.change(session, unit, phone="1")
        _ = 1 / 0
    session.rollback()
    assert (places(session), unit.phone) == (set(), "")


def test_a_return_to_a_savepoint_undoes_what_came_after_it_and_nothing_before(session):
    unit = bureau(session)
    with ledger.gathering(session):
        ledger.add(session, Division, code="990101", name="岳阳县")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            ledger.add(session, Division, code="990102", name="平江县")
            ledger.change(session, unit, phone="1")
            _ = 1 / 0
        assert unit.phone == ""
        ledger.add(session, Division, code="990103", name="华容县")
    session.commit()
    assert places(session) == {"990101", "990103"}


def test_a_row_that_ran_ahead_of_an_undone_transaction_is_read_anew(session):
    unit = bureau(session)
    with session.begin_nested() as point:
        with ledger.gathering(session):
            ledger.change(session, unit, phone="1")
        point.rollback()
    assert unit.phone == ""


def test_an_event_can_leave_no_number_out_for_the_database_itself_counts_the_chain(session):
    audit.append(session, "case:1", audit.SYSTEM, "case.open", NOW)
    audit.ends_with(session, "case:1", 1, "x")
    with pytest.raises(DatabaseError, match="append-only"), ledger.gathering(session):
        audit.ends_with(session, "case:1", 5, "x")
        audit.append(session, "case:1", audit.SYSTEM, "effect.x", NOW)


def test_many_events_of_a_chain_ask_for_its_end_once_and_are_written_together(session, said):
    audit.append(session, "case:1", audit.SYSTEM, "case.open", NOW)
    said.clear()
    with ledger.gathering(session):
        for place in range(3):
            audit.append(session, "case:1", audit.SYSTEM, "effect.x", NOW, after={"n": place})
    assert [heard[:25] for heard, _ in said] == ["SELECT audit_head.seq, au", "INSERT INTO audit_event"]
    assert said[1][1] == 3
    assert audit.broken_at(session, "case:1") is None
    assert [one.seq for one in session.exec(select(AuditEvent))] == [1, 2, 3, 4]
