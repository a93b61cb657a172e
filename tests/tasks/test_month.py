"""One month from cut-off to closed books, with people in between; killed anywhere and taken up again."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from workflows.payments import month
from tasks.adapters.failures import Unreachable
from tasks.bank_simulator.counter import Fault
from workflows.cases.tables import Case
from workflows.errors import Refusal
from workflows.office.people import by_login
from workflows.payments.bank import reconciliation
from workflows.payments.tables import Attempt, BankFile, CycleState, LineState
from workflows.records import audit
from workflows.records.session import reading
from workflows.sample import fixture

JUNE_3 = datetime(2024, 6, 3, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def reviewed(county: Any) -> None:
    """The roster is signed by all, it is June."""
    county.go()
    county.sign_all()
    county.now = JUNE_3


def mend(county: Any, name: str = "户主一") -> None:
    """A clerk corrects the account, a lead approves."""
    county.work("correct_account", "county_clerk1", account_holder=name, account_number="6217000000000999",
                bank_code="PSBC", reason="户名有误", identity_checked=True)
    county.work("approve_correction", "county_lead2", outcome="approve")


def test_before_the_cut_off_day_nothing_begins(county: Any) -> None:
    county.now = county.now.replace(day=23)
    assert county.go() == "not open"


def test_the_flow_makes_the_roster_opens_the_review_and_rests(county: Any) -> None:
    assert county.go() == CycleState.REVIEW
    assert county.open_items() == ["submit_roster"]
    steps = county.steps()
    assert steps["roster"] == ("done", {"version": 1, "households": 3, "total_fen": 180_000, "errors": 0})
    assert (steps["review"][0], steps["payment_file"][0]) == ("waiting", "todo")
    assert county.go() == CycleState.REVIEW
    assert county.open_items() == ["submit_roster"]


def test_the_townships_answers_stand_in_the_rosters_order_whoever_was_first(county: Any) -> None:
    county.go()
    county.work("submit_roster", "county_finance1", bridge_checked=True)
    county.work("town_review", "town_lead2", fixture.WEST, outcome="agree")
    county.work("town_review", "town_lead1", fixture.EAST, outcome="agree")
    with reading(county.source) as session:
        (case,) = session.exec(select(Case))
        assert [row["item"] for row in case.facts["town_review"]] == [fixture.EAST, fixture.WEST]


def test_a_month_from_cut_off_to_closed_books(county: Any) -> None:
    reviewed(county)
    assert [job.payload for job in county.jobs()] == [{"month": "2024-06", "scheme": "dibao", "division": "990101"}]
    assert county.go() == CycleState.CLOSED
    assert {line.state for line in county.lines().values()} == {LineState.PAID}
    assert {name for name, (state, _) in county.steps().items() if state != "done"} == {"reissue"}
    with reading(county.source) as session:
        assert audit.broken_at(session, f"cycle:{county.cycle().id}") is None
        assert session.get_one(Case, county.cycle().case_id).state == "approved"


def test_a_month_with_nothing_to_pay_sends_nothing_and_closes(county: Any) -> None:
    county.go()
    county.in_transaction(lambda session, lines: month.rosters.hold(
        session, lines, "全部待核实", by_login(session, "county_finance1"), county.now))
    reviewed(county)
    assert county.go() == CycleState.CLOSED
    assert county.bank.counter.batches() == []
    assert county.steps()["payment_file"] == ("done", {"count": 0, "total_fen": 0})


def test_the_next_months_roster_waits_for_this_months_approval(county: Any) -> None:
    july = month.Key("2024-07", "dibao", "990101")
    county.go()
    county.now = datetime(2024, 6, 25, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert county.go(july) == CycleState.DRAFT
    with reading(county.source) as session:
        found = month.cycles.find(session, "dibao", "2024-07", "990101")
        steps = {step.step: (step.state, dict(step.detail)) for step in month.cycles.progress(session, found).steps}
    assert (steps["roster"], steps["review"][0]) == (("waiting", {"after": "2024-06"}), "todo")
    county.sign_all()
    assert county.go(july) == CycleState.REVIEW


def test_a_township_reviews_beside_the_other_and_the_county_waits_for_both(county: Any) -> None:
    county.go()
    county.work("submit_roster", "county_finance1", bridge_checked=True)
    assert county.open_items() == ["town_review 990101001", "town_review 990101002"]
    county.work("town_review", "town_lead2", "990101002", outcome="agree")
    assert county.open_items() == ["town_review 990101001"]
    county.work("town_review", "town_lead1", "990101001", outcome="agree")
    assert county.open_items() == ["county_review"]


def test_a_return_leads_back_to_the_maker_and_all_sign_anew(county: Any) -> None:
    county.go()
    county.work("submit_roster", "county_finance1", bridge_checked=True)
    county.work("town_review", "town_lead1", "990101001", outcome="agree")
    county.work("town_review", "town_lead2", "990101002", outcome="return", comment="漏了一户")
    assert county.open_items() == ["submit_roster"]
    assert county.cycle().state == CycleState.DRAFT
    county.household(4)
    county.in_transaction(lambda session, _: month.rosters.make(session, county_cycle(session), None, county.now))
    reviewed(county)
    assert county.go() == CycleState.CLOSED
    assert len(county.lines()) == 4


def county_cycle(session: Any) -> Any:
    return month.cycles.find(session, "dibao", "2024-06", "990101")


def test_the_maker_can_not_review_through_the_drawing_either(county: Any) -> None:
    county.go()
    county.work("submit_roster", "county_finance1", bridge_checked=True)
    with pytest.raises(Refusal):
        county.work("town_review", "county_finance1", "990101001", outcome="agree")


def test_a_returned_line_is_corrected_by_two_people_sent_again_and_the_month_closes(county: Any) -> None:
    county.bank.counter.knows("6217000000000001", "户主甲")
    reviewed(county)
    assert county.go() == CycleState.RETURNED
    assert county.open_items() == ["correct_account"]
    assert county.steps()["reissue"] == ("waiting", {"corrections": 1})
    mend(county)
    assert [job.key.split(":")[2] for job in county.jobs()] == ["approved", "corrected"]
    assert county.go() == CycleState.CLOSED
    with reading(county.source) as session:
        attempts = session.exec(select(Attempt).where(Attempt.line_id == 1).order_by(Attempt.number)).all()
        assert [attempt.code for attempt in attempts] == ["R02", "00"]
    assert county.steps()["reissue"][0] == "done"


def test_a_stranger_is_paid_by_agreement_only(county: Any) -> None:
    county.bank.counter.knows("6217000000000001", "户主甲")
    reviewed(county)
    county.go()
    said = {"account_holder": "照料人", "account_number": "6217000000000999", "bank_code": "PSBC", "reason": "代领",
            "identity_checked": True}
    for more in ({}, {"holder_id_number": "990101197001010132"}):
        with pytest.raises(Refusal):
            county.work("correct_account", "county_clerk1", **said, **more)
    county.work("correct_account", "county_clerk1", **said, holder_id_number="990101197001010132",
                agreement_no="代领〔2024〕1号")
    county.work("approve_correction", "county_lead2", outcome="approve")
    assert county.go() == CycleState.CLOSED


def test_a_correction_that_is_rejected_goes_back_to_the_clerk(county: Any) -> None:
    county.bank.counter.add(Fault("account", "6217000000000001", "R03"))
    reviewed(county)
    county.go()
    county.work("correct_account", "county_clerk1", account_holder="户主一", account_number="6217000000000998",
                bank_code="PSBC", reason="换卡", identity_checked=True)
    county.work("approve_correction", "county_lead2", outcome="reject", opinion="附件不清")
    assert county.open_items() == ["correct_account"]
    mend(county)
    assert county.go() == CycleState.CLOSED


@pytest.mark.parametrize("truth", ["00", "R04"])
def test_an_unknown_line_is_queried_before_anything_else(county: Any, truth: str) -> None:
    county.bank.counter.add(Fault("account", "6217000000000002", "R08", truth))
    reviewed(county)
    state = county.go()
    assert state == (CycleState.CLOSED if truth == "00" else CycleState.RETURNED)
    with reading(county.source) as session:
        attempts = session.exec(select(Attempt).where(Attempt.line_id == 2)).all()
        assert [attempt.code for attempt in attempts] == [truth]


def test_a_late_result_file_is_fetched_the_next_time(county: Any) -> None:
    county.bank.counter.add(Fault("batch", "*", "LATE"))
    reviewed(county)
    assert county.go() == CycleState.SENT
    assert county.steps()["fetch"][0] == "waiting"
    assert county.go() == CycleState.CLOSED


def test_a_result_file_with_a_wrong_total_is_refused_and_the_right_one_taken(county: Any) -> None:
    county.bank.counter.add(Fault("batch", "*", "WRONG_TOTAL"))
    reviewed(county)
    assert county.go() == CycleState.SENT
    assert "counts or totals" in county.steps()["fetch"][1]["problem"]
    assert county.go() == CycleState.CLOSED


@pytest.mark.parametrize("code", ["R01", "R03", "R04", "R05", "R06", "R07"])
def test_every_return_opens_one_correction_case(county: Any, code: str) -> None:
    county.bank.counter.add(Fault("next", "", code))
    reviewed(county)
    assert county.go() == CycleState.RETURNED
    assert county.go() == CycleState.RETURNED
    assert county.open_items() == ["correct_account"]


def test_a_line_given_up_for_this_month_lets_it_close(county: Any) -> None:
    county.bank.counter.add(Fault("account", "6217000000000001", "R04"))
    reviewed(county)
    county.go()
    county.in_transaction(lambda session, lines: reconciliation.defer(
        session, next(line for line in lines if line.state == LineState.RETURNED), "联系不上",
        by_login(session, "county_clerk1"), county.now))
    assert county.go() == CycleState.CLOSED


def test_a_bank_that_is_away_is_noted_and_asked_again(county: Any) -> None:
    reviewed(county)
    there, county.bank = county.bank, Away()
    with pytest.raises(Unreachable):
        county.go()
    assert county.steps()["send"] == ("failed", {"error": "Unreachable"})
    county.bank = there
    assert county.go() == CycleState.CLOSED


class Away:
    """A bank that does not answer."""

    def send(self, _content: bytes, _name: str) -> str:
        raise Unreachable


def test_the_close_waits_for_an_explanation_when_the_money_came_late(county: Any) -> None:
    reviewed(county)
    county.now = JUNE_3.replace(day=20)
    assert county.go() == CycleState.RECONCILED
    assert county.steps()["close"] == ("waiting", {"checks": ["V10"]})


class Killed(BaseException):
    """The process dies."""


class Deadly:
    """A bank that dies under our hands, before or after it did its work."""

    def __init__(self, bank: Any, at: int) -> None:
        self.bank, self.left = bank, at

    def _maybe_die(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any) -> Any:
            self._maybe_die()
            said = getattr(self.bank, name)(*given)
            self._maybe_die()
            return said
        return call


@pytest.mark.parametrize("point", range(1, 13))
def test_killed_around_any_call_to_the_bank_nothing_is_paid_twice(county: Any, point: int) -> None:
    county.bank.counter.add(Fault("account", "6217000000000002", "R08"))
    county.bank.counter.knows("6217000000000001", "户主甲")
    reviewed(county)
    calm, county.bank = county.bank, Deadly(county.bank, point)
    finish(county)
    county.bank = calm
    finish(county)
    assert county.cycle().state == CycleState.CLOSED
    paid_once(county)


@pytest.mark.parametrize("name", list(month.STEPS))
@pytest.mark.parametrize("after", [False, True])
def test_killed_before_or_after_any_step_the_month_goes_on(county: Any, name: str, after: bool) -> None:
    county.bank.counter.knows("6217000000000001", "户主甲")
    died: list[str] = []

    def runner(step: str, do: Any) -> Any:
        if step == name and not died and (not after or do().state == "done"):
            died.append(step)
            raise Killed
        return do()

    def go() -> None:
        try:
            month.run(month.Key("2024-06", "dibao", "990101"), county.desk, runner)
        except Killed:
            month.run(month.Key("2024-06", "dibao", "990101"), county.desk)

    go()
    county.sign_all()
    county.now = JUNE_3
    go()
    mend(county)
    go()
    assert county.cycle().state == CycleState.CLOSED
    paid_once(county)


def finish(county: Any) -> None:
    """Go on, die, go on, people mend what came back."""
    for _ in range(2):
        try:
            county.go()
        except Killed:
            continue
        if "correct_account" in county.open_items():
            mend(county)


def paid_once(county: Any) -> None:
    """One success a line, each file sent once to the bank, the bank paid what we say."""
    with reading(county.source) as session:
        done = session.exec(select(Attempt).where(Attempt.code == "00")).all()
        assert sorted(attempt.line_id for attempt in done) == [1, 2, 3]
        files = session.exec(select(BankFile).where(BankFile.direction == "out")).all()
    assert {batch for batch, *_ in county.bank.counter.batches()} == {file.batch for file in files}


def test_what_is_due_is_every_open_month_and_the_newest_past_its_cut_off(county: Any, session: Any) -> None:
    def months_at(day: int, of: int = 5) -> list[str]:
        session.rollback()
        return [key.month for key in month.due(session, "dibao", "990101", county.now.date().replace(month=of, day=day))]

    assert (months_at(23), months_at(24), months_at(31)) == (["2024-05"], ["2024-06"], ["2024-06"])
    county.go()
    assert months_at(25, 6) == ["2024-06", "2024-07"]
