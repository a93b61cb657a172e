"""Who acts in payments, and who must be another person; who may do what stands in `office.permissions`."""

from collections.abc import Iterable

from workflows.office import permissions
from workflows.office.people import Officer
from workflows.payments.refusals import SamePerson
from workflows.records.audit import SYSTEM, Actor


def need(who: Officer | None, division: str, action: str) -> str:
    """The role in which `who` may do that there; `NotAllowed` without one. None is the system, which may."""
    if who is None:
        return ""
    permissions.demand(permissions.why_not(who, action, division))
    return permissions.role_for(who, action, division)


def apart(who: Officer | None, others: Iterable[int | None]) -> None:
    """`SamePerson` when `who` is one of the others."""
    if who is not None and who.id in set(others):
        raise SamePerson


def actor(who: Officer | None, role: str = "") -> Actor:
    """How `who` stands in the audit log."""
    return who.actor(role) if who else SYSTEM
