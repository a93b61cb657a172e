"""`[[clock]]` against the drawing, the forms and the rates: limits that could never run, or be counted, are told before."""

from collections.abc import Iterator

from bpmn.clock_rules import NOTICE_DAYS, ClockRule, Span
from bpmn.feel.static import Kind, Record
from bpmn.message import Message
from workflows.office.tables import Role
from workflows.releases import facts
from workflows.releases.checks.properties import stranger
from workflows.releases.draft import RATES, RULES, Draft, Part
from workflows.releases.facts import APPLICATION
from workflows.releases.report import Finding, nearest

RATE_UNITS = {"WD": {"WD"}, "CD": {"CD", "days"}, "M": {"M", "months"}, "Y": {"Y", "years"}, "H": {"H", "hours"},
              "DATE": {"day_of_year"}}


def named(clock: ClockRule) -> tuple[str, ...]:
    """The elements a limit speaks of."""
    return (*clock.starts_with, *clock.ends_with, *clock.presses,
            *(node for pause in clock.pauses for node in (*pause.starts_with, *pause.ends_with)))


def check(draft: Draft, part: Part) -> Iterator[Finding]:
    """Each limit's lengths, answers, pauses and signer."""
    for clock in part.rules.clocks:
        yield from _rates(draft, part, clock)
        for answer in dict.fromkeys((*_answers(clock), *([clock.year_in] if clock.year_in else []),
                                     *(said for pause in clock.pauses for said in _answers(pause)))):
            yield from _answer(draft, part, clock, answer)
        if clock.extension_role not in set(Role):
            yield part.find("role_unknown", "error", "", Message("There is no role {role}.", {"role": clock.extension_role}),
                            file=RULES, hint=nearest(clock.extension_role, Role))


def _rates(draft: Draft, part: Part, clock: ClockRule) -> Iterator[Finding]:
    rules = {code: rule for parsed in draft.rates.values() for code, rule in parsed.rules.items()}
    readable = all(name.split("/")[0] in draft.rates for name in draft.files if name.endswith(f"/{RATES}"))
    for code in dict.fromkeys(clock.codes):
        if code not in rules and readable:
            yield part.find("limit_unknown", "error", "", Message(
                "The length of “{clock}”, {code}, stands in no rates.toml.", {"clock": clock.title, "code": code}),
                file=RULES, hint=nearest(code, rules))
    for code in filter(None, (clock.limit, clock.extended, clock.extended_by)):
        if code in rules and not clock.unit_by and rules[code].unit not in RATE_UNITS[clock.unit]:
            yield part.find("limit_unit", "error", "", Message(
                "“{clock}” counts in {unit}, but {code} is set in {other}.",
                {"clock": clock.title, "unit": clock.unit, "code": code, "other": rules[code].unit}), file=RULES)


def _answers(span: Span) -> tuple[str, ...]:
    return tuple(answer for answer in (span.started_on, span.ended_on) if answer)


def _answer(draft: Draft, part: Part, clock: ClockRule, answer: str) -> Iterator[Finding]:
    """The answer must be asked for: by a task's form, also of a called part, or by the start form; or stand in a fact of the case."""
    if answer in NOTICE_DAYS:
        return
    element, _, field = answer.partition(".")
    drawn = {found.node.id: found.node for _, found in draft.elements()} | {name: one.node for name, one in part.nodes.items()}
    if element == APPLICATION and part.rules.start_form:
        key: str | None = part.rules.start_form
    elif element in drawn:
        key = drawn[element].form_key
    elif element in part.rules.given:
        return
    elif element in facts.of(draft).names:
        yield from _field(part, element, field, facts.of(draft).kind_of(element))
        return
    else:
        yield stranger(part, clock.title, element, drawn)
        return
    form = draft.forms.get(key or "")
    asked = {path for path, _ in form.walk() if path} if form else set()
    if form and field not in asked:
        yield part.find("answer_unknown", "error", element, Message(
            "process.toml speaks of the answer “{field}”, which its form does not ask for.", {"field": field}),
            file=RULES, hint=nearest(field, asked))


def _field(part: Part, fact: str, field: str, kind: Kind) -> Iterator[Finding]:
    """A fact's field that nothing writes is told."""
    if isinstance(kind, Record) and not kind.open and field not in kind.entries:
        yield part.find("answer_unknown", "error", "", Message(
            "process.toml speaks of “{field}” of the fact “{fact}”, which nothing writes.", {"field": field, "fact": fact}),
            file=RULES, hint=nearest(field, kind.entries))
