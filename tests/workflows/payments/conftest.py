"""A small county with officers, households and money, brought to any point of a month by the real commands."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlmodel import Session

import workflows.cases.tables
import workflows.office.tables
import workflows.records.tables  # noqa: F401
from workflows.cases.tables import Household, Member
from workflows.office.people import Held, Officer
from workflows.office.tables import Person
from workflows.payments import cycles, funds
from workflows.payments.bank import files as bank_files, reconciliation, results as bank_results
from workflows.payments.entitled import entitlements
from workflows.payments.roster import rosters, signatures
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Attempt, BankFile, Cycle, CycleState, Entitlement, Line, Roster
from workflows.records.types import CHINA
from workflows.scenarios.databases import in_memory

COUNTY = "990101"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def at(text: str) -> datetime:
    """A moment in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def id_number(serial: int, born: str = "19700101") -> str:
    """A valid ID number."""
    body = f"{COUNTY}{born}{serial % 1000:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def result_file(batch: str, rows: list[tuple[Attempt, str]], *, when: str = "2024-06-05T10:00:00+08:00",
                wrong_total: int = 0, message: str = "") -> bytes:
    """A result file as the bank writes it."""
    fen = [attempt.amount_fen for attempt, _ in rows]
    paid = [attempt.amount_fen for attempt, code in rows if code == "00"]
    lines = [f"YIMEN-RESULT,1,{batch},2024-06-05,{len(rows)},{sum(fen) + wrong_total},{len(paid)},{sum(paid)}"]
    lines += [f"{attempt.trace_id},{code},{message},S{attempt.trace_id},{when},{attempt.amount_fen}"
              for attempt, code in rows]
    return ("\n".join(lines) + "\n").encode()


