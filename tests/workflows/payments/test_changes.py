"""What a later decision does to an entitlement: raised or cut, held, resumed, exited, stopped; what was paid too much."""

from types import SimpleNamespace

import pytest
from sqlmodel import select

from workflows.cases.effects import EFFECTS, Step
from workflows.cases.tables import Case, Household, Member
from workflows.errors import Conflict, NotAllowed
from workflows.payments.roster import rosters
from workflows.payments.entitled.changes import overpaid
from workflows.payments.tables import Entitlement
from workflows.records import audit
from workflows.releases.tables import Release

from tests.makers import at

FACTS = {"home": "H1", "decided": {"number": "调1号", "decided_on": "2024-07-10"}}


@pytest.fixture
def home(county, session, monkeypatch):
    """A household of two with 600 yuan a month since January, and a case about it."""
    monkeypatch.setattr("workflows.releases.described", lambda _session: {})
    row = session.get_one(Household, county.grant(1, decided="2024-01-08").household_id)
    session.add(Release(id=1, process="dibao", version=1, hash="-", title="低保", published_at=at("2024-01-01"), files={}))
    session.flush()
    row.number = "H1"
    session.add(row)
    session.flush()
    return row


def ask(session, effect, who=None, day="2024-07-10", **properties):
    """The effect as a decision's drawing asks for it."""
    case = Case(number=f"HC-{len(session.exec(select(Case)).all())}", process="dibao", release_id=1, subject="王建国",
                division_code="990101001001", state="running", opened_at=at(day))
    session.add(case)
    session.flush()
    said = {"household": "=home", "decision": "=decided", **properties}
    return EFFECTS[effect](Step(session, case, SimpleNamespace(id="it", properties=said), FACTS, {}, at(day), who))


def terms(session, home):
    rows = session.exec(select(Entitlement).where(Entitlement.household_id == home.id).order_by(Entitlement.id)).all()
    return [(one.from_month, one.to_month, one.base_fen) for one in rows]


def test_a_raise_counts_from_the_month_after_the_decision(county, session, home):
    (first, _, before), = terms(session, home)
    told = ask(session, "adjust_entitlement", county.lead, amount_fen="=80000")
    assert terms(session, home) == [(first, "2024-07", before), ("2024-08", None, 80_000)]
    assert told["entitlement"] == {"id": 2, "from_month": "2024-08", "household": "H1"}


def test_it_may_count_from_an_earlier_month_and_changes_every_later_decision(county, session, home):
    ask(session, "adjust_entitlement", county.lead, amount_fen="=80000")
    ask(session, "adjust_entitlement", county.lead, amount_fen="=90000", **{"from": '="2024-07"'})
    holding = [one for one in terms(session, home) if one[1] is None or one[0] <= one[1]]
    assert [one[2] for one in holding if one[0] >= "2024-07"] == [90_000, 90_000]


def test_a_stop_leaves_nothing_from_its_month_on_and_nothing_can_be_changed_then(county, session, home):
    ask(session, "stop_entitlement", county.lead, reason='="收入超过标准"')
    assert terms(session, home)[0][1] == "2024-07"
    with pytest.raises(Conflict, match="2024-08"):
        ask(session, "adjust_entitlement", county.lead, amount_fen="=80000")


def test_a_gradual_exit_ends_by_itself_after_its_months(county, session, home):
    assert ask(session, "exit_gradually", county.lead, months="=6", reason='="就业"')["exit"] == {
        "from_month": "2024-08", "to_month": "2025-01"}
    assert terms(session, home)[0][1] == "2025-01"


def test_while_payment_is_suspended_the_line_is_held_and_then_all_is_due(county, session, home):
    ask(session, "suspend_entitlement", county.lead, day="2024-06-10", months="=2", reason='="无法联系"', decision="={number: \"缓1号\"}")
    given = session.exec(select(Entitlement)).one()
    assert (given.held_from, given.held_to, given.to_month) == ("2024-07", "2024-08", None)
    cycle, _ = county.roster("2024-07")
    line, = rosters.lines(session, cycle)
    assert (line.state, line.payable, line.hold_reason) == ("held", False, "suspended")
    ask(session, "resume_entitlement", county.lead)
    assert (given.held_from, given.held_to) == (None, None)


def test_only_who_decides_may_and_each_change_is_one_audit_event(county, session, home):
    before = len(audit.events(session, f"household:{home.id}"))
    with pytest.raises(NotAllowed):
        ask(session, "stop_entitlement", county.clerk, reason='="停"')
    ask(session, "stop_entitlement", county.lead, reason='="停"')
    assert len(audit.events(session, f"household:{home.id}")) == before + 1


def test_a_death_is_recorded_with_its_day(county, session, home):
    who = session.exec(select(Member)).first()
    ask(session, "record_deaths", county.clerk, dead=f'=[{{id_number: "{who.id_number}", died_on: "2024-05-20"}}]')
    assert str(who.died_on) == "2024-05-20"
    with pytest.raises(Conflict, match="day"):
        ask(session, "record_deaths", county.clerk, dead='=[{id_number: "1", died_on: "2024-05-20"}]')


def test_a_household_is_in_one_review_at_a_time(county, session, home):
    ask(session, "take_up_household")
    with pytest.raises(Conflict, match="HC-0"):
        ask(session, "take_up_household")


def test_what_was_paid_for_months_that_are_due_no_more_was_paid_too_much(county, session, home):
    county.money()
    county.paid("2024-06")
    assert overpaid(session, home.id, "dibao") == {}
    ask(session, "stop_entitlement", county.lead, reason='="户主死亡"', **{"from": '="2024-05"'})
    assert overpaid(session, home.id, "dibao") == {"2024-05": 60_000, "2024-06": 60_000}
    told = ask(session, "find_overpaid", into="overpaid")["overpaid"]
    assert told["total_fen"] == sum(one["amount_fen"] for one in told["months"])
    asked = ask(session, "ask_back", county.lead, months="=[{month: \"2024-06\", amount_fen: 60000}]", reason='="死亡后多发"')
    assert asked["recovery"]["total_fen"] == 60_000
