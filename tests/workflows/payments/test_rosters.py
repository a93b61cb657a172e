"""PY-2, PY-3, PY-9, PY-11, PY-15, PY-17: what a month's roster holds."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from workflows.cases.tables import Household, Member
from workflows.errors import Conflict, NotAllowed
from workflows.payments.cycle import closing
from workflows.payments.entitled import entitlements, recoveries
from workflows.payments.roster import rosters, signatures
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.refusals import ErrorsOpen, RosterLocked
from workflows.payments.tables import LinePart, LineState, Recovery, Signature

NOW = datetime(2024, 5, 24, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_decision_of_april_is_paid_from_may(county: Any) -> None:
    county.grant(1, 600, "2024-04-08")
    april, may = county.approved("2024-04"), county.roster("2024-05")[0]
    assert county.lines(april) == {}
    assert county.lines(may)["H00001"].total_fen == 60_000


def test_where_accrual_starts_in_the_same_month_april_is_paid_as_arrears_in_may(county: Any) -> None:
    county.grant(1, 600, "2024-04-08", accrual_start="SAME_MONTH")
    line = county.lines(county.roster("2024-05")[0])["H00001"]
    assert (line.base_fen, line.arrears_fen, line.total_fen) == (60_000, 60_000, 120_000)
    assert line.months_covered == ["2024-04", "2024-05"]


def test_a_decision_after_the_cut_off_waits_for_the_next_month_with_arrears(county: Any) -> None:
    county.money()
    county.grant(1, 600, "2024-04-26")
    assert county.lines(county.approved("2024-05")) == {}
    assert county.lines(county.roster("2024-06")[0])["H00001"].arrears_fen == 60_000


def test_the_next_roster_waits_till_this_one_is_approved(county: Any) -> None:
    county.money()
    county.grant(1)
    county.roster("2024-06")
    with pytest.raises(Conflict, match="month before"):
        county.roster("2024-07")
    cycle = county.approved("2024-06")
    assert county.roster("2024-07")[1].version == 1
    with pytest.raises(RosterLocked):
        rosters.make(county.session, cycle, None, NOW)


def test_the_bridge_leads_from_may_to_june(county: Any) -> None:
    """100 households 60,000; 3 new 1,200; 2 stopped 900; one raised 100; one cut 50: 60,350 for 101."""
    county.money()
    first = [county.grant(n, 450 if n <= 2 else 600, "2024-03-01", paid_till="2024-04") for n in range(1, 100)]
    first.append(county.grant(100, 900, "2024-03-01", paid_till="2024-04"))
    county.paid("2024-05")
    for given in first[:2]:
        entitlements.stop(county.session, given, "2024-06", "停发", "停1", NOW)
    for given, fen in ((first[3], 70_000), (first[4], 55_000)):
        entitlements.change(county.session, given, "2024-06", None, "调整", date(2024, 5, 10), fen, 0, 1, NOW)
    for n in (101, 102, 103):
        county.grant(n, 400, "2024-05-06")
    _, roster = county.roster("2024-06")
    total = roster.bridge["total"]
    assert (roster.households, roster.total_fen) == (101, 6_035_000)
    assert [total[name] for name in ("last", "new", "stopped", "raised", "cut")] == [
        6_000_000, 120_000, 90_000, 10_000, 5_000]
    marks = [line.change for line in rosters.lines(county.session, county.roster("2024-06")[0])]
    assert (marks.count("new"), marks.count("raised"), marks.count("cut"), marks.count("")) == (3, 1, 1, 96)


def test_who_moves_to_another_township_leaves_one_bridge_and_enters_the_other(county: Any) -> None:
    county.money()
    given = county.grant(1, 600, "2024-03-01", paid_till="2024-04")
    county.grant(2, 500, "2024-03-01", paid_till="2024-04", village="990101002001")
    county.paid("2024-05")
    county.session.get_one(Household, given.household_id).division_code = "990101002001"
    towns = county.roster("2024-06")[1].bridge["townships"]
    assert (towns["990101001"]["moved_out"], towns["990101002"]["moved_in"]) == (60_000, 60_000)
    assert not any(town["difference"] for town in towns.values())


def test_one_person_in_two_townships_holds_both_lines(county: Any) -> None:
    county.grant(1)
    county.grant(2, village="990101002001")
    other = county.session.exec(select(Household).where(Household.number == "H00002")).one()
    same = county.session.exec(select(Member).where(Member.name == "户主1")).one()
    county.session.add(Member(household_id=other.id, name="户主1", id_number=same.id_number, relation="parent"))
    cycle, roster = county.roster()
    lines = county.lines(cycle)
    assert {line.hold_reason for line in lines.values()} == {"duplicate_id"}
    assert roster.total_fen == 0
    with pytest.raises(Conflict, match="another household"):
        rosters.release(county.session, lines["H00001"], county.maker, NOW)
    moved = county.session.exec(select(Member).where(Member.household_id == other.id, Member.name == "户主1")).one()
    county.session.delete(moved)
    assert rosters.release(county.session, lines["H00001"], county.maker, NOW).total_fen == 60_000


def test_a_death_holds_the_line_until_a_later_decision_and_a_dead_payee_always(county: Any) -> None:
    given = county.grant(1, 600, "2024-04-08")
    home = given.household_id
    county.session.add(Member(household_id=home, name="配偶", id_number="990101197001019999", relation="spouse",
                              died_on=date(2024, 4, 20)))
    assert county.lines(county.roster("2024-05")[0])["H00001"].hold_reason == "member_died"
    entitlements.change(county.session, given, "2024-05", None, "调整", date(2024, 4, 24), 50_000, 0, 1, NOW)
    assert county.lines(county.roster("2024-05")[0])["H00001"].state == LineState.PENDING
    county.session.exec(select(Member).where(Member.relation == "self")).one().died_on = date(2024, 4, 1)
    assert county.lines(county.roster("2024-05")[0])["H00001"].hold_reason == "payee_died"


def test_the_month_of_death_itself_is_still_paid(county: Any) -> None:
    county.grant(1, 600, "2024-04-08")
    county.session.exec(select(Member)).one().died_on = date(2024, 5, 2)
    assert county.lines(county.roster("2024-05")[0])["H00001"].payable


def test_what_was_stopped_and_restored_is_paid_with_arrears(county: Any) -> None:
    county.money()
    given = county.grant(1, 600, "2024-03-01", paid_till="2024-04")
    county.grant(2, 600, "2024-03-01", paid_till="2024-04")
    entitlements.stop(county.session, given, "2024-05", "收入超标", "停发1号", NOW)
    for month in ("2024-05", "2024-06"):
        closing.close(county.session, county.paid(month), None, NOW)
    entitlements.restore(county.session, given, None, "复议1号", date(2024, 6, 20), NOW)
    july = county.paid("2024-07")
    line = county.lines(july)["H00001"]
    assert (line.base_fen, line.arrears_fen) == (60_000, 120_000)
    assert line.months_covered == ["2024-05", "2024-06", "2024-07"]
    checks = {check.code: check for check in closing.check(county.session, july)}
    assert checks["V2"].holds
    assert checks["V2"].figures["months"] == 4


def test_a_raise_dated_back_is_paid_as_a_difference(county: Any) -> None:
    county.money()
    given = county.grant(1, 600, "2024-03-01", paid_till="2024-04")
    county.paid("2024-05")
    entitlements.change(county.session, given, "2024-05", None, "调标", date(2024, 5, 20), 65_000, 0, 1, NOW)
    cycle = county.paid("2024-06")
    assert county.lines(cycle)["H00001"].arrears_fen == 5_000
    assert all(check.holds for check in closing.check(county.session, cycle))


WRONG = {"bad_account": {"account": "62170000000000A"}, "zero_amount": {"yuan": 0},
         "payee_not_member": {"payee_id": "990101197001010000"}, "no_payee": {"name": " "}}


@pytest.mark.parametrize("error", WRONG)
def test_wrong_data_is_excluded_with_its_reason(county: Any, error: str) -> None:
    county.grant(1, **WRONG[error])
    cycle, roster = county.roster()
    line = county.lines(cycle)["H00001"]
    assert (line.errors, line.state, roster.total_fen) == ([error], LineState.HELD, 0)
    assert rosters.open_errors(county.session, cycle) == [line]


def test_more_kept_back_than_there_is_goes_to_the_error_list(county: Any) -> None:
    given = county.grant(1, 600, "2024-03-01", paid_till="2024-05")
    county.session.add(Recovery(household_id=given.household_id, scheme="dibao", decision_no="追1", decided_on=date(2024, 5, 1),
                                reason="多发", months={"2024-04": 70_000}, way="offset", per_month_fen=70_000))
    line = county.lines(county.roster()[0])["H00001"]
    assert (line.total_fen, line.errors) == (-10_000, ["negative_total"])


def test_a_roster_with_open_errors_is_not_signed_until_they_are_held(county: Any) -> None:
    county.grant(1, account="62170000000000A")
    county.grant(2)
    cycle, roster = county.roster()
    town = county.town_leads["990101001"]
    with pytest.raises(ErrorsOpen, match="1 lines"):
        signatures.sign(county.session, roster, 1, "990101001", town, "agree", "", NOW)
    same = rosters.hold(county.session, [county.lines(cycle)["H00001"]], "待核实账户", county.clerk, NOW)
    assert same.id == roster.id, "what is signed has not changed, so the version stays"
    assert signatures.sign(county.session, same, 1, "990101001", town, "agree", "", NOW).roster_hash == roster.hash


def test_an_error_that_was_mended_can_be_released(county: Any) -> None:
    county.grant(1, account="62170000000000A")
    cycle, _ = county.roster()
    line = county.lines(cycle)["H00001"]
    with pytest.raises(Conflict, match="12 to 19 digits"):
        rosters.release(county.session, line, county.maker, NOW)
    payee = Payee(line.payee_name, line.payee_id_number, "6217000000000001", "PSBC")
    rosters.change_line(county.session, line, rosters.Edit(payee=payee), "补录账号", county.maker, NOW)
    assert rosters.release(county.session, line, county.maker, NOW).total_fen == 60_000


def test_an_edit_makes_version_2_and_voids_the_signatures(county: Any) -> None:
    county.grant(1)
    cycle, first = county.roster()
    county.sign(cycle, up_to=2)
    line = county.lines(cycle)["H00001"]
    second = rosters.change_line(county.session, line, rosters.Edit(base_fen=50_000), "核减", county.maker, NOW)
    assert (second.version, second.hash != first.hash) == (2, True)
    assert all(s.voided_at for s in county.session.exec(select(Signature)))
    assert signatures.missing(county.session, second, 1) == ["990101001"]
    with pytest.raises(RosterLocked):
        signatures.sign(county.session, first, 3, "990101", county.finance, "agree", "", NOW)


def test_making_a_roster_anew_keeps_what_a_person_held(county: Any) -> None:
    county.grant(1)
    county.grant(2)
    cycle, _ = county.roster()
    rosters.hold(county.session, [county.lines(cycle)["H00001"]], "入户核实", county.clerk, NOW)
    again = rosters.make(county.session, cycle, None, NOW)
    assert (again.version, again.total_fen) == (3, 60_000)
    assert county.lines(cycle)["H00001"].hold_reason == "入户核实"


def test_an_approved_roster_is_locked(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle = county.approved()
    with pytest.raises(RosterLocked):
        rosters.make(county.session, cycle, None, NOW)
    with pytest.raises(RosterLocked):
        rosters.hold(county.session, rosters.lines(county.session, cycle), "晚了", county.clerk, NOW)


def test_the_finance_bureau_never_changes_a_roster(county: Any) -> None:
    county.grant(1)
    cycle, _ = county.roster()
    for who in (county.finance, county.lead):
        with pytest.raises(NotAllowed):
            rosters.change_line(county.session, rosters.lines(county.session, cycle)[0], rosters.Edit(base_fen=1),
                                "", who, NOW)


def test_the_database_refuses_a_month_in_two_live_lines(county: Any, session: Session) -> None:
    given = county.grant(1)
    county.roster("2024-06")
    line = rosters.lines(session, county.roster("2024-06")[0])[0]
    session.add(LinePart(line_id=line.id, household_id=given.household_id, scheme="dibao", month="2024-06",
                         kind="month", fen=1, live=True))
    with pytest.raises(IntegrityError):
        session.flush()


def test_two_entitlements_for_one_month_are_refused(county: Any) -> None:
    given = county.grant(1)
    home = county.session.get_one(Household, given.household_id)
    with pytest.raises(Conflict, match="has an entitlement"):
        county.grant_to(home, 1, 700, "2024-05-08")


def test_an_offset_needs_consent_and_stays_below_the_limit(county: Any) -> None:
    given = county.grant(1, 600, "2024-03-01", paid_till="2024-05")
    for ruling, why in (
        (recoveries.Ruling("追1", date(2024, 5, 1), "多发", "offset", 10_000), "consent"),
        (recoveries.Ruling("追1", date(2024, 5, 1), "多发", "offset", 18_001, consent=True), "30 %"),
    ):
        with pytest.raises(Conflict, match=why):
            recoveries.decide(county.session, given, {"2024-04": 60_000}, ruling, "990101", county.lead, NOW)
    agreed = recoveries.Ruling("追1", date(2024, 5, 1), "多发", "offset", 18_000, consent=True)
    recoveries.decide(county.session, given, {"2024-04": 60_000}, agreed, "990101", county.lead, NOW)
    line = county.lines(county.roster()[0])["H00001"]
    assert (line.recovery_fen, line.total_fen) == (18_000, 42_000)
