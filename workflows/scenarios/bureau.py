"""The small bureau that a scenario runs in: a database in memory, the fixture county, a clock that is set."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from forms.schema import FilePicker
from workflows import releases
from workflows.cases import attachments, decisions, delivery, due, intake
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.errors import Conflict, NotAllowed, NotFound
from workflows.office import people
from workflows.office.people import Officer
from workflows.payments import effects as _effects  # noqa: F401 — registers what the drawings ask of payments
from workflows.records.session import reading, writing
from workflows.records.types import CHINA
from workflows.releases import Published
from workflows.sample import fixture
from workflows.scenarios import spelling, words
from workflows.scenarios.bank import ScenarioBank
from workflows.scenarios.databases import in_memory, kept
from workflows.scenarios.shape import Given, Step, merged
from workflows.scenarios.wrong import ScenarioInvalid

OPENING = time(9, 0)
PICTURE = bytes.fromhex(  # a PNG of one white point
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082")


class Bureau:
    """Runs steps one by one; time only moves forward, and timers fire at their own moments on the way."""

    def __init__(self, given: Given, process: str, database: Engine | None = None,
                 application: Mapping[str, Any] | None = None) -> None:
        """The county with what stands in the folders, in memory or in a `database` that has all tables and no rows."""
        self.process = process
        self.application = application or {}
        self.matters = {process}   # what people applied for; the cases that machines open are not spoken of
        self.now = moment(given.today)
        self.bank = ScenarioBank(self.now)
        self.cases: dict[str, int] = {}
        self.latest: int | None = None
        self.engine = database or in_memory(_county(self.now))
        if database:
            _build(database, self.now)
        with self.work() as session:
            before = words.Before(session, process, self.now)
            for name, value in given.said.items():
                words.GIVEN[name].do(before, words.GIVEN[name].read(value))

    @contextmanager
    def work(self) -> Iterator[Session]:
        """A transaction: kept when it ends well, undone when it is refused."""
        with writing(self.engine) as session:
            yield session

    def pass_time(self, until: datetime) -> None:
        """Move the clock, stopping at each timer that falls due."""
        if until < self.now:
            raise Conflict("A scenario's steps must stand in the order of their days.")
        self.deliver()
        while True:
            with self.work() as session:
                found = due.next_due(session, until, {})
                if found is None:
                    break
                place, kind = found
                self.now = max(self.now, place.due_at)
                due.SOURCES[kind].room.fire(session, place.id, self.now)
            self.deliver()
        self.now = until

    def deliver(self) -> None:
        """Bring every message to the case that waits for it, as the worker does."""
        while True:
            with self.work() as session:
                message = delivery.deliverable(session, self.now)
                if message is None:
                    return
                delivery.deliver(session, message, self.now)

    def apply(self, step: Step) -> None:
        """Hand in the scenario's application, changed by the step's answers; another process's stands in the step alone."""
        process = step.process or self.process
        answers = merged(dict(self.application), step.answers) if process == self.process else step.answers
        with self.work() as session:
            who = self.who(session, step.who)
            published = releases.current(session, process)
            self.spelled(published, published.process.start_form, step, {} if step.process else self.application)
            case = intake.apply(session, process, {**typed(answers), **self.files(session, step.files, who)}, who, self.now)
            self.matters.add(process)
            self.remember(step.case, case)

    def complete(self, step: Step) -> None:
        """Complete the open work item of the element that the step names."""
        with self.work() as session:
            who = self.who(session, step.who)
            item = self._item(session, step, who)
            case = session.get_one(Case, item.case_id)
            first = decisions.initial(session, item, case, who, self.now)
            published = releases.load(session, item.release_id)
            self.spelled(published, item.form_key, step)
            left_out = {} if step.refused or step.refused_at else pictures(published, item.node)
            named = {**left_out, **step.files}
            answers = {**merged(first, typed(step.answers)), **self.files(session, named, who)}
            self.remember(step.case, decisions.complete(session, item.id or 0, answers, who, self.now))

    def spelled(self, published: Published, form_key: str | None, step: Step, application: Mapping[str, Any] | None = None) -> None:
        """`ScenarioInvalid` where the scenario answers what the form does not ask."""
        if not form_key:
            return
        form = published.form(form_key)
        if wrongs := [*spelling.answers(form, step.answers, (*step.at, "with")), *spelling.answers(form, step.files, (*step.at, "files"))]:
            raise ScenarioInvalid(wrongs, step.file)
        if wrongs := [*spelling.answers(form, application or {}, ("application",))]:
            raise ScenarioInvalid(wrongs)

    def turn_to(self, step: Step) -> None:
        """A step that names a process without applying for it speaks of its newest case, which a machine may have opened."""
        if not step.process or step.does == "apply" or step.case in self.cases:
            return
        with reading(self.engine) as session:
            found = session.exec(select(Case).where(Case.process == step.process).order_by(col(Case.id).desc())).first()
            if found is None:
                raise NotFound("No case of {process} has been opened yet.", process=step.process)
            self.matters.add(step.process)
            self.remember(step.case, found)

    def files(self, session: Session, named: Mapping[str, Sequence[str]], who: Officer) -> dict[str, list[str]]:
        """Files staged by who hands them in: a picture of one point under each name."""
        return {field: [attachments.stage(session, name, PICTURE, who.id, self.now).token for name in names]
                for field, names in named.items()}

    def who(self, session: Session, login: str) -> Officer:
        """The officer a step names."""
        return people.by_login(session, login)

    def case(self, session: Session, label: str) -> Case:
        """The labelled case, or the one last touched."""
        case_id = self.cases.get(label) if label else self.latest
        if case_id is None:
            raise NotFound("This case was not found.")
        return session.get_one(Case, case_id)

    def remember(self, label: str, case: Case) -> None:
        """Steps without a label speak of the last case."""
        if case.process in self.matters:
            self.latest = case.id
        if label:
            self.cases[label] = case.id or 0

    def _item(self, session: Session, step: Step, who: Officer) -> WorkItem:
        """The person's own open item at that element; else any, so that the refusal says why he may not.

        A label that no case bears yet is given to the newest, as one that a machine has opened.
        """
        found = select(WorkItem).where(WorkItem.node == step.does).order_by(col(WorkItem.id).desc())
        if step.case in self.cases:
            found = found.where(WorkItem.case_id == self.cases[step.case])
        items = session.exec(found).all()
        still_open = [item for item in items if item.state == WorkState.OPEN]
        mine = [item for item in still_open if who.duty(item.role, item.unit_id)]
        choice = mine or still_open or items
        if not choice:
            raise NotAllowed("The case has not come to “{node}”.", node=step.does)
        of_latest = [item for item in choice if item.case_id == self.latest]
        return (of_latest or choice)[0]


