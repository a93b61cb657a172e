"""Bring a case of the minimum living allowance to any of its elements, by the commands people use."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import lru_cache
from threading import Barrier
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from tests import families
from workflows import releases
from workflows.cases import access, decisions, intake
from workflows.cases.tables import Case, Timer, WorkItem, WorkState
from workflows.office import people
from workflows.office.people import Officer
from workflows.office.tables import Duty
from workflows.records import audit
from workflows.records.tables import AuditEvent
from workflows.scenarios.bureau import Bureau, moment, pictures, typed
from workflows.scenarios.databases import in_memory, kept
from workflows.scenarios.shape import Given, merged

Answers = Mapping[str, Any]
SURVEYORS = [{"name": "张伟"}, {"name": "何芳"}]

# Element -> on which day after the application, and what is answered. "TODAY" is the day it is done.
WAY: dict[str, tuple[int, Answers]] = {
    "review_materials": (0, {"outcome": "accept"}),
    "supplement_materials": (0, {}),
    "home_visit": (2, {"visited_at": "TODAYT08:30", "respondent": "王建国", "surveyors": SURVEYORS,
                       "findings": "收入与申报一致", "conclusion": "情况属实", "household_signed": True}),
    "data_check": (8, {"queried_on": "TODAY", "authorisation_number": "SQ-1", "conclusion": "consistent"}),
    "check_rebuttal": (9, {"statement": "存款系代他人保管", "evidence": "保管协议", "recheck_result": "explained"}),
    "draft_opinion": (11, {"outcome": "grant", "opinion": "拟按月补差 600 元"}),
    "sign_opinion": (14, {"outcome": "agree", "opinion": "同意"}),
    "confirm_posting": (14, {"posted_on": "TODAY", "place": "村务公开栏", "posted_by": "张贴员"}),
    "confirm_removal": (22, {"removed_on": "TODAY", "statement": "已取下"}),
    "resurvey": (18, {"method": "resurvey", "held_on": "TODAY", "findings": "未发现门面", "conclusion": "维持",
                      "objection_answer": "经查不属实"}),
    "report_to_county": (22, {"file_index": ["application", "home_visit", "data_check", "opinion", "notice"]}),
    "county_review": (29, {"outcome": "confirm", "opinion": "建议确认"}),
    "county_visit": (29, {"visited_at": "TODAYT08:30", "visitors": SURVEYORS, "findings": "属实", "conclusion": "属实"}),
    "county_decision": (35, {"outcome": "confirm", "opinion": "同意确认"}),
    "serve_refusal": (36, {"served_on": "TODAY", "method": "direct", "receiver": "王建国"}),
}
NORMAL_WAY = ("review_materials", "home_visit", "data_check", "draft_opinion", "sign_opinion", "confirm_posting",
              "report_to_county", "county_review", "county_decision", "confirmed")
REFUSED: dict[str, Answers] = {   # the same family, refused in the end
    "draft_opinion": {"outcome": "refuse", "reason_code": "not_cooperating", "opinion": "拟不予确认"},
    "county_review": {"outcome": "refuse", "reason": "拒不配合核对"},
    "county_decision": {"outcome": "refuse", "reason_code": "not_cooperating", "opinion": "拒不配合核对"},
}


def bureau(today: date = date(2024, 3, 4), *, database: Engine | None = None, **rates: Any) -> Bureau:
    """The fixture county on a day; rates by their code after `dibao.`, dots as `__`."""
    given = Given(today=today, rates={f"dibao.{code.replace('__', '.')}": value for code, value in rates.items()})
    return Bureau(given, "dibao", database)


def case_at(house: Bureau, element: str, *, answers: Mapping[str, Answers | Sequence[Answers]] | None = None,
            number: int = 0, who: str = "", case: Case | None = None, **application: Any) -> Case:
    """The `number`th family's case, or a running one, where `element` waits for a person (or the case has ended there)."""
    queue = {node: list(said) if isinstance(said, (list, tuple)) else [said] for node, said in (answers or {}).items()}
    case = case or applied(house, number, who=who, **application)
    first = case.opened_at
    for _ in range(60):
        with house.work() as session:
            case = session.get_one(Case, case.id)
            item = next(_open(session, case, element), None)
            step = item or next(_open(session, case), None)
            timer = session.exec(select(Timer).where(Timer.case_id == case.id).order_by(col(Timer.due_at))).first()
        if item or case.state == element:
            return case
        if step is None:
            assert timer, f"the case stands still before {element}: {case.state}"
            house.pass_time(max(house.now, timer.due_at))
            continue
        days, usual = WAY[step.node]
        house.pass_time(max(house.now, first + timedelta(days=days)))
        said = queue.get(step.node) or [{}]
        done(house, case, step.node, **{**usual, **(said.pop(0) if len(said) > 1 else said[0])})
    raise AssertionError(f"the case never came to {element}")


