"""A roster's lines as a page lists them: filtered, paged, with each household's number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, or_, select

from workflows.cases.tables import Case, Household
from workflows.office.jurisdiction import within
from workflows.office.tables import Division
from workflows.payments.tables import Attempt, Cycle, Line, LineState

PAGE = 50
RETURNED = (LineState.RETURNED, LineState.CORRECTED, LineState.UNKNOWN)


@dataclass(frozen=True)
class Wish:
    """Which lines are wanted."""

    township: str = ""
    state: str = ""
    change: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True)
class Rows:
    """A page of lines, and what all that match add up to."""

    lines: list[tuple[Line, str]]
    count: int
    total_fen: int
    more: bool


@dataclass(frozen=True)
class Back:
    """A line the bank did not pay, with its last attempt and the case that mends it."""

    line: Line
    household: str
    attempt: Attempt
    case_number: str


def page(session: Session, cycle: Cycle, grounds: Sequence[str], wish: Wish) -> Rows:
    """The lines of a month on a ground."""
    where = _where(cycle, grounds, wish)
    joined = select(Line, Household.number).join(Household, col(Household.id) == col(Line.household_id)).where(*where)
    found = session.exec(joined.order_by(col(Line.village_code), col(Line.household_id), col(Line.kind))
                         .offset((wish.page - 1) * PAGE).limit(PAGE + 1)).all()
    count, total = session.exec(select(func.count(), func.sum(Line.total_fen)).select_from(Line).join(
        Household, col(Household.id) == col(Line.household_id)).where(*where)).one()
    return Rows([(line, number) for line, number in found[:PAGE]], count, int(total or 0), len(found) > PAGE)


def held(session: Session, cycle: Cycle, grounds: Sequence[str]) -> list[tuple[Line, str]]:
    """The lines kept back, with their reasons."""
    found = session.exec(select(Line, Household.number).join(Household, col(Household.id) == col(Line.household_id)).where(
        Line.cycle_id == cycle.id, Line.state == LineState.HELD, within(Line.village_code, grounds))
        .order_by(col(Line.hold_reason), col(Line.village_code), col(Line.id)))
    return [(line, number) for line, number in found]


def back(session: Session, cycle: Cycle, grounds: Sequence[str]) -> list[Back]:
    """What came back or is unknown."""
    last = select(func.max(Attempt.id)).group_by(col(Attempt.line_id))
    found = session.exec(
        select(Line, Household.number, Attempt, Case.number)
        .join(Household, col(Household.id) == col(Line.household_id))
        .join(Attempt, col(Attempt.line_id) == col(Line.id))
        .outerjoin(Case, col(Case.id) == col(Attempt.case_id))
        .where(Line.cycle_id == cycle.id, col(Line.state).in_(RETURNED), col(Attempt.id).in_(last),
               within(Line.village_code, grounds)).order_by(col(Attempt.code), col(Line.id)))
    return [Back(line, number, attempt, case or "") for line, number, attempt, case in found]


def by_code(session: Session, cycle: Cycle) -> list[tuple[str, int, int]]:
    """The bank's answers to the lines' last attempts: code, lines, fen; an empty code awaits its answer."""
    last = select(func.max(Attempt.id)).group_by(col(Attempt.line_id))
    found = session.exec(select(Attempt.code, func.count(), func.sum(Attempt.amount_fen)).join(
        Line, col(Line.id) == col(Attempt.line_id)).where(Line.cycle_id == cycle.id, col(Attempt.id).in_(last))
        .group_by(col(Attempt.code)).order_by(col(Attempt.code)))
    return [(code, count, int(fen or 0)) for code, count, fen in found]


def states(session: Session, cycle: Cycle, grounds: Sequence[str]) -> list[str]:
    """The states there are."""
    return list(session.exec(select(Line.state).where(
        Line.cycle_id == cycle.id, within(Line.village_code, grounds)).distinct().order_by(Line.state)))


def places(session: Session, codes: set[str]) -> Mapping[str, str]:
    """Division code -> name."""
    found = session.exec(select(Division).where(col(Division.code).in_(codes)).order_by(col(Division.code)))
    return {division.code: division.name for division in found}


def _where(cycle: Cycle, grounds: Sequence[str], wish: Wish) -> list[Any]:
    where: list[Any] = [Line.cycle_id == cycle.id, within(Line.village_code, grounds)]
    where += [getattr(Line, name) == getattr(wish, name) for name in ("state", "change") if getattr(wish, name)]
    if wish.township:
        where.append(Line.township_code == wish.township)
    text = wish.text.strip()
    if text:
        where.append(or_(col(Line.payee_name).contains(text), Line.payee_id_number == text.upper(),
                         col(Household.number).contains(text), col(Line.decision_no).contains(text)))
    return where
