"""What the pages of a process's owner show: versions, who stands where, plans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from bpmn.message import Term
from workflows import releases
from workflows.cases.tables import Case, Job, JobState, Timer, WorkItem, WorkState
from workflows.errors import NotFound
from workflows.migration import plans
from workflows.migration.tables import Aim, CaseState, Plan
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import Person
from workflows.records.types import stored
from workflows.releases import Published
from workflows.releases.tables import Release


@dataclass(frozen=True)
class Version:
    """One published version, and how many cases are under way on it."""

    id: int
    number: int
    hash: str
    published_at: datetime
    running: int
    ended: int


@dataclass(frozen=True)
class ProcessView:
    """A process with its versions, the newest first, and its plans."""

    name: str
    title: Term
    versions: tuple[Version, ...]
    plans: tuple[Plan, ...]

    @property
    def newest(self) -> Version:
        """What new cases start on."""
        return self.versions[0]


@dataclass(frozen=True)
class VersionView:
    """A version with its drawing, and how many cases stand at each element."""

    process: ProcessView
    version: Version
    published: Published
    places: Mapping[str, int]


@dataclass(frozen=True)
class PlanView:
    """A plan between its two versions."""

    plan: Plan
    old: Published
    new: Published
    places: Mapping[str, int]
    counts: Mapping[str, int]
    made_by: str
    started_by: str

    @property
    def ordered(self) -> list[tuple[str, int]]:
        """The states that some case is in, in the order of a case's life."""
        return [(state, self.counts[state]) for state in CaseState if state in self.counts]

    @property
    def settled(self) -> int:
        """How many cases the plan is through with."""
        still = {CaseState.WAITING} if self.plan.aim != Aim.BACK else {*CaseState} - {CaseState.BACK, CaseState.KEPT}
        return sum(n for state, n in self.counts.items() if state not in still)


def processes(session: Session, who: Officer) -> list[ProcessView]:
    """Every published process."""
    _demand(who)
    names = session.exec(select(Release.process).distinct().order_by(col(Release.process)))
    return [_process(session, name) for name in names]


def process(session: Session, who: Officer, name: str) -> ProcessView:
    """One process; `NotFound` where none of that name was published."""
    _demand(who)
    return _process(session, name)


def version(session: Session, who: Officer, name: str, number: int) -> VersionView:
    """One version with its drawing."""
    found = process(session, who, name)
    one = next((one for one in found.versions if one.number == number), None)
    if one is None:
        raise NotFound("There is no version {version} of {process}.", version=number, process=name)
    return VersionView(found, one, releases.load(session, one.id), places(session, one.id))


def plan(session: Session, who: Officer, plan_id: int) -> PlanView:
    """One plan, whole."""
    _demand(who)
    found = plans.by_id(session, plan_id)
    return PlanView(found, releases.load(session, found.from_release_id), releases.load(session, found.to_release_id),
                    places(session, found.from_release_id), plans.counts(session, found),
                    _name(session, found.made_by), _name(session, found.started_by))


def places(session: Session, release_id: int) -> dict[str, int]:
    """Element -> how many running cases of a version wait there for a person, a moment or a machine."""
    found: dict[str, int] = {}
    topics = {node.topic: node.id for node in releases.load(session, release_id).drawing.nodes.values() if node.topic}
    for where, waits in ((WorkItem.node, WorkItem.state == WorkState.OPEN), (Timer.node, col(Timer.id).is_not(None)),
                         (Job.topic, col(Job.token).is_not(None) & (col(Job.state) != JobState.DONE))):
        table = where.class_  # type: ignore[attr-defined]
        query = select(where, func.count(table.case_id.distinct())).join(Case, col(Case.id) == table.case_id).where(
            waits, Case.release_id == release_id, col(Case.ended_at).is_(None)).group_by(where)
        for name, n in session.exec(query):
            node = topics.get(name, name) if table is Job else name
            found[node] = found.get(node, 0) + n
    return found


def _process(session: Session, name: str) -> ProcessView:
    versions = tuple(_versions(session, name))
    if not versions:
        raise NotFound("The process {process} has not been published.", process=name)
    said = releases.load(session, versions[0].id).process
    found = session.exec(select(Plan).where(Plan.process == name).order_by(col(Plan.id).desc()))
    return ProcessView(name, Term(said.title, said.en), versions, tuple(found))


def _versions(session: Session, name: str) -> Iterator[Version]:
    counted = select(Case.release_id, func.count(), func.count(col(Case.ended_at))).where(Case.process == name)
    cases = {release: (every - ended, ended) for release, every, ended in session.exec(counted.group_by(col(Case.release_id)))}
    found = select(Release.id, Release.version, Release.hash, Release.published_at).where(Release.process == name)
    for number, one, digest, at in session.exec(found.order_by(col(Release.version).desc())):
        yield Version(stored(number), one, digest, at, *cases.get(stored(number), (0, 0)))


def _name(session: Session, person: int | None) -> str:
    found = session.get(Person, person) if person else None
    return found.name if found else ""


def _demand(who: Officer) -> None:
    permissions.demand(permissions.why_not_anywhere(who, "read_processes"))
