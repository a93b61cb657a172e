"""Drawn timers: fired once at their moment, never for a case that went on, and found by an index."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from tasks import worker
from tests.makers import at, bureau, case_at, done, everything, standing
from tests.versions import newer
from workflows import engine
from workflows.cases import notices, progress, timers, world
from workflows.cases.tables import Case, Timer
from workflows.office import working_days
from workflows.records import audit

END = working_days.end_of(date(2024, 3, 25))


def posted():
    """A case on public notice, with its only timer."""
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", "village1", posted_on="2024-03-18", place="公开栏", posted_by="张贴员")
    with house.work() as session:
        return house, case, session.exec(select(Timer)).one()


def fired(house, timer, now):
    """Whether it fired."""
    with house.work() as session:
        return timers.fire(session, timer.id, now)


def test_a_timer_fires_once():
    house, case, timer = posted()
    assert fired(house, timer, END)
    after = everything(house.engine)
    assert not fired(house, timer, END)
    assert everything(house.engine) == after
    with house.work() as session:
        events = [found for found in audit.events(session, f"case:{case.id}") if found.action == "timer.fire"]
    assert [(found.node, found.actor, found.after) for found in events] == [("notice_ends", "系统", {"due_at": END.isoformat()})]


@pytest.mark.parametrize("early", [timedelta(seconds=1), timedelta(days=3)])
def test_it_is_neither_due_nor_fired_before_its_moment(early):
    house, _, timer = posted()
    with house.work() as session:
        assert timers.due(session, END - early) == []
        assert [one.id for one in timers.due(session, END)] == [timer.id]
    assert not fired(house, timer, END - early)


def test_it_is_not_fired_for_a_case_that_moved_on_before():
    house, case, timer = posted()
    with house.work() as session:
        notices.object_to(session, world.latest_notice(session, case).id, "有门面", "", "", house.now)
    before = everything(house.engine)
    assert not fired(house, timer, END)
    assert everything(house.engine)["audit_event"] == before["audit_event"]
    with house.work() as session:
        assert session.exec(select(Timer)).all() == []


def test_one_that_fails_keeps_its_error_waits_five_minutes_and_holds_up_nobody(monkeypatch):
    house, case, timer = posted()
    with house.work() as session:
        session.add(Timer(case_id=case.id, token="no such token", node="notice_ends", due_at=END - timedelta(hours=1)))
    monkeypatch.setattr(worker, "writing", house.work)
    monkeypatch.setattr(worker, "reading", house.work)
    assert worker.fire_timers(lambda _session: END) == 1
    with house.work() as session:
        left = session.exec(select(Timer)).one()
        assert (left.token, left.retry_at) == ("no such token", END + timedelta(minutes=5))
        assert left.error.startswith("NotWaiting")
        assert timers.due(session, END + timedelta(minutes=4)) == []
        assert [one.id for one in timers.due(session, END + timedelta(minutes=5))] == [left.id]
    assert timer.id != left.id


def test_a_timer_whose_step_is_refused_leaves_the_case_as_it_was(monkeypatch):
    house, _, timer = posted()
    before = everything(house.engine)

    def refuse(*_):
        raise engine.Stuck(["notice_ends"])

    with monkeypatch.context() as patched:
        patched.setattr(progress, "move", refuse)
        with pytest.raises(engine.Stuck):
            fired(house, timer, END)
    assert everything(house.engine) == before
    assert fired(house, timer, END)


def reminders(flow):
    """Three reminders beside the first task, each with its own rule for missed rounds."""
    beside = "".join(
        f'<bpmn:boundaryEvent id="{rule}" attachedToRef="review_materials" cancelActivity="false"><bpmn:extensionElements>'
        f'<camunda:properties><camunda:property name="catch_up" value="{rule}" /></camunda:properties></bpmn:extensionElements>'
        f"<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT{hours}H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        for rule, hours in (("each", 12), ("once", 5), ("skip", 7)))
    return flow.replace("</bpmn:process>", f"{beside}</bpmn:process>")


def test_after_a_standstill_each_timer_catches_up_by_its_own_rule_in_due_order_and_once(monkeypatch, tmp_path):
    house = bureau()
    with house.work() as session:
        newer(session, tmp_path, house.now, {"dibao/flow.bpmn": reminders})
    case = case_at(house, "review_materials")
    monkeypatch.setattr(worker, "writing", house.work)
    monkeypatch.setattr(worker, "reading", house.work)
    begun, back = house.now, house.now + timedelta(days=3, minutes=1)
    assert worker.fire_timers(lambda _session: back) == 8
    assert worker.fire_timers(lambda _session: back) == 0
    with house.work() as session:
        rounds = [(found.node, found.after["due_at"]) for found in audit.events(session, f"case:{case.id}") if found.action == "timer.fire"]
        waiting = {timer.node: timer.due_at for timer in session.exec(select(Timer).where(Timer.case_id == case.id))}
    due = [("once", 5), ("skip", 7), *(("each", hours) for hours in range(12, 73, 12))]
    assert rounds == [(rule, (begun + timedelta(hours=hours)).isoformat()) for rule, hours in due]
    assert {rule: waiting[rule] - begun for rule in waiting} == {
        "each": timedelta(hours=84), "once": timedelta(hours=75), "skip": timedelta(hours=77)}


def test_timers_that_are_due_come_in_the_order_of_their_moments_and_in_portions():
    house, case, _ = posted()
    with house.work() as session:
        session.add_all(Timer(case_id=case.id, token=f"t{n}", node="notice_ends", due_at=at("2024-03-01") - timedelta(days=n))
                        for n in range(150))
        session.flush()
        found = timers.due(session, END)
        assert len(found) == 100
        assert [one.due_at for one in found] == sorted(one.due_at for one in found)


def test_a_thousand_waiting_timers_are_not_looked_through():
    house, case, _ = posted()
    with house.work() as session:
        session.add_all(Timer(case_id=case.id, token=f"t{n}", node="notice_ends", due_at=at("2030-01-01") + timedelta(hours=n))
                        for n in range(1_000))
    asked = []
    event.listen(house.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    with house.work() as session:
        assert timers.due(session, END - timedelta(days=1)) == []
    statement, values = next(call for call in asked if "FROM timer" in call[0])
    with house.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "SEARCH timer USING INDEX ix_timer_due" in str(plan)
    assert all("approval_case" not in call[0] for call in asked)


def test_a_case_that_has_ended_leaves_no_timer():
    house, case = standing("confirmed")
    with house.work() as session:
        assert session.exec(select(Timer)).all() == []
        assert session.get_one(Case, case.id).ended_at
