"""Households as a page lists them: members, what they are granted, and what was paid."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from workflows.cases.tables import Household, Member
from workflows.errors import NotAllowed
from workflows.office import jurisdiction, permissions
from workflows.office.people import Officer
from workflows.payments.tables import Entitlement

PAGE = 50
_ORDER = {"self": 0, "spouse": 1, "child": 2, "parent": 3}


@dataclass(frozen=True)
class Home:
    """One household with its people and its newest grant."""

    household: Household
    members: Sequence[Member]
    grants: Sequence[Entitlement]

    @property
    def head(self) -> str:
        """Who stands for the household."""
        return next((member.name for member in self.members if member.relation == "self"), self.household.number)


@dataclass(frozen=True)
class Homes:
    """A page of households."""

    rows: list[Home]
    count: int
    more: bool


def grounds(who: Officer) -> tuple[str, ...]:
    """The grounds whose households the person may read."""
    found = jurisdiction.widest(held.division_code for held in who.duties
                                if held.role in permissions.MAY["import_households"])
    if not found:
        raise NotAllowed("Your duty does not include this.")
    return found


def search(session: Session, who: Officer, text: str, township: str, number: int) -> Homes:
    """Households by number, a member's name or a whole ID number, on the person's ground."""
    where = [jurisdiction.within(Household.division_code, grounds(who)), col(Household.division_code).startswith(township)]
    wanted = text.strip()
    if wanted:
        people = select(col(Member.household_id)).where(or_(col(Member.name).contains(wanted),
                                                            Member.id_number == wanted.upper()))
        where.append(or_(col(Household.number).contains(wanted), col(Household.id).in_(people)))
    count = session.exec(select(func.count()).select_from(Household).where(*where)).one()
    found = list(session.exec(select(Household).where(*where).order_by(col(Household.number))
                              .offset((number - 1) * PAGE).limit(PAGE + 1)))
    return Homes(_homes(session, found[:PAGE]), count, len(found) > PAGE)


def townships(session: Session, who: Officer) -> list[str]:
    """The townships that have households there."""
    town = func.substr(Household.division_code, 1, 9)
    return sorted(session.exec(select(town).where(jurisdiction.within(Household.division_code, grounds(who))).distinct()))


def _homes(session: Session, found: Sequence[Household]) -> list[Home]:
    ids = [home.id for home in found]
    members: dict[int, list[Member]] = defaultdict(list)
    for member in session.exec(select(Member).where(col(Member.household_id).in_(ids)).order_by(col(Member.id))):
        members[member.household_id].append(member)
    grants: dict[int, list[Entitlement]] = defaultdict(list)
    for given in session.exec(select(Entitlement).where(col(Entitlement.household_id).in_(ids))
                              .order_by(col(Entitlement.id).desc())):
        grants[given.household_id].append(given)
    return [Home(home, sorted(members[home.id or 0], key=lambda one: _ORDER.get(one.relation, 9)),
                 grants[home.id or 0]) for home in found]
