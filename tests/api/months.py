"""A county with two months for the payment pages: one paid and closed, one whose roster awaits review."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from forms import checks
from tests.api.html import Page
from workflows.cases.tables import Household, Member
from workflows.office import people
from workflows.office.people import Officer
from workflows.payments import cycles, funds
from workflows.payments.bank import files as bank_files, reconciliation, results as bank_results
from workflows.payments.cycle import closing
from workflows.payments.entitled import entitlements
from workflows.payments.roster import rosters, signatures
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Attempt, BankFile, Cycle, Line
from workflows.records.types import CHINA
from workflows.sample.fixture import COUNTY, EAST, WEST

PAID, OPEN = "2024-02", "2024-03"
FIRST = 500     # serials of the first household's people


def at(day: date, hour: int = 9) -> datetime:
    """A moment of a day in China."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def id_number(serial: int, born: str = "19700101") -> str:
    """A valid ID number."""
    body = f"{COUNTY}{born}{serial:03d}"
    return body + checks.id_check_digit(body)


def build(session: Session, *, returned: bool = False) -> None:
    """Five households, February paid (or, `returned`, one of it sent back), March as a draft."""
    funds.allocate(session, "01", 10_000_000, "年初预算", at(date(2024, 1, 2)), people.by_login(session, "finance1"))
    for n in range(5):
        _household(session, n)
    _paid(session, returned=returned)
    cycle = cycles.open(session, "dibao", OPEN, COUNTY, None, at(date(2024, 2, 23)))
    cycles.note_step(session, cycle, "cut_off", "done", at(date(2024, 2, 23)), {"decisions": 5})
    _spoil(session)
    rosters.make(session, cycle, people.by_login(session, "county_finance1"), at(date(2024, 2, 23), 18))
    cycles.note_step(session, cycle, "roster", "failed", at(date(2024, 2, 23), 18), {"error": "网络中断"})


def line(session: Session, month: str, number: int = 0) -> Line:
    """A household's line of a month."""
    home = session.exec(select(Household).where(Household.number == f"H{number}")).one()
    cycle = session.exec(select(Cycle).where(Cycle.month == month)).one()
    return session.exec(select(Line).where(Line.cycle_id == cycle.id, Line.household_id == home.id)).one()


def cells(page: Page, path: str = "//tbody/tr") -> list[list[str]]:
    """The words of each row, cell by cell."""
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.tree.xpath(path)]


def cycle_of(session: Session, month: str) -> Cycle:
    """A month."""
    return session.exec(select(Cycle).where(Cycle.month == month)).one()


def _household(session: Session, n: int) -> None:
    village = f"{EAST}001" if n < 3 else f"{WEST}001"
    home = Household(number=f"H{n}", division_code=village, category="urban" if n < 3 else "rural")
    session.add(home)
    session.flush()
    name, number = f"户主{'甲乙丙丁戊'[n]}", id_number(FIRST + n, "20100101" if n == 4 else "19700101")
    session.add(Member(household_id=home.id or 0, name=name, id_number=number, relation="self"))
    session.flush()
    entitlements.grant(session, home.id or 0, None, f"低保〔2024〕{n}号", date(2024, 1, 8), 60_000 + n, 0, 1, "urban",
                       Payee(name, number, f"621700000000{n:04d}", "CCB"), at(date(2024, 1, 8)), scheme="dibao")


def _paid(session: Session, *, returned: bool) -> None:
    cycle = cycles.open(session, "dibao", PAID, COUNTY, None, at(date(2024, 1, 25)))
    roster = rosters.make(session, cycle, people.by_login(session, "county_finance1"), at(date(2024, 1, 25), 18))
    for town, login in ((EAST, "town_lead1"), (WEST, "town_lead2")):
        signatures.sign(session, roster, 1, town, _who(session, login), "agree", "一致", at(date(2024, 1, 26)))
    for level, login in ((2, "county_lead1"), (3, "finance1")):
        signatures.sign(session, roster, level, COUNTY, _who(session, login), "agree", "", at(date(2024, 1, 29)))
    signatures.approve(session, roster, at(date(2024, 1, 29), 15))
    file = bank_files.payment_file(session, cycle, at(date(2024, 2, 1)))
    bank_files.sent(session, file, "收妥", at(date(2024, 2, 1), 10))
    _answers(session, cycle, file, returned=returned)
    cycles.note_step(session, cycle, "reconcile", "done", at(date(2024, 2, 2), 12), {"paid": 5})
    if not returned:
        closing.close(session, cycle, _who(session, "county_finance1"), at(date(2024, 2, 29)))


def _answers(session: Session, cycle: Cycle, file: BankFile, *, returned: bool) -> None:
    attempts = session.exec(select(Attempt).where(Attempt.file_id == file.id).order_by(col(Attempt.id))).all()
    rows = [(one, "R02" if returned and not place else "00") for place, one in enumerate(attempts)]
    good = [one.amount_fen for one, code in rows if code == "00"]
    head = f"YIMEN-RESULT,1,{file.batch},2024-02-02,{len(rows)},{file.total_fen},{len(good)},{sum(good)}"
    body = [f"{one.trace_id},{code},附言,S{one.trace_id},2024-02-02T10:00:00+08:00,{one.amount_fen}" for one, code in rows]
    content = "\n".join([head, *body, ""]).encode()
    bank_results.take_in(session, cycle, content, "r.csv", None, at(date(2024, 2, 2), 11))
    assert reconciliation.balance(session, cycle).holds


def _spoil(session: Session) -> None:
    """The third household's account becomes unusable."""
    given = entitlements.in_month(session, OPEN, "dibao")[2]
    given.account_number = "62"
    session.add(given)
    session.flush()


def _who(session: Session, login: str) -> Officer:
    return people.by_login(session, login)
