"""Who may do what to payments: the one place where a duty is asked for."""

from collections.abc import Iterable

from workflows.office.people import Officer
from workflows.office.tables import Role
from workflows.payments.refusals import SamePerson, WrongDuty
from workflows.records.audit import SYSTEM, Actor

EDIT = (Role.COUNTY_FINANCE, Role.COUNTY_CLERK)
HOLD = (*EDIT, Role.COUNTY_LEAD, Role.TOWN_LEAD)  # a reviewer may keep money back, never add any
CORRECT = (Role.COUNTY_CLERK, Role.COUNTY_FINANCE)
LEVELS = {0: Role.COUNTY_FINANCE, 1: Role.TOWN_LEAD, 2: Role.COUNTY_LEAD, 3: Role.FINANCE}


def need(who: Officer | None, division: str, *roles: str) -> str:
    """The role `who` acts in there; `WrongDuty` without one. None is the system, which may."""
    if who is None:
        return ""
    for held in who.duties:
        if held.role in roles and held.covers(division):
            return held.role
    raise WrongDuty(role=roles[0], division=division)


def apart(who: Officer | None, others: Iterable[int | None]) -> None:
    """`SamePerson` when `who` is one of the others."""
    if who is not None and who.id in set(others):
        raise SamePerson


def actor(who: Officer | None, role: str = "") -> Actor:
    """How `who` stands in the audit log."""
    return who.actor(role) if who else SYSTEM