def pictures(published: Published, element: str) -> dict[str, list[str]]:
    """What a step that is to succeed hands in where it names no files: one picture under each field for them."""
    node = published.drawing.nodes[element]
    form = published.form(node.form_key) if node.form_key else None
    return {path: [f"{path}.png"] for path, component in form.walk() if isinstance(component, FilePicker) and "[]" not in path} if form else {}


@lru_cache(maxsize=64)
def _county(now: datetime) -> bytes:
    """The fixture county on a morning; it is built once for all who begin then."""
    made = in_memory()
    _build(made, now)
    return kept(made)


def _build(database: Engine, now: datetime) -> None:
    with writing(database) as session:
        fixture.load(session)
        releases.lay_out(session, now)


def typed(answers: Any) -> Any:
    """Numbers as a clerk types them: text, so that an amount means yuan."""
    if isinstance(answers, dict):
        return {key: typed(value) for key, value in answers.items()}
    if isinstance(answers, list):
        return [typed(value) for value in answers]
    return str(answers) if isinstance(answers, (int, float)) and not isinstance(answers, bool) else answers


def moment(day: date | datetime) -> datetime:
    """A day means its office opening, nine in the morning in China."""
    if isinstance(day, datetime):
        return day if day.tzinfo else day.replace(tzinfo=CHINA)
    return datetime.combine(day, OPENING, CHINA)
