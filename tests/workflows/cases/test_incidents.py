"""What the engine says no to is a refusal like any other: in plain words, with nothing of the step kept."""

import pytest
from sqlmodel import select

from tasks import worker
from tasks.adapters.failures import Refused
from tests.small_county import BEGIN, DONE, service
from workflows.cases import facts, incidents, jobs, progress
from workflows.cases.notice import complaints
from workflows.cases.effects import EFFECTS, Failed
from workflows.cases.incidents import Halted
from workflows.cases.tables import Case, Incident, Job
from workflows.cases.operations import resume, suspend
from workflows.cases.operations.asking import Asked
from workflows.messages import CHINESE, say
from workflows.office import people
from workflows.releases import NotPublished

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
        (incident, found), = incidents.unsettled(session)
        assert (incident.process, found, incident.node, incident.times) == ("choice", None, "x", 1)


ASKED = (BEGIN + service("ask", "render_document") + '<boundaryEvent id="no" attachedToRef="ask"><errorEventDefinition errorRef="gone"/></boundaryEvent>'
         '<endEvent id="other"/>' + DONE)


@pytest.mark.parametrize(("code", "state", "job"), [("GONE", "other", "done"), ("BUSY", "running", "failed"), ("", "running", "failed")])
def test_a_refusal_whose_code_the_drawing_catches_goes_by_its_error_event_any_other_is_for_a_person(small, works_on, code, state, job):
    works_on(small)

    def refuse(_payload, _key):
        raise Refused("no such person", code)

    draw_asked(small)
    case = small.open("asked")
    worker.do_one(lambda _session: small.now, {"render_document": refuse})
    with small.work() as session:
        assert (small.case(case).state, session.exec(select(Job)).one().state) == (state, job)


def test_an_effect_that_fails_with_a_code_is_caught_or_refused(small, works_on, monkeypatch):
    monkeypatch.setitem(EFFECTS, "render_document", fail_with("GONE"))
    draw_asked(small)
    assert small.open("asked").state == "other"
    monkeypatch.setitem(EFFECTS, "render_document", fail_with("BUSY"))
    with pytest.raises(Failed):
        small.open("asked")


def fail_with(code):
    def effect(_step):
        raise Failed(code, "This can't be done.")
    return effect


def draw_asked(county):
    county.draw("asked", ASKED, "begin>ask\nask>done\nno>other", ends="done other", heard='<error id="gone" errorCode="GONE"/>')


def test_a_held_answer_that_cannot_be_taken_in_does_not_stop_the_resumption_and_is_shown(small, works_on):
    works_on(small)
    small.draw("held", BEGIN + service("j", "render_document") + '<exclusiveGateway id="x"/><endEvent id="other"/>' + DONE,
               'begin>j\nj>x\nx>done ? wanted = "a"\nx>other ? wanted = "b"', rules='[given]\nwanted = "string"', ends="done other")
    case = small.open("held", wanted="c")
    with small.work() as session:
        lead = people.by_login(session, "county_lead1")
        suspend.suspend(session, case.id, Asked(lead, "核实", small.now))
    worker.do_one(lambda _session: small.now, {"render_document": lambda _payload, _key: {}})
    with small.work() as session:
        resume.resume(session, case.id, Asked(lead, "核实完毕", small.now))
    assert small.case(case).state == "running"
    with small.work() as session:
        given_up, = jobs.failed(session)
        assert "none of the ways" in given_up.error
        assert jobs.retry(session, given_up.id, small.now).state == "answered"


def when(condition):
    return (f'{BEGIN}<intermediateCatchEvent id="w"><conditionalEventDefinition><condition>{condition}</condition></conditionalEventDefinition>'
            f'</intermediateCatchEvent>{DONE}')


def test_a_complaint_lets_the_conditional_event_happen_that_waits_for_one(small):
    small.draw("watch", when("case.complaint"), "begin>w\nw>done")
    case = small.open("watch")
    with small.work() as session:
        complaints.register(session, case.id, "举报", "张三", "13800000000", people.by_login(session, "town_clerk1"), small.now)
    assert small.case(case).state == "done"


def test_what_was_written_before_a_message_that_nobody_awaits_lets_a_conditional_event_happen(small):
    small.draw("watch", when("noted = 7"), "begin>w\nw>done", rules='given = { noted = "number" }')
    case = small.open("watch", noted=1)
    with small.work() as session:
        held = progress.locked(session, case.id)
        facts.write(session, held, {"noted": 7}, "somebody", small.now)
        assert progress.tell(session, held, "unheard", progress.Cause(small.now)) is False
    assert small.case(case).state == "done"


def test_a_condition_on_the_day_is_refused_at_deployment(small):
    with pytest.raises(NotPublished) as refused:
        small.draw("late", when('case.today &gt;= date("2024-06-01")'), "begin>w\nw>done")
    assert "condition_by_clock" in {finding.code for finding in refused.value.report.errors}
