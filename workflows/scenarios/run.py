"""Run a scenario from its first step to its last."""

from collections.abc import Iterator
from pathlib import Path

from bpmn.message import Message, Term
from workflows import messages, releases
from workflows.errors import Invalid, Refusal
from workflows.records.session import reading
from workflows.scenarios import rooms as _rooms  # noqa: F401 — every room brings its words
from workflows.scenarios import spelling, told, words
from workflows.scenarios.bureau import Bureau, moment
from workflows.scenarios.report import Report, StepReport
from workflows.scenarios.rooms import papers, payments
from workflows.scenarios.shape import Scenario, Step, Then, load
from workflows.scenarios.wrong import ScenarioInvalid

LANGUAGE = messages.CHINESE     # what a scenario expects of a refusal is Chinese
Sentence = Message | Term


def run_file(path: Path) -> Report:
    """Run one file; `ScenarioInvalid` when it can't be read, or names what isn't there."""
    try:
        report = run_scenario(load(path))
    except ScenarioInvalid as wrong:
        wrong.file = wrong.file or str(path)
        raise
    report.file = str(path)
    return report


def run_scenario(scenario: Scenario) -> Report:
    """Run the steps in order, then ask what must hold at the end."""
    report = Report(scenario.name, failures=[*_flaws(scenario)])
    if report.failures:
        return report
    try:
        bureau = Bureau(scenario.given, scenario.process, application=scenario.application)
    except Refusal as refused:   # what was given can't be so
        report.failures += [Message("given: {reason}", {"reason": reason}) for reason in _told(refused)]
        return report
    with reading(bureau.engine) as session:
        spelling.demand(session, scenario)
    for number, step in enumerate(scenario.steps, start=1):
        failed = _step(bureau, step)
        report.steps.append(StepReport(number, f"{bureau.now:%Y-%m-%d %H:%M}", step.who, step.does, tuple(failed)))
        if failed:
            return report
    report.failures += _failures(bureau, "", scenario.then)
    with reading(bureau.engine) as session:
        report.failures += papers.unprintable(session)
    return report


def _flaws(scenario: Scenario) -> Iterator[Sentence]:
    """What keeps the processes from being published of which the scenario speaks, and those they open; the others may be half drawn."""
    for name in sorted(releases.with_opened({scenario.process, *(step.process for step in scenario.steps)})):
        found = releases.check(name)
        if not found.good:
            yield Term(found.text(messages.CHINESE), found.text(messages.ENGLISH))


def _step(bureau: Bureau, step: Step) -> list[Sentence]:
    """Time passes, the step is done, machines work off what it asked of them, and what must hold is looked at."""
    try:
        bureau.pass_time(moment(step.on) if step.on else bureau.now)
        bureau.turn_to(step)
        failed = _do(bureau, step)
        bureau.pass_time(bureau.now)   # a timer that is due at once fires at once
        payments.work_off(bureau)
    except Refusal as refusal:
        return _refused(refusal)
    return failed or _failures(bureau, step.case, step.then)


def _do(bureau: Bureau, step: Step) -> list[Sentence]:
    """Do the step by its verb, else by completing the element; a refusal must come exactly where it is expected."""
    wanted = [step.refused] if isinstance(step.refused, str) and step.refused else list(step.refused or [])
    word = words.VERBS.get(step.does)
    try:
        if word:
            word.do(bureau, step)
        else:
            bureau.complete(step)
    except Refusal as refusal:
        if not wanted and not step.refused_at:
            return _refused(refusal)
        return [*_unsaid(refusal, wanted), *_unsaid_at(refusal, step)]
    return [Message("not refused; expected: {text}", {"text": part}) for part in (*wanted, *step.refused_at.values())]


def _unsaid(refusal: Refusal, wanted: list[str]) -> Iterator[Sentence]:
    """Sentences that were expected and not said."""
    said = sentences(refusal)
    yield from (Message("refused with “{said}”, expected “{text}”", {"said": " ".join(said), "text": part}) for part in wanted
                if not any(part in sentence for sentence in said))


def _unsaid_at(refusal: Refusal, step: Step) -> Iterator[Sentence]:
    """Fields beside which something else stands than was expected."""
    beside: dict[str, list[str]] = {}
    for error in refusal.errors if isinstance(refusal, Invalid) else ():
        beside.setdefault(error.path, []).append(messages.say(error.message, LANGUAGE))
    for path, part in step.refused_at.items():
        if not any(part in sentence for sentence in beside.get(path, ())):
            yield Message("beside {path} expected “{text}”, found: {said}", {
                "path": path, "text": part, "said": told.shown(beside.get(path) or beside or sentences(refusal))})


def _refused(refusal: Refusal) -> list[Sentence]:
    """A refusal that nobody expected."""
    return [Message("refused: {reason}", {"reason": reason}) for reason in _told(refusal)]


def _told(refusal: Refusal) -> list[Sentence]:
    """Each sentence of a refusal, behind the field that it stands beside."""
    if isinstance(refusal, Invalid) and refusal.errors:
        return [Message("{where}: {reason}", {"where": error.path, "reason": error.message}) for error in refusal.errors]
    return [refusal.message]


def sentences(refusal: Refusal) -> list[str]:
    """What a person would read: the refusal, and each field's message."""
    own = [messages.say(refusal.message, LANGUAGE)]
    if isinstance(refusal, Invalid):
        own += [messages.say(error.message, LANGUAGE) for error in refusal.errors]
    return list(dict.fromkeys(own))


def _failures(bureau: Bureau, label: str, then: Then) -> list[Sentence]:
    """Every expectation that does not hold, in plain words."""
    try:
        with reading(bureau.engine) as session:
            look = words.Look(bureau, session, label)
            return [failure for name, value in then.said.items()
                    for failure in words.THEN[name].do(look, words.THEN[name].read(value))]
    except Refusal as refusal:   # it asks for somebody or something that isn't there
        return _refused(refusal)
