"""What the law ties together: no refusal without a reason asked for, no grant without its public notice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

import forms.answers
from bpmn.feel.static import read
from bpmn.message import Message, Term
from forms.schema import Form
from workflows.releases import facts as known
from workflows.releases import form_formulas, ways
from workflows.releases.draft import RULES, Draft, Drawn, Part
from workflows.releases.house import house
from workflows.releases.journeys import Journeys, Stop, TooMany, done
from workflows.releases.report import Finding, Severity, nearest
from workflows.releases.showing import Showing
from workflows.releases.truth import Truth, truth
from workflows.releases.ways import Point, Ways

SOME_DAY = date(2026, 1, 1)     # no rule of a reason depends on the day


def check(draft: Draft) -> Iterator[Finding]:
    """The process itself; a called part's ends are results, not decisions."""
    facts, laid = known.of(draft), ways.of(draft)
    yield from _unknown(draft.main, draft)
    if draft.main.rules.callable_only:
        return
    try:
        yield from _notices(draft, Journeys(draft, facts, laid))
        yield from _reasons(draft, Journeys(draft, facts, laid, _asked(draft), frozenset(_tasks(draft))))
    except TooMany:
        yield draft.main.find("too_many_ways", "warning", "", Message(
            "There are too many ways through this process to look at all of them; reasons and notices were not checked."))


def _unknown(part: Part, draft: Draft) -> Iterator[Finding]:
    """What the rules of reasons and notices name that is not there."""
    for notice in part.rules.notices:
        known = {drawn.node.id for _, drawn in draft.elements()}
        flows = {flow.id for flow, _ in part.flows}
        for element in ({notice.element, *notice.before} - known) | (set(notice.but) - flows):
            yield part.find("element_unknown", "error", element, Message(
                "“{where}” names the element {element}, which is not drawn.",
                {"where": Term("公示要求", "notice"), "element": element}), file=RULES, hint=nearest(element, known))
        if notice.until and notice.until not in house().effects:
            yield part.find("effect_unknown", "error", notice.element, Message(
                "There is no effect {effect}.", {"effect": notice.until}), file=RULES,
                hint=nearest(notice.until, house().effects))
    for end, meaning in part.rules.ends.items():
        for answer in meaning.reason:
            task, _, key = answer.partition(".")
            form = _form_of(draft, task)
            offered = {path for path, _ in form.walk() if path} if form else set()
            if (form and key not in offered) or task not in _drawn(draft):
                yield part.find("answer_unknown", "error", end, Message(
                    "process.toml speaks of the answer “{field}”, which its form does not ask for.",
                    {"field": answer}), file=RULES, hint=nearest(key, offered))


# ---- notices -----------------------------------------------------------------------------------------------------

def _notices(draft: Draft, journeys: Journeys) -> Iterator[Finding]:
    yield from _unruled(draft)
    if journeys.ways.cut:
        raise TooMany
    for rule in draft.main.rules.notices if journeys.facts.whole else ():
        showing = Showing(journeys.ways, rule)
        if showing.missing and any(point.id == rule.element for point in journeys.ways.parts):
            yield draft.main.find("notice_shows_nothing", "error", rule.element, Message(
                "The public is to be shown something by it ({source}), but nothing in it does “{effects}”.",
                {"source": rule.source, "effects": ", ".join(sorted(showing.missing))}))
            continue
        avoided: dict[str, Stop] = {}
        looked = Journeys(draft, journeys.facts, _without(journeys.ways, rule.but)) if rule.but else journeys
        for stop in looked.go(showing):
            if stop.point.id in rule.before:
                avoided.setdefault(stop.point.id, stop)
        drawn_through = ways.reach(journeys.ways.onward, journeys.ways.starts)
        if not avoided and rule.element in draft.main.nodes and not any(point.id == rule.element for point in drawn_through):
            yield draft.main.find("notice_avoided", "error", rule.element, Message(
                "No way leads through “{notice}”, which must come before ({source}).",
                {"notice": draft.main.name_of(rule.element), "source": rule.source}))
        for end, stop in avoided.items():
            yield draft.main.find("notice_avoided", "error", end, Message(
                "A way leads here without “{notice}”, which must come before ({source}): {way}.",
                {"notice": draft.main.name_of(rule.element), "source": rule.source,
                 "way": spelled(looked.ways, looked.way_to(stop))}))


def _without(laid: Ways, flows: Collection[str]) -> Ways:
    """The ways but those by these flows."""
    onward = {point: [step for step in steps if step.flow not in flows] for point, steps in laid.onward.items()}
    return replace(laid, onward=defaultdict(list, onward))


