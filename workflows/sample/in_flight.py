"""Applications on their way, brought to their steps by the officers themselves: baskets that are not empty at first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from forms import checks
from workflows.cases import decisions, intake
from workflows.cases.notice import posting as _posting  # noqa: F401  (what drawings ask for)
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import people, working_days
from workflows.sample.places import COUNTY

MORNING = 9


@dataclass(frozen=True)
class Applicant:
    """Somebody who applied some working days ago, and how many steps his case has taken since."""

    name: str
    spouse: str
    village: str
    days: int
    steps: int


FRIENDSHIP = "430621100276"
APPLICANTS = (
    Applicant("方志明", "许秀兰", FRIENDSHIP, 1, 0), Applicant("汪国华", "雷桂英", FRIENDSHIP, 3, 0),
    Applicant("任长根", "龙玉珍", FRIENDSHIP, 6, 0), Applicant("廖新民", "欧春梅", FRIENDSHIP, 2, 1),
    Applicant("熊立群", "黎满秀", FRIENDSHIP, 9, 1), Applicant("金正华", "白冬香", FRIENDSHIP, 5, 2),
    Applicant("石永生", "贺友珍", FRIENDSHIP, 8, 3), Applicant("尹海清", "易菊香", FRIENDSHIP, 4, 3),
    Applicant("武光荣", "乔金莲", FRIENDSHIP, 12, 4), Applicant("钟德福", "段凤娥", FRIENDSHIP, 7, 5),
)


def load(session: Session, now: datetime) -> None:
    """Every case at its step; where a case of low-income support exists already, nothing."""
    if session.exec(select(Case).where(Case.process == "dibao")).first():
        return
    calendar = working_days.calendar(session)
    for number, applicant in enumerate(APPLICANTS):
        day = now.date()
        for _ in range(applicant.days):
            day = calendar.previous_working(day - working_days.ONE_DAY)
        then = datetime(day.year, day.month, day.day, MORNING, 7 * number % 60, tzinfo=now.tzinfo)
        _bring(session, number, applicant, then)
    session.flush()


def _bring(session: Session, number: int, applicant: Applicant, then: datetime) -> None:
    case = intake.apply(session, "dibao", _application(number, applicant), people.by_login(session, "window"), then)
    for place, (login, node, given) in enumerate(_steps(applicant)[:applicant.steps], start=1):
        moment = then + timedelta(minutes=40 * place)
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node,
                                                   WorkItem.state == WorkState.OPEN)).one()
        who = people.by_login(session, login)
        first = decisions.initial(session, item, case, who, moment)
        dated = {"home_visit": {"visited_at": f"{moment:%Y-%m-%dT%H:%M}"}, "data_check": {"queried_on": f"{moment:%Y-%m-%d}"}}
        own = {"incomes": first["incomes"]} if "incomes" in first else {}
        decisions.complete(session, item.id or 0, {**first, **given, **own, **dated.get(node, {})}, who, moment)


def _steps(applicant: Applicant) -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """Who does what, until the township has signed."""
    return (
        ("town.clerk", "review_materials", {"outcome": "accept"}),
        ("town.clerk", "home_visit", {
            "respondent": applicant.name, "surveyors": [{"name": "陈立新"}, {"name": "彭佳慧"}],
            "findings": "两间平房，家电陈旧，收入与申报一致。", "conclusion": "情况属实", "household_signed": True}),
        ("checker", "data_check", {
            "authorisation_number": "示核授1号", "conclusion": "consistent",
            "sources": [{"source": "tax", "result": "none"}]}),
        ("town.clerk", "draft_opinion", {"outcome": "grant", "opinion": "经入户调查和信息核对，符合低保条件，拟予保障。"}),
        ("town.lead", "sign_opinion", {"outcome": "agree", "opinion": "同意。"}),
    )


def _application(number: int, applicant: Applicant) -> dict[str, Any]:
    head, wife = (id_number(f"19{72 + number}0{1 + number % 9}1{number % 10}", 600 + 2 * number + odd) for odd in (1, 2))
    child = id_number(f"2012030{1 + number % 9}", 700 + 2 * number)
    member = {"health": "healthy", "work_ability": "full", "living_together": True, "authorised": True}
    digits = f"622848{4306210000 + number:012}"
    account = next(digits + str(last) for last in range(10) if checks.luhn(digits + str(last)))
    return {
        "protection_category": "rural", "applicant_name": applicant.name, "applicant_id_number": head,
        "registered_division": applicant.village, "registered_address": f"友爱村{1 + number}组{11 + number}号",
        "residence_address": f"友爱村{1 + number}组{11 + number}号", "phone": f"149{number:08}", "reasons": ["illness"],
        "near_relative": "no", "account_holder": applicant.name, "account_number": account, "bank_code": "ABC", "promise": True,
        "members": [
            {**member, "name": applicant.name, "id_number": head, "relation": "self"},
            {**member, "name": applicant.spouse, "id_number": wife, "relation": "spouse"},
            {**member, "name": applicant.name[0] + "佳怡", "id_number": child, "relation": "child", "work_ability": "none"},
        ],
        "incomes": [{"member": applicant.name, "kind": "wage", "amount": str(420 + 10 * number), "months": "1"},
                    {"member": applicant.spouse, "kind": "wage", "amount": "200", "months": "1"}],
    }


def id_number(born: str, sequence: int) -> str:
    """The number of somebody invented, born in the county."""
    first = f"{COUNTY}{born}{sequence:03}"
    return first + checks.id_check_digit(first)
