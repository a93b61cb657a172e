"""A new standard is carried out household by household: once each, from where it stopped, and not over what was decided since."""

import pytest
from sqlmodel import select

from workflows.cases.tables import Case
from workflows.payments.entitled import entitlements, readjustments
from workflows.payments.tables import Entitlement, Readjustment, ReadjustmentLine
from workflows.records import audit
from workflows.releases.tables import Release

from tests.makers import at

NOW = at("2024-06-10")


@pytest.fixture
def made(county, session, monkeypatch):
    """Three households at 600 yuan, each to have 660 from May on."""
    monkeypatch.setattr("workflows.releases.described", lambda _session: {})
    session.add(Release(id=1, process="change", version=1, hash="-", title="调标", published_at=NOW, files={}))
    session.flush()
    case = Case(number="DT-1", process="change", release_id=1, subject="调标", division_code="990101", state="running", opened_at=NOW)
    session.add(case)
    session.flush()
    row = Readjustment(case_id=case.id, scheme="dibao", division_code="990101", from_month="2024-05", prepared_at=NOW)
    session.add(row)
    session.flush()
    for number in (1, 2, 3):
        given = county.grant(number, decided="2024-01-08")
        session.add(ReadjustmentLine(
            readjustment_id=row.id, household_id=given.household_id, entitlement_id=given.id, payee_name=given.payee_name, people=1,
            from_month="2024-05", base_before_fen=60_000, supplement_before_fen=0, base_after_fen=66_000, supplement_after_fen=0))
    session.flush()
    readjustments.decide(session, row, "调标1号", NOW)
    return row


def due(session, month):
    return [entitlements.owed([one for one in session.exec(select(Entitlement)) if one.household_id == home], month).get(month)
            for home in session.exec(select(ReadjustmentLine.household_id).order_by(ReadjustmentLine.id))]


def test_stopped_on_the_way_it_goes_on_where_it_was_and_nothing_is_changed_twice(session, made):
    first, *rest = readjustments.waiting(session, made)
    readjustments.carry_out(session, first, NOW)
    assert due(session, "2024-05") == [66_000, 60_000, 60_000]
    readjustments.carry_out(session, first, NOW)
    assert readjustments.waiting(session, made) == rest
    for line in rest:
        readjustments.carry_out(session, line, NOW)
    assert due(session, "2024-05") == [66_000] * 3
    assert due(session, "2024-04") == [60_000] * 3
    assert len(session.exec(select(Entitlement)).all()) == 6
    assert readjustments.totals(session, made) | {"id": 0} == {
        "id": 0, "from_month": "2024-05", "lines": 3, "before_fen": 180_000, "after_fen": 198_000, "difference_fen": 18_000,
        "raised": 3, "cut": 0, "done": 3, "left": 0}


def test_what_was_decided_since_the_signature_is_left_as_it_is(session, made):
    line = session.get_one(ReadjustmentLine, readjustments.waiting(session, made)[0])
    given = session.get_one(Entitlement, line.entitlement_id)
    entitlements.stop(session, given, "2024-04", "停发", "停1号", NOW)
    readjustments.carry_out(session, line.id, NOW)
    assert (line.state, line.changed_to, given.to_month) == ("left", None, "2024-03")


def test_each_change_names_the_decision_and_stands_in_the_households_log(session, made):
    line = session.get_one(ReadjustmentLine, readjustments.waiting(session, made)[0])
    readjustments.carry_out(session, line.id, NOW)
    changed = session.get_one(Entitlement, line.changed_to)
    assert (changed.decision_no, changed.from_month, changed.base_fen) == ("调标1号", "2024-05", 66_000)
    assert [event.action for event in audit.events(session, f"household:{line.household_id}")][-1] == "entitlement.grant"
