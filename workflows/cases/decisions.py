"""Complete a work item: the one door for every person's decision."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

import forms.answers
from bpmn.message import Message, Term
from forms.schema import Form, Input
from forms.world import layered
from workflows import engine
from workflows import releases
from workflows.cases import (
    access, applicants, attachments, chains, elements, facts, freshness, guards, instances, intake, progress, sources, steps, world,
)
from workflows.cases.effects import EFFECTS, Step
from workflows.cases.names import names_since
from workflows.cases.tables import Case, WorkItem, WorkState
from forms.answers import FieldError
from workflows.errors import Invalid
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit, ledger

ROW = re.compile(r"\[\d+\]")
ANEW = frozenset({"outcome", "opinion", "reason"})   # never filled in from what somebody decided before


def complete(session: Session, work_item_id: int, raw: Mapping[str, Any], who: Officer, now: datetime, *,
             seen: int | None = None) -> Case:
    """Check duty, answers and the law's guards, then move the case; nothing is kept if anything is refused.

    `seen` is the case's version that the person had before him; what others have written since is not overwritten.
    """
    with ledger.gathering(session):
        return _complete(session, work_item_id, raw, who, now, seen)


def _complete(session: Session, work_item_id: int, raw: Mapping[str, Any], who: Officer, now: datetime,
              seen: int | None) -> Case:
    item, case = progress.locked_item(session, work_item_id)
    permissions.demand(access.why_not(session, case, item, who))
    published = releases.load(session, case.release_id)
    node = published.drawing.nodes[item.node]
    fact = node.fact
    name = Term(item.name, published.parts[node.process].names_en.get(node.id, ""))
    freshness.demand(session, case, item, fact, seen, who, name)
    known = world.for_item(session, case, node, item, now)
    values = _checked(session, published, case, item, raw, who, known, now)
    guards.demand(session, published, node, layered({fact: values}, known), now)
    _refuse_relatives(session, case, published.form(item.form_key), values)
    _finish(session, item, values, who, now)
    kept = instances.gathered(session, case, item, values)
    audit.append(session, chains.of(case.id), who.actor(item.role), "work_item.complete", now, node=item.node,
                 summary=_summary(item), before={fact: case.facts.get(fact)}, after={fact: facts.encode(kept)})
    facts.write(session, case, {fact: kept}, who.name, now)
    if fact == intake.APPLICATION:
        intake.take_in(session, case, values, who, now)
    cause = progress.Cause(now, who, item.role, item.token)
    _ask_effect(session, case, node, item, values, cause)
    before = case.engine
    moves = progress.move(session, case, lambda drawing, state, seen: engine.complete(drawing, state, item.token, seen, now),
                          cause)
    if published.process.operations.take_back:
        steps.remember(session, case, item, before, moves, node.properties.get("effect", ""))
    return case


def claim(session: Session, work_item_id: int, who: Officer, now: datetime) -> WorkItem:
    """Take an item on oneself; colleagues see who has it."""
    item, case = progress.locked_item(session, work_item_id)
    permissions.demand(access.why_not(session, case, item, who))
    item.claimed_by = who.id
    audit.append(session, chains.of(case.id), who.actor(item.role), "work_item.claim", now, node=item.node)
    session.add(item)
    return item


def initial(session: Session, item: WorkItem, case: Case, who: Officer, now: datetime) -> dict[str, Any]:
    """What the item's form is filled with at first."""
    published = releases.load(session, case.release_id)
    node = published.drawing.nodes[item.node]
    known = world.for_item(session, case, node, item, now)
    before = known.get(node.properties.get("fact", ""))
    if before:
        return dict(before)
    form = published.form(item.form_key)
    needs = sources.supplies(session, form, who, case.id)
    fresh = dict(forms.answers.initial(form, known, now.date(), sources=needs.sources))
    names = names_since(session, case).facts(node.id)
    own = partial(_own, item.scope)
    said = next((mine for name in names if (mine := own(known.get(name)))), None) or facts.former(session, case, names, own)
    return fresh | _said_before(form, said)


def _own(scope: str, said: object) -> object:
    """Of the answers of all instances one's own."""
    return next((row for row in said if elements.key_of(row) == scope), None) if isinstance(said, list) else said


def _said_before(form: Form, before: object) -> dict[str, Any]:
    """The element's own last answers, where it is done again; each decision is made anew."""
    if not isinstance(before, Mapping):
        return {}
    offered = {component.key for _, component in form.walk() if isinstance(component, Input) and component.readonly}
    return {key: value for key, value in before.items() if key not in {*offered, *ANEW, "item", elements.TURN, elements.NUMBERS}}


def _checked(session: Session, published: releases.Published, case: Case, item: WorkItem, raw: Mapping[str, Any],
             who: Officer, known: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    form = published.form(item.form_key)
    needs = sources.supplies(session, form, who, case.id)
    checked = forms.answers.check(form, raw, known, now.date(), sources=needs.sources, staged=needs.staged,
                                  now=now.replace(tzinfo=None))
    if not checked.ok:
        raise Invalid(checked.errors)
    attachments.bind(session, item.case_id, attachments.tokens(form, checked.values), who.id)
    return dict(checked.values)


def _refuse_relatives(session: Session, case: Case, form: Form, values: Mapping[str, Any]) -> None:
    """Who visits a home is written down by name, in fields marked `no_relative`; a near relative is no surveyor (A1 11)."""
    marked = {path for path, component in form.walk() if component.properties.no_relative}
    errors = [FieldError(path, Message("{name} is a near relative in this case and may not survey it.", {"name": name}))
              for name in (sorted(access.kept_away(session, case)) if marked else ())
              for path in applicants.places(values, name) if ROW.sub("[]", path) in marked]
    if errors:
        raise Invalid(errors)


def _finish(session: Session, item: WorkItem, values: Mapping[str, Any], who: Officer, now: datetime) -> None:
    ledger.change(session, item, state=WorkState.DONE, done_at=now, done_by=who.id,
                  outcome=str(values.get("outcome") or values.get("conclusion") or "")[:100],
                  opinion=str(values.get("opinion") or values.get("comment") or values.get("reason") or ""))


def _ask_effect(session: Session, case: Case, node: engine.Node, item: WorkItem, values: Mapping[str, Any],
                cause: progress.Cause) -> None:
    name = node.properties.get("effect")
    if name:
        seen = world.of(session, case, cause.now)
        step = Step(session, case, node, seen, values, cause.now, cause.who, cause.role, elements.element(item.scope))
        facts.write(session, case, EFFECTS[name](step) or {}, node.id, cause.now)


def _summary(item: WorkItem) -> str:
    return item.name + (f":{item.opinion}" if item.opinion else "")
