"""PY-5, PY-6, PY-13, PY-18: files, results, queries, corrections, re-issues."""

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from workflows.errors import Conflict, NotAllowed
from workflows.payments import funds
from workflows.payments.bank import (
    corrections,
    files as bank_files,
    format as bank_format,
    reconciliation,
    results as bank_results,
    traces,
)
from workflows.payments.roster import rosters
from workflows.payments.bank.format import ResultRow
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.refusals import AlreadyImported, FileRefused, NotFinal, SamePerson, WrongState
from workflows.payments.tables import Attempt, BankFile, CycleState, Entitlement, LineState

NOW = datetime(2024, 6, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def payee_of(line: Any) -> Payee:
    """The same person's other account."""
    return Payee(line.payee_name, line.payee_id_number, "6217999999999999", "PSBC")


def returned(county: Any, code: str = "R02") -> tuple[Any, Any]:
    """One line that came back, one that was paid."""
    county.money()
    given = county.grant(1)
    county.grant(2)
    cycle, file = county.sent()
    county.results(cycle, file, {given.household_id: code})
    return cycle, county.lines(cycle)["H00001"]


def test_the_file_says_count_total_fund_and_hash(county: Any) -> None:
    county.money()
    county.grant(1)
    county.grant(2, 450.5)
    _, file = county.sent()
    header, *rows = list(csv.reader(io.StringIO(file.content.decode())))
    body = file.content.split(b"\n", 1)[1]
    assert header == ["YIMEN-PAY", "1", file.batch, "2024-06-03", "2", "105050", "01:105050",
                      hashlib.sha256(body).hexdigest()]
    assert rows[0][:5] == ["1", "6217000000000001", "户主1", "60000", "低保2024-06"]
    assert len({row[5] for row in rows}) == 2


def test_a_file_is_made_once_and_only_of_what_was_signed(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle = county.approved()
    file = bank_files.payment_file(county.session, cycle, NOW)
    assert bank_files.payment_file(county.session, cycle, NOW).id == file.id
    bank_files.sent(county.session, file, "收妥", NOW)
    bank_files.sent(county.session, file, "收妥", NOW)
    assert funds.balance(county.session, "bank:01") == 60_000


def test_a_roster_tampered_with_after_approval_is_not_paid(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle = county.approved()
    rosters.lines(county.session, cycle)[0].account_number = "6217666666666666"
    with pytest.raises(Conflict, match="V8"):
        bank_files.payment_file(county.session, cycle, NOW)


def test_a_held_line_is_in_no_file(county: Any) -> None:
    county.money()
    county.grant(1)
    county.grant(2, account="wrong")
    cycle, _ = county.roster()
    rosters.hold(county.session, [county.lines(cycle)["H00002"]], "账号待核", county.clerk, NOW)
    assert county.sent()[1].count == 1


def test_a_result_file_taken_in_twice_changes_nothing(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle, file = county.sent()
    content = county.result_file(file.batch, [(a, "00") for a in county.attempts(file)])
    bank_results.take_in(county.session, cycle, content, "r.csv", county.maker, NOW)
    before = funds.balance(county.session, "paid:01")
    with pytest.raises(AlreadyImported):
        bank_results.take_in(county.session, cycle, content, "r2.csv", county.maker, NOW)
    assert funds.balance(county.session, "paid:01") == before == 60_000


def test_the_same_answers_in_another_file_change_nothing_either(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle, file = county.sent()
    rows = [(a, "00") for a in county.attempts(file)]
    for message in ("", "重发"):
        content = county.result_file(file.batch, rows, message=message)
        bank_results.take_in(county.session, cycle, content, "r.csv", None, NOW)
    assert funds.balance(county.session, "paid:01") == 60_000


def refused(county: Any, change: Any) -> None:
    county.money()
    county.grant(1)
    county.grant(2)
    cycle, file = county.sent()
    good = county.result_file(file.batch, [(a, "00") for a in county.attempts(file)]).decode()
    with pytest.raises(FileRefused):
        bank_results.take_in(county.session, cycle, change(good).encode(), "r.csv", None, NOW)
    assert {line.state for line in rosters.lines(county.session, cycle)} == {LineState.SENT}
    assert county.session.exec(select(BankFile).where(BankFile.direction == "in")).all() == []


@pytest.mark.parametrize(("old", "new"), [
    (",2,120000,2,120000", ",2,120001,2,120000"), (",2,120000,2,120000", ",2,120000,1,60000"),
    (",2,120000,2,120000", ",3,120000,2,120000"), ("YIMEN-RESULT", "SOMETHING"), ("-01,", "-09,"),
    ("00,", "00;"), ("+08:00,60000\n", "+08:00,60x\n"),
])
def test_a_file_that_does_not_add_up_is_refused_whole(county: Any, old: str, new: str) -> None:
    refused(county, lambda good: good.replace(old, new))


def test_a_file_with_swapped_amounts_or_a_stranger_is_refused_whole(county: Any) -> None:
    refused(county, lambda good: good.replace("01,00", "77,00", 1))


def test_a_final_answer_is_never_contradicted(county: Any) -> None:
    cycle, line = returned(county)
    attempt = county.session.exec(select(Attempt).where(Attempt.line_id == line.id)).one()
    file = bank_files.first_file(county.session, cycle)
    with pytest.raises(FileRefused, match="contradicts"):
        bank_results.take_in(county.session, cycle, county.result_file(file.batch, [(attempt, "00")]), "r", None, NOW)


def test_a_corrected_line_is_sent_again_and_paid_exactly_once(county: Any) -> None:
    cycle, line = returned(county)
    assert (cycle.state, line.state) == (CycleState.RETURNED, LineState.RETURNED)
    assert funds.balance(county.session, "returned:01") == 60_000
    mended = Payee("户主一", line.payee_id_number, line.account_number, "PSBC")
    made = corrections.correct(county.session, line, mended, "户名更正", county.clerk, NOW)
    corrections.approve(county.session, made, county.lead, NOW)
    county.reissue(line)
    attempts = county.session.exec(select(Attempt).where(Attempt.line_id == line.id)).all()
    assert [(a.code, a.account_name) for a in attempts] == [("R02", "户主1"), ("00", "户主一")]
    assert (line.state, cycle.state) == (LineState.PAID, CycleState.RECONCILED)
    assert funds.balance(county.session, "paid:01") == 120_000
    with pytest.raises(WrongState):
        reconciliation.reissue(county.session, [line], NOW)


def test_a_line_is_not_sent_again_before_its_correction_is_approved(county: Any) -> None:
    _, line = returned(county)
    with pytest.raises(WrongState):
        reconciliation.reissue(county.session, [line], NOW)
    corrections.correct(county.session, line, payee_of(line), "户名更正", county.clerk, NOW)
    with pytest.raises(WrongState):
        reconciliation.reissue(county.session, [line], NOW)


def test_who_corrects_does_not_approve(county: Any) -> None:
    _, line = returned(county)
    object.__setattr__(county.lead, "duties", (*county.lead.duties, *county.clerk.duties))
    made = corrections.correct(county.session, line, payee_of(line), "户名更正", county.lead, NOW)
    with pytest.raises(SamePerson):
        corrections.approve(county.session, made, county.lead, NOW)
    with pytest.raises(NotAllowed):
        corrections.approve(county.session, made, county.clerk, NOW)


def test_an_approved_correction_changes_the_account_from_then_on(county: Any) -> None:
    cycle, line = returned(county)
    made = corrections.correct(county.session, line, payee_of(line), "户名更正", county.clerk, NOW)
    corrections.approve(county.session, made, county.lead, NOW)
    given = county.session.get_one(Entitlement, line.entitlement_id)
    assert (given.account_number, line.account_number) == ("6217999999999999", "6217000000000001")
    county.reissue(line)
    july = county.lines(county.roster("2024-07")[0])["H00001"]
    assert (july.account_number, july.change) == ("6217999999999999", "account")
    assert cycle.state == CycleState.RECONCILED


def test_a_rejected_correction_leaves_the_line_returned(county: Any) -> None:
    _, line = returned(county)
    made = corrections.correct(county.session, line, payee_of(line), "户名更正", county.clerk, NOW)
    corrections.reject(county.session, made, "证件不清", county.lead, NOW)
    assert (line.state, corrections.open_one(county.session, line)) == (LineState.RETURNED, None)
    with pytest.raises(WrongState):
        corrections.approve(county.session, made, county.lead, NOW)


def test_the_correction_can_not_lead_out_of_the_household(county: Any) -> None:
    _, line = returned(county)
    stranger = Payee("外人", "990101199001010000", "6217999999999999", "PSBC")
    with pytest.raises(Conflict, match="no member"):
        corrections.correct(county.session, line, stranger, "换户", county.clerk, NOW)


def test_unknown_is_asked_first_and_never_sent_again_blindly(county: Any) -> None:
    cycle, line = returned(county, "R08")
    assert line.state == LineState.UNKNOWN
    with pytest.raises(NotFinal):
        reconciliation.reissue(county.session, [line], NOW)
    with pytest.raises(NotFinal):
        corrections.correct(county.session, line, payee_of(line), "换户", county.clerk, NOW)
    with pytest.raises(NotFinal):
        reconciliation.defer(county.session, line, "算了", county.clerk, NOW)
    [attempt] = bank_results.to_query(county.session, cycle)
    bank_results.answer(county.session, attempt, ResultRow(attempt.trace_id, "00", "成功", "S9", NOW, 60_000), NOW)
    assert (line.state, cycle.state) == (LineState.PAID, CycleState.RECONCILED)
    assert len(county.session.exec(select(Attempt).where(Attempt.line_id == line.id)).all()) == 1
    with pytest.raises(WrongState):
        reconciliation.reissue(county.session, [line], NOW)


def test_a_line_given_up_for_the_month_is_due_again_in_the_next(county: Any) -> None:
    cycle, line = returned(county, "R03")
    reconciliation.defer(county.session, line, "本月联系不上", county.clerk, NOW)
    assert cycle.state == CycleState.RECONCILED
    assert funds.balance(county.session, "returned:01") == 0
    july = county.lines(county.roster("2024-07")[0])["H00001"]
    assert (july.arrears_fen, july.total_fen) == (60_000, 120_000)


def test_three_failed_months_hold_the_fourth_for_a_visit(county: Any) -> None:
    county.money()
    given = county.grant(1, 600, "2024-02-08")
    county.grant(2, 600, "2024-02-08")
    for month in ("2024-03", "2024-04", "2024-05"):
        cycle, file = county.sent(month)
        county.results(cycle, file, {given.household_id: "R04"})
        reconciliation.defer(county.session, county.lines(cycle)["H00001"], "联系不上", county.clerk, NOW)
    lines = county.lines(county.roster("2024-06")[0])
    assert (lines["H00001"].hold_reason, lines["H00002"].hold_reason) == ("failed_before", "")


def test_results_may_come_in_two_files(county: Any) -> None:
    county.money()
    county.grant(1)
    county.grant(2)
    cycle, file = county.sent()
    first, second = county.attempts(file)
    bank_results.take_in(county.session, cycle, county.result_file(file.batch, [(first, "00")]), "1", None, NOW)
    assert (cycle.state, bank_files.awaited(county.session, cycle)) == (CycleState.SENT, [file])
    assert reconciliation.balance(county.session, cycle).by_state["waiting"] == (1, 60_000)
    bank_results.take_in(county.session, cycle, county.result_file(file.batch, [(second, "00")]), "2", None, NOW)
    assert (cycle.state, bank_files.awaited(county.session, cycle)) == (CycleState.RECONCILED, [])


def test_a_serial_number_leads_to_decision_roster_and_signers(county: Any) -> None:
    county.money()
    given = county.grant(1)
    county.paid("2024-06")
    attempt = county.session.exec(select(Attempt)).one()
    trace = traces.by_serial(county.session, attempt.bank_serial)
    assert trace.entitlement.decision_no == "低保〔2024〕1号"
    assert [(s.level, name) for s, name in trace.signers] == [(1, "镇长1"), (2, "县领导"), (3, "财政")]
    assert (trace.roster.version, trace.files[0].direction) == (1, "out")
    assert [line.month for line in traces.of_household(county.session, given.household_id)] == ["2024-06"]


@pytest.mark.parametrize(("bank", "code", "ours"), [
    ("simulator", "R02", "R02"), ("ccb", "0130Z0100005", "R02"), ("cgb", "201", "R01"), ("cgb", "999", "R99"),
    ("nobody", "00", "R99"),
])
def test_each_bank_has_its_own_codes(bank: str, code: str, ours: str) -> None:
    assert bank_format.internal(code, bank) == ours


def test_a_name_with_a_comma_survives_the_file() -> None:
    row = bank_format.PayRow("6217", 'A,"B"', 1, "低保2024-06", "T1")
    content = bank_format.encode("B", date(2024, 6, 3), {"01": 1}, [row])
    assert list(csv.reader(io.StringIO(content.decode())))[1][2] == 'A,"B"'
