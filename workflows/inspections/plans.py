"""抽查方案: what a draw is made by. A regular plan draws from everybody, at least the ratio of the level; a special one from a class (D8 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlmodel import Session, col, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases.papers import issuing
from workflows.errors import Conflict, Invalid, NotFound
from workflows.inspections import grounds, lots
from workflows.inspections.grounds import Entry
from workflows.inspections.tables import Draw, Plan
from workflows.office import permissions, rates
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored
from workflows.registers import found
from workflows.registers.found import Wanted

PROCESS = "random_inspection"
ALL = Decimal(100)
CONTENT = {"report": "年度报告", "disclosure": "信息公开", "governance": "内部治理", "finances": "财务状况", "activity": "业务活动"}
LISTED, FAILED, PENALISED = RISKS = ("listed", "failed", "penalised")
POOR = frozenset({"basic", "unqualified", "missed"})


@dataclass(frozen=True)
class Wish:
    """What somebody asks of a new plan."""

    name: str
    regular: bool = True
    ratio: str = ""         # empty: the least that the level may
    kinds: tuple[str, ...] = ()
    unit: str = ""
    field: str = ""
    risks: tuple[str, ...] = ()
    content: tuple[str, ...] = tuple(CONTENT)
    joint: str = ""
    reason: str = ""

    @classmethod
    def of(cls, name: str, regular: bool, said: Mapping[str, Any]) -> "Wish":
        """As a form or a scenario says it."""
        def many(key: str) -> tuple[str, ...]:
            return tuple(said.get(key) or ())

        def one(key: str) -> str:
            return str(said.get(key) or "")
        return cls(name, regular, one("ratio"), many("kinds"), one("unit"), one("field"), many("risks"), many("content") or tuple(CONTENT),
                   one("joint"), one("reason"))

    @property
    def narrows(self) -> bool:
        """Whether somebody is left out of its draws."""
        return bool(self.kinds or self.unit or self.field or self.risks)


def make(session: Session, wish: Wish, division: str, who: Officer, now: datetime) -> Plan:
    """Write a plan down and issue 抽查方案."""
    permissions.demand(permissions.why_not(who, "draw_inspections", division))
    alone(session, chain(division))
    if named(session, wish.name, division):
        raise Conflict("There is a plan “{name}” already.", name=wish.name)
    made = Plan(division_code=division, name=wish.name.strip(), regular=wish.regular, ratio=str(_ratio(session, wish, division, now)),
                kinds=list(wish.kinds), unit=wish.unit.strip(), field=wish.field.strip(), risks=list(wish.risks), content=list(wish.content),
                joint=wish.joint.strip(), reason=wish.reason.strip(), made_at=now, made_by=who.name)
    session.add(made)
    session.flush()
    n = len(population(session, made, now))
    made.document_id = issuing.issue_apart(session, PROCESS, "inspection_plan", {"plan": {
        "name": made.name, "regular": made.regular, "ratio": made.ratio, "population": n, "size": lots.size(Decimal(made.ratio), n),
        "scope": scope(made), "content": [CONTENT[one] for one in made.content], "joint": made.joint or None,
        "reason": made.reason or None, "made_by": who.name}}, division, now).id
    audit.append(session, chain(division), who.actor(), "inspection.plan", now, summary=made.name,
                 after={"plan": made.id, "ratio": made.ratio, "count": n})
    return made


def floor(session: Session, division: str, now: datetime) -> Decimal:
    """The least ratio of a regular plan, in percent, by the level of whoever draws (D8 5)."""
    rules: Any = rates.in_force(session, PROCESS, now.date(), division)
    return Decimal(str(rules["ratio_percent"][grounds.level(division)]))


def population(session: Session, plan: Plan, now: datetime) -> list[Entry]:
    """From whom the plan draws today; who has been drawn this year is left out where the bureau's setting says so."""
    whole = grounds.registered(session, plan.division_code, now.date())
    risky = _risky(session, plan, whole, now) if plan.risks else None
    spared = _drawn_this_year(session, plan, now) if _spares(session, plan.division_code, now) else frozenset()
    return [one for one in whole if _in_class(plan, one) and (risky is None or one["code"] in risky) and one["code"] not in spared]


