"""Two adoptions of the sample county on their way: one being assessed, one while birth parents are searched for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from forms import checks
from workflows.cases import decisions, intake
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import people, working_days
from workflows.sample.places import COUNTY

REGISTRAR = "reg.auth"
PAPERS = ["household_register", "identity_card", "marriage_proof", "ability_proof", "children_statement", "health_certificate", "conduct_check"]
TEAM = [{"name": name, "post": post, "on_establishment": True, "no_interest": True} for name, post in (("曾令仪", "儿童福利股股长"), ("柳文静", "婚姻登记处登记员"))]
Steps = tuple[tuple[str, Mapping[str, Any]], ...]


def load(session: Session, now: datetime) -> None:
    """Both, once."""
    if session.exec(select(Case).where(Case.process == "adoption")).first():
        return
    own, found = _days_before(session, now, 25), _days_before(session, now, 18)
    _bring(session, {**_couple(0, own), "adoption_type": "birth_parents", "placer_kind": "birth_parents", "single_reason": "none",
                     "hardship": "yes", "papers": [*PAPERS, "placer_identity", "hardship_statement"],
                     "children": [_child(0, "男", own)], "placers": [_parent(0, "male", 710), _parent(0, "female", 711)]},
           own, _assessed(own))
    _bring(session, {**_couple(1, found), "adoption_type": "found", "papers": [*PAPERS, "fertility_proof", "police_report_proof"],
                     "found_on": _day(found, -60), "found_place": "岳阳县客运站候车室", "police_report_number": "岳公报〔2024〕31号",
                     "features": "左脚踝有一处浅色胎记，随身有黄色包被", "children": [_child(1, "女", found)]},
           found, (*_accepted(found), ("confirm_posting", {"medium": "岳阳晚报"})))
    session.flush()


def _assessed(then: datetime) -> Steps:
    return (*_accepted(then), ("assign_team", {"mode": "own", "assessors": TEAM}), ("start_living", {"place": "收养申请人家中"}))


def _accepted(then: datetime) -> Steps:
    return (("first_look", {"outcome": "accept"}), ("consent", {"outcome": "agree", "consented_on": _day(then), "signed": True}))


def _couple(number: int, then: datetime) -> dict[str, Any]:
    names, place = (("罗建章", "余淑贞"), ("宋明远", "江雪晴"))[number], COUNTY
    pair = [_adopter(name, _id_number(f"198{5 + number}0{3 + sex}1{number}", 701 + 2 * number + sex), then) for sex, name in enumerate(names)]
    return {"basis_code": place, "basis_name": "岳阳县", "planned_on": _day(then, 120), "phone": f"149{70000 + number:08}",
            "marital_status": "married", "marriage_certificate_number": f"J{place}-2012-00{31 + number}", "marriage_holder": pair[0]["id_number"],
            "marriage_holder_2": pair[1]["id_number"], "adopters": pair, "own_children_count": "0", "children_stated": True,
            "yearly_income": "110000", "housing": "自有住房一套"}


def _adopter(name: str, number: str, then: datetime) -> dict[str, Any]:
    return {"name": name, "id_number": number, "ethnicity": "汉族", "education": "大专", "occupation": "职工", "address": "岳阳县荣家湾镇",
            "hospital": "岳阳县人民医院", "hospital_level": "county", "examined_on": _day(then, -10), "health": "fit",
            "conduct_on": _day(then, -8), "conduct": "none"}


def _child(number: int, sex: str, then: datetime) -> dict[str, Any]:
    born = then.date() - timedelta(days=1400 if number == 0 else 90)
    code = {"id_number": _id_number(f"{born:%Y%m%d}", 713)} if number == 0 else {}
    return {"name": ("易安", "晨曦")[number], "sex": "male" if sex == "男" else "female", "birth_date": born.isoformat(), "health": "healthy", **code}


def _parent(number: int, sex: str, sequence: int) -> dict[str, Any]:
    return {"name": "易长林" if sex == "male" else "邱冬梅", "id_number": _id_number(f"199{number}0{2 if sex == 'male' else 7}16", sequence)}


def _bring(session: Session, answers: Mapping[str, Any], then: datetime, steps: Steps) -> None:
    who = people.by_login(session, REGISTRAR)
    case = intake.apply(session, "adoption", answers, who, then)
    for place, (node, given) in enumerate(steps, start=1):
        moment = then + timedelta(minutes=20 * place)
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node, WorkItem.state == WorkState.OPEN)).one()
        decisions.complete(session, item.id or 0, {**decisions.initial(session, item, case, who, moment), **given}, who, moment)


def _days_before(session: Session, now: datetime, days: int) -> datetime:
    calendar = working_days.calendar(session)
    day = calendar.previous_working(now.date() - timedelta(days=days))
    return datetime(day.year, day.month, day.day, 9, tzinfo=now.tzinfo)


def _day(then: datetime, days: int = 0) -> str:
    return (then + timedelta(days=days)).date().isoformat()


def _id_number(born: str, sequence: int) -> str:
    first = f"{COUNTY}{born}{sequence:03}"
    return first + checks.id_check_digit(first)
