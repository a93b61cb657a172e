"""Temporary relief of the sample county: petty cash with a ledger, emergencies and applications on their way."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from forms import checks
from workflows.cases import decisions, intake
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import people, working_days
from workflows.payments import effects as _effects  # noqa: F401  (what drawings ask for)
from workflows.payments.petty_cash import books, counts
from workflows.sample.places import COUNTY, STAFFED

QUOTA = 5_000_000
TOWNSHIPS = tuple(STAFFED.values())
VILLAGE = "430621100276"
Steps = tuple[tuple[str, str, Mapping[str, Any]], ...]


def load(session: Session, now: datetime) -> None:
    """Everything, once."""
    if session.exec(select(Case).where(Case.process == "emergency_relief")).first():
        return
    _open_books(session, now)
    for number, (days, steps) in enumerate(((4, 4), (0, 2), (0, 0))):
        _emergency(session, number, _morning(session, now, days), steps)
    for number, (days, steps) in enumerate(((9, 4), (3, 1), (1, 0))):
        _application(session, number, _morning(session, now, days), steps)
    session.flush()


def _open_books(session: Session, now: datetime) -> None:
    """Opened with the year; last month counted and signed."""
    finance, new_year = people.by_login(session, "county.finance"), now.replace(month=1, day=5, hour=9)
    for township in TOWNSHIPS:
        if books.of(session, township, now.year) is None:
            books.open_book(session, township, now.year, QUOTA, min(new_year, now), finance)
    own, last = books.of(session, TOWNSHIPS[0], now.year), now.replace(day=1) - timedelta(days=1)
    if own and last.year == now.year:
        row = counts.count(session, own.id or 0, f"{last:%Y-%m}", QUOTA - 200_000, 200_000, "", people.by_login(session, "town.clerk"), now)
        counts.sign(session, row.id or 0, people.by_login(session, "town.lead"), now)


def _emergency(session: Session, number: int, then: datetime, steps: int) -> None:
    name, reason = (("吴志远", "fire"), ("何春生", "traffic"), ("沈小梅", "accident"))[number]
    own = _id_number(f"19{75 + number}0{3 + number}1{number}", 800 + 2 * number)
    case = intake.apply(session, "emergency_relief", {
        "reporter": "村民代表", "reported_at": f"{then:%Y-%m-%dT%H:%M}", "event_division": VILLAGE, "event_place": f"友爱村{number + 2}组",
        "channel": "discovery", "target": "individual", "area": "rural", "applicant_name": name, "id_kind": "id_card", "id_number": own,
        "people": "1", "reason": reason, "event_date": f"{then:%Y-%m-%d}", "description": "突发急难，基本生活陷入困境，急需救助。"},
        people.by_login(session, "town.clerk"), then)
    _go(session, case, then, ((
        "town.clerk", "verify", {"outcome": "verified", "means": "on_site", "confirmed_by": "彭佳慧", "verified_at": f"{then:%Y-%m-%dT%H:%M}",
                                 "severity": ("death_or_loss", "serious", "other")[number], "people": "1", "findings": "到场核实，情况属实。"}),
        ("town.clerk", "propose_release", {"mode": "cash", "opinion": "拟先行救助。"}),
        ("town.lead", "sign_release", {"outcome": "agree", "opinion": "同意。"}),
        ("county.clerk", "county_filing", {"seen": True}))[:steps])


def _application(session: Session, number: int, then: datetime, steps: int) -> None:
    name = ("曹德贵", "邹玉兰", "潘建军")[number]
    own = _id_number(f"19{68 + number}0{1 + number}0{2 + number}", 820 + 2 * number)
    digits = f"622848{4306211000 + number:012}"
    account = next(digits + str(last) for last in range(10) if checks.luhn(digits + str(last)))
    bought = f"{then - timedelta(days=30):%Y-%m-%d}"
    case = intake.apply(session, "temporary_relief", {
        "channel": "self", "target": "family", "area": "rural", "applicant_name": name, "id_kind": "id_card", "id_number": own,
        "phone": f"149{90000 + number:08}", "residence_division": VILLAGE, "residence_address": f"友爱村{number + 5}组", "people": "1",
        "reason": "illness", "event_date": bought, "amount": "20000", "description": "突发重病住院，自付费用超出承受能力。", "yearly_income": "18000",
        "account_holder": name, "account_number": account, "bank_code": "ABC", "evidence": ["diagnosis", "settlement", "invoices"], "promise": True,
        "members": [{"name": name, "id_number": own, "relation": "self", "authorised": True}],
        "expenses": [{"kind": "medical", "invoice_number": f"YL-{then:%Y}-{100 + number}", "invoice_date": bought, "total": "40000", "reimbursed": "15000",
                      "own": "25000"}]}, people.by_login(session, "town.clerk"), then)
    _go(session, case, then, ((
        "town.clerk", "review_materials", {"outcome": "accept"}),
        ("town.clerk", "survey", {"visited_at": f"{then:%Y-%m-%dT%H:%M}", "respondent": name, "surveyors": [{"name": "陈立新"}, {"name": "彭佳慧"}],
                                  "severity": "hard", "property_ok": "yes", "evidence_true": "yes", "findings": "票据属实，家庭困难。", "household_signed": True}),
        ("checker", "data_check", {"queried_on": f"{then:%Y-%m-%d}", "authorisation_number": "示核授2号", "conclusion": "consistent", "property_ok": "yes"}),
        ("town.clerk", "draft_opinion", {"outcome": "grant", "opinion": "符合支出型救助条件，拟予救助。"}))[:steps])


def _go(session: Session, case: Case, then: datetime, steps: Steps) -> None:
    for place, (login, node, given) in enumerate(steps, start=1):
        moment, who = then + timedelta(minutes=30 * place), people.by_login(session, login)
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node, WorkItem.state == WorkState.OPEN)).one()
        first = decisions.initial(session, item, case, who, moment)
        decisions.complete(session, item.id or 0, {**first, **given}, who, moment)


def _morning(session: Session, now: datetime, days: int) -> datetime:
    """Nine in the morning, so many working days ago; of today two hours ago."""
    calendar, day = working_days.calendar(session), now.date()
    for _ in range(days):
        day = calendar.previous_working(day - working_days.ONE_DAY)
    return datetime(day.year, day.month, day.day, 9, tzinfo=now.tzinfo) if days else now - timedelta(hours=2)


def _id_number(born: str, sequence: int) -> str:
    first = f"{COUNTY}{_real(born)}{sequence:03}"
    return first + checks.id_check_digit(first)


def _real(born: str) -> str:
    return f"{date(int(born[:4]), int(born[4:6]), int(born[6:8])):%Y%m%d}"