def _unruled(draft: Draft) -> Iterator[Finding]:
    """What is granted without a rule, where there are rules; and a posting about which there is none."""
    rules = draft.main.rules
    for end in [end for end, meaning in rules.ends.items() if meaning.kind == "granted" and rules.notices and end in draft.main.nodes]:
        if not any(end in notice.before for notice in rules.notices):
            yield draft.main.find("notice_unruled", "error", end, Message(
                "Other ends of this process may only come after a public notice, but none is demanded before this one, "
                "which grants too."), file=RULES)
    if not rules.notices and any(drawn.node.topic in house().showing for _, drawn in draft.elements()):
        yield draft.main.find("notice_unruled", "warning", "", Message(
            "Something is shown to the public here, but process.toml demands it before no end."), file=RULES)


def spelled(laid: Ways, way: Iterable[Point]) -> Term:
    """A way in both languages, by the names that people know; gateways and what has no name are left out."""
    names = [laid.parts[point].name_of(point.id) for point in way
             if not point.after and laid.drawn(point).node.name and not laid.drawn(point).node.kind.endswith("Gateway")]
    return Term(" → ".join(name.zh for name in names), " → ".join(name.en for name in names))


# ---- reasons -----------------------------------------------------------------------------------------------------

def _tasks(draft: Draft) -> dict[str, Drawn]:
    """The tasks whose answers give a reason."""
    named, drawn = {answer.partition(".")[0] for end in draft.main.rules.ends.values() for answer in end.reason}, _drawn(draft)
    return {task: drawn[task] for task in sorted(named & drawn.keys())}


def _drawn(draft: Draft) -> dict[str, Drawn]:
    """Every element by its id, those of called processes too; the process's own first."""
    return {drawn.node.id: drawn for _, drawn in draft.elements()} | dict(draft.main.nodes)


def _asked(draft: Draft) -> frozenset[str]:
    """The choices on which it depends whether a reason is asked for: whatever the rules of those forms read."""
    found = set[str]()
    for drawn in _tasks(draft).values():
        form = draft.forms.get(drawn.node.form_key or "")
        for formula in form_formulas.of(form, {}) if form else ():
            found |= {f"{drawn.node.fact}.{name}" for name in read(formula.source, formula.names).names}
    return frozenset(found)


def _reasons(draft: Draft, journeys: Journeys) -> Iterator[Finding]:
    """A refusal needs one; what is merely closed may be an errand done."""
    negative = {end: meaning.reason for end, meaning in draft.main.rules.ends.items() if meaning.kind != "granted"}
    silent: dict[str, Stop] = {}
    for stop in journeys.go():
        end = stop.point.id
        if stop.point.path == () and end in negative and not stop.lapsed and not any(
                _demanded(draft, answer, dict(stop.chosen)) for answer in negative[end]):
            silent.setdefault(end, stop)
    for end, stop in silent.items():
        way = spelled(journeys.ways, journeys.way_to(stop))
        text = ("It ends here with no reason asked for: {way}. None of {answers} must be given on this way."
                if negative[end] else "It ends here with no reason asked for: {way}. process.toml names no answer that gives one.")
        severity: Severity = "error" if draft.main.rules.ends[end].kind == "refused" else "warning"
        yield draft.main.find("end_without_reason", severity, end, Message(
            text, {"way": way, "answers": ", ".join(negative[end])}))


def _demanded(draft: Draft, answer: str, chosen: Mapping[str, object]) -> bool:
    """Whether a task was done on this way and could not be handed in without that answer: by its form, or by a guard.

    What is not there to be looked at has a finding of its own.
    """
    task, _, key = answer.partition(".")
    form = _form_of(draft, task)
    if form is None or key not in {path for path, _ in form.walk()}:
        return True
    if done(task) not in chosen:
        return False
    fact = _drawn(draft)[task].node.fact
    given = {path.partition(".")[2]: value for path, value in chosen.items() if path.startswith(f"{fact}.")}
    blank = {name: value for name, value in given.items() if name != key}
    if any(error.path == key for error in forms.answers.check(form, blank, {}, SOME_DAY).errors):
        return True
    known = {**chosen, f"{fact}.{key}": None}
    return any(guard.task == task and guard.field == key and truth(guard.refuse_when, known) is Truth.TRUE
               for part in draft.parts.values() for guard in part.rules.guards)


def _form_of(draft: Draft, task: str) -> Form | None:
    found = _drawn(draft).get(task)
    return draft.forms.get(found.node.form_key or "") if found else None
