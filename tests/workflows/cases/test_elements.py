"""The answers of a repeated task are told apart by what each is for, be that a text, a number or a context."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from tests import drawn
from workflows.cases import decisions, elements, facts, intake
from workflows.cases.tables import Case, WorkItem
from workflows.office import people
from workflows.records.session import writing
from workflows.sample import fixture
from workflows.scenarios.bureau import moment
from workflows.scenarios.databases import in_memory

NOW = moment(fixture.date(2024, 3, 4))
REPEATED = """<process id="repeated" isExecutable="true"><startEvent id="begin"/>
  <userTask id="each" name="逐项核实"><multiInstanceLoopCharacteristics camunda:collection="={items}"/></userTask>
  <endEvent id="end"/><sequenceFlow id="a" sourceRef="begin" targetRef="each"/>
  <sequenceFlow id="b" sourceRef="each" targetRef="end"/></process>"""


@pytest.mark.parametrize("items", [
    [3, 1, 2],
    [{"name": "甲", "share": 2}, {"name": "甲", "share": 1}],
    ["990101001002", "990101001001"],
    ["990101001001", "990101001001"],
    ["甲", "乙"],
    ["12", "990199"],
    [{"name": "甲"}, 7, {"name": "甲"}, 7, {"name": "甲"}],
])
def test_each_answer_stands_in_a_row_of_its_own_in_the_order_of_the_items(tmp_path, items):
    source = in_memory()
    listed = "[" + ", ".join(feel_of(item) for item in items) + "]"
    with writing(source) as session:
        fixture.load(session)
        drawn.publish(session, tmp_path, NOW, REPEATED.replace("{items}", listed.replace('"', "&quot;")))
        clerk = people.by_login(session, "town_clerk1")
        case = intake.open_case(session, "repeated", "逐项", "990101001001", {}, clerk, NOW)
        opened = [one.id for one in session.exec(select(WorkItem).order_by(WorkItem.id))]
    for number in reversed(range(len(items))):
        with writing(source) as session:
            decisions.complete(session, opened[number], {"outcome": "enough", "opinion": f"第{number}项"},
                               people.by_login(session, "town_clerk1"), NOW)
    with writing(source) as session:
        rows = facts.known_as(session.get_one(Case, case.id), "each")
    assert [(row["item"], row["opinion"]) for row in rows] == [(item, f"第{n}项") for n, item in enumerate(items)]


def feel_of(item):
    if isinstance(item, dict):
        return "{" + ", ".join(f"{name}: {feel_of(value)}" for name, value in item.items()) + "}"
    return f'"{item}"' if isinstance(item, str) else str(item)


@pytest.mark.parametrize("element", [
    "990101", "=5", 5, Decimal("2.50"), True, date(2024, 3, 4), ["a", 1], {"b": [date(2024, 3, 4)], "a": "文"}])
def test_a_key_stands_for_its_element_and_no_other(element):
    assert elements.element(elements.key(element)) == element
    assert elements.key(elements.element(elements.key(element))) == elements.key(element)
    assert elements.key(element) != elements.key(str(element)) or isinstance(element, str)


@pytest.mark.parametrize("element", ["990101", "=5", 5, {"a": "文\n"}])
def test_equal_elements_are_told_apart_by_their_turn(element):
    keys = [elements.key(element, turn) for turn in range(3)]
    assert len(set(keys)) == 3
    assert [elements.element(key) for key in keys] == [element] * 3
    assert [elements.key_of(elements.row(key, (0,), {"outcome": "agree"})) for key in keys] == keys
    assert len({elements.text(key) for key in keys}) == 1


def test_one_number_written_in_two_ways_has_one_key_and_only_a_text_names_a_division():
    assert elements.key(5) == elements.key(Decimal("5.0")) == "=5"
    assert (elements.key(None), elements.element("")) == ("", None)
    assert (elements.text("990101"), elements.text("=5")) == ("990101", "")
