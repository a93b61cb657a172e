"""A repeated activity in a loop: each coming to it from outside begins a new list, and costs no more than the one before."""

import pytest
from sqlalchemy import event

from tests.workflows.cases.operations.test_one_of_several import Round, waits
from tests.workflows.engine.conftest import flows_xml
from workflows.cases import facts
from workflows.cases.tables import Case

EACH = ("<multiInstanceLoopCharacteristics {order} camunda:collection=\"=if check = null then [&quot;A&quot;, &quot;B&quot;] else [&quot;C&quot;]\" "
        'camunda:elementVariable="house">{results}</multiInstanceLoopCharacteristics>')
TASK = '<userTask id="look">' + EACH.replace("{results}", "") + "</userTask>"
LOOK = '<startEvent id="came"/><userTask id="look"/><endEvent id="gone"/>'
WITHIN = '<subProcess id="look_each">' + EACH.replace("{results}", "") + LOOK + flows_xml("came>look\nlook>gone") + "</subProcess>"
RESULTS = '<loopDataOutputRef>all_seen</loopDataOutputRef><outputDataItem id="seen" name="seen"/>'
GATHERING = ('<subProcess id="look_each">' + EACH.replace("{results}", RESULTS) + LOOK + '<scriptTask id="see" scriptFormat="feel" '
             'camunda:resultVariable="seen"><script>house</script></scriptTask>' + flows_xml("came>look\nlook>see\nsee>gone") + "</subProcess>")
SEQUENTIAL = 'isSequential="true"'


def looped(each: str, name: str = "look") -> str:
    return ('<process id="visits" isExecutable="true"><startEvent id="begin"/><exclusiveGateway id="more"/>' + each + '<userTask id="check"/>'
            '<exclusiveGateway id="well" default="well_done"/><endEvent id="done"/>'
            + flows_xml(f"begin>more\nmore>{name}\n{name}>check\ncheck>well\nwell>more ? check.opinion != null\nwell>done") + "</process>")


def known(visits, name):
    with visits.county.work() as session:
        return facts.known(session.get_one(Case, visits.case.id)).get(name)


@pytest.mark.parametrize(("each", "order"), [(TASK, ""), (TASK, SEQUENTIAL), (WITHIN, ""), (GATHERING, SEQUENTIAL)])
def test_what_was_answered_in_an_earlier_round_counts_no_longer(tmp_path, each, order):
    visits = Round(tmp_path, looped(each, "look" if each == TASK else "look_each"), order)
    visits.does("look", "look")
    assert visits.said("look") == ["A", "B"]
    visits.does("check")
    assert visits.said("look") == []
    visits.does("look")
    assert visits.said("look") == ["C"]
    assert each != GATHERING or known(visits, "all_seen") == ["C"]


def test_of_many_rounds_each_says_as_many_statements_and_keeps_as_many_rows(tmp_path):
    visits = Round(tmp_path, looped(TASK))
    said: list[str] = []
    visits.does("look", "look", "check")
    event.listen(visits.county.source, "before_cursor_execute", lambda *asked: said.append(asked[2]))
    counts = []
    for _ in range(12):
        said.clear()
        visits.does("look", "check")
        counts.append((len(said), visits.said("look")))
    assert counts[1:] == [counts[1]] * 11
    assert not [one for one in said if "GROUP BY" in one]


def test_a_step_taken_back_that_began_a_new_round_brings_the_list_back(tmp_path):
    visits = Round(tmp_path, looped(TASK))
    visits.does("look", "look", "check")
    visits.takes_back("check")
    assert visits.said("look") == ["A", "B"]
    with visits.county.work() as session:
        assert waits(session, visits.case) == ["check"]
