"""What a drawing grants: a month's amount or a plan of single months, in FEEL, under its own scheme."""

from types import SimpleNamespace

import pytest
from sqlmodel import select

from workflows.cases.effects import EFFECTS, Step
from workflows.cases.tables import Case, Household, Member
from workflows.errors import Conflict
from workflows.payments.entitled import entitlements
from workflows.payments.roster import rosters
from workflows.payments.tables import Entitlement
from workflows.releases.tables import Release

from tests.makers import at
from tests.workflows.payments.conftest import id_number

ONE = {"name": "王建国", "id_number": id_number(1), "relation": "self"}
FACTS = {"application": {"who": ONE, "account": "6228480012345678909"}, "decided": {"fen": 90_000}}
PAYEE = "={name: application.who.name, id_number: application.who.id_number, account_number: application.account, bank_code: \"ABC\"}"


def granted(session, facts=FACTS, scheme="aid", day="2024-04-08", **properties):
    """The rows that the effect leaves for a case of that process."""
    if session.get(Release, 1) is None:
        session.add(Release(id=1, process="aid", version=1, hash="-", title="补助", published_at=at(day), files={}))
        session.flush()
    case = Case(number=f"A-{len(session.exec(select(Case)).all())}", process=scheme, release_id=1, subject="王建国",
                division_code="990101001001", state="running", opened_at=at(day))
    session.add(case)
    session.flush()
    node = SimpleNamespace(id="grant", properties={"people": "=application.who", "payee": PAYEE, **properties})
    told = EFFECTS["grant_entitlement"](Step(session, case, node, facts, {}, at(day)))
    rows = session.exec(select(Entitlement).where(Entitlement.case_id == case.id).order_by(Entitlement.id)).all()
    assert told == {"entitlement": {"id": rows[0].id, "from_month": rows[0].from_month, "household": session.get_one(Household, rows[0].household_id).number}}
    return rows


def test_an_amount_a_month_goes_on_from_the_month_after_the_decision(session):
    row, = granted(session, amount_fen="=decided.fen")
    assert (row.scheme, row.base_fen, row.from_month, row.to_month, row.people) == ("aid", 90_000, "2024-05", None, 1)
    assert (row.payee_name, row.account_number, row.bank_code, row.fund_source) == ("王建国", "6228480012345678909", "ABC", "01")
    assert session.exec(select(Member.name)).all() == ["王建国"]


@pytest.fixture(autouse=True)
def _published(monkeypatch):
    """Nothing is published here; the case only needs its foreign key."""
    monkeypatch.setattr("workflows.releases.described", lambda _session: {})


@pytest.mark.parametrize(("said", "first", "last"), [
    ({"from": '="2024-07"', "months": "=3"}, "2024-07", "2024-09"),
    ({"from": '=date("2024-11-20")', "months": "=2"}, "2024-11", "2024-12"),
    ({"months": "=1"}, "2024-05", "2024-05"),
])
def test_it_may_begin_and_end_when_the_drawing_says(session, said, first, last):
    row, = granted(session, amount_fen="=100", **said)
    assert (row.from_month, row.to_month) == (first, last)


def test_a_plan_is_one_approval_paid_in_stages(session):
    rows = granted(session, plan='=[{month: "2024-05", amount_fen: 100000}, {month: "2024-07", amount_fen: 50000}]')
    assert [(row.from_month, row.to_month, row.base_fen) for row in rows] == [
        ("2024-05", "2024-05", 100_000), ("2024-07", "2024-07", 50_000)]
    assert entitlements.owed(rows, "2024-12") == {"2024-05": 100_000, "2024-07": 50_000}


def test_two_single_months_of_one_household_are_one_line_of_the_roster(session, county):
    home = county.household(1)
    for number, yuan in ((1, 300), (2, 500)):
        county.grant_to(home, number, yuan, "2024-04-08", from_month="2024-06", once=True)
    cycle, _ = county.roster("2024-06")
    line, = rosters.lines(session, cycle)
    assert (line.base_fen, line.total_fen) == (80_000, 80_000)


def test_the_decision_and_the_home_are_what_the_drawing_says(session):
    row, = granted(session, amount_fen="=100", decision='={number: "示民残字1号", decided_on: date("2024-03-29")}', scheme="aid",
                   home='={category: "rural", phone: "13800138000"}', persons="=3", supplement_fen="=20", fund_source='="05"')
    assert (row.decision_no, str(row.decided_on), row.from_month) == ("示民残字1号", "2024-03-29", "2024-04")
    assert (row.category, row.people, row.supplement_fen, row.fund_source) == ("rural", 3, 20, "05")
    assert session.exec(select(Household.category, Household.phone)).one() == ("rural", "13800138000")


@pytest.mark.parametrize(("said", "wrong"), [
    ({}, "amount_fen"), ({"amount_fen": "=null"}, "amount_fen"), ({"amount_fen": "=1", "from": '="May"'}, "May"),
    ({"plan": '=[{month: "2024-05"}]'}, "stage"), ({"people": '={name: "王建国"}', "amount_fen": "=1"}, "people"),
])
def test_what_can_not_be_granted_is_refused_in_words(session, said, wrong):
    with pytest.raises(Conflict, match=wrong):
        granted(session, **said)


def test_the_same_person_may_have_two_matters_that_do_not_exclude_each_other(session, county):
    granted(session, scheme="dibao", amount_fen="=100", home='={category: "urban"}')
    granted(session, scheme="aid", amount_fen="=100")
    cycle, _ = county.roster("2024-05")
    assert [line.state for line in rosters.lines(session, cycle)] == ["pending"]
