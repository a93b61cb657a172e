"""Taking a matter in: who may, where, under which number, and who is already covered."""

from datetime import date

import pytest
from sqlmodel import select

from tests import families
from tests.makers import WAY, applied, at, bureau, case_at, done, everything, standing
from workflows.cases import intake
from workflows.cases.tables import Case, CasePerson, Recusal
from workflows.errors import Invalid, NotAllowed
from workflows.messages import say
from workflows.office import people
from workflows.office.tables import Duty, Person, Unit
from workflows.payments.tables import Entitlement
from workflows.records import audit

RELATED = {"near_relative": "yes", "near_relative_office": "村委会", "near_relative_relation": "兄弟"}


def refused(house, number=0, kind=Invalid, **application):
    """Try to hand it in; nothing may be kept. The refusal."""
    before = everything(house.engine)
    with pytest.raises(kind) as refusal:
        applied(house, number, **application)
    assert everything(house.engine) == before
    return refusal.value


def with_member(number, of):
    """The `number`th family, its wife being the wife of family `of`."""
    members = families.application(number)["members"]
    return [members[0], families.application(of)["members"][1], members[2]]


# ---- who is already covered --------------------------------------------------------------------------------------

def test_who_is_in_another_running_case_is_named_with_the_case_and_nothing_is_kept():
    house = bureau()
    first = applied(house)
    wrong = refused(house, 1, members=with_member(1, of=0), incomes=[])
    assert [error.path for error in wrong.errors] == ["members[1].id_number"]
    assert say(wrong.errors[0].message, "zh_CN") == f"李秀兰已在其他家庭享受或申请（{first.number}），不得重复申请。"


def test_the_other_township_is_searched_as_well():
    house = bureau()
    applied(house, division="990101002001")
    assert refused(house, 1, members=with_member(1, of=0), incomes=[]).errors


def test_who_already_receives_is_refused_by_the_household():
    house, case = standing("confirmed")
    wrong = refused(house, 1, members=with_member(1, of=0), incomes=[])
    with house.work() as session:
        number = session.exec(select(CasePerson.name)).all()
        assert number
    assert "9901012024" in say(wrong.errors[0].message, "zh_CN")
    assert case.number not in say(wrong.errors[0].message, "zh_CN")


def test_who_was_refused_or_has_stopped_receiving_may_apply_again():
    house = bureau()
    case_at(house, "not_accepted", answers={"review_materials": {
        "outcome": "not_accepted", "not_accepted_reason": "非本镇", "where_to_go": "河西镇"}})
    applied(house, 1, members=with_member(1, of=0), incomes=[])
    house, _ = standing("confirmed")
    with house.work() as session:
        granted = session.exec(select(Entitlement)).one()
        granted.to_month = "2024-05"
        session.add(granted)
    refused(house)
    house.pass_time(at("2024-06-03"))
    assert applied(house).state == "running"


def test_a_correction_may_not_take_in_who_is_covered_elsewhere():
    house = bureau()
    unsigned = [{**member, "authorised": False} for member in families.application()["members"]]
    case = case_at(house, "supplement_materials", members=unsigned, answers={"review_materials": {"outcome": "supplement"}})
    applied(house, 1)
    members = [*families.application()["members"], {**families.application(1)["members"][2], "name": "王新"}]
    before = everything(house.engine)
    with pytest.raises(Invalid, match="王新"):
        done(house, case, "supplement_materials", members=members)
    assert everything(house.engine) == before


# ---- its number --------------------------------------------------------------------------------------------------

def test_cases_are_numbered_by_month_in_sequence():
    house = bureau()
    march = [applied(house, number).number for number in range(3)]
    house.pass_time(at("2024-04-01"))
    april = [applied(house, number).number for number in range(3, 5)]
    assert march == ["DB-2024-03-0001", "DB-2024-03-0002", "DB-2024-03-0003"]
    assert april == ["DB-2024-04-0001", "DB-2024-04-0002"]


def test_a_refused_application_uses_up_no_number():
    house = bureau()
    refused(house, applicant_id_number="990101198001010015")
    assert applied(house).number == "DB-2024-03-0001"


@pytest.mark.parametrize(("last", "following"), [
    ("DB-2024-03-0099", "DB-2024-03-0100"), ("DB-2024-03-9999", "DB-2024-03-10000"), ("DB-2024-03-10000", "DB-2024-03-10001"),
])
def test_the_sequence_goes_on_past_four_digits(last, following):
    house, case = standing("review_materials")
    with house.work() as session:
        session.get_one(Case, case.id).number = last
        if last.endswith("10000"):
            session.add(Case(**{**case.model_dump(exclude={"id"}), "number": "DB-2024-03-9999"}))
    assert applied(house, 1).number == following


# ---- who may take it in ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("login", ["window_clerk1", "town_clerk1", "town_clerk2", "village1"])
def test_whoever_sits_at_a_counter_of_that_ground_may_take_it_in(login):
    house = bureau()
    assert applied(house, who=login).opened_by


@pytest.mark.parametrize("login", ["town_lead1", "county_clerk1", "county_lead1", "check_org1", "auditor1", "finance1", "admin1"])
def test_others_may_not(login):
    assert "受理" in say(refused(bureau(), kind=NotAllowed, who=login).message, "zh_CN")


