"""Two people at once: every command that writes holds the month's row first, and looks again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlmodel import Session

from workflows.payments import cycles, funds
from workflows.payments.bank import corrections, files as bank_files, reconciliation, results as bank_results
from workflows.payments.cycle import closing
from workflows.payments.roster import rosters, signatures
from workflows.payments.bank.format import ResultRow
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.roster.rosters import Edit
from workflows.payments.tables import Cycle, Line, LineState

NOW = datetime(2024, 6, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def first_read(session: Session, command: Callable[[], object]) -> tuple[bool, bool]:
    """Whether the command's first query, but for which review to hold before it, locks the cycle's row and reads it anew."""
    seen: list[tuple[bool, bool]] = []

    def look(state: Any) -> None:
        if state.is_select:
            locks = getattr(state.statement, "_for_update_arg", None) is not None
            columns = list(getattr(state.statement, "column_descriptions", ()))
            if [one["name"] for one in columns] == ["case_id"]:
                return
            of_cycle = [one["entity"] for one in columns] == [Cycle]
            seen.append((locks and of_cycle, bool(state.execution_options.get("populate_existing"))))

    event.listen(session, "do_orm_execute", look)
    try:
        command()
    finally:
        event.remove(session, "do_orm_execute", look)
    return seen[0]


def in_review(county: Any) -> dict[str, Callable[[], object]]:
    county.money()
    county.grant(1)
    cycle, roster = county.roster()
    line = county.lines(cycle)["H00001"]
    s = county.session
    return {
        "make": lambda: rosters.make(s, cycle, None, NOW),
        "hold": lambda: rosters.hold(s, [line], "待核", county.maker, NOW),
        "release": lambda: (rosters.hold(s, [line], "待核", county.maker, NOW),
                            rosters.release(s, line, county.maker, NOW)),
        "change": lambda: rosters.change_line(s, line, Edit(50_000), "更正", county.maker, NOW),
        "sign": lambda: signatures.sign(s, roster, 1, "990101001", county.town_leads["990101001"], "agree", "", NOW),
        "send back": lambda: signatures.send_back(s, roster, NOW),
        "explain": lambda: cycles.explain_lateness(s, cycle, "银行系统故障", county.maker, NOW),
    }


@pytest.mark.parametrize("name", ["make", "hold", "release", "change", "sign", "send back", "explain"])
def test_before_the_money_goes(county: Any, name: str) -> None:
    command = in_review(county)[name]
    assert first_read(county.session, command) == (True, True)


def came_back(county: Any, code: str) -> tuple[Any, Any, Any]:
    county.money()
    given = county.grant(1)
    county.grant(2)
    cycle, file = county.sent()
    county.results(cycle, file, {given.household_id: code})
    return cycle, file, county.lines(cycle)["H00001"]


def after_return(county: Any) -> dict[str, Callable[[], object]]:
    cycle, file, line = came_back(county, "R02")
    s = county.session
    mended = Payee("户主1", line.payee_id_number, "6217999999999999", "PSBC")

    def made() -> Any:
        return corrections.open_one(s, line)

    corrections.correct(s, line, mended, "换卡", county.clerk, NOW)
    correction = made()
    county.kept = (line, correction, file)
    return {
        "correct": lambda: corrections.correct(s, line, mended, "换卡", county.clerk, NOW),
        "approve": lambda: corrections.approve(s, correction, county.lead, NOW),
        "reject": lambda: corrections.reject(s, correction, "不清", county.lead, NOW),
        "defer": lambda: reconciliation.defer(s, line, "联系不上", county.clerk, NOW),
        "file": lambda: bank_files.payment_file(s, cycle, NOW),
        "sent": lambda: bank_files.sent(s, file, "收妥", NOW),
    }


@pytest.mark.parametrize("name", ["correct", "approve", "reject", "defer", "file", "sent"])
def test_after_a_return(county: Any, name: str) -> None:
    command = after_return(county)[name]
    assert first_read(county.session, command)[0]


@pytest.mark.parametrize("name", ["answer", "not received"])
def test_without_a_final_answer(county: Any, name: str) -> None:
    cycle, _, line = came_back(county, "R08")
    [attempt] = bank_results.to_query(county.session, cycle)
    row = ResultRow(attempt.trace_id, "00", "", "S9", NOW, 60_000)
    commands: dict[str, Callable[[], object]] = {
        "answer": lambda: bank_results.answer(county.session, attempt, row, NOW),
        "not received": lambda: reconciliation.record_not_received(county.session, line, "函", county.maker, NOW)}
    assert first_read(county.session, commands[name])[0]


def test_closing_holds_the_month_too(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle = county.paid("2024-06")
    assert first_read(county.session, lambda: closing.close(county.session, cycle, None, NOW)) == (True, True)


def test_who_waited_sees_what_the_other_wrote(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle, _ = county.roster()
    line = county.lines(cycle)["H00001"]
    county.session.commit()
    with Session(county.session.get_bind()) as other:
        there = other.get_one(Line, line.id)
        there.state = LineState.HELD
        other.add(there)
        other.commit()
    cycles.hold_line(county.session, line)
    assert line.state == LineState.HELD


def test_entries_are_numbered_alone(county: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(funds, "alone", lambda _session, what: asked.append(what))
    county.money()
    assert asked == ["posting"]