class County:
    """What a test says about a county."""

    result_file = staticmethod(result_file)

    def __init__(self, session: Session) -> None:
        self.session = session
        self.maker = self.person("制表", "COUNTY_FINANCE")
        self.clerk = self.person("县经办", "COUNTY_CLERK")
        self.lead = self.person("县领导", "COUNTY_LEAD")
        self.finance = self.person("财政", "FINANCE")
        self.town_leads = {code: self.person(f"镇长{code[-1]}", "TOWN_LEAD", code)
                           for code in ("990101001", "990101002")}

    def person(self, name: str, role: str, ground: str = COUNTY) -> Officer:
        """An officer with one duty."""
        row = Person(login=f"{role}{ground}{name}", name=name)
        self.session.add(row)
        self.session.flush()
        assert row.id
        return Officer(row.id, row.login, name, duties=(Held(role, 1, "单位", "COUNTY", ground),))

    def household(self, number: int, village: str = "990101001001", **member: object) -> Household:
        """A household of one, who receives its money."""
        home = Household(number=f"H{number:05d}", division_code=village, category="urban")
        self.session.add(home)
        self.session.flush()
        assert home.id
        words = {"name": f"户主{number}", "id_number": id_number(number), "relation": "self", **member}
        self.session.add(Member(household_id=home.id, **words))
        self.session.flush()
        return home

    def grant(self, number: int, yuan: float = 600, decided: str = "2024-05-08", **more: object) -> Entitlement:
        """A household with an entitlement."""
        village = str(more.pop("village", "990101001001"))
        member = more.pop("member", {})
        assert isinstance(member, dict)
        home = self.household(number, village, **member)
        return self.grant_to(home, number, yuan, decided, **more)

    def grant_to(self, home: Household, number: int, yuan: float, decided: str, **more: object) -> Entitlement:
        """An entitlement for a household."""
        payee = Payee(str(more.pop("name", f"户主{number}")), str(more.pop("payee_id", id_number(number))),
                      str(more.pop("account", f"6217{number:012d}")), "PSBC")
        day = date.fromisoformat(decided)
        assert home.id
        return entitlements.grant(self.session, home.id, None, f"低保〔2024〕{number}号", day, round(yuan * 100), 0, 1,
                                  "urban", payee, at(f"{decided}T10:00"), **{"scheme": "dibao", **more})  # type: ignore[arg-type]

    def money(self, source: str = "01", yuan: int = 1_000_000) -> None:
        """Money from the budget."""
        funds.allocate(self.session, source, yuan * 100, "年初预算", at("2024-01-02T09:00"), self.finance)

    def roster(self, month: str = "2024-06") -> tuple[Cycle, Roster]:
        """A month with its roster made, by the schedule."""
        now = self.cut_off(month)
        cycle = cycles.open(self.session, "dibao", month, COUNTY, None, now)
        return cycle, rosters.make(self.session, cycle, None, now)

    def cut_off(self, month: str) -> datetime:
        """The evening of the cut-off day."""
        day, _ = cycles.due_dates(self.session, month, COUNTY)
        return at(f"{day}T18:00")

    def sign(self, cycle: Cycle, up_to: int = 3) -> Roster:
        """All levels up to one agree."""
        roster = rosters.must(self.session, cycle)
        now = at(f"{cycle.cut_off_on}T19:00")
        for town in rosters.townships(self.session, cycle):
            signatures.sign(self.session, roster, 1, town, self.town_leads[town], "agree", "", now)
        for level, who in ((2, self.lead), (3, self.finance)):
            if level <= up_to:
                signatures.sign(self.session, roster, level, COUNTY, who, "agree", "", now)
        return roster

    def approved(self, month: str = "2024-06") -> Cycle:
        """A month whose roster all three levels signed, its money reserved."""
        cycle, _ = self.roster(month)
        signatures.approve(self.session, self.sign(cycle), at(f"{cycle.cut_off_on}T20:00"))
        return cycle

    def sent(self, month: str = "2024-06") -> tuple[Cycle, BankFile]:
        """A month whose file lies with the bank."""
        cycle = self.approved(month)
        file = bank_files.payment_file(self.session, cycle, at(f"{month}-03T09:00"))
        bank_files.sent(self.session, file, "收妥", at(f"{month}-03T09:01"))
        return cycle, file

    def results(self, cycle: Cycle, file: BankFile, codes: dict[int, str] | None = None, day: int = 5) -> None:
        """The bank answers: success but for some households."""
        rows = [(attempt, (codes or {}).get(self.line(attempt).household_id, "00")) for attempt in self.attempts(file)]
        when = f"{cycle.month}-{day:02d}T10:00:00+08:00"
        bank_results.take_in(self.session, cycle, result_file(file.batch, rows, when=when), "r.csv", None,
                             at(f"{cycle.month}-{day:02d}T11:00"))

    def paid(self, month: str) -> Cycle:
        """A month that was paid without a return."""
        cycle, file = self.sent(month)
        self.results(cycle, file)
        assert cycle.state == CycleState.RECONCILED
        return cycle

    def attempts(self, file: BankFile) -> list[Attempt]:
        """A file's attempts."""
        from sqlmodel import select
        return list(self.session.exec(select(Attempt).where(Attempt.file_id == file.id).order_by(Attempt.id)))

    def line(self, attempt: Attempt) -> Line:
        """An attempt's line."""
        return self.session.get_one(Line, attempt.line_id)

    def lines(self, cycle: Cycle) -> dict[str, Line]:
        """The month's lines by household number."""
        return {self.session.get_one(Household, line.household_id).number: line
                for line in rosters.lines(self.session, cycle)}

    def reissue(self, line: Line, file_codes: str = "00") -> None:
        """Send a corrected line again and let the bank answer."""
        file = reconciliation.reissue(self.session, [line], at(f"{line.month}-07T09:00"))
        bank_files.sent(self.session, file, "收妥", at(f"{line.month}-07T09:01"))
        cycle = cycles.get(self.session, line.cycle_id)
        self.results(cycle, file, {line.household_id: file_codes}, day=7)


@pytest.fixture
def session() -> Iterator[Session]:
    """An empty database."""
    with Session(in_memory(), expire_on_commit=False) as session:
        yield session


@pytest.fixture
def county(session: Session) -> County:
    """A county with its officers."""
    return County(session)
