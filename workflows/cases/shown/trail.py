"""The audit log over all chains: read with filters, and proved whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, column, table
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, or_, select

from workflows.cases import chains, secrecy
from workflows.cases.tables import Case, Household, Recusal
from workflows.errors import NotAllowed
from workflows.office import jurisdiction, permissions, working_days
from workflows.office.people import Officer
from workflows.office.tables import Duty, Person, Role, Unit
from workflows.records import audit
from workflows.records.tables import AuditEvent

PAGE = 50
_BATCH = 2_000
_CYCLE = table("cycle", column("id"), column("division_code"))  # the payments wing's, known here by name alone

SIGHTS: list[Callable[[Officer], list[Any]]] = []   # what the rooms above keep from whom


@dataclass(frozen=True)
class Wish:
    """Which events are wanted."""

    case: str = ""
    person: str = ""
    action: str = ""
    day: date | None = None
    page: int = 1


@dataclass(frozen=True)
class Found:
    """A page of events, the newest first; `places` names the case of each case chain."""

    events: list[AuditEvent]
    cases: dict[str, str]
    count: int
    more: bool


@dataclass(frozen=True)
class Proof:
    """What a look at every chain has shown: the first wrong number of each broken one."""

    chains: int
    events: int
    broken: tuple[tuple[str, int], ...]


def search(session: Session, who: Officer, wish: Wish) -> Found:
    """The events a person may read, the newest first."""
    where = [*_sight(session, who), *_filters(wish)]
    count = session.exec(select(func.count()).select_from(AuditEvent).where(*where)).one()
    found = list(session.exec(select(AuditEvent).where(*where).order_by(col(AuditEvent.id).desc())
                              .offset((wish.page - 1) * PAGE).limit(PAGE + 1)))
    return Found(found[:PAGE], _numbers(session, found[:PAGE]), count, len(found) > PAGE)


def actions(session: Session, who: Officer) -> list[str]:
    """The kinds of events there are."""
    return sorted(session.exec(select(AuditEvent.action).where(*_sight(session, who)).distinct()))


def prove(session: Session, who: Officer) -> Proof:
    """Hash every chain again, in one pass."""
    _grounds(who)
    broken: dict[str, int] = {}
    reached: dict[str, tuple[int, str]] = {}
    events = 0
    for event in _in_order(session):
        chain = event.chain
        seq, previous = reached.get(chain, (0, audit.GENESIS))
        if (event.seq, event.previous, event.hash) != (seq + 1, previous, audit.digest(event)):
            broken.setdefault(chain, seq + 1)
        events, reached[chain] = events + 1, (event.seq, event.hash)
    heads = audit.heads(session)
    for chain in {*reached, *heads}:
        lost = audit.lost(heads.get(chain), *reached.get(chain, (0, audit.GENESIS)))
        if lost is not None:
            broken.setdefault(chain, lost)
    return Proof(len({*reached, *heads}), events, tuple(sorted(broken.items())))


def _in_order(session: Session) -> Iterator[AuditEvent]:
    return iter(session.exec(select(AuditEvent).order_by(col(AuditEvent.chain), col(AuditEvent.seq))
                             .execution_options(yield_per=_BATCH)))


def _grounds(who: Officer) -> set[str]:
    grounds = {held.division_code for held in who.duties if held.role in permissions.MAY["read_audit"]}
    if not grounds:
        raise NotAllowed("Your duty does not include this.")
    return grounds


def _sight(session: Session, who: Officer) -> list[Any]:
    """Events of other grounds stay out of sight, and those of a near relative's case and of secret ones."""
    grounds = _grounds(who)
    chain = col(AuditEvent.chain)
    recused = select(chains.column(col(Recusal.case_id))).where(Recusal.person_id == who.id)
    cases = select(chains.column(col(Case.id))).where(secrecy.on_ground(session, who, permissions.MAY["read_audit"]))
    homes = select("household:" + cast(col(Household.id), String)).where(
        or_(*[col(Household.division_code).startswith(ground) for ground in grounds]))
    return [chain.not_in(recused), or_(chain.not_like(chains.ANY), chain.in_(cases)),
            or_(chain.not_like("household:%"), chain.in_(homes)),
            *_of_the_house(who, grounds), *[one for kept in SIGHTS for one in kept(who)]]


def _of_the_house(who: Officer, grounds: set[str]) -> list[Any]:
    """What belongs to no case: a county's lead reads his own county's months and people, not another's."""
    if who.holds(Role.ADMIN, Role.AUDITOR):
        return []
    chain = col(AuditEvent.chain)
    units = select(Duty.person_id).join(Unit, col(Unit.id) == col(Duty.unit_id)).where(
        jurisdiction.within(Unit.division_code, grounds))
    people = select("sign_in:" + cast(col(Person.id), String)).where(col(Person.id).in_(units))
    months = sa_select("cycle:" + cast(_CYCLE.c.id, String)).where(jurisdiction.within(_CYCLE.c.division_code, grounds))
    ours = or_(col(AuditEvent.actor_id).is_(None), col(AuditEvent.actor_id).in_(units))
    return [or_(chain.not_like("sign_in:%"), chain.in_(people)), or_(chain.not_like("cycle:%"), chain.in_(months)),
            or_(chain.not_in(["office", "funds"]), ours), *(_inspections(chain, grounds))]


def _inspections(chain: Any, grounds: set[str]) -> list[Any]:
    """Campaigns and draws of one's own grounds: their chains bear the division."""
    return [or_(chain.not_like(f"{kind}:%"), *[chain.like(f"{kind}:{ground}%") for ground in grounds]) for kind in ("campaign", "inspection")]


def _filters(wish: Wish) -> list[Any]:
    where: list[Any] = []
    if wish.case.strip():
        where.append(col(AuditEvent.chain).in_(select(chains.column(col(Case.id))).where(
            col(Case.number).contains(wish.case.strip().upper()))))
    if wish.person.strip():
        where.append(col(AuditEvent.actor).contains(wish.person.strip()))
    if wish.action:
        where.append(AuditEvent.action == wish.action)
    if wish.day:
        first, last = _bounds(wish.day)
        where += [col(AuditEvent.at) >= first, col(AuditEvent.at) < last]
    return where


def _bounds(day: date) -> tuple[datetime, datetime]:
    end = working_days.end_of(day)
    return end - timedelta(days=1), end


def _numbers(session: Session, events: list[AuditEvent]) -> dict[str, str]:
    ids = [chains.case_of(event.chain) for event in events]
    return {chains.of(case): number for case, number in session.exec(
        select(Case.id, Case.number).where(col(Case.id).in_(ids)))}
