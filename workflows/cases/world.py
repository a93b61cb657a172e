"""What expressions may read: a case's facts, and what the bureau knows around it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

import forms.checks
from bpmn.schema import Process
from forms.world import layered
from workflows import releases
from workflows.cases import applicants, clocks, elements, facts
from workflows.cases.applicants import APPLICATION
from workflows.cases.names import names_since
from workflows.cases.tables import Case, Clock, Document, Notice, Objection, Operation, WorkItem, WorkState
from workflows.engine import Node
from workflows.office import rates, working_days
from workflows.records.types import CHINA


NUMBERED = "id_number"
NEVER = datetime(9999, 12, 31, tzinfo=CHINA)    # nothing happens by itself at a limit that stands still, is not set or is provisional


class Around(Mapping[str, Any]):
    """What is looked up when it is first read."""

    def __init__(self, asked: Mapping[str, Callable[[], Any]]) -> None:
        """By its name how each is looked up."""
        self._asked, self._known = asked, dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        """What is known under that name."""
        if name not in self._known:
            self._known[name] = self._asked[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """All names that can be read."""
        return iter(self._asked)

    def __len__(self) -> int:
        """How many names can be read."""
        return len(self._asked)

    def __contains__(self, name: object) -> bool:
        """Whether the name can be read; nothing is looked up for that."""
        return name in self._asked


class World(Mapping[str, Any]):
    """Facts plus `case`, `clocks`, `notice`, `documents`, `rules` and `timer`; each looked up when first read."""

    def __init__(self, session: Session, case: Case, now: datetime, due_at: datetime | None = None) -> None:
        """The facts as they are now; each is made into typed values when it is first read."""
        self._stored, self._today = case.facts, now.date()
        self._known: dict[str, Any] = {}
        self._around = Around({
            "case": lambda: _case(session, case, self, now),
            "clocks": lambda: _clocks(session, case, now),
            "notice": lambda: notice_of(session, case),
            "documents": lambda: _documents(session, case),
            "rules": lambda: rules_of(session, case, now),
            "timer": lambda: {"due_at": due_at},
        })

    def __getitem__(self, name: str) -> Any:
        """A fact, or what the bureau knows under that name."""
        if name in self._around:
            return self._around[name]
        if name not in self._known:
            self._known[name] = self._fact(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """All names that can be read."""
        yield from self._around
        yield from (name for name in self._stored if name not in self._around)

    def __len__(self) -> int:
        """How many names can be read."""
        return len(self._stored.keys() | self._around.keys())

    def __contains__(self, name: object) -> bool:
        """Whether the name can be read; nothing is looked up for that."""
        return name in self._stored or name in self._around

    def _fact(self, name: str) -> Any:
        value = facts.decode(self._stored[name])
        return with_ages(value, self._today) if name == APPLICATION else value

    def with_fact(self, name: str, value: object) -> Mapping[str, Any]:
        """The same world as if that fact had this value."""
        return layered({name: value}, self)


def of(session: Session, case: Case, now: datetime, due_at: datetime | None = None) -> World:
    """The world of a case at that moment, by the rules in force on its acceptance day; `due_at` of a timer that fires."""
    return World(session, case, now, due_at)


def rules_of(session: Session, case: Case, now: datetime) -> dict[str, object]:
    """The rules in force on its acceptance day: its process's own, over those it borrows."""
    lenders = releases.load(session, case.release_id).process.lenders
    return rates.of_process(session, lenders, case.process, clocks.rules_day(case, now.date()), case.division_code)


def for_item(session: Session, case: Case, node: Node, item: WorkItem, now: datetime) -> Mapping[str, Any]:
    """The world as a work item sees it: an instance of a repeated task knows its element by the name that is drawn."""
    known = of(session, case, now)
    return known.with_fact(node.each, elements.element(item.scope)) if node.each and item.scope else known


def latest_notice(session: Session, case: Case) -> Notice | None:
    """The newest public notice of a case."""
    return session.exec(select(Notice).where(Notice.case_id == case.id).order_by(col(Notice.id).desc())).first()


def open_objections(session: Session, case: Case) -> list[Objection]:
    """Objections that no re-survey has answered."""
    found = select(Objection).where(Objection.case_id == case.id, col(Objection.answered_at).is_(None), col(Objection.late).is_(False))
    return list(session.exec(found.order_by(col(Objection.id))))


