"""A case as a page shows it: where it stands, its figures, its clocks, papers, decisions and history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

import forms.answers
from bpmn.clock_rules import ClockRule
from bpmn.schema import Process
from forms.answers import Shown, Staged
from forms.schema import Form
from forms.world import Sources
from workflows import releases
from workflows.cases import access, attachments, chains, clocks, facts, intake, sources
from workflows.cases.notice import complaints, notices, objections
from workflows.cases.papers import documents
from workflows.cases.names import Names, names_since
from workflows.cases.sources import Supplies
from workflows.cases.shown import sights, stages, worklist
from workflows.cases.shown.sights import Sight
from workflows.cases.shown.stages import StageView
from workflows.cases.tables import (
    Attachment, Case, Clock, DecisionRecord, Document, Notice, Objection, Visit, WorkItem, WorkState,
)
from workflows.errors import NotFound, Refusal
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import Person, Unit
from workflows.records import audit
from workflows.releases import Published
from workflows.records.tables import AuditEvent


SHOWN = 200     # of what grows with a case's age a page shows the newest


class Way(NamedTuple):
    """A place the case has been at, and how it came there."""

    node: str
    path: str
    what: str
    flow: str


@dataclass(frozen=True)
class Section:
    """One fact as people read it: whose answers, and label beside value."""

    fact: str
    title: str
    author: str
    at: datetime | None
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class ItemView:
    """A work item with who has it and why this person may not do it (None: he may).

    `node`: what its element is called now; `fact`: the name its answers are kept under.
    """

    item: WorkItem
    node: str
    fact: str
    unit: str
    done_by: str
    claimed_by: str
    why_not: Refusal | None


@dataclass(frozen=True)
class Colours:
    """The diagram's paint: element ids by what happened there; flows taken."""

    process: str
    done: tuple[str, ...]
    current: tuple[str, ...]
    flows: tuple[str, ...]


@dataclass(frozen=True)
class CaseView:
    """Everything a person may see of a case."""

    case: Case
    published: Published
    stages: tuple[StageView, ...]
    outcome: str
    items: tuple[ItemView, ...]
    sections: tuple[Section, ...]
    known: Mapping[str, Any]        # the facts
    clocks: tuple[Clock, ...]
    documents: tuple[Document, ...]
    attachments: tuple[Attachment, ...]
    notices: tuple[Notice, ...]
    objections: tuple[Objection, ...]
    objectors_shown: bool
    complaints: tuple[Mapping[str, Any], ...]
    may_complain: bool
    may_answer: bool                # objections that came too late
    notice_up: bool                 # a notice of the case is on display
    notice_to_object: int | None    # the notice on display, where this person may register an objection to it
    decisions: tuple[DecisionRecord, ...]
    events: tuple[AuditEvent, ...]  # the newest, in order
    event_count: int                # of all there are
    colours: tuple[Colours, ...]
    due_at: datetime | None
    light: worklist.Light
    days: int
    extendable: tuple[ClockRule, ...]   # limits that this person may lengthen
    sight: Sight
    lists: Sources                  # the choices that forms name, for reading answers to them
    files: Mapping[str, Staged]     # the case's files, by what answers carry of them

    @property
    def open_items(self) -> tuple[ItemView, ...]:
        """What waits now."""
        return tuple(view for view in self.items if view.item.state == WorkState.OPEN)


def case_view(session: Session, who: Officer, number: str, now: datetime) -> CaseView:
    """The case of that number; `NotFound` where there is none or the person may not see it."""
    found = session.exec(select(Case).where(Case.number == number)).first()
    return _view(session, who, access.demand_sight(session, found, who), now)


def item_view(session: Session, who: Officer, work_item_id: int, now: datetime) -> tuple[ItemView, CaseView]:
    """A work item and its case."""
    item = session.get(WorkItem, work_item_id)
    if item is None:
        raise NotFound("This item was not found.")
    case = access.demand_sight(session, session.get(Case, item.case_id), who)
    return _item(session, case, item, who, names_since(session, case)), _view(session, who, case, now)


