"""Hundreds of cases: asked once where they stand alike, moved exactly once each, whatever happens on the way."""

import copy

import pytest
from sqlalchemy import event
from sqlmodel import col, func, select

from tests.databases import at_file
from tests.makers import WAY, at_once, done, everything, standing, whole
from tests.versions import RENAMED, TO_HOUSE
from tests.workflows.migration.conftest import Move
from tests.workflows.migration.crowds import crowd
from workflows.cases import decisions
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.migration import carrying, plans, work
from workflows.migration.judging import Judge
from workflows.migration.tables import CaseState, Plan, PlanCase, PlanState
from workflows.office import people
from workflows.records.session import writing
from workflows.records.tables import AuditEvent
from workflows.scenarios.databases import in_memory, kept


class PowerCut(BaseException):
    """Nothing in the house may catch this."""


def cut(engine, at):
    """Let the power go at the `at`th statement, or commit; counts what it saw."""
    seen = []

    def count(*_):
        seen.append(1)
        if len(seen) == at:
            raise PowerCut

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    return seen


def many(at, size: int, element: str = "home_visit"):
    move, case = at(element)
    with move.house.work() as session:
        crowd(session, case, size - 1)
    return move, case


def migrations(move) -> dict[str, int]:
    """Case chain -> how often it was migrated."""
    with move.house.work() as session:
        return dict(session.exec(select(AuditEvent.chain, func.count()).where(
            AuditEvent.action == "case.migrate").group_by(col(AuditEvent.chain))).all())


def test_of_a_crowd_that_stands_alike_the_engine_is_asked_once(at, monkeypatch):
    move, _case = many(at, 600)
    judges = []
    monkeypatch.setattr(carrying, "Judge", lambda *args: judges.append(Judge(*args)) or judges[-1])
    move.plan(RENAMED, mapping=TO_HOUSE).tried()
    assert move.counts() == {"movable": 600}
    assert [judge.asked for judge in judges] == [1]


def test_cases_in_another_round_stand_alike_too(at, monkeypatch):
    move, _case = many(at, 3, "sign_opinion")
    with move.house.work() as session:
        twin = session.exec(select(Case).where(Case.number == "TWIN-000002")).first()
    done(move.house, twin, "sign_opinion", outcome="return", opinion="补充")
    done(move.house, twin, "draft_opinion", **WAY["draft_opinion"][1])
    judges = []
    monkeypatch.setattr(carrying, "Judge", lambda *args: judges.append(Judge(*args)) or judges[-1])
    move.plan().tried()
    assert (move.counts(), judges[0].asked) == ({"movable": 3}, 1)


def test_a_bulk_stopped_anywhere_goes_on_where_it_stood(at):
    move, _case = many(at, 80)
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    move.turn()
    move.act("pause")
    assert (move.turn(), move.counts()) == (0, {"waiting": 55, "moved": 25})
    move.act("resume")
    with pytest.raises(PowerCut):
        cut(move.house.engine, 500)
        move.through()
    again, again.house = copy.copy(move), copy.copy(move.house)
    again.house.engine = in_memory(kept(move.house.engine))
    partly = again.counts()
    assert 25 < partly["moved"] < 80
    assert again.through().state == PlanState.DONE
    assert again.counts() == {"moved": 80}
    assert set(migrations(again).values()) == {1}
    assert len(migrations(again)) == 80
    again.back()
    assert again.counts() == {"back": 80}
    again.house.engine.dispose()


def test_the_power_may_go_at_any_statement(tmp_path):
    house, _case = standing("home_visit")
    move = Move(house, tmp_path)
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    rows = kept(house.engine)
    uncut = in_memory(rows)
    work.finish(move.id, lambda _: house.now, uncut)
    after, cuts, at = everything(uncut), 0, 0
    while at == cuts:
        at += 1
        doomed = in_memory(rows)
        cut(doomed, at)
        try:
            work.finish(move.id, lambda _: house.now, doomed)
        except PowerCut:
            cuts += 1
        survivor = in_memory(kept(doomed))
        work.finish(move.id, lambda _: house.now, survivor)
        assert everything(survivor) == after, f"statement {at}"
        doomed.dispose()
        survivor.dispose()
    assert cuts > 40


def test_a_plan_stops_of_itself_when_too_many_cases_fail(at, monkeypatch):
    move, _case = many(at, 40)
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    settle = carrying.settling.settle
    monkeypatch.setattr(carrying.settling, "settle", lambda *_: 1 / 0)
    assert move.through().state == PlanState.STOPPED
    assert move.counts() == {"failed": 5, "waiting": 35}
    assert move.reasons() == {"failed": "Unexpected: ZeroDivisionError: division by zero"}
    monkeypatch.setattr(carrying.settling, "settle", settle)
    move.act("resume")
    assert (move.through().state, move.counts(), move.reasons()) == (PlanState.DONE, {"moved": 40}, {})


def test_a_case_that_went_on_meanwhile_is_judged_anew(at):
    move, case = many(at, 3)
    move.plan(RENAMED, mapping={}).tried()
    assert move.counts() == {"refused": 3}
    done(move.house, case, "home_visit", **WAY["home_visit"][1])
    move.act("start")
    move.through()
    assert move.counts() == {"refused": 2, "moved": 1}


def races(move, case, other):
    """A person completes the case's work, and at the same moment machines move it."""
    with move.house.work() as session:
        item = session.exec(select(WorkItem).where(
            WorkItem.case_id == case.id, WorkItem.node == "data_check", WorkItem.state == WorkState.OPEN)).one()
        who = people.by_login(session, "check_org1")
        answers = {**decisions.initial(session, item, session.get_one(Case, case.id), who, move.house.now),
                   **WAY["data_check"][1], "queried_on": f"{move.house.now:%Y-%m-%d}"}

    def complete():
        with writing(move.house.engine) as session:
            decisions.complete(session, item.id, answers, who, move.house.now)

    found = at_once(complete, move.through, other.through)
    assert [one for one in found if isinstance(one, Exception)] == []
    assert move.counts() == {"moved": 8}
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        assert row.facts["data_check"]["conclusion"] == "consistent"
        assert {item.node for item in session.exec(select(WorkItem).where(
            WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN))} == {"house_visit"}
        assert session.get_one(Plan, move.id).to_release_id == row.release_id
        assert whole(session)
    assert set(migrations(move).values()) == {1}


@pytest.fixture
def file(tmp_path):
    house, case = standing("home_visit")
    house.engine = at_file(tmp_path / "case.sqlite", like=house.engine)
    yield house, case
    house.engine.dispose()


def test_people_and_two_workers_at_once_on_one_file(file, tmp_path):
    house, case = file
    move = Move(house, tmp_path)
    with house.work() as session:
        crowd(session, case, 7)
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    races(move, case, copy.copy(move))


def test_several_workers_share_a_dry_run(file, tmp_path, monkeypatch):
    house, case = file
    monkeypatch.setattr(work.standing, "PAGE", 10)
    move = Move(house, tmp_path)
    with house.work() as session:
        crowd(session, case, 59)
    move.plan(RENAMED, mapping=TO_HOUSE).act("check")
    at_once(*[move.through] * 3)
    assert move.counts() == {"movable": 60}
    with house.work() as session:
        assert session.exec(select(func.count()).select_from(PlanCase).where(PlanCase.state == CaseState.MOVABLE)).one() == 60
        assert plans.by_id(session, move.id).state == PlanState.CHECKED
