"""Take a matter in: check the application, refuse duplicates, open the case."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import forms.answers
from bpmn.message import Message
from bpmn.schema import Process
from sqlmodel import Session, col, func, select
from workflows import engine
from workflows import releases
from workflows.cases import applicants, attachments, chains, facts, guards, progress, secrecy, sources, world
from workflows.cases.applicants import APPLICATION, Applicant, Applied
from workflows.cases.messages.tables import ChildCase
from workflows.cases.tables import Case, CasePerson, Recusal
from forms.answers import FieldError
from workflows.errors import Invalid, NotAllowed
from workflows.office import rates
from workflows.office.people import Officer
from workflows.office.tables import Duty, Person, Role, Unit
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored

__all__ = ["APPLICATION", "FINDERS", "Duplicate", "Rung", "apply", "bars", "duplicates", "open_case", "take_in"]


@dataclass(frozen=True)
class Duplicate:
    """Somebody who already has, or asks for, what is applied for."""

    id_number: str
    name: str
    where: str          # case or household number; for staff only
    case: Case | None = None


@dataclass(frozen=True)
class Rung:
    """The start timer by which a case begins, and the moment it was due."""

    node: str
    due_at: datetime


Finder = Callable[[Session, Collection[str], Sequence[str], datetime], Iterable[Duplicate]]
FINDERS: list[Finder] = []   # the payments wing adds who is being paid now


def apply(session: Session, process: str, raw: Mapping[str, Any], who: Officer, now: datetime) -> Case:
    """Open a case from an application handed in at `who`'s counter; `Invalid` with every wrong answer."""
    published = releases.current(session, process)
    if not who.holds(*published.process.start_roles):
        raise NotAllowed("Your duty does not include taking in this matter.")
    form = published.form(published.process.start_form or "")
    needs = sources.supplies(session, form, who)
    around = known_before(session, published.process, process, who, now)
    checked = forms.answers.check(form, raw, around, now.date(), sources=needs.sources, staged=needs.staged,
                                  now=now.replace(tzinfo=None))
    if not checked.ok:
        raise Invalid(checked.errors)
    values, rules = checked.values, published.process
    applied = applicants.read(rules, values)
    _refuse_own(values, applied, who)
    division = applied.division or _own_ground(rules, who)
    if not any(held.role in rules.start_roles and held.covers(division) for held in who.duties):
        raise NotAllowed("This lies outside your area.")
    return open_case(session, process, applied.subject, division, {APPLICATION: values}, who, now)


def known_before(session: Session, rules: Process, process: str, who: Officer, now: datetime) -> Mapping[str, object]:
    """What a start form can see of a case that is not open yet: the rules in force today where it is taken in."""
    return {"rules": rates.in_force(session, process, now.date(), _own_ground(rules, who))}


