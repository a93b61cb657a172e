"""The county the journeys play in: the acceptance fixture, its people given names, its neighbours already paid.

Run as a program with the product's own environment: `python -m tests.journeys.county build | april`.
"""

import sys
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from workflows.payments import month
from tasks.adapters.bank import HttpBank
from tests.families import NORMAL, application, id_number, with_photo
from workflows import releases
from workflows.cases import decisions, intake
from workflows.cases.tables import Household, Member, WorkItem, WorkState
from workflows.office import clock, people, sign_in
from workflows.office.tables import Duty, Person, Role, SampleClock
from workflows.payments import effects as _effects, funds  # noqa: F401  (what drawings ask for)
from workflows.payments.entitled import entitlements
from workflows.payments.entitled.entitlements import Payee
from workflows.records import schema
from workflows.records.session import writing
from workflows.records.types import CHINA
from workflows.sample import fixture
from workflows.settings import settings

PASSWORD = "a-long-password"
START = datetime(2024, 3, 4, 9, tzinfo=CHINA)
PEOPLE = {
    "window_clerk1": "周晓岚", "village1": "李满秀", "town_clerk1": "陈立新", "town_clerk2": "彭佳慧", "town_lead1": "刘国安",
    "town_lead2": "曾宪明", "check_org1": "许静", "county_clerk1": "黄文斌", "county_clerk2": "易思远", "county_lead1": "方建平",
    "county_lead2": "邹敏", "county_finance1": "谭丽华", "finance1": "熊志刚", "auditor1": "邓明", "admin1": "杨帆",
}
EAST, WEST = f"{fixture.EAST}001", f"{fixture.WEST}001"
NEIGHBOURS = (("何德明", EAST, 48_000, 2), ("张桂芳", EAST, 36_000, 1), ("罗少华", f"{fixture.EAST}002", 75_000, 3),
              ("胡玉珍", WEST, 41_000, 1), ("万里平", WEST, 66_000, 2), ("徐国强", f"{fixture.WEST}002", 52_000, 2))
# Applicant, village, days before the start, how many of the normal steps are done.
APPLICANTS = (("赵德顺", EAST, 28, 1), ("刘海燕", EAST, 12, 3), ("陈国强", f"{fixture.EAST}002", 31, 4),
              ("马桂兰", EAST, 45, 4), ("孙立军", f"{fixture.EAST}002", 3, 0), ("吴秋菊", EAST, 6, 1), ("周建民", EAST, 2, 0))


def build() -> None:
    """An installation on its first day, with a little work in the baskets."""
    schema.upgrade()
    with writing() as session:
        fixture.load(session)
        session.add(SampleClock(id=1, offset_seconds=round((START - clock.machine()).total_seconds())))
        secret = sign_in.hashed(PASSWORD)
        for person in session.exec(select(Person)):
            person.password_hash, person.name = secret, PEOPLE.get(person.login, person.name)
        _also_leads(session, "county_clerk2")
        releases.publish_all(session, START)
        for source, fen in (("01", 200_000_00), ("03", 50_000_00)):
            funds.allocate(session, source, fen, "年初预算", START, people.by_login(session, "finance1"))
        for number, neighbour in enumerate(NEIGHBOURS, start=1):
            _neighbour(session, number, *neighbour)
    for number, applicant in enumerate(APPLICANTS, start=1):
        with writing() as session:
            _applicant(session, number, *applicant)


def april() -> None:
    """The neighbours' month, as the office does it every month: rostered and signed; the machines then pay it."""
    key = month.Key("2024-04", "dibao", fixture.COUNTY)
    month.run(key, month.Desk(HttpBank()))
    for node, login, answers in (
            ("submit_roster", "county_finance1", {"bridge_checked": True}), ("town_review", "town_lead1", {"outcome": "agree"}),
            ("town_review", "town_lead2", {"outcome": "agree"}), ("county_review", "county_lead2", {"outcome": "agree"}),
            ("finance_review", "finance1", {"outcome": "agree"})):
        with writing() as session:
            who, now = people.by_login(session, login), clock.now(session)
            item = next(one for one in _open_items(session, node) if who.duty(one.role, one.unit_id))
            decisions.complete(session, item.id or 0, answers, who, now)


def _also_leads(session: Session, login: str) -> None:
    """A clerk who also stands in for the lead: two duties, but not both in one case."""
    held = people.by_login(session, login)
    session.add(Duty(person_id=held.id, role=Role.COUNTY_LEAD, unit_id=held.duties[0].unit_id, title="代理负责人"))
    session.flush()


def _neighbour(session: Session, number: int, name: str, village: str, fen: int, people_: int) -> None:
    """A household taken over from the years before, paid till March."""
    home = Household(number=f"990101-{number:05}", division_code=village, category="urban")
    session.add(home)
    session.flush()
    payee = Payee(name, id_number(f"19{50 + number}0515", 101 + number), f"62170000000{number:05}", "PSBC")
    session.add(Member(household_id=home.id or 0, name=name, id_number=payee.id_number, relation="self"))
    entitlements.grant(session, home.id or 0, None, f"示民保字〔2023〕{number:04}号", date(2023, 6, 8), fen, 0, people_,
                       "urban", payee, START, scheme="dibao", paid_till="2024-03")


def _applicant(session: Session, number: int, name: str, village: str, days: int, steps: int) -> None:
    """Somebody whose application is on its way."""
    then = START - timedelta(days=days) + timedelta(minutes=7 * number)
    answers = application(40 + number, division=village, applicant_name=name, account_holder=name)
    answers["members"][0]["name"] = answers["incomes"][0]["member"] = name
    answers["members"][2]["authorised"] = True
    case = intake.apply(session, "dibao", answers, people.by_login(session, "window_clerk1"), then)
    for login, node, given in NORMAL[:steps]:
        item = next(one for one in _open_items(session, node) if one.case_id == case.id)
        who = people.by_login(session, login)
        first = decisions.initial(session, item, case, who, then)
        moments = {"home_visit": {"visited_at": f"{then:%Y-%m-%dT%H:%M}"}, "data_check": {"queried_on": f"{then:%Y-%m-%d}"}}
        own = {"incomes": first["incomes"]} if "incomes" in first else {}
        decisions.complete(session, item.id or 0, {**first, **with_photo(session, given, who, then), **own, **moments.get(node, {})}, who, then)


def _open_items(session: Session, node: str) -> list[WorkItem]:
    return list(session.exec(select(WorkItem).where(WorkItem.node == node, WorkItem.state == WorkState.OPEN)
                             .order_by(col(WorkItem.id))))


if __name__ == "__main__":
    assert settings().sample, "never in a bureau's own database"
    {"build": build, "april": april}[sys.argv[1]]()