def _view(session: Session, who: Officer, case: Case, now: datetime) -> CaseView:
    published = releases.load(session, case.release_id)
    case_id = case.id or 0
    running = clocks.running(session, case)
    named = permissions.why_not(who, "read_objector", case.division_code) is None
    names = names_since(session, case)
    work, visits, known = _work(session, case_id, published, names), _visits(session, case_id, names), facts.known(case)
    items = tuple(_item(session, case, item, who, names) for item in work)
    due = _due(published.process, running, items, now)
    end = published.process.ends.get(case.state)
    sight, lists = sights.of(who, case.division_code, published.process.sight), sources.lists(session, published.forms.values())
    kept = attachments.of(session, case_id)
    supplies = Supplies(lists, sources.named(kept))
    events, posted = _events(session, case, named), tuple(_rows(session, Notice, case_id))
    return CaseView(
        case=case, published=published,
        stages=stages.of(case, published, {one.node for one in items if one.item.state == WorkState.OPEN}, {way.node for way in visits}, posted, events),
        outcome=end.name if end else "",
        items=items, sections=_seen(sight, _sections(session, case, published, items, known, supplies)), known=known,
        clocks=tuple(clocks.of(session, case)), documents=tuple(documents.of_case(session, case_id)),
        attachments=tuple(kept) if sight.attachments else (), notices=posted,
        objections=_objections(session, case_id, named), objectors_shown=named,
        decisions=tuple(_newest(session, DecisionRecord, case_id)) if sight.means else (),
        complaints=tuple(known.get(complaints.FACT) or ()) if named else (),
        may_answer=permissions.why_not(who, "answer_objection", case.division_code) is None,
        may_complain=complaints.why_not(case, who) is None, notice_up=notices.in_force(session, case, now) is not None, notice_to_object=_open_notice(session, case, who, now),
        events=events, event_count=audit.length(session, chains.of(case.id)), colours=_colours(published, work, visits),
        due_at=due, light=worklist.light_of(due, now, worklist.near_until(session, now)),
        days=worklist.days_of(session, due, now),
        extendable=_extendable(session, case, published.process, who, now),
        sight=sight, lists=lists, files=supplies.staged)


def _due(process: Process, running: Sequence[Clock], items: Sequence[ItemView], now: datetime) -> datetime | None:
    """When the case lapses next: with its open work, or with a limit of the bureau's that is past wherever it stands."""
    ours = {rule.kind for rule in process.clocks if rule.binds == "bureau"}
    past = [clock.due_at for clock in running if clock.kind in ours and not clock.minimum and clock.due_at and clock.due_at <= now]
    work = [view.item.due_at for view in items if view.item.state == WorkState.OPEN and view.item.due_at]
    return min([*past, *work], default=None)


