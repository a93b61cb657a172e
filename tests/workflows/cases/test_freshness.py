"""Nobody overwrites unseen what somebody else has written.

That two branches write one fact is refused when a process is published; a window that stood open too long is not.
"""

import pytest
from sqlmodel import select

from tests import drawn
from tests.makers import everything
from workflows.cases import decisions, facts, freshness, intake, progress
from workflows.cases.tables import Case, FactChange, WorkItem
from workflows.messages import say
from workflows.office import people
from workflows.records import audit
from workflows.sample import fixture
from workflows.scenarios.bureau import moment
from workflows.scenarios.databases import in_memory
from workflows.records.session import writing

THEIRS = {"outcome": "enough", "opinion": "已更正"}
NOW = moment(fixture.date(2024, 3, 4))
SHARED = """<process id="shared" isExecutable="true"><startEvent id="begin"/><parallelGateway id="fork"/>
  <userTask id="left" name="左路核实"/><userTask id="right" name="右路核实"/>
  <parallelGateway id="joined"/><endEvent id="end"/><sequenceFlow id="a" sourceRef="begin" targetRef="fork"/>
  <sequenceFlow id="b" sourceRef="fork" targetRef="left"/><sequenceFlow id="c" sourceRef="fork" targetRef="right"/>
  <sequenceFlow id="d" sourceRef="left" targetRef="joined"/><sequenceFlow id="e" sourceRef="right" targetRef="joined"/>
  <sequenceFlow id="f" sourceRef="joined" targetRef="end"/></process>"""
@pytest.fixture
def house(tmp_path):
    """A case whose right branch stands open at somebody's, while a colleague corrects what it is about."""
    engine = in_memory()
    with writing(engine) as session:
        fixture.load(session)
        drawn.publish(session, tmp_path, NOW, SHARED)
        case = intake.open_case(session, "shared", "两路", "990101001001", {}, people.by_login(session, "town_clerk1"), NOW)
    with writing(engine) as session:
        facts.write(session, progress.locked(session, case.id), {"right": THEIRS}, "镇经办一", NOW)
    return engine, case.id, case.version


def answer(engine, node, login, opinion, seen=None):
    with writing(engine) as session:
        item = session.exec(select(WorkItem).where(WorkItem.node == node)).one()
        return decisions.complete(session, item.id, {"outcome": "enough", "opinion": opinion},
                                  people.by_login(session, login), NOW, seen=seen)


@pytest.mark.parametrize("seen", [None, "opened"])
def test_who_would_overwrite_what_he_has_not_seen_is_told_what_it_was_whose_and_when(house, seen):
    engine, _, opened = house
    before = everything(engine)
    with pytest.raises(freshness.Changed) as refusal:
        answer(engine, "right", "town_clerk2", "右路意见", opened if seen else None)
    assert say(refusal.value.message, "zh_CN") == "您打开之后，镇经办一已于 2024-03-04 09:00 修改“右路核实”，未作任何覆盖。"
    assert refusal.value.value == THEIRS
    assert everything(engine) == before


def test_who_has_seen_it_may_replace_it_and_both_versions_are_kept(house):
    engine, case, opened = house
    answer(engine, "right", "town_clerk2", "右路意见", opened + 1)
    with writing(engine) as session:
        assert session.get_one(Case, case).facts["right"]["opinion"] == "右路意见"
        kept = session.exec(select(FactChange).where(FactChange.name == "right").order_by(FactChange.id)).all()
        assert [(one.author, one.version, one.value["opinion"]) for one in kept] == [
            ("镇经办一", opened + 1, THEIRS["opinion"]), ("镇经办二", opened + 2, "右路意见")]
        done = [one for one in audit.events(session, f"case:{case}") if one.action == "work_item.complete"]
        assert done[-1].before["right"] == THEIRS


def test_ones_own_change_does_not_stand_in_the_way(house):
    engine, case, opened = house
    answer(engine, "right", "town_clerk1", "仍是本人", opened)
    with writing(engine) as session:
        assert session.get_one(Case, case).facts["right"]["opinion"] == "仍是本人"


def test_steps_of_others_that_leave_the_fact_alone_do_not_stand_in_the_way(tmp_path):
    engine = in_memory()
    with writing(engine) as session:
        fixture.load(session)
        drawn.publish(session, tmp_path, NOW, SHARED)
        case = intake.open_case(session, "shared", "两路", "990101001001", {}, people.by_login(session, "town_clerk1"), NOW)
    answer(engine, "left", "town_clerk1", "左路意见")
    assert answer(engine, "right", "town_clerk2", "右路意见", case.version).state == "end"
    with writing(engine) as session:
        assert set(session.get_one(Case, case.id).facts) == {"left", "right"}
