"""投诉举报: registered by duty, kept from the village, and answered by the county's own visit."""

import pytest

from tests.makers import case_at, done, standing
from workflows.cases import world
from workflows.cases.notice import complaints
from workflows.cases.shown import overview
from workflows.cases.tables import Case
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.office import people


def complain(house, case, login="town_clerk1", text="家中有轿车", name="钱七", phone="13900139000"):
    """Somebody complains at that officer's counter."""
    with house.work() as session:
        complaints.register(session, case.id, text, name, phone, people.by_login(session, login), house.now)


def test_after_a_complaint_the_county_must_visit():
    house, case = standing("county_review")
    complain(house, case, "county_clerk1")
    with house.work() as session:
        assert world.of(session, session.get_one(Case, case.id), house.now)["case"]["complaint"] is True
    with pytest.raises(Invalid):
        done(house, case, "county_review", outcome="confirm", opinion="建议确认")
    done(house, case, "county_review", outcome="visit")
    case_at(house, "county_review", case=case)
    done(house, case, "county_review", outcome="confirm", opinion="建议确认")


@pytest.mark.parametrize("login", ["window_clerk1", "town_clerk1", "county_clerk1"])
def test_a_counter_registers_it(login):
    house, case = standing("home_visit")
    complain(house, case, login)


@pytest.mark.parametrize("login", ["village1", "town_lead1", "county_lead1", "auditor1", "town_clerk3"])
def test_others_do_not(login):
    house, case = standing("home_visit")
    with pytest.raises((NotAllowed, NotFound)):
        complain(house, case, login)


@pytest.mark.parametrize(("element", "text"), [("home_visit", "  "), ("confirmed", "有轿车")])
def test_it_says_something_about_a_case_that_still_runs(element, text):
    house, case = standing(element)
    with pytest.raises(Conflict):
        complain(house, case, text=text)


def test_who_complained_is_hidden_from_the_village_and_from_the_log():
    house, case = standing("home_visit")
    complain(house, case)
    complain(house, case, text="还有门面", name="")
    with house.work() as session:
        views = {login: overview.case_view(session, people.by_login(session, login), case.number, house.now)
                 for login in ("village1", "window_clerk1", "town_clerk1", "auditor1")}
    assert [said["name"] for said in views["town_clerk1"].complaints] == ["钱七", ""]
    for login in ("village1", "window_clerk1"):
        assert views[login].complaints == ()
        assert "complaint.register" not in {event.action for event in views[login].events}
    events = [event for event in views["auditor1"].events if event.action == "complaint.register"]
    assert [event.actor for event in events] == ["镇经办一", "镇经办一"]
    assert "钱七" not in str([(event.summary, event.before, event.after) for event in events])
