"""Draw who is inspected and by whom, in the presence of two; void a draw with a reason; a case for each one drawn."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import intake
from workflows.cases.papers import issuing
from workflows.errors import Conflict, NotFound
from workflows.inspections import lots, plans
from workflows.inspections.tables import Draw, Plan
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.session import alone

MACHINE = "本机密码学随机数"


@dataclass(frozen=True)
class Urn:
    """What goes into a draw beside the population: a seed and where it is from, the inspectors, and who must stand back from whom."""

    roster: Collection[str]
    seed: str = ""                                  # empty: this machine makes one
    source: str = ""
    stand_back: Sequence[Mapping[str, str]] = ()    # rows of inspector, organisation (code or name) and reason


def draw(session: Session, plan: Plan, urn: Urn, who: Officer, witness: Officer, now: datetime) -> Draw:
    """Draw by lot; a plan that is drawn is not drawn again, unless the draw is voided first."""
    for one in (who, witness):
        permissions.demand(permissions.why_not(one, "draw_inspections", plan.division_code))
    if who.id == witness.id:
        raise Conflict("A draw needs two people present.")
    alone(session, plans.chain(plan.division_code))
    if valid := standing(session, plan):
        raise Conflict("“{plan}” has been drawn already (record {number}); it must be voided first.", plan=plan.name, number=valid.id)
    population = plans.population(session, plan, now)
    if not population:
        raise Conflict("There is nobody to draw from.")
    made = _drawn(plan, urn, population, now)
    made.witnesses = [who.name, witness.name]
    session.add(made)
    session.flush()
    made.document_id = issuing.issue_apart(session, plans.PROCESS, "draw_record", _record(plan, made), plan.division_code, now).id
    audit.append(session, plans.chain(plan.division_code), who.actor(), "inspection.draw", now, summary=plan.name,
                 after={"draw": made.id, "seed": made.seed, "population": made.digest, "drawn": made.drawn, "recused": made.recused,
                        "witness": witness.name})
    return made


def void(session: Session, number: int, reason: str, who: Officer, now: datetime) -> Draw:
    """Take a draw back; it stays on record beside the next one."""
    made = by_id(session, number)
    permissions.demand(permissions.why_not(who, "void_draw", made.division_code))
    if made.voided_at:
        raise Conflict("This draw has been voided already.")
    if not reason.strip():
        raise Conflict("Give the reason why the draw is voided.")
    made.voided_at, made.voided_by, made.void_reason = now, who.name, reason.strip()
    session.add(made)
    audit.append(session, plans.chain(made.division_code), who.actor(), "inspection.void", now, summary=plans.by_id(session, made.plan_id).name,
                 after={"draw": made.id, "reason": made.void_reason})
    return made


def open_cases(session: Session, number: int, who: Officer, now: datetime) -> int:
    """A case for each one drawn that has none yet; how many were opened."""
    made = by_id(session, number)
    plan = plans.by_id(session, made.plan_id)
    permissions.demand(permissions.why_not(who, "draw_inspections", made.division_code))
    if made.voided_at:
        raise Conflict("This draw has been voided already.")
    alone(session, plans.chain(made.division_code))
    names, opened = {one["code"]: one["name"] for one in made.population}, dict(made.pairs)
    waiting = [code for code in made.drawn if not opened[code].get("case_id")]
    for code in waiting:
        told = {"code": code, "name": names[code], "plan": plan.name, "draw": made.id, "inspectors": opened[code]["inspectors"]}
        case = intake.open_case(session, plans.PROCESS, names[code], made.division_code, {intake.APPLICATION: told}, who, now)
        opened[code] = {**opened[code], "case_id": case.id}
    made.pairs = opened
    session.add(made)
    return len(waiting)


def standing(session: Session, plan: Plan) -> Draw | None:
    """The plan's draw that has not been voided."""
    return session.exec(select(Draw).where(Draw.plan_id == plan.id, col(Draw.voided_at).is_(None))).first()


def by_id(session: Session, number: int) -> Draw:
    """A draw by its number."""
    if made := session.get(Draw, number):
        return made
    raise NotFound("There is no such draw.")


def of_plan(session: Session, plan: Plan) -> Sequence[Draw]:
    """Every draw of a plan, the voided ones too, the newest first."""
    return session.exec(select(Draw).where(Draw.plan_id == plan.id).order_by(col(Draw.id).desc())).all()


def all_of(session: Session, division: str = "") -> Sequence[Draw]:
    """Every draw on a ground, the voided ones too, the newest first."""
    return session.exec(select(Draw).where(col(Draw.division_code).startswith(division)).order_by(col(Draw.id).desc())).all()


def _drawn(plan: Plan, urn: Urn, population: Sequence[Mapping[str, Any]], now: datetime) -> Draw:
    by_code, roster = {str(one["code"]): one for one in population}, sorted({name.strip() for name in urn.roster if name.strip()})
    seed = urn.seed.strip() or secrets.token_hex(16)
    drawn = lots.draw(seed, by_code, lots.size(Decimal(plan.ratio), len(by_code)))
    pairs, recused = {}, []
    for code in drawn:
        kept_away = _stand_back(by_code[code], urn)
        given = lots.assign(seed, code, roster, kept_away.__contains__)
        if len(given.inspectors) < lots.PAIR:
            raise Conflict("There are not two inspectors for “{name}” who need not stand back.", name=by_code[code]["name"])
        pairs[code] = {"inspectors": list(given.inspectors)}
        recused += [{"code": code, "inspector": name, "reason": kept_away[name]} for name in given.passed_over]
    return Draw(plan_id=plan.id or 0, division_code=plan.division_code, digest=lots.digest(by_code), ratio=plan.ratio, seed=seed,
                population=[{"code": code, "name": one["name"]} for code, one in sorted(by_code.items())],
                seed_source=urn.source.strip() if urn.seed.strip() else MACHINE, drawn=drawn, roster=roster, pairs=pairs, recused=recused,
                witnesses=[], drawn_at=now)


def _record(plan: Plan, made: Draw) -> dict[str, Any]:
    """What 抽签记录 says."""
    names = {one["code"]: one["name"] for one in made.population}
    lines = [{"code": code, "name": names[code], "lot": lots.lot(made.seed, code)[:8], "inspectors": made.pairs[code]["inspectors"]}
             for code in made.drawn]
    return {"plan": {"name": plan.name, "regular": plan.regular}, "draw": {
        "number": made.id, "drawn_at": made.drawn_at, "witnesses": made.witnesses, "population": len(made.population), "digest": made.digest,
        "ratio": made.ratio, "size": len(made.drawn), "seed": made.seed, "seed_source": made.seed_source or "未注明", "roster": made.roster,
        "lines": lines, "recused": [f"{row['inspector']}对{names[row['code']]}回避：{row['reason']}" for row in made.recused] or ["无"]}}


def _stand_back(entry: Mapping[str, Any], urn: Urn) -> dict[str, str]:
    """Who must stand back from an organisation, and why: an office held there now or once, or what was declared before the draw."""
    told = {one["inspector"].strip(): one["reason"].strip() for one in urn.stand_back
            if one["organisation"].strip() in (entry["code"], entry["name"])}
    held = {str(one["name"]): str(one["post"]) for one in entry["people"] or []}
    return told | held | {str(entry["legal_representative"]): "法定代表人"}
