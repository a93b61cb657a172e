"""Take a matter in: check the application, refuse duplicates, open the case."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import forms.answers
from bpmn.message import Message
from sqlmodel import Session, col, func, select
from workflows import engine
from workflows.cases import attachments, facts, progress, releases, sources
from workflows.cases.tables import Case, CasePerson, Recusal
from forms.answers import FieldError
from workflows.errors import Invalid, NotAllowed
from workflows.office.people import Officer
from workflows.office.tables import Duty, Person, Unit
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
    division = str(values["registered_division"])
    if not any(held.role in published.process.start_roles and held.covers(division) for held in who.duties):
        raise NotAllowed("This lies outside your area.")
    return open_case(session, process, str(values["applicant_name"]), division, {APPLICATION: values}, who, now)


def open_case(session: Session, process: str, subject: str, division_code: str, known: Mapping[str, object],
              who: Officer | None, now: datetime, *, cycle_id: int | None = None) -> Case:
    """Start a case of the newest release; `who` None is the system itself."""
    release = releases.newest(session, process)
    published = releases.load(session, stored(release.id))
    case = Case(number=_number(session, published.process.number_prefix, now), process=process,
                release_id=stored(release.id), subject=subject, division_code=division_code, state=progress.RUNNING,
                opened_at=now, opened_by=who.id if who else None, cycle_id=cycle_id)
    session.add(case)
    session.flush()
    cause = progress.Cause(now, who, _start_role(published, who))
    facts.write(session, case, known, cause.author, now)
    audit.append(session, progress.chain(case), cause.actor, "case.open", now,
                 summary=f"{published.process.title}:{subject}", after=facts.encode(dict(known)))
    if APPLICATION in known:
        take_in(session, case, facts.known(case)[APPLICATION], now)
    progress.move(session, case, lambda drawing, _state, seen: engine.start(drawing, seen, now), cause)
    return case


def take_in(session: Session, case: Case, application: Mapping[str, Any], now: datetime) -> None:
    """Register whom the application concerns; refuse who is already covered; recuse near relatives."""
    people = {member["id_number"]: member["name"] for member in application.get("members") or []}
    registered = session.exec(select(CasePerson).where(CasePerson.case_id == case.id)).all()
    _refuse_left_out(registered, people)
    _refuse_duplicates(session, case, application, now)
    for row in registered:
        session.delete(row)
    session.flush()
    session.add_all(CasePerson(case_id=stored(case.id), id_number=number, name=name) for number, name in people.items())
    case.subject = application.get("applicant_name") or case.subject
    _recuse(session, case, application)
    attachments.bind(session, stored(case.id), list(application.get("attachments") or []))
    session.flush()


def duplicates(session: Session, case: Case, id_numbers: Sequence[str], now: datetime) -> list[Duplicate]:
    """Who of these people is in another running case of the same matter, or already receives it."""
    found = select(CasePerson, Case).join(Case, col(Case.id) == col(CasePerson.case_id)).where(
        col(CasePerson.id_number).in_(id_numbers), Case.process == case.process, Case.id != case.id,
        Case.state == progress.RUNNING)
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


def _refuse_duplicates(session: Session, case: Case, application: Mapping[str, Any], now: datetime) -> None:
    members = application.get("members") or []
    numbers = [member["id_number"] for member in members]
    alone(session, f"{case.process}:people")   # the same family at two counters at once
    found = {one.id_number: one for one in duplicates(session, case, numbers, now)}
    if found:
        raise Invalid([FieldError(f"members[{place}].id_number", Message(
            "{name} is already covered in another household ({where}).",
            {"name": member["name"], "where": found[member["id_number"]].where}))
            for place, member in enumerate(members) if member["id_number"] in found])


def _recuse(session: Session, case: Case, application: Mapping[str, Any]) -> None:
    """Keep the declared relative away: every officer of that name who works on the case's ground."""
    if application.get("near_relative") != "yes":
        return
    named = select(Person, Unit).join(Duty, col(Duty.person_id) == col(Person.id)).join(
        Unit, col(Unit.id) == col(Duty.unit_id)).where(Person.name == application.get("near_relative_name"))
    for person, unit in session.exec(named).all():
        known = select(Recusal).where(Recusal.case_id == case.id, Recusal.person_id == person.id)
        if case.division_code.startswith(unit.division_code) and session.exec(known).first() is None:
            session.add(Recusal(case_id=stored(case.id), person_id=stored(person.id),
                                relation=str(application.get("near_relative_relation") or "")))
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

