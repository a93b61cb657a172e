"""The fixture county with households, money and published drawings; people work by the same door as in the pages."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.databases import at_file
from tasks.adapters.stand_ins import StandInBank
from workflows.payments.month import Desk, Key, run
from workflows import releases
from workflows.cases import decisions
from workflows.cases.tables import Household, Job, Member, WorkItem, WorkState
from workflows.office.people import by_login
from workflows.payments import cycles, funds
from workflows.payments.entitled import entitlements
from workflows.payments.roster import rosters
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Cycle, Line
from workflows.records.session import reading, writing
from workflows.records.types import CHINA
from workflows.sample import fixture

NAMES = {1: "户主一", 2: "户主二", 3: "户主三", 4: "户主四"}
KEY = Key("2024-06", "dibao", fixture.COUNTY)


def at(text: str) -> datetime:
    """A moment in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


class County:
    """A county, its bank and its clock."""

    def __init__(self, source: Engine) -> None:
        self.source = source
        self.bank = StandInBank()
        self.now = at("2024-05-24T18:00")
        with writing(source) as session:
            fixture.load(session)
            for process in ("monthly_review", "returned_payment"):
                releases.publish(session, process, self.now)
            funds.allocate(session, "01", 1_000_000_00, "年初预算", self.now)

    @property
    def desk(self) -> Desk:
        """What the steps work with."""
        return Desk(self.bank, lambda _session: self.now, self.source)

    def household(self, number: int, village: str = f"{fixture.EAST}001") -> None:
        """A household of one that is entitled from June on."""
        id_number = f"99010119700101{number:04d}"
        with writing(self.source) as session:
            home = Household(number=f"H{number:05d}", division_code=village, category="urban")
            session.add(home)
            session.flush()
            session.add(Member(household_id=home.id, name=NAMES[number], id_number=id_number, relation="self"))
            payee = Payee(NAMES[number], id_number, f"6217{number:012d}", "PSBC")
            entitlements.grant(session, home.id, None, f"{number}号", date(2024, 5, 8), 60_000, 0, 1, "urban", payee,
                               self.now, scheme="dibao")

    def go(self, key: Key = KEY) -> str:
        """The flow goes on as far as it can."""
        return run(key, self.desk)

    def work(self, node: str, login: str, scope: str = "", **answers: Any) -> None:
        """An officer completes an open item."""
        with writing(self.source) as session:
            item = session.exec(select(WorkItem).where(WorkItem.node == node, WorkItem.state == WorkState.OPEN,
                                                       WorkItem.scope == scope)).first()
            assert item is not None, f"no open {node} {scope}"
            decisions.complete(session, item.id, answers, by_login(session, login), self.now)

    def open_items(self) -> list[str]:
        """What awaits people."""
        with reading(self.source) as session:
            return sorted(f"{item.node} {item.scope}".strip() for item in session.exec(
                select(WorkItem).where(WorkItem.state == WorkState.OPEN)))

    def sign_all(self) -> None:
        """All three levels agree."""
        self.work("submit_roster", "county_finance1", bridge_checked=True)
        for item in self.open_items():
            scope = item.split()[1]
            self.work("town_review", "town_lead1" if scope == fixture.EAST else "town_lead2", scope, outcome="agree")
        self.work("county_review", "county_lead1", outcome="agree")
        self.work("finance_review", "finance1", outcome="agree")

    def lines(self) -> dict[int, Line]:
        """The month's lines by household."""
        with reading(self.source) as session:
            return {line.household_id: line for line in session.exec(select(Line))}

    def cycle(self) -> Cycle:
        """The month."""
        with reading(self.source) as session:
            found = cycles.find(session, KEY.scheme, KEY.month, KEY.division)
            assert found
            return found

    def steps(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Each step's state and figures."""
        with reading(self.source) as session:
            found = cycles.find(session, KEY.scheme, KEY.month, KEY.division)
            assert found
            return {step.step: (step.state, dict(step.detail)) for step in cycles.progress(session, found).steps}

    def jobs(self, topic: str = "run_cycle") -> list[Job]:
        """What the machines were asked for."""
        with reading(self.source) as session:
            return list(session.exec(select(Job).where(Job.topic == topic)))

    def in_transaction(self, what: Any) -> Any:
        """Do something in a transaction of its own."""
        with writing(self.source) as session:
            return what(session, rosters.lines(session, cycles.find(session, KEY.scheme, KEY.month, KEY.division)))


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Engine]:
    """A database file, as an installation has it."""
    engine = at_file(tmp_path / "yimen.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def county(source: Engine) -> County:
    """A county of three households in two townships."""
    county = County(source)
    for number, village in ((1, f"{fixture.EAST}001"), (2, f"{fixture.EAST}002"), (3, f"{fixture.WEST}001")):
        county.household(number, village)
    return county


@pytest.fixture
def session(source: Engine) -> Iterator[Session]:
    """A session on the database."""
    with Session(source, expire_on_commit=False) as opened:
        yield opened
