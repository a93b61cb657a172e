"""Build the sample county, or begin it anew."""

import shutil
import socket
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, select

from workflows import releases
from workflows.cases.tables import Household
from workflows.errors import Conflict
from workflows.office import people, rates
from workflows.office.people import Officer
from workflows.office.tables import LocalRate, SampleClock
from workflows.payments import funds
from workflows.payments.taking_over import book as household_import
from workflows.payments.tables import FundAccount
from workflows.records import schema
from workflows.records.session import make_engine
from workflows.sample import accounts, adoptions, households, in_flight, inspections, organisations, places, reliefs
from workflows.sample.places import COUNTY
from workflows.settings import settings

PLAN = "《岳阳县2024年工作计划》（原文未注明生效日期，示例自2024-01-01起）"
EXAMPLE = "示例县设定，非法定数值"
SINCE = date(2024, 1, 1)
OF_THE_TRIAL = ("files", "sample", "bank_simulator", "prefect")  # folders in `var`: what a trial leaves behind
RATES: Mapping[str, tuple[object, str]] = {
    "dibao.standard.urban": (70_000, PLAN),
    "dibao.standard.rural": (540_000, PLAN),
    "dibao.supplement.elderly": (10, EXAMPLE),
    "dibao.supplement.minor": (10, EXAMPLE),
    "dibao.supplement.severely_disabled": (20, EXAMPLE),
    "dibao.supplement.severely_ill": (20, EXAMPLE),
    "dibao.property.deposit_multiple": (2, EXAMPLE),
    "dibao.property.houses": (1, EXAMPLE),
    "dibao.property.vehicle_excludes": (True, EXAMPLE),
    "dibao.property.company_excludes": (True, EXAMPLE),
    "temporary_relief.local_average": (2_850_000, EXAMPLE),
}
FUNDS = (("01", 200_000_000, "中央财政困难群众救助补助资金"), ("03", 40_000_000, "省级财政困难群众救助补助资金"),
         ("05", 20_000_000, "县级配套资金"))


def load(session: Session, now: datetime) -> None:
    """Everything the sample county has, for a database at its newest shape; what is there already stays."""
    _only_in_the_sample()
    places.load(session)
    accounts.load(session)
    if session.get(SampleClock, 1) is None:
        session.add(SampleClock(id=1))
    admin = people.by_login(session, "admin")
    _set_rates(session, admin, now)
    releases.publish_all(session, now)
    _bring_in_households(session, people.by_login(session, "county.clerk"), now)
    if not session.exec(select(FundAccount)).first():
        for source, amount_fen, memo in FUNDS:
            funds.allocate(session, source, amount_fen, memo, now, people.by_login(session, "finance"))
    session.flush()
    in_flight.load(session, now)
    organisations.load(session, now)
    inspections.load(session, now)
    reliefs.load(session, now)
    adoptions.load(session, now)


def wipe() -> None:
    """Remove the sample county's database and files, and what bank and Prefect remember of it."""
    _only_in_the_sample()
    url = settings().url
    if not url.startswith("sqlite:///"):
        raise Conflict("Only a sample county in SQLite can be begun anew from here.")
    refuse_a_bureau(url)
    path = Path(url.removeprefix("sqlite:///"))
    for name in (path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))):
        name.unlink(missing_ok=True)
    for folder in OF_THE_TRIAL:
        shutil.rmtree(settings().var / folder, ignore_errors=True)


def migrate() -> None:
    """Bring the sample county's database to its newest shape."""
    _only_in_the_sample()
    refuse_a_bureau(settings().url)
    schema.upgrade()


def refuse_a_bureau(url: str) -> None:
    """Leave a database alone that has people but no sample clock: a bureau works with it."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return
    engine = make_engine(url)
    try:
        if _rows(engine, "person") and not _rows(engine, "sample_clock"):
            raise Conflict("This database belongs to a bureau, not to the sample county. Nothing was changed.")
    finally:
        engine.dispose()


def refuse_while_running() -> None:
    """Begin nothing anew under a running product's feet."""
    mine = settings()
    for port in (mine.port, mine.prefect_port, mine.bank_port):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise Conflict("Port {port} is in use: stop the product first, then begin anew.", port=port)


def _rows(engine: Engine, table: str) -> bool:
    """Whether a table is there and has a row, in whatever version's shape."""
    if not inspect(engine).has_table(table):
        return False
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None  # noqa: S608  (our own names)


def _only_in_the_sample() -> None:
    if not settings().sample:
        raise Conflict("This is not the sample county. Set YIMEN_SAMPLE=true for a trial.")


def _set_rates(session: Session, admin: Officer, now: datetime) -> None:
    known = set(session.exec(select(LocalRate.code).where(LocalRate.scope == COUNTY)))
    for code, (value, source) in RATES.items():
        if code not in known:
            rates.set_local(session, code, value, scope=COUNTY, valid_from=SINCE, source=source, who=admin, now=now)


def _bring_in_households(session: Session, clerk: Officer, now: datetime) -> None:
    """Through the same door as a bureau's own workbook."""
    if session.exec(select(Household)).first():
        return
    content = households.workbook(places.villages(), f"{now:%Y-%m}")
    target = settings().var / "sample" / "households.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    household_import.take_in(session, content, clerk, now)
