"""A return of one instance of a repeated activity: what the others have answered still counts, unless they are done again as well."""

import pytest
from sqlmodel import col, select

from tests import drawn
from tests.databases import at_file
from tests.small_county import DIVISION, NOW, SmallCounty
from tests.workflows.engine.conftest import flows_xml
from workflows import engine, releases
from workflows.cases import decisions, facts, intake
from workflows.cases.operations import send_back, take_back
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.send_back import Wish
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.engine import Place
from workflows.office import people

EACH = '<multiInstanceLoopCharacteristics {order} camunda:collection="=[1, 2, 3]" camunda:elementVariable="house"/>'
VISITS = ('<process id="visits" isExecutable="true"><startEvent id="begin"/><userTask id="prepare"/><subProcess id="each">' + EACH +
          '<startEvent id="came"/><userTask id="look"/><userTask id="note"/><endEvent id="gone"/>'
          + flows_xml("came>look\nlook>note\nnote>gone") + '</subProcess><userTask id="check"/><endEvent id="done"/>'
          + flows_xml("begin>prepare\nprepare>each\neach>check\ncheck>done") + "</process>")
ASKED = ('<process id="visits" isExecutable="true"><startEvent id="begin"/><userTask id="prepare"/><userTask id="look">' + EACH +
         '</userTask><userTask id="check"/><endEvent id="done"/>' + flows_xml("begin>prepare\nprepare>look\nlook>check\ncheck>done") + "</process>")

NESTED = ('<process id="visits" isExecutable="true"><startEvent id="begin"/><subProcess id="each"><multiInstanceLoopCharacteristics '
          'camunda:collection="=[1, 2]" camunda:elementVariable="house"/><startEvent id="came"/><userTask id="look"/><userTask id="ask">'
          '<multiInstanceLoopCharacteristics camunda:collection="=[house * 10, house * 10 + 1]" camunda:elementVariable="who"/></userTask>'
          '<endEvent id="gone"/>' + flows_xml("came>look\nlook>ask\nask>gone") + '</subProcess><endEvent id="done"/>'
          + flows_xml("begin>each\neach>done") + "</process>")


class Round:
    """One case of a drawing with a repeated activity, and a clerk who works on it."""

    def __init__(self, tmp_path, process, order="") -> None:
        self.county = SmallCounty(at_file(tmp_path / "visits.sqlite"), tmp_path)
        with self.county.work() as session:
            drawn.publish(session, tmp_path, NOW, process.format(order=order))
        with self.county.work() as session:
            self.case = intake.open_case(session, "visits", "走访", DIVISION, {}, None, NOW)

    def open(self, session, node, turn=0):
        return session.exec(select(WorkItem).where(WorkItem.node == node, WorkItem.state == WorkState.OPEN)
                            .order_by(col(WorkItem.scope))).all()[turn]

    def does(self, *nodes) -> None:
        for node in nodes:
            with self.county.work() as session:
                item = self.open(session, node)
                said = {"outcome": "enough", "opinion": f"{node} {item.scope}"}
                decisions.complete(session, item.id, said, people.by_login(session, "town_clerk1"), NOW)

    def goes_back(self, node, target, others, path=(), turn=0) -> None:
        with self.county.work() as session:
            wish = Wish(self.open(session, node, turn).token, Place(target, path), others)
            send_back.send_back(session, self.case.id, wish, Asked(people.by_login(session, "town_clerk1"), "再看", NOW))

    def takes_back(self, node) -> None:
        with self.county.work() as session:
            item = session.exec(select(WorkItem).where(WorkItem.node == node, WorkItem.state == WorkState.DONE)
                                .order_by(col(WorkItem.id).desc())).first()
            take_back.take_back(session, item.id, Asked(people.by_login(session, "town_clerk1"), "看错了", NOW))

    def said(self, node) -> list[int]:
        """For whom there are answers."""
        with self.county.work() as session:
            return [row["item"] for row in facts.known(session.get_one(Case, self.case.id)).get(node) or []]


@pytest.mark.parametrize("others", ["cancel", "keep"])
def test_within_an_instance_only_its_own_answers_count_no_longer(tmp_path, others):
    visits = Round(tmp_path, VISITS)
    visits.does("prepare", "look", "look", "note")
    visits.goes_back("note", "look", others, ("each",))
    assert (visits.said("look"), visits.said("note")) == ([1], [1])
    visits.does("look", "look", "note", "note")
    assert (visits.said("look"), visits.said("note")) == ([1, 2, 3], [1, 2, 3])


@pytest.mark.parametrize("order", ["", 'isSequential="true"'])
@pytest.mark.parametrize(("others", "counts"), [("keep", [1]), ("cancel", [])])
def test_out_of_the_repetition_the_answers_of_kept_instances_count(tmp_path, order, others, counts):
    visits = Round(tmp_path, ASKED, order)
    visits.does("prepare", "look")
    visits.goes_back("look", "prepare", others)
    assert visits.said("look") == counts
    visits.does("prepare", *["look"] * (3 - len(counts)))
    assert visits.said("look") == [1, 2, 3]
    with visits.county.work() as session:
        assert waits(session, visits.case) == ["check"]


@pytest.mark.parametrize("others", ["cancel", "keep"])
def test_out_of_an_inner_repetition_only_that_outer_instance_is_done_again(tmp_path, others):
    visits = Round(tmp_path, NESTED)
    visits.does("look", "look", "ask", "ask", "ask")
    assert (visits.said("look"), visits.said("ask")) == ([1, 2], [10, 11, 20])
    visits.goes_back("ask", "look", others, ("each",))
    assert (visits.said("look"), visits.said("ask")) == ([1], [10, 11, 20] if others == "keep" else [10, 11])
    visits.does("look", *["ask"] * (1 if others == "keep" else 2))
    assert (visits.said("look"), visits.said("ask")) == ([1, 2], [10, 11, 20, 21])


def test_its_own_former_answers_are_found_again(tmp_path):
    visits = Round(tmp_path, VISITS)
    visits.does("prepare", "look", "look")
    visits.goes_back("note", "look", "cancel", ("each",), turn=1)
    with visits.county.work() as session:
        former = facts.former(session, session.get_one(Case, visits.case.id), ["look"],
                              lambda rows: next((row for row in rows or [] if row["item"] == 2), None))
        assert former["opinion"] == "look =2"


def waits(session, case) -> list[str]:
    row = session.get_one(Case, case.id)
    return [place.node.id for place in engine.waiting(releases.load(session, row.release_id).drawing, row.engine)]