def open_case(session: Session, process: str, subject: str, division_code: str, known: Mapping[str, object],
              who: Officer | None, now: datetime, *, cycle_id: int | None = None, child: ChildCase | None = None,
              rung: Rung | None = None) -> Case:
    """Start a case of the newest release; `who` None is the system itself.

    `child` are the terms another case opens it on, `rung` the start timer that does.
    """
    published = releases.current(session, process)
    case = Case(number=_number(session, published.process.number_prefix, now), process=process,
                release_id=published.id, subject=subject, division_code=division_code, state=progress.RUNNING,
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
        guards.demand_start(session, published, world.of(session, case, now), now)
    timer = rung.node if rung else None
    progress.move(session, case, lambda drawing, _state, seen: engine.start(drawing, seen, now, timer=timer), cause)
    return case


def take_in(session: Session, case: Case, application: Mapping[str, Any], who: Officer | None, now: datetime) -> None:
    """Register whom the application concerns; refuse who is already covered; recuse near relatives."""
    published = releases.load(session, case.release_id)
    applied = applicants.read(published.process, application)
    registered = session.exec(select(CasePerson).where(CasePerson.case_id == case.id)).all()
    if published.process.intake and published.process.intake.whole:
        _refuse_left_out(registered, applied, applicants.list_of(published.process))
    _refuse_duplicates(session, case, published.process, application, applied, who, now)
    for row in registered:
        session.delete(row)
    session.flush()
    session.add_all(CasePerson(case_id=stored(case.id), id_number=number, name=name) for number, name in applied.numbered.items())
    case.subject = applied.subject if published.process.intake else case.subject
    _recuse(session, case, applied)
    form = published.forms.get(published.process.start_form or "")
    attachments.bind(session, stored(case.id), attachments.tokens(form, application) if form else [], who.id if who else None)
    session.flush()


def duplicates(session: Session, case: Case, id_numbers: Sequence[str], now: datetime) -> list[Duplicate]:
    """Who of these people is in another running case of the matters that bar this one, or already receives one of them."""
    barring = bars(session, case.process, releases.load(session, case.release_id).process)
    found = select(CasePerson, Case).join(Case, col(Case.id) == col(CasePerson.case_id)).where(
        col(CasePerson.id_number).in_(id_numbers), col(Case.process).in_(barring), Case.id != case.id,
        col(Case.ended_at).is_(None))
    rows = [Duplicate(person.id_number, person.name, other.number, other) for person, other in session.exec(found)]
    for finder in FINDERS:
        rows += finder(session, barring, id_numbers, now)
    return rows


def bars(session: Session, name: str, process: Process) -> frozenset[str]:
    """The matters that bar one: itself, if one may have it once only, those it excludes, and those which exclude it."""
    if process.intake is None:
        return frozenset()
    others = releases.described(session)
    excluding = {other for other, said in others.items() if said.intake and name in said.intake.excludes}
    return frozenset({*process.intake.excludes, *excluding, *([name] if process.intake.one_at_a_time else [])})


def _own_ground(process: Process, who: Officer) -> str:
    """The ground of the counter at which it is taken in, where the form asks for none."""
    return next(held.division_code for held in who.duties if held.role in process.start_roles)


def _refuse_left_out(registered: Sequence[CasePerson], applied: Applied, rows: str) -> None:
    """A household is covered whole (A3 一(一)): whoever was declared stays on the list, with the law's reason if not counted."""
    left_out = [row.name for row in registered
                if row.id_number not in applied.numbered and row.name not in applied.numbered.values()]
    if left_out:
        raise Invalid([FieldError(rows, Message(
            "{names} was declared before and can't be left out; keep the row and give the law's reason.",
            {"names": "、".join(left_out)}))])


def _refuse_own(application: Mapping[str, Any], applied: Applied, who: Officer) -> None:
    """Nobody takes in the matter of his own relatives (A1 11)."""
    errors = [FieldError(applicants.place_of(application, one, one.name), Message(
        "{name} is also your name; a colleague must take this in.", {"name": who.name}))
        for one in applied.people if one.name == who.name]
    if applied.relative and applied.relative.name == who.name:
        errors.append(FieldError(applicants.places(application, who.name)[-1], Message(
            "You are the near relative named here; a colleague must take this in.")))
    if errors:
        raise Invalid(errors)


def _refuse_duplicates(session: Session, case: Case, process: Process, application: Mapping[str, Any], applied: Applied,
                       who: Officer | None, now: datetime) -> None:
    for matter in sorted(bars(session, case.process, process)):
        alone(session, f"{matter}:people")   # the same family at two counters at once
    found = {one.id_number: one for one in duplicates(session, case, [one.number for one in applied.bound if one.number], now)}
    if found:
        raise Invalid([FieldError(_place(application, one), _covered(session, process, one.name, found[one.number], who))
                       for one in applied.bound if one.number in found])


def _place(application: Mapping[str, Any], one: Applicant) -> str:
    """Where the number stands; where it was put together by the process, the name."""
    return applicants.place_of(application, one, one.number) or applicants.place_of(application, one, one.name)


def _covered(session: Session, process: Process, name: str, found: Duplicate, who: Officer | None) -> Message:
    """Where somebody is covered is told to staff only, not in the village; of a household only where one is covered whole.

    A secret case is named to nobody who may not see it.
    """
    told = {"name": name, "where": found.where}
    discreet = who is not None and (all(held.role == Role.VILLAGE for held in who.duties) or _secret(session, found, who))
    if not (process.intake and process.intake.whole):
        return Message("{name} has this matter under way or granted already.", told) if discreet else Message(
            "{name} has this matter under way or granted already ({where}).", told)
    return Message("{name} is already covered in another household.", told) if discreet else Message(
        "{name} is already covered in another household ({where}).", told)


def _secret(session: Session, found: Duplicate, who: Officer) -> bool:
    return found.case is not None and not secrecy.number_for(session, who, found.case)


def _recuse(session: Session, case: Case, applied: Applied) -> None:
    """Keep the declared relative and the people themselves away: every officer of that name who works on the case's ground."""
    relations = {one.name: "本户成员" for one in applied.people}
    if applied.relative:
        relations[applied.relative.name] = applied.relative.relation
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

