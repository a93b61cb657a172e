"""Run a scenario from its first step to its last."""

from collections.abc import Iterator
from pathlib import Path

from workflows import messages
from workflows.errors import Invalid, Refusal
from workflows.records.session import reading
from workflows.releases import NotPublished
from workflows.scenarios import rooms as _rooms  # noqa: F401 — every room brings its words
from workflows.scenarios import spelling, words
from workflows.scenarios.bureau import Bureau, moment
from workflows.scenarios.report import Report, StepReport
from workflows.scenarios.rooms import papers, payments
from workflows.scenarios.shape import Scenario, Step, Then, load
from workflows.scenarios.wrong import ScenarioInvalid

LANGUAGE = "zh_CN"


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
    report = Report(scenario.name)
    try:
        bureau = Bureau(scenario.given, scenario.process, application=scenario.application)
    except NotPublished as refused:
        report.failures += refused.report.text(LANGUAGE).splitlines()
        return report
    except Refusal as refused:   # what was given can't be so
        report.failures.append(f"given: {' '.join(sentences(refused))}")
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


def _step(bureau: Bureau, step: Step) -> list[str]:
    """Time passes, the step is done, machines work off what it asked of them, and what must hold is looked at."""
    try:
        bureau.pass_time(moment(step.on) if step.on else bureau.now)
        bureau.turn_to(step)
        failed = _do(bureau, step)
        bureau.pass_time(bureau.now)   # a timer that is due at once fires at once
        payments.work_off(bureau)
    except Refusal as refusal:
        return [_told(refusal)]
    return failed or _failures(bureau, step.case, step.then)


def _do(bureau: Bureau, step: Step) -> list[str]:
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
            return [_told(refusal)]
        return [*_unsaid(refusal, wanted), *_unsaid_at(refusal, step)]
    return [f"not refused; expected: {part}" for part in (*wanted, *step.refused_at.values())]


def _unsaid(refusal: Refusal, wanted: list[str]) -> Iterator[str]:
    """Sentences that were expected and not said."""
    said = sentences(refusal)
    yield from (f"refused with {' '.join(said)!r}, expected {part!r}" for part in wanted
                if not any(part in sentence for sentence in said))


def _unsaid_at(refusal: Refusal, step: Step) -> Iterator[str]:
    """Fields beside which something else stands than was expected."""
    beside: dict[str, list[str]] = {}
    for error in refusal.errors if isinstance(refusal, Invalid) else ():
        beside.setdefault(error.path, []).append(messages.say(error.message, LANGUAGE))
    for path, part in step.refused_at.items():
        if not any(part in sentence for sentence in beside.get(path, ())):
            yield f"beside {path} expected {part!r}, found {beside.get(path) or beside or sentences(refusal)}"


def _told(refusal: Refusal) -> str:
    """A refusal that nobody expected, each sentence behind the field that it stands beside."""
    if isinstance(refusal, Invalid) and refusal.errors:
        return "refused: " + " ".join(f"{error.path}: {messages.say(error.message, LANGUAGE)}" for error in refusal.errors)
    return f"refused: {messages.say(refusal.message, LANGUAGE)}"


def sentences(refusal: Refusal) -> list[str]:
    """What a person would read: the refusal, and each field's message."""
    own = [messages.say(refusal.message, LANGUAGE)]
    if isinstance(refusal, Invalid):
        own += [messages.say(error.message, LANGUAGE) for error in refusal.errors]
    return list(dict.fromkeys(own))


def _failures(bureau: Bureau, label: str, then: Then) -> list[str]:
    """Every expectation that does not hold, in plain words."""
    try:
        with reading(bureau.engine) as session:
            look = words.Look(bureau, session, label)
            return [failure for name, value in then.said.items()
                    for failure in words.THEN[name].do(look, words.THEN[name].read(value))]
    except Refusal as refusal:   # it asks for somebody or something that isn't there
        return [_told(refusal)]
