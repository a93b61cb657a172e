"""How long a county's month takes: `python -m benchmarks.month [households]` (disbursement 9: 20,000 lines)."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, SQLModel, select

from tasks.adapters.stand_ins import StandInBank
from workflows.cases.tables import Household, Member
from workflows.office.people import by_login
from workflows.payments import cycles, funds
from workflows.payments.bank import files as bank_files, results as bank_results
from workflows.payments.cycle import closing
from workflows.payments.roster import rosters, signatures
from workflows.payments.tables import Cycle, Entitlement
from workflows.records.session import make_engine
from workflows.records.types import CHINA
from workflows.sample import fixture

TOWNS = (fixture.EAST, fixture.WEST)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long it took."""
    begin = time.perf_counter()
    yield
    sys.stdout.write(f"{what:<28}{time.perf_counter() - begin:8.2f} s\n")


def fill(session: Session, count: int) -> None:
    """So many households of one, entitled since May."""
    fixture.load(session)
    for n in range(count):
        session.add(Household(number=f"H{n:06d}", division_code=f"{TOWNS[n % 2]}001", category="urban"))
    session.flush()
    for n, home in enumerate(session.exec(select(Household.id).order_by(Household.id))):
        number = f"9901011970{n:08d}"
        session.add(Member(household_id=home, name="户主", id_number=number, relation="self"))
        session.add(Entitlement(household_id=home, scheme="dibao", decision_no=f"{n}号", decided_on=date(2024, 4, 8), category="urban",
                                base_fen=60_000, people=1, from_month="2024-05", payee_name="户主",
                                payee_id_number=number, account_number=f"6217{n:012d}", bank_code="PSBC"))
    funds.allocate(session, "01", count * 200_000, "年初预算", datetime(2024, 1, 2, tzinfo=CHINA))


def pay(session: Session, month: str) -> None:
    """One month from roster to closed books."""
    cut_off, _ = cycles.due_dates(session, month, fixture.COUNTY)
    now = datetime.combine(cut_off, datetime.min.time(), CHINA)
    cycle = cycles.open(session, "dibao", month, fixture.COUNTY, None, now)
    with timed(f"{month} roster"):
        rosters.make(session, cycle, None, now)
        session.commit()
    with timed(f"{month} four signatures"):
        sign(session, cycle, now)
        session.commit()
    roster, bank = rosters.must(session, cycle), StandInBank()
    with timed(f"{month} approve, file, send"):
        signatures.approve(session, roster, now)
        now = datetime(int(month[:4]), int(month[5:]), 3, 9, tzinfo=CHINA)
        file = bank_files.payment_file(session, cycle, now)
        bank_files.sent(session, file, bank.send(file.content, file.name), now)
        session.commit()
    content = bank.result(file.batch)
    assert content is not None
    with timed(f"{month} results, reconcile"):
        bank_results.take_in(session, cycle, content, "result.csv", None, now)
        session.commit()
    with timed(f"{month} 13 checks, close"):
        closing.close(session, cycle, None, now)
        session.commit()


def sign(session: Session, cycle: Cycle, now: datetime) -> None:
    """All three levels agree."""
    roster = rosters.must(session, cycle)
    for level, scope, login in ((1, TOWNS[0], "town_lead1"), (1, TOWNS[1], "town_lead2"),
                                (2, fixture.COUNTY, "county_lead1"), (3, fixture.COUNTY, "finance1")):
        signatures.sign(session, roster, level, scope, by_login(session, login), "agree", "", now)


def main() -> None:
    """Two months, so that the second has a bridge."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        SQLModel.metadata.create_all(engine)
        for step in (lambda s: fill(s, count), lambda s: pay(s, "2024-05"), lambda s: pay(s, "2024-06")):
            with Session(engine, expire_on_commit=False) as session:
                step(session)
                session.commit()


if __name__ == "__main__":
    main()
