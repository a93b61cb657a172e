"""Who somebody is, and which duties he holds where."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from workflows.errors import NotFound
from workflows.office.tables import Duty, Person, Role, Unit
from workflows.records.audit import Actor


@dataclass(frozen=True)
class Held:
    """One duty a person holds: a role in a unit, on the unit's ground."""

    role: str
    unit_id: int
    unit_name: str
    unit_kind: str
    division_code: str
    title: str = ""

    def covers(self, division_code: str) -> bool:
        """Whether the unit answers for that ground."""
        return division_code.startswith(self.division_code)


@dataclass(frozen=True)
class Officer:
    """A person at work, with all his duties; what every command takes as `who`."""

    id: int
    login: str
    name: str
    language: str = "zh_CN"
    duties: tuple[Held, ...] = ()

    def holds(self, *roles: str) -> bool:
        """Whether any duty is one of these roles."""
        return any(held.role in roles for held in self.duties)

    def duty(self, role: str, unit_id: int | None = None) -> Held | None:
        """The duty in that role (and unit), or None."""
        return next((h for h in self.duties if h.role == role and unit_id in (None, h.unit_id)), None)

    def actor(self, role: str = "") -> Actor:
        """How he stands in the audit log."""
        return Actor(self.id, self.name, role or (self.duties[0].role if self.duties else ""))

    @property
    def reads_everything(self) -> bool:
        """An auditor reads all of his ground and writes nothing."""
        return self.holds(Role.AUDITOR)


def officer(session: Session, person_id: int) -> Officer:
    """Load a person with his duties; `NotFound` for an unknown or dismissed one."""
    person = session.get(Person, person_id)
    if person is None or not person.active or person.id is None:
        raise NotFound("This person is not known.")
    rows = session.exec(select(Duty, Unit).join(Unit, col(Unit.id) == col(Duty.unit_id))
                        .where(Duty.person_id == person_id).order_by(col(Duty.id))).all()
    held = tuple(Held(duty.role, duty.unit_id, unit.name, unit.kind, unit.division_code, duty.title)
                 for duty, unit in rows)
    return Officer(person.id, person.login, person.name, person.language, held)


def by_login(session: Session, login: str) -> Officer:
    """The officer with that login name."""
    person = session.exec(select(Person).where(Person.login == login)).first()
    if person is None or person.id is None:
        raise NotFound("There is no account {login}.", login=login)
    return officer(session, person.id)


def holding(session: Session, role: str) -> list[str]:
    """The names of those who hold a duty."""
    found = select(Person.name).join(Duty, col(Duty.person_id) == col(Person.id)).where(Duty.role == role)
    return sorted(set(session.exec(found)))
