"""Draw who is inspected and by whom, in the presence of two; void a draw with a reason; a case for each one drawn."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import intake
from workflows.errors import Conflict
from workflows.inspections import lots
from workflows.inspections.tables import Draw
from workflows.office import permissions, rates
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.session import alone
from workflows.registers import found
from workflows.registers.found import Wanted

PROCESS = "random_inspection"
COUNTY = "ratio_percent.county"


def draw(session: Session, plan: str, division: str, seed: str, roster: Collection[str], who: Officer, witness: Officer,
         now: datetime) -> Draw:
    """Draw by lot from all organisations in force on that ground; a plan that is drawn is not drawn again."""
    for one in (who, witness):
        permissions.demand(permissions.why_not(one, "draw_inspections", division))
    if who.id == witness.id:
        raise Conflict("A draw needs two people present.")
    alone(session, f"draw:{division}:{plan}")
    if valid := standing(session, plan, division):
        raise Conflict("“{plan}” has been drawn already (record {number}); it must be voided first.", plan=plan, number=valid.id)
    population = [one for one in found.entries(session, Wanted("organisation"), now.date()) if str(one["division"]).startswith(division)]
    if not population:
        raise Conflict("There is nobody to draw from.")
    made = _drawn(session, plan, division, seed, sorted(set(roster)), population, now)
    made.witnesses = [who.name, witness.name]
    session.add(made)
    session.flush()
    audit.append(session, f"inspection:{division}", who.actor(), "inspection.draw", now, summary=plan,
                 after={"draw": made.id, "seed": seed, "population": made.digest, "drawn": made.drawn, "recused": made.recused})
    return made


def void(session: Session, number: int, reason: str, who: Officer, now: datetime) -> Draw:
    """Take a draw back; it stays on record beside the next one."""
    made = session.get_one(Draw, number)
    permissions.demand(permissions.why_not(who, "void_draw", made.division_code))
    if made.voided_at:
        raise Conflict("This draw has been voided already.")
    if not reason.strip():
        raise Conflict("Give the reason why the draw is voided.")
    made.voided_at, made.voided_by, made.void_reason = now, who.name, reason.strip()
    session.add(made)
    audit.append(session, f"inspection:{made.division_code}", who.actor(), "inspection.void", now, summary=made.plan,
                 after={"draw": made.id, "reason": made.void_reason})
    return made


def open_cases(session: Session, number: int, who: Officer, now: datetime) -> int:
    """A case for each one drawn that has none yet; how many were opened."""
    made = session.get_one(Draw, number)
    permissions.demand(permissions.why_not(who, "draw_inspections", made.division_code))
    if made.voided_at:
        raise Conflict("This draw has been voided already.")
    alone(session, f"draw:{made.division_code}:{made.plan}")
    names, opened = {one["code"]: one["name"] for one in made.population}, dict(made.pairs)
    count = 0
    for code in made.drawn:
        line = dict(opened[code])
        if line.get("case_id"):
            continue
        told = {"code": code, "name": names[code], "plan": made.plan, "draw": made.id, "inspectors": line["inspectors"]}
        case = intake.open_case(session, PROCESS, names[code], made.division_code, {intake.APPLICATION: told}, who, now)
        opened[code] = {**line, "case_id": case.id}
        count += 1
    made.pairs = opened
    session.add(made)
    return count


def standing(session: Session, plan: str, division: str) -> Draw | None:
    """The plan's draw that has not been voided."""
    return session.exec(select(Draw).where(Draw.plan == plan, Draw.division_code == division,
                                           col(Draw.voided_at).is_(None))).first()


def all_of(session: Session, division: str) -> Sequence[Draw]:
    """Every draw on a ground, the voided ones too, the newest first."""
    return session.exec(select(Draw).where(col(Draw.division_code).startswith(division)).order_by(col(Draw.id).desc())).all()


def _drawn(session: Session, plan: str, division: str, seed: str, roster: Sequence[str], population: Sequence[Mapping[str, Any]],
           now: datetime) -> Draw:
    by_code = {str(one["code"]): one for one in population}
    ratio = Decimal(str(_ratio(session, division, now)))
    drawn = lots.draw(seed, by_code, lots.size(ratio, len(by_code)))
    pairs, recused = {}, []
    for code in drawn:
        of_it = _people(by_code[code])
        given = lots.assign(seed, code, roster, lambda name, of_it=of_it: name in of_it)     # type: ignore[misc]
        if len(given.inspectors) < lots.PAIR:
            raise Conflict("There are not two inspectors for “{name}” who need not stand back.", name=by_code[code]["name"])
        pairs[code] = {"inspectors": list(given.inspectors)}
        recused += [{"code": code, "inspector": name, "reason": of_it[name]} for name in given.passed_over]
    return Draw(plan=plan, division_code=division, population=[{"code": code, "name": one["name"]} for code, one in by_code.items()],
                digest=lots.digest(by_code), ratio=str(ratio), seed=seed, drawn=drawn, roster=list(roster), pairs=pairs, recused=recused,
                witnesses=[], drawn_at=now)


def _ratio(session: Session, division: str, now: datetime) -> object:
    rules: Any = rates.in_force(session, PROCESS, now.date(), division)
    for part in COUNTY.split("."):
        rules = rules[part]
    return rules


def _people(entry: Mapping[str, Any]) -> dict[str, str]:
    """Who holds or held an office there, and which: he stands back."""
    return {str(one["name"]): str(one["post"]) for one in entry["people"] or []} | {
        str(entry["legal_representative"]): "法定代表人"}
