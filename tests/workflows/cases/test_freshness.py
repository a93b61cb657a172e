"""Nobody overwrites unseen what somebody else has written: not in a parallel branch, not from an old window."""

import pytest
from sqlmodel import select

from tests import drawn
from tests.makers import everything
from workflows.cases import decisions, freshness, intake
from workflows.cases.tables import Case, FactChange, WorkItem
from workflows.messages import say
from workflows.office import people
from workflows.records import audit
from workflows.sample import fixture
from workflows.scenarios.bureau import in_memory, moment
from workflows.records.session import writing

NOW = moment(fixture.date(2024, 3, 4))
SHARED = """<process id="shared" isExecutable="true"><startEvent id="begin"/><parallelGateway id="fork"/>
  <userTask id="left" name="左路核实">{fact}</userTask><userTask id="right" name="右路核实">{fact}</userTask>
  <parallelGateway id="joined"/><endEvent id="end"/><sequenceFlow id="a" sourceRef="begin" targetRef="fork"/>
  <sequenceFlow id="b" sourceRef="fork" targetRef="left"/><sequenceFlow id="c" sourceRef="fork" targetRef="right"/>
  <sequenceFlow id="d" sourceRef="left" targetRef="joined"/><sequenceFlow id="e" sourceRef="right" targetRef="joined"/>
  <sequenceFlow id="f" sourceRef="joined" targetRef="end"/></process>"""
FACT = ('<extensionElements><camunda:properties><camunda:property name="fact" value="finding"/></camunda:properties>'
        "</extensionElements>")


@pytest.fixture
def house(tmp_path):
    """A case whose two branches write one fact; the left one has just been done."""
    engine = in_memory()
    with writing(engine) as session:
        fixture.load(session)
        drawn.publish(session, tmp_path, NOW, SHARED.format(fact=FACT))
        case = intake.open_case(session, "shared", "两路", "990101001001", {}, people.by_login(session, "town_clerk1"), NOW)
    opened = case.version
    answer(engine, "left", "town_clerk1", "左路意见")
    return engine, case.id, opened


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
    assert refusal.value.value == {"outcome": "enough", "opinion": "左路意见"}
    assert everything(engine) == before


def test_who_has_seen_it_may_replace_it_and_both_versions_are_kept(house):
    engine, case, opened = house
    answer(engine, "right", "town_clerk2", "右路意见", opened + 1)
    with writing(engine) as session:
        assert session.get_one(Case, case).facts["finding"]["opinion"] == "右路意见"
        kept = session.exec(select(FactChange).where(FactChange.name == "finding").order_by(FactChange.id)).all()
        assert [(one.author, one.version, one.value["opinion"]) for one in kept] == [
            ("镇经办一", opened + 1, "左路意见"), ("镇经办二", opened + 2, "右路意见")]
        done = [one for one in audit.events(session, f"case:{case}") if one.action == "work_item.complete"]
        assert done[-1].before["finding"]["opinion"] == "左路意见"


def test_ones_own_change_does_not_stand_in_the_way(house):
    engine, case, opened = house
    answer(engine, "right", "town_clerk1", "仍是本人", opened)
    with writing(engine) as session:
        assert session.get_one(Case, case).state == "end"


def test_steps_of_others_that_leave_the_fact_alone_do_not_stand_in_the_way(tmp_path):
    engine = in_memory()
    with writing(engine) as session:
        fixture.load(session)
        drawn.publish(session, tmp_path, NOW, SHARED.format(fact=""))
        case = intake.open_case(session, "shared", "两路", "990101001001", {}, people.by_login(session, "town_clerk1"), NOW)
    answer(engine, "left", "town_clerk1", "左路意见")
    assert answer(engine, "right", "town_clerk2", "右路意见", case.version).state == "end"
