"""An operation on a case while a colleague completes its work: one of the two wins, the other is told why not."""

from collections import Counter
from functools import partial

import pytest
from sqlmodel import col, select

from tests import drawn
from tests.makers import whole
from tests.reliability import racers
from tests.reliability.racers import NOW
from tests.reliability.test_races import ALREADY, GROUND, OFFICERS, database, race  # noqa: F401
from workflows.cases import decisions, intake
from workflows.cases.operations import send_back, suspend, take_back, terminate
from workflows.cases.operations.send_back import Wish
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.engine import Place
from workflows.office import people
from workflows.records import audit
from workflows.records.session import writing

COUNT = 20
GONE_ON, SUSPENDED = "办件在您查看之后又有进展，请重新核对后再办。", "本办件已挂起，恢复后才能办理。"
TWO_STEPS = """<process id="two" isExecutable="true"><startEvent id="begin"/><userTask id="first"/><userTask id="second"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="begin" targetRef="first"/><sequenceFlow id="b" sourceRef="first" targetRef="second"/>
  <sequenceFlow id="c" sourceRef="second" targetRef="end"/></process>"""
RULES = '[operations]\nterminate = ["COUNTY_LEAD"]\n'

# Who does it, how, what the state is then, and what who came too late with his completion is told.
OPERATIONS = {
    "suspend": ("county_lead1", lambda case, first, second: partial(_ask, suspend.suspend, case), "suspended", SUSPENDED),
    "terminate": ("county_lead1", lambda case, first, second: partial(_ask, terminate.terminate, case), "terminated", ALREADY),
    "send_back": ("county_lead1", lambda case, first, second: partial(
        _ask, send_back.send_back, case, Wish(second.token, Place("first"))), "running", ALREADY),
    "take_back": (OFFICERS[0], lambda case, first, second: partial(_ask, take_back.take_back, first.id), "running", ALREADY),
}


def _ask(operation, number, *rest):
    """The operation as the racer calls it."""
    *wish, session, asked = rest
    return operation(session, number, *wish, asked)


def at_second(engine, folder):
    """So many cases whose first step the first officer has done; each with its two items, and its version."""
    with writing(engine) as session:
        release = drawn.publish(session, folder, NOW, TWO_STEPS, rules=RULES)
    found = []
    for _ in range(COUNT):
        with writing(engine) as session:
            who = people.by_login(session, OFFICERS[0])
            case = intake.open_case(session, release.process, "赛跑", GROUND, {}, who, NOW)
            first = session.exec(select(WorkItem).where(WorkItem.case_id == case.id)).one()
            decisions.complete(session, first.id, {"outcome": "again", "opinion": "同意"}, who, NOW)
        with writing(engine) as session:
            items = session.exec(select(WorkItem).where(WorkItem.case_id == case.id).order_by(col(WorkItem.id))).all()
            found.append((session.get_one(Case, case.id), *items))
    return found


@pytest.mark.parametrize("what", OPERATIONS)
def test_of_an_operation_and_a_completion_at_once_exactly_one_wins_and_the_other_hears_why(database, tmp_path, what):  # noqa: F811
    login, call, state, late = OPERATIONS[what]
    cases = at_second(database, tmp_path)
    found = race(database, partial(racers.complete, login=OFFICERS[1], tasks=[second.id for _, _, second in cases]),
                 partial(racers.operate, login=login, calls=[call(case.id, first, second) for case, first, second in cases],
                         seen=[case.version for case, _, _ in cases]))
    outcomes = list(zip(found[OFFICERS[1]], found[login], strict=True))
    assert set(outcomes) <= {("done", GONE_ON), (late, "done")}
    with writing(database) as session:
        for (case, _, second), (completed, _) in zip(cases, outcomes, strict=True):
            row = session.get_one(Case, case.id)
            last = ["work_item.complete", "case.end"] if completed == "done" else [f"case.{what}"]
            assert [event.action for event in audit.events(session, f"case:{case.id}")] == ["case.open", "work_item.complete", *last]
            assert (row.state, row.version) == ("end" if completed == "done" else state, case.version + 1)
            stands = WorkState.DONE if completed == "done" else WorkState.OPEN if what == "suspend" else WorkState.CANCELLED
            assert session.get_one(WorkItem, second.id).state == stands
        assert whole(session)
    assert sum(Counter(outcomes).values()) == COUNT
