"""Entries of a register: entered, changed, struck off, found as they hold or once held, never two alike."""

import threading
from datetime import date

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from tests.workflows.registers.conftest import CHAIR, CODE, HEAD, OTHER_CODE, on, organisation
from workflows.errors import Conflict
from workflows.records import audit
from workflows.records.session import writing
from workflows.registers import entries, found
from workflows.registers.found import Wanted
from workflows.registers.tables import RegisterChange

BOOK = "organisation"


def enter(county, **changes):
    with county.work() as session:
        return entries.enter(session, BOOK, organisation(**changes), "990101", on(2024, 6, 3)).id


def look(county, by, value, day, *, former=False, where=""):
    with county.work() as session:
        return found.entries(session, Wanted(BOOK, by, (value,), former, where), day)


def test_an_entry_is_found_by_its_keys_however_they_are_typed(county):
    enter(county)
    for by, value in (("code", "5199 0101mj0000001k"), ("name", "示例县 物业管理协会"), ("person", CHAIR), ("trade_name", "物业管理")):
        assert [one["name"] for one in look(county, by, value, date(2024, 6, 3))] == ["示例县物业管理协会"], by
    assert look(county, "code", OTHER_CODE, date(2024, 6, 3)) == []
    assert look(county, "code", CODE, date(2024, 6, 2)) == []


def test_days_and_amounts_come_back_as_days_and_amounts(county):
    enter(county, established_on="2024-06-03", fund_fen=3_000_000)
    entry, = look(county, "code", CODE, date(2024, 6, 3), where='entry.established_on >= date("2024-01-01")')
    assert (entry["established_on"], entry["fund_fen"]) == (date(2024, 6, 3), 3_000_000)


def test_what_no_field_holds_is_refused(county):
    for wrong, says in (({"colour": "红"}, "does not hold"), ({"fund_fen": "三万"}, "can't stand"), ({"kind": "club"}, "can't stand"),
                        ({"established_on": "2024-06-31"}, "can't stand"), ({"people": [{"nom": "王"}]}, "can't stand"),
                        ({"code": ""}, "needs")):
        with pytest.raises(Conflict, match=says):
            enter(county, **wrong)


def test_a_change_keeps_what_stood_before_and_since_when(county):
    entry = enter(county)
    with county.work() as session:
        entries.change(session, entry, {"name": "示例县物业服务协会", "trade_name": "物业服务"}, on(2024, 9, 2, "会员大会决议"))
    assert look(county, "name", "示例县物业管理协会", date(2024, 9, 2)) == []
    once, = look(county, "name", "示例县物业管理协会", date(2024, 9, 2), former=True)
    assert (once["name"], once["held_from"], once["held_to"]) == ("示例县物业服务协会", date(2024, 6, 3), date(2024, 9, 1))
    with county.work() as session:
        change = session.exec(select(RegisterChange).where(RegisterChange.what == "change")).one()
        assert change.fields == {"name": ["示例县物业管理协会", "示例县物业服务协会"], "trade_name": ["物业管理", "物业服务"]}
        assert (change.on, change.reason, change.author) == (date(2024, 9, 2), "会员大会决议", "系统")
        assert audit.length(session, f"register:{BOOK}:{entry}") == 2
        entries.change(session, entry, {"name": "示例县物业服务协会"}, on(2024, 9, 3))
        assert len(session.exec(select(RegisterChange)).all()) == 2      # nothing had changed


def test_somebody_who_has_left_his_post_is_found_no_more(county):
    entry = enter(county)
    people = [{"name": "王建国", "id_number": CHAIR, "post": "会长", "since": "2024-01-01", "until": "2024-08-31"},
              {"name": "李秀兰", "id_number": HEAD, "post": "会长", "since": "2024-09-01", "until": None}]
    with county.work() as session:
        entries.change(session, entry, {"people": people}, on(2024, 9, 1))
    assert look(county, "person", CHAIR, date(2024, 9, 1)) == []
    assert len(look(county, "person", HEAD, date(2024, 9, 1))) == len(look(county, "person", CHAIR, date(2024, 9, 1), former=True)) == 1


def test_no_two_that_hold_at_the_same_time_bear_the_same_code(county):
    entry = enter(county)
    with pytest.raises(entries.Taken):
        enter(county, name="示例县另一个协会")
    with county.work() as session:
        entries.close(session, entry, on(2024, 7, 1, "注销"))
    assert enter_on(county, on(2024, 7, 1), name="示例县另一个协会")


def enter_on(county, because, **changes):
    with county.work() as session:
        return entries.enter(session, BOOK, organisation(**changes), "990101", because).id


def test_a_last_day_known_beforehand_frees_the_value_by_itself(county):
    name = {"name": "示例县物业管理协会", "number": "名核1号", "kind": "association"}
    with county.work() as session:
        entries.enter(session, "organisation_name", name, "990101", on(2024, 6, 3), valid_to=date(2024, 12, 3))
    with county.work() as session:
        asked = Wanted("organisation_name", "name", (name["name"],))
        assert [len(found.entries(session, asked, day)) for day in (date(2024, 12, 3), date(2024, 12, 4))] == [1, 0]
        with pytest.raises(entries.Taken):
            entries.enter(session, "organisation_name", {**name, "number": "名核2号"}, "990101", on(2024, 12, 3))
    with county.work() as session:
        entries.enter(session, "organisation_name", {**name, "number": "名核2号"}, "990101", on(2024, 12, 4))


def test_what_is_struck_off_can_not_be_changed_nor_struck_off_again(county):
    entry = enter(county)
    with county.work() as session:
        entries.close(session, entry, on(2024, 7, 1, "自行解散"))
    for again in (lambda session: entries.close(session, entry, on(2024, 7, 2)),
                  lambda session: entries.change(session, entry, {"residence": "新址"}, on(2024, 7, 2))):
        with county.work() as session, pytest.raises(Conflict, match="struck off"):
            again(session)


def test_changes_can_not_be_rewritten(either):
    enter(either)
    with either.work() as session:
        row = session.exec(select(RegisterChange)).one()
        row.reason = "改写"
        with pytest.raises(DatabaseError, match="append-only"):
            session.flush()
        session.rollback()


def test_of_two_who_enter_the_same_code_at_once_one_is_refused(either):
    ready, told = threading.Barrier(2), []

    def race(name):
        ready.wait()
        try:
            with writing(either.source) as session:
                entries.enter(session, BOOK, organisation(name=name), "990101", on(2024, 6, 3))
            told.append("entered")
        except entries.Taken:
            told.append("taken")

    racers = [threading.Thread(target=race, args=(f"示例县{which}协会",)) for which in "甲乙"]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    assert sorted(told) == ["entered", "taken"]