def standing(element: str) -> tuple[Bureau, Case]:
    """A bureau of one's own with DB-1's case at that element; the way there is walked once."""
    house, case, rows = _stops()[element]
    twin = copy.copy(house)
    twin.cases, twin.engine = dict(house.cases), in_memory(rows)
    return twin, case.model_copy()


@lru_cache
def _stops() -> dict[str, tuple[Bureau, Case, bytes]]:
    """DB-1's whole way, a copy of the database kept at each element where people are waited for."""
    house, stops, case = bureau(), {}, None
    for element in NORMAL_WAY:
        case = case_at(house, element, case=case)
        stops[element] = copy.copy(house), case, kept(house.engine)
    return stops


def applied(house: Bureau, number: int = 0, *, who: str = "", **application: Any) -> Case:
    """A family's case, just handed in."""
    asked = families.application(number, **application)
    with house.work() as session:
        clerk = who or ("town_clerk3" if asked["registered_division"].startswith("990101002") else "town_clerk1")
        case = intake.apply(session, "dibao", asked, people.by_login(session, clerk), house.now)
        house.remember("", case)
    return case


def done(house: Bureau, case: Case, element: str, login: str = "", **answers: Any) -> Case:
    """Complete the case's item at `element`, by the named officer or by the first who may."""
    with house.work() as session:
        item, who = open_item(session, case, element, login)
        row = session.get_one(Case, case.id)
        first = decisions.initial(session, item, row, who, house.now)
        files = house.files(session, pictures(releases.load(session, item.release_id), item.node), who)
        return decisions.complete(session, item.id or 0, {**merged(first, typed(_dated(answers, house))), **({} if answers.keys() & files else files)}, who, house.now)


def open_item(session: Session, case: Case, element: str, login: str = "") -> tuple[WorkItem, Officer]:
    """An item that waits there, and who does it: the named officer, else the first who may."""
    for item in _open(session, case, element):
        if login:
            who = people.by_login(session, login)
            if who.duty(item.role, item.unit_id):
                return item, who
            continue
        row = session.get_one(Case, case.id)
        desk = select(Duty.person_id).where(Duty.role == item.role, Duty.unit_id == item.unit_id).order_by(col(Duty.id))
        for person in session.exec(desk):
            who = people.officer(session, person)
            if access.why_not(session, row, item, who) is None:
                return item, who
    raise AssertionError(f"nobody can do {element}")


def at(day: str) -> datetime:
    """Nine in the morning of a day, `2024-03-04`; or that very moment, `2024-03-04T14:00`."""
    return moment(datetime.fromisoformat(day) if "T" in day else date.fromisoformat(day))


def everything(database: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as it lies there, to compare before and after."""
    with database.connect() as connection:
        return {table.name: [tuple(row) for row in connection.exec_driver_sql(
            f"SELECT * FROM {table.name} ORDER BY {', '.join(key.name for key in table.primary_key)}")]
            for table in SQLModel.metadata.sorted_tables}


def _open(session: Session, case: Case, element: str = "") -> Iterator[WorkItem]:
    waits = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)
    yield from session.exec((waits.where(WorkItem.node == element) if element else waits).order_by(col(WorkItem.id)))


def _dated(answers: Answers, house: Bureau) -> dict[str, Any]:
    return {key: value.replace("TODAY", f"{house.now:%Y-%m-%d}") if isinstance(value, str) else value
            for key, value in answers.items()}


def at_once(*calls):
    """Start all at the same moment; what each gave, or the exception it raised."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        except Exception as failure:  # noqa: BLE001  the test looks at it
            return failure

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def whole(session: Session):
    """Every chain is whole."""
    return [chain for chain in session.exec(select(AuditEvent.chain).distinct()) if audit.broken_at(session, chain)] == []
