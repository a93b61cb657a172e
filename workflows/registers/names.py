"""The effect `check_name`: a wanted name against the law's words and against all names that are taken or were."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from workflows import naming
from workflows.cases.effects import Step, effect
from workflows.cases.messages import mailbox
from workflows.naming import Asked, Limits, Parts, Taken
from workflows.office import jurisdiction
from workflows.registers import found
from workflows.registers.found import Wanted
from workflows.registers.tables import RegisterEntry, RegisterKey

REVOKED, NAME = "revoked", "name"
DAY = timedelta(days=1)


@effect("check_name")
def check_name(step: Step) -> Mapping[str, object]:
    """`name` of the type `kind`, against the names in `register` and in `reserved`, by `limits`; the verdict as the fact `into`."""
    drawn, place = step.node.properties, step.case.division_code[:6]
    parts = _value(step, "parts")
    asked = Asked(str(_value(step, "name") or ""), str(_value(step, "kind") or ""), _places(step.session, place),
                  Parts(**{key: str(parts.get(key) or "") for key in ("division", "trade_name", "field", "form")})
                  if isinstance(parts, Mapping) and any(parts.values()) else None, bool(_value(step, "after_a_person")))
    limits = Limits(**{key: int(value) for key, value in dict(_value(step, "limits")).items()})
    taken = [*registered(step.session, drawn["register"], asked.places, step.now.date()),
             *reserved(step.session, drawn["reserved"], asked.places, step.now.date())]
    verdict = naming.judge(asked, taken, naming.words(), limits, step.now.date())
    return {drawn["into"]: {
        "name": verdict.name, "result": verdict.result, "division": verdict.parts.division, "trade_name": verdict.parts.trade_name,
        "field": verdict.parts.field, "form": verdict.parts.form,
        "findings": [{"code": one.code, "severity": one.severity, "text": one.says.zh, "english": one.says.en}
                     for one in verdict.findings]}}


def registered(session: Session, register: str, places: tuple[str, ...], day: date) -> Iterator[Taken]:
    """Every name of an organisation that stands, every one that ended, and every one that another has replaced."""
    for entry in found.entries(session, Wanted(register, former=True), day):
        if entry["closed_on"] is None or day < entry["closed_on"]:
            yield _taken(entry, places, "registered", None)
        else:
            yield _taken(entry, places, "revoked" if entry.get("end_kind") == REVOKED else "deregistered", entry["closed_on"])
    replaced = select(RegisterKey, RegisterEntry).join(
        RegisterEntry, col(RegisterEntry.id) == col(RegisterKey.entry_id)).where(
        RegisterKey.register_name == register, RegisterKey.kind == NAME, col(RegisterKey.replaced), col(RegisterEntry.closed_on).is_(None))
    for key, owner in session.exec(replaced):
        kind, parts = str(owner.data.get("kind") or ""), naming.parse(key.value, str(owner.data.get("kind") or ""), places, naming.words())
        yield Taken(owner.title, key.value, kind, parts, "renamed", key.valid_to + DAY if key.valid_to else None)


def reserved(session: Session, register: str, places: tuple[str, ...], day: date) -> Iterator[Taken]:
    """Every name that is kept for somebody on that day."""
    yield from (_taken(entry, places, "reserved", None) for entry in found.entries(session, Wanted(register), day))


def _taken(entry: Mapping[str, Any], places: tuple[str, ...], why: Any, ended_on: date | None) -> Taken:
    """Its parts as registered, else as its name is read."""
    read = naming.parse(entry["name"], entry["kind"], places, naming.words())
    parts = Parts(read.division, *(str(entry.get(key) or getattr(read, part)) for key, part in (
        ("trade_name", "trade_name"), ("business_field", "field"), ("name_form", "form"))))
    return Taken(entry["title"], entry["name"], entry["kind"], parts, why, ended_on)


def _places(session: Session, county: str) -> tuple[str, ...]:
    """How a name may begin: with the county's name, or with it and those above it."""
    return (jurisdiction.name_of(session, county),)


def _value(step: Step, name: str) -> Any:
    return mailbox.computed(step.node.properties.get(name, ""), step.facts, step.now)