def _seen(sight: Sight, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """What of the answers this reader is shown."""
    return tuple(replace(one, shown=sights.answers(sight, one.shown)) for one in sections if sights.has_fact(sight, one.fact))


def _objections(session: Session, case_id: int, named: bool) -> tuple[Objection, ...]:
    """The objections; copies without name and phone for whoever may not know them."""
    rows = _rows(session, Objection, case_id)
    return tuple(rows if named else (Objection(**{**row.model_dump(), "objector_name": "", "objector_phone": "", "receipt": ""})
                                     for row in rows))


def _events(session: Session, case: Case, named: bool) -> tuple[AuditEvent, ...]:
    """The end of the case's chain; without who objected, complained or wrote it down, for whoever may not know that."""
    events = audit.events(session, chains.of(case.id), SHOWN)
    if named:
        return tuple(events)
    hidden = {"actor_id": None, "actor": objections.PUBLIC.name, "role": ""}
    return tuple(AuditEvent(**{**event.model_dump(), **hidden}) if event.action == objections.ACTION else event
                 for event in events if event.action != complaints.ACTION)


def _open_notice(session: Session, case: Case, who: Officer, now: datetime) -> int | None:
    if permissions.why_not(who, "register_objection", case.division_code) is not None:
        return None
    return next((notice.id for notice in notices.current(session, now, case.division_code) if notice.case_id == case.id), None)


def _extendable(session: Session, case: Case, process: Process, who: Officer, now: datetime) -> tuple[ClockRule, ...]:
    return tuple(rule for rule, _ in clocks.extendable(session, case, process, now)
                 if permissions.why_not(who, "extend_limit", case.division_code, [rule.extension_role]) is None)


def _item(session: Session, case: Case, item: WorkItem, who: Officer, names: Names) -> ItemView:
    unit, drawn = session.get(Unit, item.unit_id), releases.load(session, item.release_id).drawing.nodes[item.node]
    return ItemView(item, names.of(item), drawn.fact, unit.name if unit else "", _name(session, item.done_by), _name(session, item.claimed_by),
                    access.why_not(session, case, item, who))


def _sections(session: Session, case: Case, published: Published, items: Sequence[ItemView],
              known: Mapping[str, Any], supplies: Supplies) -> tuple[Section, ...]:
    done = {one.fact: one.item for one in items if one.item.state == WorkState.DONE and one.fact != intake.APPLICATION}
    keys = {intake.APPLICATION: published.process.start_form or ""} | {fact: item.form_key for fact, item in done.items()}
    return tuple(_section(session, case, published.form(key), name, known[name], done.get(name), supplies)
                 for name, key in keys.items() if key in published.forms and isinstance(known.get(name), Mapping))


def _section(session: Session, case: Case, form: Form, fact: str, value: Mapping[str, Any], item: WorkItem | None,
             supplies: Supplies) -> Section:
    author = _name(session, item.done_by) if item else _name(session, case.opened_by)
    at = item.done_at if item else case.opened_at
    return Section(fact, item.name if item else "", author, at, tuple(forms.answers.display(form, value, sources=supplies.sources, staged=supplies.staged)))


def _colours(published: Published, work: Sequence[WorkItem], visits: Sequence[Way]) -> tuple[Colours, ...]:
    waiting = [item.node for item in work if item.state == WorkState.OPEN]
    drawn = {node.id: node.process for node in published.drawing.nodes.values()}
    return tuple(Colours(
        process,
        tuple(sorted({visit.node for visit in visits if visit.what == "completed" and drawn.get(visit.node) == process})),
        tuple(sorted({node for node in waiting if drawn.get(node) == process}
                     | {visit.path.split("/")[-1] for visit in visits if visit.path and visit.node in waiting})),
        tuple(sorted({visit.flow for visit in visits if visit.flow in published.drawing.flows})),
    ) for process in published.parts)


def _work(session: Session, case_id: int, published: Published, names: Names) -> list[WorkItem]:
    """What waits, what came last, and each element's last answer: as much as a page shows, however old the case is."""
    mine = col(WorkItem.case_id) == case_id
    last = [select(WorkItem.id).where(mine, names.at(WorkItem, node.id), WorkItem.state == WorkState.DONE).order_by(
        col(WorkItem.id).desc()).limit(1).scalar_subquery() for node in published.drawing.nodes.values() if node.candidate_groups]
    wanted = [*(session.execute(columns(*last)).one() if last else ()),
              *session.exec(select(WorkItem.id).where(mine).order_by(col(WorkItem.id).desc()).limit(SHOWN)),
              *session.exec(select(WorkItem.id).where(mine, WorkItem.state == WorkState.OPEN))]
    return list(session.exec(select(WorkItem).where(col(WorkItem.id).in_({one for one in wanted if one})).order_by(col(WorkItem.id))))


def _visits(session: Session, case_id: int, names: Names) -> list[Way]:
    """Where the case has been, in the names of now, and by which flows; a place of many visits once."""
    asked = columns(*(col(column) for column in (Visit.node, Visit.release_id, Visit.path, Visit.what, Visit.flow)))
    found = session.execute(asked.where(col(Visit.case_id) == case_id).distinct()).tuples()
    return [Way(now, "/".join(names.now(part, release) for part in path.split("/")) if path else "", what, flow)
            for node, release, path, what, flow in found if (now := names.now(node, release))]


def _newest(session: Session, table: type[Any], case_id: int) -> list[Any]:
    found = session.exec(select(table).where(table.case_id == case_id).order_by(col(table.id).desc()).limit(SHOWN))
    return list(found)[::-1]


def _rows(session: Session, table: type[Any], case_id: int) -> list[Any]:
    return list(session.exec(select(table).where(table.case_id == case_id).order_by(col(table.id))))


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else ""
