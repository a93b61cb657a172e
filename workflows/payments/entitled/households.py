"""The household that a case leaves behind in the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from workflows.cases.tables import Case, Household, Member
from workflows.records.session import alone
from workflows.records.types import stored


@dataclass(frozen=True)
class Resident:
    """Somebody who is counted in a household."""

    name: str
    id_number: str
    relation: str = "other"


def of_case(session: Session, case: Case, people: Sequence[Resident], home_data: Mapping[str, Any], now: datetime) -> Household:
    """The case's household: made when it has none, brought up to date when it has one."""
    home = session.get(Household, case.household_id) if case.household_id else None
    if home is None:
        home = Household(number=_number(session, case.division_code, now), division_code=case.division_code, category="")
    home.division_code = case.division_code
    for word in ("category", "address", "phone"):
        setattr(home, word, str(home_data.get(word) or getattr(home, word)))
    session.add(home)
    session.flush()
    case.household_id = home.id
    session.add(case)
    _members(session, home, people)
    return home


def _members(session: Session, home: Household, people: Sequence[Resident]) -> None:
    """Who is counted in the household (A1 7); who is no longer counted leaves it, the dead stay on record."""
    declared = {one.id_number: one for one in reversed(people)}     # the first entry of somebody named twice counts
    known = {m.id_number: m for m in session.exec(select(Member).where(Member.household_id == home.id))}
    for number, one in declared.items():
        row = known.get(number) or Member(household_id=stored(home.id), id_number=number, name="", relation="")
        row.name, row.relation = one.name, one.relation
        session.add(row)
    for number, row in known.items():
        if number not in declared and row.died_on is None:
            session.delete(row)
    session.flush()


def _number(session: Session, division: str, now: datetime) -> str:
    """County, year and a running number, never used twice; numbers of another make, from an import, don't count."""
    head = f"{division[:6]}{now:%Y}"
    alone(session, head)
    ours = select(Household.number).where(col(Household.number).regexp_match(f"^{head}[0-9]{{5,7}}$"))
    last = session.exec(ours.order_by(func.length(Household.number).desc(), col(Household.number).desc())).first()
    return f"{head}{int(last.removeprefix(head)) + 1 if last else 1:05d}"