def scope(plan: Plan) -> str:
    """From whom it draws, in a sentence of its paper."""
    names = {"association": "社会团体", "non_enterprise": "民办非企业单位（社会服务机构）", "foundation": "基金会"}
    risks = {LISTED: "列入活动异常名录", FAILED: "上一次年检未达到合格", PENALISED: "受过行政处罚"}
    parts = ["、".join(names[one] for one in plan.kinds), f"业务主管单位为{plan.unit}" if plan.unit else "",
             f"业务领域含“{plan.field}”" if plan.field else "", "或者".join(risks[one] for one in plan.risks)]
    return "；".join(part for part in parts if part) or "本机关登记的全部社会组织"


def named(session: Session, name: str, division: str) -> Plan | None:
    """The plan of that name."""
    return session.exec(select(Plan).where(Plan.name == name.strip(), Plan.division_code == division)).first()


def by_id(session: Session, number: int) -> Plan:
    """A plan by its number."""
    if plan := session.get(Plan, number):
        return plan
    raise NotFound("There is no such plan.")


def of(session: Session, division: str) -> list[Plan]:
    """All plans of a ground, the newest first."""
    return list(session.exec(select(Plan).where(Plan.division_code == division).order_by(col(Plan.id).desc())))


def chain(division: str) -> str:
    """The audit chain of a ground's random inspections."""
    return f"inspection:{division}"


def _ratio(session: Session, wish: Wish, division: str, now: datetime) -> Decimal:
    least = floor(session, division, now)
    if wish.regular and wish.narrows:
        raise _wrong("regular", Message("A regular plan draws from all organisations; make a special one of a class."))
    try:
        ratio = Decimal(wish.ratio.strip() or least)
    except InvalidOperation as wrong:
        raise _wrong("ratio", Message("This is not a number.")) from wrong
    if not 0 < ratio <= ALL:
        raise _wrong("ratio", Message("A ratio lies between 0 and 100 percent."))
    if wish.regular and ratio < least:
        raise _wrong("ratio", Message("Of all organisations at least {least} percent are drawn.", {"least": str(least)}))
    return ratio


def _wrong(field: str, why: Message) -> Invalid:
    return Invalid([FieldError(field, why)])


def _in_class(plan: Plan, entry: Entry) -> bool:
    said = f"{entry.get('business_field') or ''} {entry.get('scope') or ''} {entry.get('name') or ''}"
    return (not plan.kinds or entry["kind"] in plan.kinds) and (not plan.unit or entry.get("supervising_unit") == plan.unit) \
        and (not plan.field or plan.field in said)


def _risky(session: Session, plan: Plan, whole: list[Entry], now: datetime) -> frozenset[str]:
    """The codes with one of the plan's risks."""
    seen: set[str] = set()
    if LISTED in plan.risks:
        seen |= {str(one["organisation"]) for one in found.entries(session, Wanted("abnormal_list"), now.date())}
    if FAILED in plan.risks:
        last: dict[str, Mapping[str, Any]] = {}
        for one in found.entries(session, Wanted("annual_report"), now.date()):
            if one["year"] >= last.get(str(one["organisation"]), one)["year"]:
                last[str(one["organisation"])] = one
        seen |= {code for code, one in last.items() if one["conclusion"] in POOR}
    if PENALISED in plan.risks:
        seen |= {str(one["code"]) for one in whole if one.get("penalties")}
    return frozenset(seen)


def _spares(session: Session, division: str, now: datetime) -> bool:
    rules: Any = rates.in_force(session, PROCESS, now.date(), division)
    return rules["spare_inspected"] is True


def _drawn_this_year(session: Session, plan: Plan, now: datetime) -> frozenset[str]:
    drawn = session.exec(select(Draw).where(Draw.division_code == plan.division_code, col(Draw.voided_at).is_(None)))
    return frozenset(code for one in drawn if one.drawn_at.year == now.year and one.plan_id != stored(plan.id) for code in one.drawn)
