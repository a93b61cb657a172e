"""Social organisations of the sample county: some on record, some on their way; every name and person is invented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from workflows.cases import decisions, intake
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import people, working_days
from workflows.payments import effects as _effects  # noqa: F401  (everything that drawings ask for)
from workflows.records.types import stored
from workflows.registers import entries
from workflows.registers.entries import Because
from workflows.sample.in_flight import MORNING, id_number
from workflows.sample.places import COUNTY

Given = Mapping[str, Any]
CLERK, LEAD, UNIT = "reg.auth", "county.lead", "supervising_unit"
TEA, SCHOOL = "51430621MJ00000012", "52430621MJ00000035"


@dataclass(frozen=True)
class Registered:
    """An organisation on record: how long ago it was entered, in how many days its certificate ends."""

    code: str
    kind: str
    name: str
    parts: tuple[str, str, str]
    head: str
    unit: str
    fund_yuan: int
    years: int
    days_left: int


ON_RECORD = (
    Registered(TEA, "association", "岳阳县黄茶产业协会", ("", "黄茶产业", "协会"), "余光明", "岳阳县农业农村局", 50_000, 6, 320),
    Registered("51430621MJ00000025", "association", "岳阳县水产养殖协会", ("", "水产养殖", "协会"), "潘新华", "岳阳县农业农村局", 30_000, 4, 35),
    Registered(SCHOOL, "non_enterprise", "岳阳县启航职业培训学校", ("启航", "职业培训", "学校"), "谢文静", "岳阳县教育局", 300_000, 3, 410),
    Registered("52430621MJ00000048", "non_enterprise", "岳阳县暖阳养老服务中心", ("暖阳", "养老", "服务中心"), "邹桂兰", "", 100_000, 2, 700),
    Registered("51430621MJ0000006H", "association", "岳阳县书法家协会", ("", "书法家", "协会"), "甘正雄", "岳阳县文化旅游广电局", 30_000, 9, -12),
)
NAME = {"kind": "association", "purpose": "establishment", "applicant_name": "余光明", "phone": "14900000001"}
NUMBER = "岳民名核〔{year}〕90{n}号"


def load(session: Session, now: datetime) -> None:
    """The register and the cases; where an organisation is on record already, nothing."""
    if session.exec(select(Case).where(Case.process == "org_name_check")).first():
        return
    for place, one in enumerate(ON_RECORD):
        _enter(session, place, one, now)
    _reserve(session, now)
    calendar = working_days.calendar(session)
    for number, (process, days, application, steps) in enumerate(_matters(now)):
        day = now.date()
        for _ in range(days):
            day = calendar.previous_working(day - working_days.ONE_DAY)
        _bring(session, process, application, steps, datetime(day.year, day.month, day.day, MORNING, 20 + 5 * number, tzinfo=now.tzinfo))
    session.flush()


def _enter(session: Session, place: int, one: Registered, now: datetime) -> None:
    day = now.date() - timedelta(days=365 * one.years + 11 * place)
    head, until = id_number(f"19{61 + place}0{1 + place}15", 501 + 2 * place), now.date() + timedelta(days=one.days_left)
    trade_name, field, form = one.parts
    copies = [{"copy": copy, "number": f"岳社证字第{place + 1:03}号", "issued_on": day, "valid_to": until} for copy in ("original", "duplicate")]
    entries.enter(session, "organisation", {
        "name": one.name, "code": one.code, "kind": one.kind, "trade_name": trade_name, "business_field": field, "name_form": form,
        "legal_form": "legal_person" if one.kind == "non_enterprise" else None, "area": "岳阳县" if one.kind == "association" else None,
        "purpose": f"促进{field}发展", "scope": f"{field}行业交流、培训、服务", "residence": f"岳阳县荣家湾镇东方路{10 + place}号",
        "fund_fen": one.fund_yuan * 100, "registration_mode": "dual" if one.unit else "direct", "supervising_unit": one.unit or None,
        "legal_representative": one.head, "legal_representative_id_number": head, "established_on": day, "certificate_valid_to": until,
        "people": [{"name": one.head, "id_number": head, "post": "会长" if one.kind == "association" else "理事长", "since": day}],
        "certificates": copies, "charters": [{"version": "第一版", "approved_on": day}],
    }, COUNTY, Because(datetime(day.year, day.month, day.day, MORNING, tzinfo=now.tzinfo), reason="成立登记"), valid_from=day)


def _reserve(session: Session, now: datetime) -> None:
    for n, (name, kind, parts) in enumerate((("岳阳县湿地保护协会", "association", ("", "湿地保护", "协会")),
                                             ("岳阳县晨曦社会工作服务中心", "non_enterprise", ("晨曦", "社会工作", "服务中心"))), start=1):
        trade_name, field, form = parts
        entries.enter(session, "organisation_name", {
            "name": name, "number": NUMBER.format(year=now.year, n=n), "kind": kind, "trade_name": trade_name, "business_field": field,
            "name_form": form, "applicant": "易小满", "purpose": "establishment"}, COUNTY, Because(now - timedelta(days=40), reason="名称审核"),
            valid_from=now.date() - timedelta(days=40), valid_to=now.date() + timedelta(days=140))


def _bring(session: Session, process: str, application: Given, steps: Sequence[tuple[str, str, Given]], then: datetime) -> None:
    case = intake.apply(session, process, application, people.by_login(session, CLERK), then)
    for place, (login, node, given) in enumerate(steps, start=1):
        moment, who = then + timedelta(minutes=30 * place), people.by_login(session, login)
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node,
                                                   WorkItem.state == WorkState.OPEN)).one()
        decisions.complete(session, stored(item.id), {**decisions.initial(session, item, case, who, moment), **given}, who, moment)


def _matters(now: datetime) -> tuple[tuple[str, int, Given, Sequence[tuple[str, str, Given]]], ...]:
    """Process, working days ago, application, and the steps it has taken since."""
    who = {"applicant_name": "易小满", "applicant_id_number": id_number("19850612", 521), "phone": "14900000002"}
    wetland = {"kind": "association", "name": "岳阳县湿地保护协会", "name_number": NUMBER.format(year=now.year, n=1), "registration_mode": "dual",
               "supervising_unit": "岳阳县林业局", **who}
    dawn = {"kind": "non_enterprise", "legal_form": "legal_person", "name": "岳阳县晨曦社会工作服务中心", "registration_mode": "direct",
            "name_number": NUMBER.format(year=now.year, n=2), "direct_class": "community", **who}
    known = {"code": TEA, "name": "岳阳县黄茶产业协会", **who}
    return (
        ("org_name_check", 1, {**NAME, **who, "name": "岳阳县黄茶茶艺协会"}, ()),
        ("org_name_check", 2, {**NAME, **who, "name": "岳阳县水产养殖协会"}, ()),
        ("org_establishment", 3, wetland, ()),
        ("org_establishment", 2, dawn, ((CLERK, "file_application", _filing(now.date())),)),
        ("org_change", 6, known, (
            (CLERK, "file_change", {
                "items": ["residence"], "reason": "办公场所搬迁", "resolved_on": str(now.date() - timedelta(days=50)),
                "consent_on": str(now.date() - timedelta(days=45)), "consent_number": "岳农函〔2026〕18号",
                "new_residence": "岳阳县荣家湾镇天鹅路6号", "papers": ["application", "minutes", "consent", "premises"]}),
            (CLERK, "review_filing", {"outcome": "accept"}),
            (CLERK, "examine", {"outcome": "grant", "opinion": "材料齐全，拟准予变更；申请逾期，提请年检注意。"}))),
        ("org_supervisor_lost", 15, {"code": SCHOOL, "name": "岳阳县启航职业培训学校"}, (
            (CLERK, "register_loss", {"letter_number": "岳教函〔2026〕31号", "letter_on": _ago(now, 30), "reason": "机构改革，职能调整"}),)),
    )


def _ago(now: datetime, days: int) -> str:
    return str(now.date() - timedelta(days=days))


def _filing(today: date) -> Given:
    head = id_number("19850612", 521)
    return {
        "purpose": "为城乡居民提供专业社会工作服务", "scope": "社区社会工作服务、能力培训",
        "residence": "岳阳县荣家湾镇兴荣路22号", "tenure": "leased", "floor_area": "120", "premises_until": str(today + timedelta(days=900)),
        "fund_fen": "50000", "capital_report_number": "岳验字〔2026〕61号", "capital_verifier": "岳阳某会计师事务所",
        "contributors": [{"name": "易小满", "nature": "non_state", "amount_fen": "50000"}],
        "legal_representative": "易小满", "legal_representative_id_number": head,
        "leaders": [{"post": "理事长", "name": "易小满", "id_number": head}], "founders": [{"kind": "person", "name": "易小满", "id_number": head}],
        "staff": "5", "party_members": "3", "party_form": "joint",
        "papers": ["application", "capital", "premises", "identity", "charter", "party"],
        "charter_articles": ["name", "purpose", "organs", "leaders", "assets", "amendment", "termination"],
    }
