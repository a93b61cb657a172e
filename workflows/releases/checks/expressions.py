"""Every expression read against what a case can know: names, parts, kinds and options."""

from collections.abc import Iterator, Mapping

from bpmn.feel.static import TEXT, Complaint, Kind, ListOf, Reading, Record, read
from bpmn.message import Message, Term
from forms.parts import Formula as FormFormula
from forms.schema import Choosing, Component, Container, DynamicList, Form
from workflows.releases import formulas, shapes
from workflows.releases.draft import Draft
from workflows.releases.facts import Facts
from workflows.releases.report import Finding

BROKEN = "expression_broken"


def check(draft: Draft) -> Iterator[Finding]:
    """Drawings, rules, decision tables and forms."""
    facts = Facts(draft)
    for formula in formulas.of(draft):
        yield from _formula(facts, formula)
    yield from _tables(draft, facts)
    for key, form in draft.forms.items():
        yield from _form(key, form, _around(draft, facts, key))


def _formula(facts: Facts, formula: formulas.Formula) -> Iterator[Finding]:
    found = read(formula.source, facts.seen_at(formula.part, formula.at))
    for complaint in _complaints(found, formula.gives):
        if complaint.code == BROKEN and not formula.guard:
            continue    # the engine's own check says it
        yield formula.part.find(complaint.code, "error", formula.element, said(formula.what, complaint),
                                file=formula.file, hint=complaint.hint)


def _complaints(found: Reading, gives: tuple[str, ...]) -> Iterator[Complaint]:
    yield from found.complaints
    if gives and found.kind.known and found.kind.kind not in gives:
        yield Complaint("result_wrong", Message("It gives {kind}.", {"kind": found.kind.say()}))


def said(what: Term, complaint: Complaint) -> Message:
    """A complaint and what kind of expression it is about."""
    return Message("In its {what}: {complaint}", {"what": what, "complaint": complaint.sentence})


def _tables(draft: Draft, facts: Facts) -> Iterator[Finding]:
    asked = {reference for _, drawn in draft.elements() if (reference := drawn.xml.get(DECISION_REF))}
    for file, model in draft.models.items():
        names = {decision.id: decision.name for decision in model.decisions.values()}
        for found in facts.decisions[file].complaints:
            yield Finding(found.complaint.code, "error", file, found.element, Term(names.get(found.element, "")),
                          found.complaint.sentence, found.complaint.hint)
        needed = {each for decision in model.decisions.values() for each in decision.required_decisions}
        needed |= {each for service in model.services.values() for each in service.outputs}
        for decision in model.decisions.keys() - asked - needed:
            yield Finding("decision_unused", "warning", file, decision, Term(names[decision]),
                          Message("No element asks this decision, and no other decision needs it."))


DECISION_REF = "{http://camunda.org/schema/1.0/bpmn}decisionRef"


# ---- forms -------------------------------------------------------------------------------------------------------

def _around(draft: Draft, facts: Facts, key: str) -> Mapping[str, Kind]:
    """What a form sees: the case's facts, unless it is only filled in before there is a case."""
    used = [(part, drawn) for part, drawn in draft.elements() if drawn.node.form_key == key]
    around: dict[str, Kind] = {"today": TEXT}
    for part, drawn in used:
        around |= facts.seen_at(part, drawn.node.id)
    return around


def _form(key: str, form: Form, around: Mapping[str, Kind]) -> Iterator[Finding]:
    own = shapes.of_form(form)
    for component, frames in _walk(form.components, ({**around, **own.entries},)):
        for what, formula, gives in _formulas(component):
            for complaint in _complaints(read(formula.source, frames), gives):
                title = component.title
                yield Finding(complaint.code, "error", f"{key}.form", component.key or component.id, title,
                              said(what, complaint), complaint.hint)


def _walk(components: tuple[Component, ...], frames: tuple[dict[str, Kind], ...]) -> Iterator[tuple[Component, Mapping[str, Kind]]]:
    """Each component with the names it sees: inner records cover outer ones; `this` and `parent` as in form-js."""
    seen = frames[-1]
    for component in components:
        yield component, seen
        if isinstance(component, Container):
            inner = _below(component, seen) if component.path else seen
            yield from _walk(component.components, (*frames, inner))


def _below(component: Container, seen: dict[str, Kind]) -> dict[str, Kind]:
    kind = seen[component.path]
    record = kind.item if isinstance(kind, ListOf) else kind
    assert isinstance(record, Record)
    return {**seen, **record.entries, "this": record, "parent": Record(seen)}


def _formulas(component: Component) -> Iterator[tuple[Term, FormFormula, tuple[str, ...]]]:
    ours = component.properties
    if component.conditional.hide:
        yield Term("隐藏条件", "condition to hide it"), component.conditional.hide, ("boolean",)
    for rule in component.rules:
        yield Term("填写规则", "rule"), rule.formula, ("boolean",)
    for what, formula in ((Term("初始值", "first value"), ours.default_from), (Term("建议值", "suggestions"), ours.suggest_from)):
        if formula:
            yield what, formula, ("list",) if isinstance(component, DynamicList) or formula is ours.suggest_from else ()
    if isinstance(component, Choosing) and component.computed:
        yield Term("选项", "options"), component.computed, ("list",)
    if formula := getattr(component, "expression", None):
        yield Term("算式", "expression"), formula, ()


