"""PY-6 to its end: what the bank can't say is never sent again, till it says in writing that it never had it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from workflows.errors import Conflict, NotAllowed
from workflows.payments import funds
from workflows.payments.bank import corrections, format as bank_format, reconciliation, results as bank_results
from workflows.payments.cycle import closing
from workflows.payments.bank.format import ResultRow
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.refusals import FileRefused, NotFinal, WrongState
from workflows.payments.tables import Attempt, CycleState, LineState
from workflows.records import audit
from workflows.settings import settings

NOW = datetime(2024, 6, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
LETTER = "邮储函〔2024〕17号,6月6日:未收到该笔"


def left_open(county: Any, code: str) -> tuple[Any, Any]:
    """One line without a final answer, one that was paid."""
    county.money()
    given = county.grant(1)
    county.grant(2)
    cycle, file = county.sent()
    county.results(cycle, file, {given.household_id: code})
    return cycle, county.lines(cycle)["H00001"]


def attempts(county: Any, line: Any) -> list[Attempt]:
    return list(county.session.exec(select(Attempt).where(Attempt.line_id == line.id)))


@pytest.mark.parametrize("code", ["R08", "R99", "E4711", "NOT_FOUND"])
def test_no_final_answer_can_be_corrected_deferred_or_sent_again(county: Any, code: str) -> None:
    cycle, line = left_open(county, code)
    same = Payee(line.payee_name, line.payee_id_number, line.account_number, line.bank_code)
    assert (line.state, cycle.state) == (LineState.UNKNOWN, CycleState.RETURNED)
    assert (funds.balance(county.session, "bank:01"), funds.balance(county.session, "returned:01")) == (60_000, 0)
    assert reconciliation.balance(county.session, cycle).by_state["unknown"] == (1, 60_000)
    for command in (lambda: reconciliation.reissue(county.session, [line], NOW),
                    lambda: corrections.correct(county.session, line, same, "换户", county.clerk, NOW),
                    lambda: reconciliation.defer(county.session, line, "算了", county.clerk, NOW)):
        with pytest.raises(NotFinal):
            command()
    assert "V5" in {one.code for one in closing.check(county.session, cycle) if not one.holds}


@pytest.mark.parametrize("code", ["R08", "E4711"])
def test_the_banks_written_statement_makes_it_a_final_failure(county: Any, code: str) -> None:
    cycle, line = left_open(county, code)
    reconciliation.record_not_received(county.session, line, LETTER, county.maker, NOW)
    assert (line.state, [a.code for a in attempts(county, line)]) == (LineState.RETURNED, ["R90"])
    assert attempts(county, line)[0].bank_message == LETTER
    assert (funds.balance(county.session, "bank:01"), funds.balance(county.session, "returned:01")) == (0, 60_000)
    [noted] = [one for one in audit.events(county.session, f"cycle:{cycle.id}") if one.action == "bank.not_received"]
    assert LETTER in noted.summary
    same = Payee(line.payee_name, line.payee_id_number, line.account_number, line.bank_code)
    made = corrections.correct(county.session, line, same, "银行未收妥", county.clerk, NOW)
    corrections.approve(county.session, made, county.lead, NOW)
    county.reissue(line)
    assert [a.code for a in attempts(county, line)] == ["R90", "00"]
    assert cycle.state == CycleState.RECONCILED


def test_only_the_countys_finance_records_it_with_the_banks_words(county: Any) -> None:
    _, line = left_open(county, "R08")
    with pytest.raises(NotAllowed):
        reconciliation.record_not_received(county.session, line, LETTER, county.clerk, NOW)
    with pytest.raises(Conflict, match="letter"):
        reconciliation.record_not_received(county.session, line, "  ", county.maker, NOW)
    assert line.state == LineState.UNKNOWN


def test_a_line_with_a_final_answer_needs_no_statement(county: Any) -> None:
    cycle, line = left_open(county, "R02")
    for one in (line, county.lines(cycle)["H00002"]):
        with pytest.raises(WrongState):
            reconciliation.record_not_received(county.session, one, LETTER, county.maker, NOW)


def test_after_the_statement_a_late_success_is_refused_loudly(county: Any) -> None:
    cycle, line = left_open(county, "R08")
    [attempt] = bank_results.to_query(county.session, cycle)
    reconciliation.record_not_received(county.session, line, LETTER, county.maker, NOW)
    with pytest.raises((FileRefused, WrongState)):
        bank_results.answer(county.session, attempt, ResultRow(attempt.trace_id, "00", "", "S9", NOW, 60_000), NOW)


def test_an_unmapped_code_may_still_become_a_final_answer(county: Any) -> None:
    cycle, line = left_open(county, "E4711")
    [attempt] = bank_results.to_query(county.session, cycle)
    bank_results.answer(county.session, attempt, ResultRow(attempt.trace_id, "00", "", "S9", NOW, 60_000), NOW)
    assert (line.state, cycle.state) == (LineState.PAID, CycleState.RECONCILED)


def test_the_banks_name_comes_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bank_format.internal("0130Z0100005") == "R99"
    monkeypatch.setattr(settings(), "bank_name", "ccb")
    assert bank_format.internal("0130Z0100005") == "R02"


@pytest.mark.parametrize(("old", "new"), [("+08:00,60000", ",60000"), ("+08:00,60000", "+08:00,"),
                                          ("+08:00,60000", "+08:00,60_000"), ("+08:00,60000", "+08:00")])
def test_a_result_row_without_zone_or_fen_is_refused(county: Any, old: str, new: str) -> None:
    county.money()
    county.grant(1)
    _, file = county.sent()
    good = county.result_file(file.batch, [(a, "00") for a in county.attempts(file)]).decode()
    assert old in good
    with pytest.raises(FileRefused):
        bank_format.decode(good.replace(old, new).encode())