@pytest.mark.parametrize("login", ["town_clerk3", "window_clerk2", "village3"])
def test_a_family_of_another_township_is_not_taken_in(login):
    refused(bureau(), kind=(NotAllowed, Invalid), who=login)


def test_a_village_takes_in_its_own_people_only():
    refused(bureau(), kind=(NotAllowed, Invalid), who="village2")


def test_a_second_duty_without_a_counter_opens_no_counter_elsewhere():
    house = bureau()
    with house.work() as session:
        clerk = people.by_login(session, "town_clerk1")
        desk = session.exec(select(Unit).where(Unit.name == "示例县民政局")).one()
        session.add(Duty(person_id=clerk.id, role="COUNTY_CLERK", unit_id=desk.id))
    refused(house, kind=NotAllowed, who="town_clerk1", division="990101002001")
    assert applied(house, who="town_clerk1").division_code == "990101001001"


# ---- near relatives ----------------------------------------------------------------------------------------------

def recused(house, case):
    """Who is kept away from the case, by login."""
    with house.work() as session:
        return set(session.exec(select(Person.login).join(Recusal, Recusal.person_id == Person.id)
                                .where(Recusal.case_id == case.id)))


@pytest.mark.parametrize(("name", "logins"), [
    ("村居一", {"village1"}), ("镇领导一", {"town_lead1"}), ("县领导二", {"county_lead2"}),
    ("镇经办三", set()), ("村居二", set()), ("查无此人", set()),
])
def test_a_declared_relative_is_kept_away_where_he_works_on_that_ground(name, logins):
    house = bureau()
    assert recused(house, applied(house, near_relative_name=name, **RELATED)) == logins


def test_an_officer_of_the_household_s_own_is_kept_away_too():
    house = bureau()
    members = families.application()["members"]
    members[1]["name"] = "镇领导一"
    assert recused(house, applied(house, members=members, incomes=[])) == {"town_lead1"}


@pytest.mark.parametrize(("changes", "path", "said"), [
    ({"near_relative_name": "镇经办一", **RELATED}, "near_relative_name", "近亲属"),
    ({"members": [*families.application()["members"][:1], {**families.application()["members"][1], "name": "镇经办一"}],
      "incomes": []}, "members[1].name", "同名"),
])
def test_nobody_takes_in_the_matter_of_his_own_family(changes, path, said):
    house = bureau()
    refusal = refused(house, who="town_clerk1", **changes)
    assert [error.path for error in refusal.errors] == [path]
    assert said in say(refusal.errors[0].message, "zh_CN")
    assert applied(house, who="town_clerk2", **changes).number


@pytest.mark.parametrize(("element", "rows"), [("home_visit", "surveyors"), ("county_visit", "visitors")])
def test_a_near_relative_is_no_surveyor(element, rows):
    house = bureau()
    case = case_at(house, element, near_relative_name="县领导二", answers={"county_review": {"outcome": "visit"}}, **RELATED)
    with pytest.raises(Invalid) as refusal:
        done(house, case, element, **WAY[element][1] | {rows: [{"name": "张伟"}, {"name": "县领导二"}]})
    assert [error.path for error in refusal.value.errors] == [f"{rows}[1].name"]


@pytest.mark.parametrize(("login", "told"), [("village1", False), ("town_clerk2", True)])
def test_where_somebody_is_covered_already_is_told_to_staff_only(login, told):
    house = bureau()
    number = applied(house).number
    sentence = say(refused(house, who=login).errors[0].message, "zh_CN")
    assert "已在其他家庭享受" in sentence
    assert (number in sentence) is told


def test_everybody_of_that_name_is_kept_away():
    house = bureau()
    with house.work() as session:
        double = Person(login="double", name="村居一")
        session.add(double)
        session.flush()
        desk = session.exec(select(Unit).where(Unit.name == "示例县民政局")).one()
        session.add(Duty(person_id=double.id, role="COUNTY_CLERK", unit_id=desk.id))
    assert recused(house, applied(house, near_relative_name="村居一", **RELATED)) == {"village1", "double"}


def test_a_relative_named_only_in_the_correction_is_kept_away_from_then_on():
    house = bureau()
    unsigned = [{**member, "authorised": False} for member in families.application()["members"]]
    case = case_at(house, "supplement_materials", members=unsigned, answers={"review_materials": {"outcome": "supplement"}})
    assert recused(house, case) == set()
    done(house, case, "supplement_materials", near_relative_name="村居一", **RELATED)
    assert recused(house, case) == {"village1"}


# ---- what is kept ------------------------------------------------------------------------------------------------

def test_a_case_begins_with_its_application_its_people_and_one_event():
    house = bureau(date(2024, 3, 4))
    case = applied(house)
    with house.work() as session:
        assert {row.name for row in session.exec(select(CasePerson))} == {"王建国", "李秀兰", "王小明"}
        first = audit.events(session, f"case:{case.id}")[0]
        row = session.get_one(Case, case.id)
        assert (first.action, first.actor, first.role) == ("case.open", "镇经办一", "TOWN_CLERK")
        assert first.after["application"] == row.facts["application"]
        assert (row.subject, row.accepted_at, row.opened_at) == ("王建国", None, house.now)
        newest = intake.duplicates(session, row, [families.application()["members"][0]["id_number"]], house.now)
        assert newest == []
        assert people.by_login(session, "town_clerk1").id == row.opened_by
