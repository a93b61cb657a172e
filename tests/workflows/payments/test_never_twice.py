"""Whatever order things happen in: no month is paid twice, and no fund is overdrawn."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import Session, select

from workflows.errors import Refusal
from workflows.payments import funds, months
from workflows.payments.bank import corrections, files as bank_files, reconciliation, results as bank_results
from workflows.payments.roster import rosters
from workflows.payments.bank.format import ResultRow
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Attempt, CycleState, FundAccount, Line, LinePart, LineState
from workflows.scenarios.databases import in_memory

CODES = ("00", "R01", "R02", "R08", "R99")
BEHIND = (CycleState.SENT, CycleState.RETURNED, CycleState.RECONCILED)
CHINA = ZoneInfo("Asia/Shanghai")
CASES: list[Callable[[Session], Any]] = []


class Months(RuleBasedStateMachine):
    """A county of three households over several months, with a bank that answers anything."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = in_memory()
        self.session = Session(self.engine, expire_on_commit=False)
        self.county = CASES[0](self.session)
        for n in (1, 2, 3):
            self.county.grant(n, 600, "2023-12-05")
        self.open("2024-01")

    def teardown(self) -> None:
        """Put the database away."""
        self.session.close()
        self.engine.dispose()

    def open(self, month: str) -> None:
        """The next month begins."""
        self.month = month
        self.now = datetime(int(month[:4]), int(month[5:]), 3, 9, tzinfo=CHINA)
        self.county.money("01", 1000)
        self.county.money("03", 4500)
        self.cycle = self.county.approved(month)
        for _ in range(2):  # told twice, as after a crash
            file = bank_files.payment_file(self.session, self.cycle, self.now)
            bank_files.sent(self.session, file, "收妥", self.now)

    def lines(self) -> list[Line]:
        """The month's lines."""
        return rosters.lines(self.session, self.cycle)

    def try_(self, command: Callable[[], object]) -> None:
        """A refusal is a good answer; what it began is undone."""
        point = self.session.begin_nested()
        try:
            command()
            self.session.flush()
            point.commit()
        except Refusal:
            point.rollback()
            self.session.expire_all()

    @rule(yuan=st.integers(0, 3000), source=st.sampled_from(["01", "03"]))
    def allocate(self, yuan: int, source: str) -> None:
        """Money comes."""
        self.county.money(source, yuan)

    @rule()
    def remake(self) -> None:
        """The roster is made anew, if it still can be."""
        self.try_(lambda: rosters.make(self.session, self.cycle, None, self.now))

    @precondition(lambda self: self.cycle.state in BEHIND)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """The bank answers some lines of any file, in any way, again and again."""
        files = [file for file in bank_files.every(self.session, self.cycle) if file.receipt]
        if files:
            file = data.draw(st.sampled_from(files))
            some = [(a, data.draw(st.sampled_from(CODES))) for a in self.county.attempts(file)
                    if data.draw(st.integers(0, 3))]
            content = self.county.result_file(file.batch, some)
            self.try_(lambda: bank_results.take_in(self.session, self.cycle, content, "r", None, self.now))

    @precondition(lambda self: self.cycle.state == CycleState.RETURNED)
    @rule(code=st.sampled_from(CODES))
    def query(self, code: str) -> None:
        """The bank is asked about what is unknown."""
        for attempt in bank_results.to_query(self.session, self.cycle):
            row = ResultRow(attempt.trace_id, code, "", "S", self.now, attempt.amount_fen)
            self.try_(lambda attempt=attempt, row=row: bank_results.answer(self.session, attempt, row, self.now))

    @precondition(lambda self: self.cycle.state in BEHIND)
    @rule(data=st.data())
    def not_received(self, data: st.DataObject) -> None:
        """The bank says of any line in writing that it never had it."""
        line = data.draw(st.sampled_from(self.lines()))
        self.try_(lambda: reconciliation.record_not_received(self.session, line, "函", self.county.maker, self.now))

    @precondition(lambda self: self.cycle.state in BEHIND)
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        """A clerk corrects any line, a lead approves."""
        line = data.draw(st.sampled_from(self.lines()))
        payee = Payee(line.payee_name, line.payee_id_number, "6217999999999999", "PSBC")
        self.try_(lambda: corrections.approve(self.session, corrections.correct(
            self.session, line, payee, "更正", self.county.clerk, self.now), self.county.lead, self.now))

    @precondition(lambda self: self.cycle.state in BEHIND)
    @rule(data=st.data(), sent=st.booleans())
    def reissue(self, data: st.DataObject, sent: bool) -> None:
        """Somebody sends any line again; the file goes out now or later."""
        line = data.draw(st.sampled_from(self.lines()))
        self.try_(lambda: reconciliation.reissue(self.session, [line], self.now))
        for file in bank_files.unsent(self.session, self.cycle) if sent else ():
            self.try_(lambda file=file: bank_files.sent(self.session, file, "收妥", self.now))

    @precondition(lambda self: self.cycle.state in BEHIND)
    @rule(data=st.data())
    def defer(self, data: st.DataObject) -> None:
        """A clerk gives any line up for this month."""
        line = data.draw(st.sampled_from(self.lines()))
        self.try_(lambda: reconciliation.defer(self.session, line, "转下月", self.county.clerk, self.now))

    @precondition(lambda self: self.cycle.state == CycleState.RECONCILED and self.month < "2024-04")
    @rule()
    def next_month(self) -> None:
        """The next month begins."""
        self.open(months.after(self.month))

    @invariant()
    def no_month_is_paid_twice(self) -> None:
        """Each household gets at most 600 yuan for a month, whatever happened."""
        paid: dict[tuple[int, str], int] = {}
        for part, line in self.session.exec(select(LinePart, Line).join(Line, Line.id == LinePart.line_id)):
            if line.state == LineState.PAID:
                key = (part.household_id, part.month)
                paid[key] = paid.get(key, 0) + part.fen
        assert all(fen == 60_000 for fen in paid.values())

    @invariant()
    def no_line_has_two_successes_and_the_bank_paid_what_the_lines_say(self) -> None:
        """What the attempts say was paid is what lies in the accounts."""
        done = self.session.exec(select(Attempt).where(Attempt.code == "00")).all()
        assert len({attempt.line_id for attempt in done}) == len(done)
        booked = sum(row.balance_fen for row in self.session.exec(select(FundAccount)) if row.name.startswith("paid:"))
        assert booked == sum(attempt.amount_fen for attempt in done)

    @invariant()
    def the_funds_balance(self) -> None:
        """Nothing below zero, every entry even."""
        self.session.flush()
        assert funds.unbalanced(self.session) == []
        assert all(row.balance_fen >= 0 for row in self.session.exec(select(FundAccount))
                   if not row.name.startswith("budget:"))

    @invariant()
    def where_the_lines_stand_is_where_their_money_lies(self) -> None:
        """Each account holds just the lines that say so."""
        where = {LineState.APPROVED: "reserved", LineState.SENT: "bank", LineState.UNKNOWN: "bank",
                 LineState.RETURNED: "returned", LineState.CORRECTED: "returned", LineState.PAID: "paid"}
        expected: dict[str, int] = {}
        for line in self.session.exec(select(Line)):
            if line.state in where:
                expected[where[line.state]] = expected.get(where[line.state], 0) + line.total_fen
        for account in ("reserved", "bank", "returned", "paid"):
            held = sum(row.balance_fen for row in self.session.exec(select(FundAccount))
                       if row.name.startswith(f"{account}:"))
            assert held == expected.get(account, 0), account


def test_no_order_of_events_pays_twice_or_overdraws(county: Any) -> None:
    CASES[:] = [type(county)]
    Months.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None,
                                        suppress_health_check=list(HealthCheck))
    Months.TestCase("runTest").runTest()


def test_the_database_itself_refuses_an_overdrawn_account(session: Session) -> None:
    session.add(FundAccount(name="fund:01", balance_fen=-1))
    with pytest.raises(Exception, match="never_negative"):
        session.flush()
