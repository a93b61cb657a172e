"""Every expression read against what a case can know: names, parts, kinds and options."""

import re
from collections.abc import Iterator

from bpmn.feel.static import Complaint, Reading, read
from bpmn.message import Message, Term
from forms.schema import Choosing
from workflows.engine.written import reading
from workflows.releases import facts as facts_of
from workflows.releases import form_formulas, formulas
from workflows.releases.draft import Draft
from workflows.releases.facts import Facts
from workflows.releases.house import house
from workflows.releases.report import Finding, nearest
from workflows.releases.truth import Truth, truth

BROKEN = "expression_broken"
CLOCK = re.compile(r"\bcase\.today\b|\b(?:now|today)\s*\(\s*\)")


def check(draft: Draft) -> Iterator[Finding]:
    """Drawings, rules, decision tables and forms."""
    facts = facts_of.of(draft)
    for formula in formulas.of(draft):
        yield from _formula(facts, formula)
    yield from _tables(draft, facts)
    for key in draft.forms.keys() & {*draft.asked_forms, *house().forms}:     # where another is filled in nobody can say
        yield from _form(draft, facts, key)


def _formula(facts: Facts, formula: formulas.Formula) -> Iterator[Finding]:
    yield from _asks_the_clock(formula)
    found = read(formula.source, facts.seen_by(formula))
    yield from _constant(formula) if not found.complaints else ()
    for complaint in _complaints(found, formula.gives):
        if complaint.code == BROKEN and not formula.guard and not formula.paper:
            continue    # the engine's own check says it
        yield formula.part.find(complaint.code, "error", formula.element, said(formula.what, complaint),
                                file=formula.file, hint=complaint.hint)


def _asks_the_clock(formula: formulas.Formula) -> Iterator[Finding]:
    """A conditional event is asked when something is written: the passing of days alone would never let it happen."""
    if formula.what is formulas.CONDITION and not formula.leaving and CLOCK.search(formula.source):
        yield formula.part.find("condition_by_clock", "error", formula.element, Message(
            "Its condition reads the clock, and nobody asks it as time passes; use a timer."))


def _constant(formula: formulas.Formula) -> Iterator[Finding]:
    """A condition that always comes to the same asks nothing."""
    always = truth(formula.source, {}) if formula.what in (formulas.CONDITION, formulas.GUARD) else Truth.OPEN
    if always is not Truth.OPEN:
        yield formula.part.find("condition_constant", "warning", formula.element, Message(
            "Its {what} comes to the same for every case: {value}.", {"what": formula.what, "value": always.value}), file=formula.file)


def _complaints(found: Reading, gives: tuple[str, ...]) -> Iterator[Complaint]:
    yield from found.complaints
    if gives and found.kind.known and found.kind.kind not in gives:
        yield Complaint("result_wrong", Message("It gives {kind}, which has no use here.", {"kind": found.kind.say()}))


def said(what: Term, complaint: Complaint) -> Message:
    """A complaint and what kind of expression it is about."""
    return Message("In its {what}: {complaint}", {"what": what, "complaint": complaint.sentence})


def _tables(draft: Draft, facts: Facts) -> Iterator[Finding]:
    asked = {reference for _, drawn in draft.elements() if (reference := reading.camunda(drawn.xml, "decisionRef"))}
    known = {decision for model in draft.models.values() for decision in model.decisions}
    for file, model in draft.models.items():
        names = {decision.id: decision.name for decision in model.decisions.values()}
        for found in facts.decisions[file].complaints:
            yield Finding(found.complaint.code, "error", file, found.element, Term(names.get(found.element, "")),
                          found.complaint.sentence, found.complaint.hint)
        needed = {each for decision in model.decisions.values() for each in decision.required_decisions}
        needed |= {each for service in model.services.values() for each in service.outputs}
        for decision in model.decisions.keys() - asked - needed if asked <= known else ():
            yield Finding("decision_unused", "warning", file, decision, Term(names[decision]),
                          Message("No element asks this decision, and no other decision needs it."))


DECISION_REF = "{http://camunda.org/schema/1.0/bpmn}decisionRef"


def _form(draft: Draft, facts: Facts, key: str) -> Iterator[Finding]:
    for _, field in draft.forms[key].walk():
        if isinstance(field, Choosing) and field.source and field.source not in house().lists:
            yield Finding("list_unknown", "error", f"{key}.form", field.key, field.title, Message(
                "There is no list {name}.", {"name": field.source}), nearest(field.source, house().lists))
    for formula in form_formulas.of(draft.forms[key], facts.seen_in(key)):
        for complaint in _complaints(read(formula.source, formula.names), formula.gives):
            component = formula.component
            yield Finding(complaint.code, "error", f"{key}.form", component.key or component.id, component.title,
                          said(formula.what, complaint), complaint.hint)
