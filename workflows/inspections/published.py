"""What the public sees of inspections: each draw with all it takes to repeat it, its results, and the lists; never a person but inspectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases import facts
from workflows.cases.tables import Case, Document
from workflows.inspections.tables import Draw, Plan
from workflows.registers import found
from workflows.registers.found import Wanted

ABNORMAL, SERIOUS = LISTS = ("abnormal_list", "serious_list")
PAPER = "publication"       # once it is issued the result of an inspection is public
CONCLUDED = ("qualified", "basic", "unqualified", "missed", "reported")


@dataclass(frozen=True)
class Drawn:
    """One organisation drawn: who inspects it, and with what result, where that is published."""

    code: str
    name: str
    inspectors: Sequence[str]
    result: str = ""


def all_draws(session: Session) -> list[tuple[Draw, Plan]]:
    """Every draw, the voided ones too, the newest first."""
    return list(session.exec(select(Draw, Plan).join(Plan, col(Plan.id) == col(Draw.plan_id)).order_by(col(Draw.id).desc())).all())


def lines(session: Session, made: Draw) -> list[Drawn]:
    """Who was drawn, in the order of the lots."""
    names, results = {one["code"]: one["name"] for one in made.population}, _results(session, made)
    return [Drawn(code, names[code], made.pairs[code]["inspectors"], results.get(made.pairs[code].get("case_id"), "")) for code in made.drawn]


def population(made: Draw) -> str:
    """The population as a file from which anybody repeats the draw: a code a line, with its name."""
    return "".join(f"{one['code']} {one['name']}\n" for one in made.population)


def listed(session: Session, register: str, day: date) -> list[dict[str, Any]]:
    """Who stands on a list today, the newest first."""
    return found.entries(session, Wanted(register), day)[::-1]


def conclusions(session: Session, day: date) -> Mapping[int, list[dict[str, Any]]]:
    """Year inspected -> the conclusions of that year, the newest year first."""
    by_year: dict[int, list[dict[str, Any]]] = {}
    for one in found.entries(session, Wanted("annual_report"), day):
        if one["conclusion"] in CONCLUDED:
            by_year.setdefault(int(one["year"]), []).append(one)
    return dict(sorted(by_year.items(), reverse=True))


def _results(session: Session, made: Draw) -> dict[int | None, str]:
    """The published results of a draw's cases."""
    wanted = [pair["case_id"] for pair in made.pairs.values() if pair.get("case_id")]
    published = select(Document.case_id).where(Document.kind == PAPER, col(Document.case_id).in_(wanted))
    return {case.id: str(facts.known(case)["inspect"]["result"]) for case in session.exec(select(Case).where(col(Case.id).in_(published)))}
