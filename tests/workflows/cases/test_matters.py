"""What a matter says of itself in `[intake]` and `[sight]`: persons, families, organisations, nobody known; secrets; bars."""

import json

import pytest
from sqlmodel import Session, select

from tests.drawn import HEAD
from workflows.cases import access, applicants, intake
from workflows.cases.shown import worklist
from workflows.cases.tables import Case, CasePerson
from workflows.errors import Invalid, NotFound
from workflows.messages import say
from workflows.office import people
from workflows import releases
from workflows.sample import fixture
from workflows.scenarios.bureau import moment
from bpmn.schema import Intake, Process
from datetime import date

NOW = moment(date(2024, 3, 4))
DRAWING = ('<process id="{name}" isExecutable="true"><startEvent id="asked"/><userTask id="look" name="办理" camunda:candidateGroups="{role}" '
           'camunda:formKey="{name}/look"/><endEvent id="done"/><sequenceFlow id="f1" sourceRef="asked" targetRef="look"/>'
           '<sequenceFlow id="f2" sourceRef="look" targetRef="done"/></process>')
WORDS = """title = "{name}"
en = "{name}"
short = "{name}"
number_prefix = "{prefix}"
law = []
start_form = "{name}/ask"
start_roles = ["TOWN_CLERK", "VILLAGE", "COUNTY_CLERK"]
{rules}
[end.done]
name = "办结"
en = "Done"
kind = "closed"
"""
PERSON = """[intake]
subject = "application.name"
people = "{name: application.name, id_number: application.id_number}"
one_at_a_time = true
"""
WHO = {"name": "王建国", "id_number": "990101198001010014"}


def form(key: str, *fields: str) -> str:
    """A form of texts."""
    return json.dumps({"type": "default", "id": key, "schemaVersion": 19, "properties": {"title": key, "title_en": key}, "components": [
        {"type": "textfield", "id": f"Field_{field}", "key": field, "label": field, "properties": {"label_en": field},
         "layout": {"row": "Row_01", "columns": 4}} for field in fields]})


@pytest.fixture
def draw(session: Session, tmp_path):
    """Publish a matter of one step: whom it is about by its `[intake]`."""
    fixture.load(session)

    def drawn(name: str, rules: str = PERSON, role: str = "TOWN_CLERK") -> None:
        folder, asked = tmp_path / "bpmn" / name, tmp_path / "forms" / name
        folder.mkdir(parents=True)
        asked.mkdir(parents=True)
        folder.joinpath("flow.bpmn").write_text(f"{HEAD}{DRAWING.format(name=name, role=role)}</definitions>")
        folder.joinpath("process.toml").write_text(WORDS.format(name=name, prefix=name[:2].upper(), rules=rules))
        asked.joinpath("ask.form").write_text(form(f"{name}_ask", "name", "id_number", "code"))
        asked.joinpath("look.form").write_text(form(f"{name}_look", "note"))
        releases.publish(session, name, NOW, tmp_path)

    return drawn


def applied(session: Session, matter: str, who: str = "town_clerk1", **answers: str) -> Case:
    """A case handed in at somebody's counter."""
    return intake.apply(session, matter, answers, people.by_login(session, who), NOW)


def test_without_a_place_in_its_form_a_matter_belongs_to_the_counter_s_ground(session, draw):
    draw("plain")
    draw("whole", role="COUNTY_CLERK")
    assert applied(session, "plain", **WHO).division_code == fixture.EAST
    county = applied(session, "whole", "county_clerk1", name="李秀兰", id_number="990101198203030021")
    assert county.division_code == fixture.COUNTY


def test_an_organisation_is_known_by_its_unified_code(session, draw):
    draw("society", '[intake]\nsubject = "application.name"\npeople = "{name: application.name, id_number: application.code}"\n')
    case = applied(session, "society", name="示例县书法协会", code="51990101MJ0000000X")
    assert session.exec(select(CasePerson.id_number, CasePerson.name)).all() == [("51990101MJ0000000X", "示例县书法协会")]
    who = people.by_login(session, "town_clerk1")
    assert [one.number for one in worklist.search(session, who, "51990101mj0000000x")] == [case.number]


def test_a_matter_of_somebody_unknown_is_taken_in_all_the_same(session, draw):
    draw("urgent")
    case = applied(session, "urgent")
    assert (case.subject, session.exec(select(CasePerson)).all()) == ("不详", [])
    assert applied(session, "urgent").number != case.number      # twice nobody is not the same person


def test_one_matter_may_bar_another_and_is_barred_by_it(session, draw):
    draw("first")
    draw("second", PERSON + 'excludes = ["first"]\n')
    draw("third")
    where = applied(session, "first", **WHO).number
    with pytest.raises(Invalid) as refusal:
        applied(session, "second", **WHO)
    assert [error.path for error in refusal.value.errors] == ["id_number"]
    assert where in say(refusal.value.errors[0].message, "zh_CN")
    applied(session, "third", **WHO)
    other = {"name": "李秀兰", "id_number": "990101198203030021"}
    applied(session, "second", **other)
    with pytest.raises(Invalid):
        applied(session, "first", **other)


def test_a_secret_matter_is_seen_by_whose_work_it_is_and_found_by_its_roles_alone(session, draw):
    draw("secret", PERSON + '[sight]\nsecret = true\nopen_to = ["COUNTY_LEAD"]\n')
    case = applied(session, "secret", "village1", **WHO)
    for login, may in (("town_clerk1", True), ("county_lead1", True), ("village1", True),      # works on it, opened to, took it in
                       ("county_clerk1", False), ("town_lead1", False), ("auditor1", False), ("village2", False)):
        who = people.by_login(session, login)
        assert access.may_see(session, case, who) is may, login
        assert bool(worklist.search(session, who, WHO["id_number"])) is (login == "county_lead1"), login
        if not may:
            with pytest.raises(NotFound):
                access.demand_sight(session, case, who)


@pytest.mark.parametrize(("people_", "found"), [
    ("application.members", [("甲", "1"), ("乙", "2")]),
    ("application.members[id_number = \"2\"]", [("乙", "2")]),
    ("{name: application.members[1].name, id_number: null}", [("甲", "")]),
    ("[]", []), ("null", []),
])
def test_the_people_are_whom_the_words_give(people_, found):
    rules = Process(title="t", en="t", short="t", number_prefix="T", law=(), intake=Intake(subject='"s"', people=people_))
    read = applicants.read(rules, {"members": [{"name": "甲", "id_number": "1"}, {"name": "乙", "id_number": "2"}]})
    assert [(one.name, one.number) for one in read.people] == found


def test_a_person_s_place_in_a_form_is_the_row_that_holds_both_name_and_number():
    answers = {"applicant": "甲", "payee": {"name": "甲"}, "members": [{"name": "甲", "id_number": "9"}, {"name": "甲", "id_number": "1"}]}
    one = applicants.Applicant("甲", "1")
    assert applicants.place_of(answers, one, "甲") == "members[1].name"
    assert applicants.place_of(answers, one, "1") == "members[1].id_number"
    assert applicants.place_of(answers, applicants.Applicant("丙", "7"), "7") == ""
