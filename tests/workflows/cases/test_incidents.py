"""What the engine says no to is a refusal like any other: in plain words, with nothing of the step kept."""

import pytest
from sqlmodel import select

from tests.small_county import BEGIN, DONE, service
from workflows.cases import incidents, progress
from workflows.cases.incidents import Halted
from workflows.cases.tables import Case, Incident
from workflows.messages import CHINESE, say

LOOP = "begin>m\nm>k\nk>x\nx>m ? case.number != null\nx>done"
ROUND = BEGIN + '<exclusiveGateway id="m"/><exclusiveGateway id="x" default="x_done"/>' + DONE


def test_a_loop_of_effects_is_stopped_though_each_opens_another_case(small, monkeypatch):
    monkeypatch.setattr(progress, "EFFECTS_MAX", 7)
    small.draw("kid", BEGIN + DONE, "begin>done")
    small.draw("parent", ROUND + service("k", "open_case", process="kid", into="child"), LOOP)
    with pytest.raises(Halted) as refused:
        small.open("parent")
    assert "不停运转" in say(refused.value.message, CHINESE)
    assert (refused.value.node, refused.value.standing.case_id) == ("k", None)
    with small.work() as session:
        assert session.exec(select(Case)).all() == []


def test_a_case_that_went_on_since_is_no_incident_any_more(small):
    small.draw("choice", BEGIN + '<exclusiveGateway id="x"/><endEvent id="other"/>' + DONE, "begin>x\nx>done ? wanted = \"a\"\nx>other ? wanted = \"b\"",
               rules='[given]\nwanted = "string"', ends="done other")
    with pytest.raises(Halted) as refused:
        small.open("choice", wanted="c")
    case = small.open("choice", wanted="a")
    with small.work() as session:
        incidents.keep(session, refused.value, small.now)
        session.add(Incident(process="choice", case_id=case.id, state=b"elsewhere", zh="甲", en="a", at=small.now))
    with small.work() as session:
        (incident, number), = incidents.unsettled(session)
        assert (incident.process, number, incident.node, incident.times) == ("choice", "", "x", 1)
