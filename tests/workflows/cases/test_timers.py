"""Drawn timers: fired once at their moment, never for a case that went on, and found by an index."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tasks import worker
from tests.makers import bureau, case_at, done, everything, standing
from tests.versions import newer
from workflows import engine
from workflows.cases import progress, timers, world
from workflows.cases.notice import objections
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
        assert timers.next_due(session, END - early) is None
        assert timers.next_due(session, END) == timers.Due(END, timer.id)
    assert not fired(house, timer, END - early)


def test_it_is_not_fired_for_a_case_that_moved_on_before():
    house, case, timer = posted()
    with house.work() as session:
        objections.object_to(session, world.latest_notice(session, case).id, "有门面", "", "", house.now)
    before = everything(house.engine)
    assert not fired(house, timer, END)
    assert everything(house.engine)["audit_event"] == before["audit_event"]
    with house.work() as session:
        assert session.exec(select(Timer)).all() == []


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
    worker.fire_timers(lambda _session: back)       # other processes begin by the clock meanwhile
    assert worker.fire_timers(lambda _session: back) == 0
    with house.work() as session:
        rounds = [(found.action, found.node, found.after["due_at"]) for found in audit.events(session, f"case:{case.id}")
                  if found.action.startswith("timer.")]
        waiting = {timer.node: timer.due_at for timer in session.exec(select(Timer).where(Timer.case_id == case.id))}
    due = [("once", 5), ("skip", 7), *(("each", hours) for hours in range(12, 73, 12))]
    assert rounds == [("timer.skip" if rule == "skip" else "timer.fire", rule, (begun + timedelta(hours=hours)).isoformat())
                      for rule, hours in due]
    assert {rule: waiting[rule] - begun for rule in waiting} == {
        "each": timedelta(hours=84), "once": timedelta(hours=75), "skip": timedelta(hours=77)}


def test_a_case_that_has_ended_leaves_no_timer():
    house, case = standing("confirmed")
    with house.work() as session:
        assert session.exec(select(Timer)).all() == []
        assert session.get_one(Case, case.id).ended_at
