"""Take a matter in: check the application, refuse duplicates, open the case."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import forms.answers
from bpmn.message import Message
from sqlmodel import Session, col, func, select
from workflows import engine
from workflows import releases
from workflows.cases import attachments, chains, facts, progress, sources
from workflows.cases.messages.tables import ChildCase
from workflows.cases.tables import Case, CasePerson, Recusal
from forms.answers import FieldError
from workflows.errors import Invalid, NotAllowed
from workflows.office.people import Officer
from workflows.office.tables import Duty, Person, Role, Unit
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored

APPLICATION = "application"


@dataclass(frozen=True)
class Duplicate:
    """Somebody who already has, or asks for, what is applied for."""

    id_number: str
    name: str
    where: str          # case or household number; for staff only


@dataclass(frozen=True)
class Rung:
    """The start timer by which a case begins, and the moment it was due."""

    node: str
    due_at: datetime


Finder = Callable[[Session, str, Sequence[str], datetime], Iterable[Duplicate]]
FINDERS: list[Finder] = []   # the payments wing adds who is being paid now


def apply(session: Session, process: str, raw: Mapping[str, Any], who: Officer, now: datetime) -> Case:
    """Open a case from an application handed in at `who`'s counter; `Invalid` with every wrong answer."""
    published = releases.load(session, stored(releases.newest(session, process).id))
    if not who.holds(*published.process.start_roles):
        raise NotAllowed("Your duty does not include taking in this matter.")
    form = published.form(published.process.start_form or "")
    needs = sources.supplies(session, form, who)
    checked = forms.answers.check(form, raw, {}, now.date(), sources=needs.sources, staged=needs.staged)
    if not checked.ok:
        raise Invalid(checked.errors)
    values = checked.values
    _refuse_own(values, who)
    division = str(values["registered_division"])
    if not any(held.role in published.process.start_roles and held.covers(division) for held in who.duties):
        raise NotAllowed("This lies outside your area.")
    return open_case(session, process, str(values["applicant_name"]), division, {APPLICATION: values}, who, now)


def open_case(session: Session, process: str, subject: str, division_code: str, known: Mapping[str, object],
              who: Officer | None, now: datetime, *, cycle_id: int | None = None, child: ChildCase | None = None,
              rung: Rung | None = None) -> Case:
    """Start a case of the newest release; `who` None is the system itself.

    `child` are the terms another case opens it on, `rung` the start timer that does.
    """
    release = releases.newest(session, process)
    published = releases.load(session, stored(release.id))
    case = Case(number=_number(session, published.process.number_prefix, now), process=process,
                release_id=stored(release.id), subject=subject, division_code=division_code, state=progress.RUNNING,
                opened_at=now, opened_by=who.id if who else None, cycle_id=cycle_id,
                parent_id=child.parent_id if child else None)
    session.add(case)
    session.flush()
    if child:
        child.case_id = stored(case.id)
        session.add(child)
    cause = progress.Cause(now, who, _start_role(published, who), due_at=rung.due_at if rung else None)
    facts.write(session, case, known, cause.author, now)
    audit.append(session, chains.of(case.id), cause.actor, "case.open", now,
                 summary=f"{published.process.title}:{subject}", after=facts.encode(dict(known)))
    if APPLICATION in known:
        take_in(session, case, facts.known(case)[APPLICATION], who, now)
    timer = rung.node if rung else None
    progress.move(session, case, lambda drawing, _state, seen: engine.start(drawing, seen, now, timer=timer), cause)
    return case


def take_in(session: Session, case: Case, application: Mapping[str, Any], who: Officer | None, now: datetime) -> None:
    """Register whom the application concerns; refuse who is already covered; recuse near relatives."""
    people = {member["id_number"]: member["name"] for member in application.get("members") or []}
    registered = session.exec(select(CasePerson).where(CasePerson.case_id == case.id)).all()
    _refuse_left_out(registered, people)
    _refuse_duplicates(session, case, application, who, now)
    for row in registered:
        session.delete(row)
    session.flush()
    session.add_all(CasePerson(case_id=stored(case.id), id_number=number, name=name) for number, name in people.items())
    case.subject = application.get("applicant_name") or case.subject
    _recuse(session, case, application)
    attachments.bind(session, stored(case.id), list(application.get("attachments") or []),
                     who.id if who else None)
    session.flush()