def notice_of(session: Session, case: Case) -> dict[str, Any] | None:
    """The newest notice as expressions see it; None before the first, without days where it was withdrawn."""
    notice = latest_notice(session, case)
    if notice is None:
        return None
    count = session.exec(select(func.count()).where(Notice.case_id == case.id)).one()
    waiting = len(open_objections(session, case))
    raised = session.exec(select(func.count()).where(Objection.notice_id == notice.id, col(Objection.late).is_(False))).one()
    days = (None, None, None) if notice.withdrawn else (notice.posted_on, notice.ends_on, notice.ends_at)
    return {**dict(zip(("posted_on", "ends_on", "ends_at"), days, strict=True)), "count": count,
            "objections": raised, "open_objections": waiting, "result": "objected" if waiting else "undisputed"}


def _case(session: Session, case: Case, known: Mapping[str, Any], now: datetime) -> Around:
    process = releases.load(session, case.release_id).process
    return Around({
        "number": lambda: case.number, "subject": lambda: case.subject, "division": lambda: case.division_code,
        "today": now.date, "opened_on": case.opened_at.date,
        "accepted_on": lambda: case.accepted_at.date() if case.accepted_at else None,
        "near_relative": lambda: applicants.has_relative(process, known.get(APPLICATION) or {}),
        "complaint": lambda: bool(known.get("complaint")),
        "supplements": lambda: _supplements(session, case, process),
        "returns": lambda: sum(returns_by(session, case, limit.elements) for limit in process.return_limits),
    })


def _supplements(session: Session, case: Case, process: Process) -> int:
    """How many papers have asked the applicant for more."""
    if not process.intake:
        return 0
    return _count(session, select(func.count()).where(Document.case_id == case.id, Document.kind == process.intake.supplement_paper))


def returns_by(session: Session, case: Case, elements: Collection[str]) -> int:
    """How often those elements have returned the case: by their outcome, or out of the drawn way."""
    names = names_since(session, case)
    called = {old for element in elements for old, _ in names.former(element)}
    decided = select(func.count()).where(WorkItem.case_id == case.id, names.at(WorkItem, *elements),
                                         WorkItem.state == WorkState.DONE, WorkItem.outcome == "return")
    sent = select(func.count()).where(Operation.case_id == case.id, Operation.what == "send_back", col(Operation.node).in_(called))
    return _count(session, decided) + _count(session, sent)


def _clocks(session: Session, case: Case, now: datetime) -> dict[str, Any]:
    calendar = working_days.calendar(session)
    return {kind: _clock(calendar, clock, now) for kind, clock in clocks.latest(session, case).items()}


def _clock(calendar: working_days.Calendar, clock: Clock, now: datetime) -> dict[str, Any]:
    late = clocks.late(calendar, clock, now)
    after = clock.due_on and calendar.next_working(clock.due_on + working_days.ONE_DAY)
    certain = clock.due_at if clock.due_at and not clock.provisional else NEVER
    return {"due_on": clock.due_on, "due_at": certain, "started_on": clock.started_on, "ended_on": clock.ended_on,
            "length": clock.length, "used": clocks.used(calendar, clock, now), "late": late.n if late else 0,
            "earliest_on": after if clock.minimum else None, "paused": any(not pause["to"] for pause in clock.pauses),
            "provisional": clock.provisional}


def _documents(session: Session, case: Case) -> dict[str, Any]:
    found = session.exec(select(Document).where(Document.case_id == case.id).order_by(col(Document.id)))
    return {paper.kind: {"name": paper.name, "number": paper.number, "issued_on": paper.issued_on} for paper in found}


def with_ages(answers: Any, today: date) -> Any:
    """Beside each ID number how old its holder is: `id_number` brings `age`, `guardian_id_number` `guardian_age`."""
    if isinstance(answers, list):
        return [with_ages(row, today) for row in answers]
    if not isinstance(answers, Mapping):
        return answers
    ages = {key.removesuffix(NUMBERED) + "age": forms.checks.age(number, today) if forms.checks.birth_date(number or "") else None
            for key, number in answers.items() if key.endswith(NUMBERED)}
    return {**ages, **{key: with_ages(answer, today) for key, answer in answers.items()}}


def _count(session: Session, query: Any) -> int:
    return int(session.exec(query).one())
