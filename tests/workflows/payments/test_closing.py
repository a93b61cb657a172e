"""V1 to V13: a month closes only when they hold."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import select

from workflows.payments import cycles
from workflows.payments.bank import files as bank_files, reconciliation
from workflows.payments.cycle import closing, published
from workflows.payments.entitled import entitlements, recoveries
from workflows.payments.roster import rosters, signatures
from workflows.payments.refusals import NotBalanced, WrongState
from workflows.payments.tables import Attempt, CycleState

NOW = datetime(2024, 6, 28, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def paid(county: Any, month: str = "2024-06") -> Any:
    county.money()
    county.grant(1, paid_till="2024-05")
    county.grant(2, 450, village="990101002001", paid_till="2024-05")
    return county.paid(month)


def failing(county: Any, cycle: Any) -> set[str]:
    county.session.flush()
    return {check.code for check in closing.check(county.session, cycle) if not check.holds}


def test_a_month_paid_in_full_closes_once(county: Any) -> None:
    cycle = paid(county)
    checks = closing.close(county.session, cycle, None, NOW)
    assert [check.code for check in checks] == [f"V{n}" for n in range(1, 14)]
    assert (cycle.state, cycle.closed_at) == (CycleState.CLOSED, NOW)
    with pytest.raises(WrongState):
        closing.close(county.session, cycle, None, NOW)


def test_a_month_with_an_open_return_does_not_close(county: Any) -> None:
    county.money()
    given = county.grant(1)
    cycle, file = county.sent()
    county.results(cycle, file, {given.household_id: "R01"})
    with pytest.raises(WrongState):
        closing.close(county.session, cycle, None, NOW)
    reconciliation.defer(county.session, county.lines(cycle)["H00001"], "联系不上", county.clerk, NOW)
    assert failing(county, cycle) == set()


SPOILT = {
    "V1": "UPDATE entitlement SET from_month = '2024-08' WHERE id = 1",
    "V2": "UPDATE payment_line_part SET fen = 1 WHERE id = 1",
    "V4": "UPDATE household_member SET died_on = '2024-05-02' WHERE id = 1",
    "V5": "UPDATE bank_file SET total_fen = 1 WHERE id = 1",
    "V6": "UPDATE roster SET bridge = '{}'",
    "V7": "UPDATE posting SET amount_fen = amount_fen + 1 WHERE id = 1",
    "V8": "UPDATE signature SET person_id = 3 WHERE level = 3",
    "V9": "UPDATE household_member SET id_number = 'X' WHERE id = 1",
    "V11": "UPDATE payment_line SET arrears_fen = 5 WHERE id = 1",
    "V12": "UPDATE payment_attempt SET bank_serial = '' WHERE id = 1",
}


@pytest.mark.parametrize("code", SPOILT)
def test_each_check_notices_what_it_is_for(county: Any, code: str) -> None:
    cycle = paid(county)
    assert failing(county, cycle) == set()
    county.session.execute(text(SPOILT[code]))
    county.session.expire_all()
    assert code in failing(county, cycle)
    with pytest.raises(NotBalanced, match=code):
        closing.close(county.session, cycle, None, NOW)


def test_an_entitled_household_without_a_line_blocks_closing(county: Any) -> None:
    cycle = paid(county)
    county.grant(3, paid_till="2024-05")
    assert failing(county, cycle) == {"V1"}


def test_money_paid_twice_is_noticed(county: Any) -> None:
    cycle = paid(county)
    first = county.session.exec(select(Attempt)).first()
    county.session.add(Attempt(line_id=first.line_id, number=2, trace_id="T2", file_id=first.file_id, code="00",
                               account_number="1", account_name="1", amount_fen=1, bank_serial="S", answered_at=NOW))
    assert "V3" in failing(county, cycle)


def test_being_late_needs_an_explanation(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle, file = county.sent()
    county.results(cycle, file, day=20)
    assert failing(county, cycle) == {"V10"}
    cycles.explain_lateness(county.session, cycle, "银行系统升级", county.maker, NOW)
    assert failing(county, cycle) == set()


def test_money_paid_after_a_stop_learned_late_must_be_asked_back(county: Any) -> None:
    cycle = paid(county)
    given = entitlements.in_month(county.session, "2024-06", "dibao")[0]
    entitlements.stop(county.session, given, "2024-06", "已就业", "停1", NOW)
    assert {"V1", "V2", "V4"} >= failing(county, cycle) >= {"V2"}
    ruling = recoveries.Ruling("追1", date(2024, 6, 20), "停发后多发", "repayment")
    asked = recoveries.decide(county.session, given, {"2024-06": 60_000}, ruling, "990101", county.lead, NOW)
    assert failing(county, cycle) <= {"V1"}
    recoveries.repaid(county.session, asked, 60_000, "缴款书1", "990101", county.maker, NOW)


def test_a_difference_by_hand_needs_its_reason(county: Any) -> None:
    county.money()
    county.grant(1, paid_till="2024-05")
    cycle, _ = county.roster()
    line = county.lines(cycle)["H00001"]
    rosters.change_line(county.session, line, rosters.Edit(base_fen=50_000), "本月先发五百", county.maker, NOW)
    signatures.approve(county.session, county.sign(cycle), NOW)
    file = bank_files.payment_file(county.session, cycle, NOW.replace(day=3))
    bank_files.sent(county.session, file, "收妥", NOW.replace(day=3))
    county.results(cycle, file)
    assert failing(county, cycle) == set()
    assert county.lines(county.roster("2024-07")[0])["H00001"].arrears_fen == 10_000


def test_the_published_list_shows_name_people_and_amount_of_who_was_paid(county: Any) -> None:
    county.money()
    county.grant(1)
    county.grant(2, village="990101002001")
    minor = "990101201501010010"
    county.grant(3, 500, member={"id_number": minor, "name": "王小明"}, payee_id=minor)
    cycle, file = county.sent()
    assert published.of(county.session, cycle) == []
    county.results(cycle, file)
    first = published.of(county.session, cycle, "990101001001")
    assert [(entry.name, entry.people, entry.amount_fen) for entry in first] == [("户主1", 1, 60_000), ("王某", 1, 50_000)]
    assert {field for entry in first for field in vars(entry)} == set(published.SHOWN)


def test_the_newest_list_takes_the_place_of_the_older(county: Any) -> None:
    county.money()
    county.grant(1, paid_till="2024-04")
    county.paid("2024-05")
    june = county.paid("2024-06")
    assert [cycle.id for cycle in published.current(county.session)] == [june.id]


def test_titles_and_problems_are_messages_to_be_translated(county: Any) -> None:
    cycle = paid(county)
    county.session.execute(text("UPDATE payment_line_part SET fen = 1 WHERE id = 1"))
    problem = next(check for check in closing.check(county.session, cycle) if check.code == "V2").problems[0]
    assert str(problem) == "Household 1, 2024-06: 0.01 yuan paid, 600.00 yuan granted."