def duplicates(session: Session, case: Case, id_numbers: Sequence[str], now: datetime) -> list[Duplicate]:
    """Who of these people is in another running case of the same matter, or already receives it."""
    found = select(CasePerson, Case).join(Case, col(Case.id) == col(CasePerson.case_id)).where(
        col(CasePerson.id_number).in_(id_numbers), Case.process == case.process, Case.id != case.id,
        col(Case.ended_at).is_(None))
    rows = [Duplicate(person.id_number, person.name, other.number) for person, other in session.exec(found)]
    for finder in FINDERS:
        rows += finder(session, case.process, id_numbers, now)
    return rows


def _refuse_left_out(registered: Sequence[CasePerson], people: Mapping[str, str]) -> None:
    """A household is covered whole (A3 一(一)): whoever was declared stays on the list, with the law's reason if not counted."""
    left_out = [row.name for row in registered if row.id_number not in people and row.name not in people.values()]
    if left_out:
        raise Invalid([FieldError("members", Message(
            "{names} was declared before and can't be left out; keep the row and give the law's reason.",
            {"names": "、".join(left_out)}))])


def _refuse_own(application: Mapping[str, Any], who: Officer) -> None:
    """Nobody takes in the matter of his own relatives (A1 11)."""
    errors = [FieldError(f"members[{place}].name", Message(
        "{name} is also your name; a colleague must take this in.", {"name": who.name}))
        for place, member in enumerate(application.get("members") or []) if member.get("name") == who.name]
    if application.get("near_relative") == "yes" and application.get("near_relative_name") == who.name:
        errors.append(FieldError("near_relative_name", Message(
            "You are the near relative named here; a colleague must take this in.")))
    if errors:
        raise Invalid(errors)


def _refuse_duplicates(session: Session, case: Case, application: Mapping[str, Any], who: Officer | None,
                       now: datetime) -> None:
    members = application.get("members") or []
    numbers = [member["id_number"] for member in members]
    alone(session, f"{case.process}:people")   # the same family at two counters at once
    found = {one.id_number: one for one in duplicates(session, case, numbers, now)}
    if found:
        raise Invalid([FieldError(f"members[{place}].id_number", _covered(member["name"], found[member["id_number"]], who))
                       for place, member in enumerate(members) if member["id_number"] in found])


def _covered(name: str, found: Duplicate, who: Officer | None) -> Message:
    """Where somebody is covered is told to staff only, not in the village."""
    if who and all(held.role == Role.VILLAGE for held in who.duties):
        return Message("{name} is already covered in another household.", {"name": name})
    return Message("{name} is already covered in another household ({where}).", {"name": name, "where": found.where})


def _recuse(session: Session, case: Case, application: Mapping[str, Any]) -> None:
    """Keep the declared relative and the household itself away: every officer of that name who works on the case's ground."""
    relations = {str(member.get("name")): "本户成员" for member in application.get("members") or []}
    if application.get("near_relative") == "yes":
        relations[str(application.get("near_relative_name"))] = str(application.get("near_relative_relation") or "")
    named = select(Person, Unit).join(Duty, col(Duty.person_id) == col(Person.id)).join(
        Unit, col(Unit.id) == col(Duty.unit_id)).where(col(Person.name).in_(relations))
    for person, unit in session.exec(named).all():
        known = select(Recusal).where(Recusal.case_id == case.id, Recusal.person_id == person.id)
        if case.division_code.startswith(unit.division_code) and session.exec(known).first() is None:
            session.add(Recusal(case_id=stored(case.id), person_id=stored(person.id),
                                relation=relations[person.name]))
            session.flush()


def _number(session: Session, prefix: str, now: datetime) -> str:
    head = f"{prefix}-{now:%Y-%m}-"
    alone(session, head)
    last = session.exec(select(Case.number).where(col(Case.number).startswith(head)).order_by(
        func.length(Case.number).desc(), col(Case.number).desc()).limit(1)).first()  # 10000 comes after 9999
    return f"{head}{int(last.removeprefix(head)) + 1 if last else 1:04d}"


def _start_role(published: releases.Published, who: Officer | None) -> str:
    roles = [held.role for held in who.duties] if who else []
    return next((role for role in roles if role in published.process.start_roles), roles[0] if roles else "")

