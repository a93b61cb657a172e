"""Which unit answers for which ground."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, false
from sqlmodel import Session, col, func, or_, select

from workflows.errors import NotFound
from workflows.office.tables import Division, Duty, Person, Role, Unit
from workflows.records import ledger

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12  # digits of a division's code
LEVELS = (2, 4, COUNTY, TOWNSHIP, VILLAGE)

ROLE_UNIT_KIND: Mapping[str, str] = MappingProxyType({
    Role.VILLAGE: "VILLAGE",
    Role.WINDOW_CLERK: "TOWNSHIP", Role.TOWN_CLERK: "TOWNSHIP", Role.TOWN_LEAD: "TOWNSHIP",
    Role.CHECK_ORG: "CHECK",
    Role.COUNTY_CLERK: "COUNTY", Role.COUNTY_LEAD: "COUNTY", Role.COUNTY_FINANCE: "COUNTY", Role.REG_AUTH: "COUNTY",
    Role.DESIGNER: "COUNTY", Role.ADMIN: "COUNTY",
    Role.THIRD_PARTY: "THIRD_PARTY", Role.SUPERVISING_UNIT: "SUPERVISING",
    Role.FINANCE: "FINANCE", Role.AUDITOR: "AUDIT",
})


# Whoever answers for a ground or a part of it, the nearest first.
_DESK = (select(Unit.id).join(Duty, col(Duty.unit_id) == col(Unit.id)).join(Person, col(Person.id) == col(Duty.person_id))
         .where(Unit.kind == bindparam("kind"), col(Unit.division_code).in_([bindparam(f"to_{n}", type_=String) for n in LEVELS]),
                Duty.role == bindparam("role"), col(Person.active))
         .order_by(func.length(Unit.division_code).desc(), col(Unit.id)).limit(1))


class NoDesk(NotFound):
    """Work for that role on that ground would lie nowhere."""

    says = "Nobody holds the role {role} for {place}. Ask the administrator to appoint somebody."


def unit_for(session: Session, role: str, division_code: str) -> Unit:
    """The unit at whose desk a role's work on that ground lies: the nearest that has somebody in the role."""
    return session.get_one(Unit, desk_for(session, role, division_code))


def desk_for(session: Session, role: str, division_code: str) -> int:
    """The number of that unit."""
    kind = ROLE_UNIT_KIND.get(role)
    if role == Role.WINDOW_CLERK and len(division_code) == COUNTY:
        kind = "COUNTY"  # what belongs to no township comes in at the county's window
    if kind is None:
        raise NotFound("The role {role} has no desk.", role=role)
    grounds = {f"to_{n}": division_code[:n] for n in LEVELS}
    unit = ledger.once(session, ("desk", kind, role, division_code),
                       lambda: ledger.ask_plainly(session, _DESK, kind=kind, role=role, **grounds).scalar())
    if unit is None:
        raise NoDesk("", role=role, place=_place(session, division_code))
    return int(unit)


def ground(session: Session, named: str, own: str) -> str:
    """The division that a text names by its code; where it is no division's code, one's own."""
    if not (named.isascii() and named.isdigit() and len(named) in LEVELS):
        return own
    known = ledger.once(session, ("division", named), lambda: session.get(Division, named) is not None)
    return named if known else own


def townships(session: Session, county: str) -> list[Division]:
    """A county's townships in the order of their codes."""
    return _children(session, county)


def villages(session: Session, township: str) -> list[Division]:
    """A township's villages and communities in the order of their codes."""
    return _children(session, township)


def name_of(session: Session, code: str) -> str:
    """The full name from the county down: 岳阳县荣家湾镇友爱村."""
    names = {row.code: row.name for row in session.exec(select(Division).where(
        col(Division.code).in_([code[:n] for n in (COUNTY, TOWNSHIP, VILLAGE) if n <= len(code)])))}
    if code not in names:
        raise NotFound("There is no division {code}.", code=code)
    return "".join(names[part] for part in sorted(names, key=len))


def widest(codes: Iterable[str]) -> tuple[str, ...]:
    """These grounds without those that lie in another one of them, the widest first."""
    found: list[str] = []
    for code in sorted(set(codes), key=lambda one: (len(one), one)):
        if not code.startswith(tuple(found)):
            found.append(code)
    return tuple(found)


def within(code: Any, grounds: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column's division lies on one of the grounds."""
    return or_(false(), *[col(code).startswith(ground) for ground in grounds])


def _children(session: Session, parent: str) -> list[Division]:
    return list(session.exec(select(Division).where(Division.parent_code == parent).order_by(col(Division.code))))


def _place(session: Session, code: str) -> str:
    try:
        return name_of(session, code)
    except NotFound:
        return code or "-"
